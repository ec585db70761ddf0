"""Passkeys beside codes: enrolled, signed in with, counted when they fail, removed. The key is Chromium's own virtual one."""

import json
from collections.abc import Callable
from importlib import import_module
from urllib.parse import parse_qs, urlencode

import pytest
from django.conf import settings
from playwright.sync_api import Request, Route

from ledger.models import Entry
from people.models import Person, SignInTry
from people.signing_in import LOCKED, NOT_ACCEPTED, NOT_PRESENT
from tests.browser.conftest import NARROW, Walker

pytestmark = pytest.mark.django_db(transaction=True)
People = Callable[..., Walker]
PASSWORD = "four words nobody says"
STEP, AGAIN = "**/second-factor", "**/second-factor/again/passkey*"


def dana_with_a_key(walker: People) -> Walker:
    """Dana at a browser whose device has a passkey of its own; she has a password and no second factor yet."""
    person = Person.objects.get(username="dana")
    person.set_password(PASSWORD)
    person.save(update_fields=["password"])
    dana = walker()
    device = dana.context.new_cdp_session(dana.page)
    device.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    return dana


def say_the_password(dana: Walker) -> Walker:
    return dana.go("/sign-in").fill(login="dana", password=PASSWORD).press("Sign in")


def enrolled(walker: People) -> Walker:
    dana = say_the_password(dana_with_a_key(walker)).says("Your password again")
    dana.fill(password=PASSWORD).press("Go on").says("Set up your second factor")
    dana.follow("Use a passkey instead").picture("passkey-new")
    return with_the_passkey(dana, "Add a passkey").says("Recovery codes")


def with_the_passkey(dana: Walker, button: str = "Use a passkey") -> Walker:
    """Press, let the browser ask the device, and check the page that answers."""
    with dana.page.expect_navigation():
        dana.page.get_by_role("button", name=button).click()
    return dana.check()


def sign_out(dana: Walker) -> Walker:
    return dana.go("/sign-out").press("Sign out")


def entries(kind: str) -> list[dict[str, str]]:
    return [json.loads(bytes(entry.body)) for entry in Entry.objects.filter(kind=kind).order_by("seq")]


def test_a_passkey_is_enrolled_and_opens_the_house_with_the_password(walker: People) -> None:
    dana = enrolled(walker)
    assert [(said["what"], said["of"]) for said in entries("second_factor")] == [("added", "webauthn")]

    sign_out(dana)
    say_the_password(dana).says("A passkey").says("A code").picture("second-factor")
    assert dana.page.url.endswith("/second-factor")
    with_the_passkey(dana).says("Det. Dana Ortiz")
    assert entries("sign_in")[-1]["what"] == "signed in"


def test_without_the_passkey_the_password_opens_nothing(walker: People) -> None:
    dana = sign_out(enrolled(walker))
    signed_in = SignInTry.objects.get(succeeded=True).pk

    say_the_password(dana).go("/cases")

    dana.says("Your second factor")
    assert not SignInTry.objects.exclude(id=signed_in).filter(succeeded=True).exists()


def test_a_person_who_does_not_go_on_is_told_what_else_works(walker: People) -> None:
    dana = sign_out(enrolled(walker))
    say_the_password(dana)
    said_no = dana.page.get_by_role("alert").filter(has_text="A code works as well")
    assert not said_no.is_visible()
    dana.page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }")

    dana.page.get_by_role("button", name="Use a passkey").click()

    said_no.wait_for()
    dana.check()


def test_five_assertions_that_fail_lock_the_name(walker: People) -> None:
    dana = sign_out(enrolled(walker))
    say_the_password(dana)

    def spoiled(route: Route) -> None:
        sent = parse_qs(route.request.post_data or "")
        if "credential" not in sent:
            return route.continue_()
        credential = json.loads(sent["credential"][0])
        credential["response"]["signature"] = credential["response"]["signature"][::-1]
        return route.continue_(
            post_data=urlencode({**{name: said[0] for name, said in sent.items()}, "credential": json.dumps(credential)})
        )

    dana.page.route(STEP, spoiled)
    tries = SignInTry.objects.filter(succeeded=False)
    for count in range(1, 6):
        with_the_passkey(dana).says(NOT_ACCEPTED)
        assert tries.count() == count
    dana.page.unroute(STEP)

    with_the_passkey(dana).says(LOCKED)
    assert [said["what"] for said in entries("sign_in_failed")] == ["passkey"] * 5


@pytest.mark.parametrize("broken", ['["x"]', '{"id": "YQ"}', '{"id": "YQ", "rawId": "YQ", "response": {}, "type": "public-key"}'])
def test_a_broken_assertion_is_a_failed_try_and_no_broken_page(walker: People, broken: str) -> None:
    dana = sign_out(enrolled(walker))
    say_the_password(dana)

    with dana.page.expect_navigation():
        dana.page.evaluate("said => { const f = document.querySelector('[name=credential]'); f.value = said; f.form.submit() }", broken)

    dana.check().says(NOT_ACCEPTED)
    assert SignInTry.objects.filter(succeeded=False).count() == 1


def test_an_assertion_counts_once_even_where_the_session_forgot_it(walker: People) -> None:
    dana = enrolled(walker)
    sent: list[Request] = []
    dana.page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    dana.go("/second-factor/again/passkey?next=/cases")
    store = import_module(settings.SESSION_ENGINE).SessionStore
    key = next(c["value"] for c in dana.context.cookies() if c["name"] == settings.SESSION_COOKIE_NAME)
    asked = store(key)["mfa.webauthn.state"]
    with_the_passkey(dana)
    assert dana.page.url.endswith("/cases")

    session = store(key)
    session["mfa.webauthn.state"] = asked
    session.save()
    answer = dana.context.request.post(
        sent[-1].url, data=sent[-1].post_data, headers={"Content-Type": "application/x-www-form-urlencoded"}, max_redirects=0
    )

    assert answer.headers["location"] != "/cases"
    assert entries("sign_in_failed")[-1]["what"] == "second factor used again"


def test_who_removes_the_last_one_sets_up_another_at_once(walker: People) -> None:
    dana = enrolled(walker).go("/second-factor/all").says("Passkey 1").picture("second-factors")

    dana.follow("Remove Passkey 1").press("Remove it")

    dana.says("Set up your second factor")
    assert [said["what"] for said in entries("second_factor")] == ["added", "removed"]


def test_whoever_has_a_first_password_sets_his_own_before_anything_else(walker: People) -> None:
    dana = enrolled(walker)
    Person.objects.filter(username="dana").update(first_password=True)
    plain = walker(scripts=False, width=NARROW)
    plain.context.add_cookies(dana.context.cookies())

    dana.go("/cases").says("An administrator gave you the password").picture("password-own")
    dana.fill(oldpassword="wrong", password1="short", password2="other").press("Set this password")
    dana.says(NOT_PRESENT).says("It must contain at least 12 characters.").picture("password-own-refused")
    plain.go("/").says("nothing else opens before").fill(oldpassword=PASSWORD, password1="seven herons over the mill")
    plain.fill(password2="seven herons over the mill").press("Set this password").says("Your new password is stored.")

    dana.go("/").says("Sign in")
    assert [said["what"] for said in entries("change_password")] == ["in place of a first one"]
