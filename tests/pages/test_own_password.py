"""A person sets his own password; whoever has one from an administrator comes to nothing else before."""

import json
import re
import threading
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import connections, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from ledger.models import Entry
from people.appoint import give_password
from people.models import Person, SignInTry
from people.signing_in import LOCKED, NOT_PRESENT, NOTHING_NEW
from tests import world
from tests.database import as_owner, login, waiting
from tests.pages.signing import PASSWORD, client_of, code_of, enrolled, signed_in, try_code, try_password, with_password
from tests.pages.test_signing_in import LEAVE_OR_ENROL, at_once, at_the_door, entries, inside

__all__ = ["at_the_door"]
pytestmark = pytest.mark.django_db
OWN, NEW = "/password/own", "seven herons over the mill"


def sets(client: Client, old: str = PASSWORD, new: str = NEW, again: str = "", **more: str):
    return client.post(OWN, {"oldpassword": old, "password1": new, "password2": again or new, **more})


def says(answer, *errors: str) -> bool:
    """Whether the page came again, with exactly these errors at its fields."""
    found = re.findall(r'class="usa-error-message"[^>]*>([^<]*)<', answer.content.decode())
    return answer.status_code == 200 and found == list(errors)


def opens(name: str, password: str) -> bool:
    return try_password(Client(), name, password).headers.get("Location") in ("/", "/second-factor")


def first_password_given(name: str) -> None:
    """As an administrator leaves it."""
    Person.objects.filter(username=name).update(first_password=True)


def every_door(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """Every address of the house, with something put where a part varies."""
    for each in patterns:
        path = before + str(each.pattern).removeprefix("/")
        if isinstance(each, URLResolver):
            yield from every_door(each.url_patterns, path)
        else:
            yield re.sub(r"<path:\w+>", "0/000.p/1", re.sub(r"<slug:\w+>", "FR-1", re.sub(r"<int:\w+>", "1", path)))


# ---- setting it


def test_a_person_sets_his_own_password_and_goes_on_under_a_new_key(at_the_door):
    dana = signed_in("dana", at_the_door)
    before = dana.session.session_key
    first = dana.get(OWN).content.decode()
    assert re.findall(r'autocomplete="([a-z-]+)"', first) == ["username", "current-password", "new-password", "new-password"]

    assert sets(dana)["Location"] == "/"

    assert "Your new password is stored." in dana.get("/").content.decode()
    assert dana.session.session_key != before
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = before
    assert not inside(stolen)
    assert (opens("dana", NEW), opens("dana", PASSWORD)) == (True, False)


def test_every_other_session_of_the_person_ends_and_nobody_elses(at_the_door):
    dana, sol = signed_in("dana", at_the_door), signed_in("sol")
    elsewhere = client_of("dana")
    assert inside(elsewhere)

    sets(dana)

    assert elsewhere.get("/cases")["Location"] == "/sign-in?next=/cases"
    assert inside(dana)
    assert inside(sol)


def test_its_entry_names_nobody_and_holds_nothing_of_a_password(at_the_door):
    dana = signed_in("dana", at_the_door)
    sets(dana)
    sets(dana, NEW, "an eighth heron came too")

    assert entries("change_password") == ["changed", "changed"]
    for entry in Entry.objects.filter(kind="change_password"):
        body = bytes(entry.body)
        assert set(json.loads(body)) == {"kind", "subject", "at", "name", "what"}
        assert entry.subject == "door"
        for secret in ("dana", "Dana", "herons", "heron came", PASSWORD, world.person("dana").password):
            assert secret.encode() not in body


def test_it_is_led_to_from_the_second_factors_and_is_for_whoever_is_signed_in(at_the_door):
    assert at_the_door.get(OWN)["Location"] == "/sign-in?next=/password/own"
    assert sets(at_the_door)["Location"].startswith("/sign-in")
    assert f'href="{OWN}"' in signed_in("dana", at_the_door).get("/second-factor/all").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_it_leads_to_no_other_house(at_the_door, elsewhere):
    assert sets(signed_in("dana", at_the_door), next=elsewhere)["Location"] == "/"


def test_nothing_is_set_from_another_site(at_the_door):
    careful = Client(enforce_csrf_checks=True)
    careful.cookies = signed_in("dana", at_the_door).cookies

    assert sets(careful).status_code == 403
    assert opens("dana", PASSWORD)
    assert entries("change_password") == []


@pytest.mark.parametrize("page", [OWN, "/sign-in", "/password/again"])
def test_no_answer_repeats_a_password_that_was_sent(at_the_door, page):
    client = at_the_door if page == "/sign-in" else signed_in("dana", at_the_door)
    said = {"login": "dana", "password": "said once", "oldpassword": "said once", "password1": "said once", "password2": "said once"}
    for headers in ({}, {"X-Requested-With": "XMLHttpRequest"}):
        answer = client.post(page, said, headers=headers)
        assert answer["Content-Type"].startswith("text/html")
        assert b"said once" not in answer.content


def half_a_sign_in(name: str, password: str = PASSWORD) -> Client:
    """Somebody whose password was right, before he gives a code."""
    client = Client()
    assert try_password(client, name, password)["Location"] == "/second-factor"
    return client


def test_a_sign_in_that_began_with_the_old_one_ends_too(at_the_door):
    dana = signed_in("dana", at_the_door)
    code, another = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[:2]
    thief = half_a_sign_in("dana")

    sets(dana)

    assert thief.get("/sign-in").status_code == 200
    assert try_code(thief, code)["Location"] == "/sign-in"
    assert not inside(thief)
    assert thief.get("/second-factor")["Location"] == "/sign-in", "and is not tried again"
    assert (entries("sign_in"), entries("sign_in_failed")) == (["signed in"], ["password"])
    assert try_code(half_a_sign_in("dana", NEW), another)["Location"] == "/"


@pytest.mark.django_db(transaction=True)
def test_a_sign_in_that_began_before_its_account_was_closed_ends_too(at_the_door):
    secret = enrolled("dana")
    half = half_a_sign_in("dana")
    with login("owner") as owner:
        owner.execute("update people_person set is_active = false where username = 'dana'")

    assert try_code(half, code_of(secret))["Location"] == "/sign-in"
    assert not inside(half)
    assert entries("sign_in") == []


@pytest.mark.parametrize("now", ["given now", PASSWORD], ids=["a first one is given", "only the factor is gone"])
def test_whoever_is_asked_for_a_code_that_he_can_give_no_longer_signs_in_anew(at_the_door, now):
    """He has lost his authenticator, and stands before the page that asks for it: not sent round in a circle."""
    enrolled("dana")
    half = half_a_sign_in("dana")
    if now != PASSWORD:
        Person.objects.filter(username="dana").update(password=make_password(now), first_password=True)
    Authenticator.objects.all().delete()

    assert half.get("/second-factor")["Location"] == "/sign-in"
    assert half.get("/sign-in").status_code == 200
    assert try_password(half, "dana", now)["Location"] == "/"
    assert half.get("/")["Location"] == "/second-factor/set-up"


# ---- what a good one is


@pytest.mark.parametrize(
    ("new", "because"),
    [
        ("elevenchars", "This password is too short. It must contain at least 12 characters."),
        ("qwerty123456", "This password is too common."),
        ("det. dana ortiz", "The password is too similar to the display name."),
        (PASSWORD, NOTHING_NEW),
    ],
)
def test_a_weak_one_is_refused_in_plain_words_at_its_field(at_the_door, new, because):
    dana = signed_in("dana", at_the_door)

    answer = sets(dana, PASSWORD, new)

    assert because in re.findall(r'id="id_password1-error">([^<]*)<', answer.content.decode())
    assert opens("dana", PASSWORD)
    assert inside(dana)


def test_one_that_is_the_sign_in_name_is_refused():
    with pytest.raises(ValidationError, match="too similar to the username"):
        validate_password("marshall.whitcomb!", Person(username="marshall.whitcomb", display_name="M. W."))


@pytest.mark.parametrize("new", ["zwölf Äpfel am Baum", "            twelve blanks", "aaaaaaaaaaaaaaaaaaaaaaaab", "x" * 200 + "y"])
def test_no_rule_says_what_it_is_made_of(at_the_door, new):
    assert sets(signed_in("dana", at_the_door), PASSWORD, new).status_code == 302
    assert opens("dana", new)


def test_two_that_differ_are_refused(at_the_door):
    assert says(sets(signed_in("dana", at_the_door), again=NEW + "s"), "You must type the same password each time.")
    assert opens("dana", PASSWORD)


# ---- no way round the lock


def test_a_wrong_present_password_counts_as_a_try_to_sign_in(at_the_door):
    dana = signed_in("dana", at_the_door)
    for count in range(1, 6):
        cache.clear()
        assert says(sets(dana, "wrong"), NOT_PRESENT)
        assert SignInTry.objects.filter(succeeded=False).count() == count

    assert says(sets(dana), LOCKED), "not even the right one is asked for"
    assert LOCKED in try_password(Client(), "dana").content.decode()
    assert LOCKED in dana.post("/password/again", {"password": PASSWORD}).content.decode()
    assert entries("sign_in_failed") == ["password"] * 5
    assert entries("change_password") == []


def test_a_name_that_was_locked_at_the_door_sets_no_password(at_the_door):
    dana = signed_in("dana", at_the_door)
    for _ in range(5):
        try_password(Client(), "dana", "wrong")
    assert says(sets(dana), LOCKED)


# ---- the first one


def test_with_a_first_password_every_door_leads_to_setting_ones_own(at_the_door):
    dana = signed_in("dana", at_the_door)
    first_password_given("dana")
    doors = set(every_door(get_resolver().url_patterns)) - {OWN, "/sign-out"}
    assert len(doors) > 100
    assert {"/", "/sign-in", "/password/again", "/second-factor/all", "/second-factor/codes", "/healthz", "/log/checkpoint"} <= doors

    for door in doors:
        assert dana.get(door)["Location"] == f"{OWN}?next={door}", door
        assert dana.head(door)["Location"] == f"{OWN}?next={door}", door
        for act in (dana.post, dana.put, dana.patch, dana.delete, dana.options):
            assert act(door)["Location"] == OWN, door
    assert Person.objects.get(username="dana").first_password
    assert dana.get("/sign-out").status_code == 200
    assert "An administrator gave you the password" in dana.get(OWN).content.decode()


@pytest.mark.parametrize("path", ["/nothing", "/password/own/", "/sign-out/", "/cases/", "/static/x.css", "/static/../cases", "/%00", "/é"])
def test_with_a_first_password_what_is_no_address_is_none(at_the_door, path):
    dana = signed_in("dana", at_the_door)
    first_password_given("dana")
    for act in (dana.get, dana.head, dana.post, dana.put, dana.options, dana.trace):
        assert act(path).status_code == 404
    assert b"Dana" not in dana.get(path).content


def test_a_first_password_is_replaced_by_a_form_alone(at_the_door):
    dana = signed_in("dana", at_the_door)
    first_password_given("dana")
    said = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    script = {"X-Requested-With": "XMLHttpRequest", "Accept": "application/json"}

    assert not dana.get(OWN, said, headers=script).headers.get("Location")
    assert not dana.post(OWN, json.dumps(said), content_type="application/json", headers=script).headers.get("Location")
    dana.put(OWN, urlencode(said), content_type="application/x-www-form-urlencoded")

    assert Person.objects.get(username="dana").first_password
    assert opens("dana", PASSWORD)


def test_without_a_second_factor_a_first_password_sets_no_other(at_the_door):
    first_password_given(with_password("dana"))
    try_password(at_the_door, "dana")

    for door in set(every_door(get_resolver().url_patterns)) - LEAVE_OR_ENROL:
        assert at_the_door.get(door)["Location"] == at_the_door.post(door)["Location"] == "/second-factor/set-up", door
    assert sets(at_the_door)["Location"] == "/second-factor/set-up"
    assert opens("dana", PASSWORD)


def test_ones_own_password_opens_the_house_and_the_page_that_was_wanted(at_the_door):
    secret = enrolled("dana")
    first_password_given("dana")
    try_password(at_the_door, "dana")
    assert at_the_door.get("/password/own")["Location"].startswith("/sign-in"), "half a sign-in is none"
    assert try_code(at_the_door, code_of(secret), next="/cases?q=a b")["Location"] == "/cases?q=a%20b"
    page = at_the_door.get(at_the_door.get("/cases?q=a b")["Location"]).content.decode()
    wanted = re.search(r'name="next" value="([^"]*)"', page).group(1)

    assert says(sets(at_the_door, PASSWORD, PASSWORD, next=wanted), NOTHING_NEW), "the first one is not his own"
    assert at_the_door.get("/")["Location"] == f"{OWN}?next=/"
    assert sets(at_the_door, next=wanted)["Location"] == "/cases?q=a%20b"

    assert inside(at_the_door)
    assert not Person.objects.get(username="dana").first_password
    assert entries("change_password") == ["in place of a first one"]


def test_a_persona_of_the_demonstration_is_let_alone_and_without_a_password_has_no_such_page(at_the_door, settings):
    settings.DEMO = True
    first_password_given("dana")
    at_the_door.post("/demo/be", {"persona": "dana"})

    assert inside(at_the_door)
    assert OWN in at_the_door.get("/second-factor/all").content.decode()
    nobody = world.person("dana")
    nobody.set_unusable_password()
    nobody.save(update_fields=["password"])
    at_the_door.post("/demo/be", {"persona": "dana"})
    assert at_the_door.get(OWN).status_code == at_the_door.post(OWN).status_code == 404
    assert OWN not in at_the_door.get("/second-factor/all").content.decode()


def test_a_persona_is_nobody_where_the_demonstration_is_over(at_the_door, settings):
    settings.DEMO = True
    first_password_given(with_password("dana"))
    at_the_door.post("/demo/be", {"persona": "dana"})
    assert inside(at_the_door)

    settings.DEMO = False

    assert at_the_door.get("/")["Location"] == sets(at_the_door)["Location"] == "/second-factor/set-up"
    enrolled("dana")
    assert sets(at_the_door)["Location"] == "/sign-in"
    assert not inside(at_the_door)
    assert Person.objects.get(username="dana").first_password


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("who", ["app", "owner"])
def test_the_database_does_not_forget_a_first_password_that_still_opens(at_the_door, who):
    first_password_given(with_password("dana"))
    set_to = "update people_person set first_password = false{} where username = 'dana'"
    with login(who) as other, pytest.raises(Exception, match="a first password ends when another is set"):
        other.execute(set_to.format(""))
    assert world.person("dana").first_password

    with login(who) as other:
        other.execute(set_to.format(", password = '!'"))
        guard = other.execute("select tgenabled::text from pg_trigger where tgname = 'a_first_password_ends_with_another'").fetchone()
    assert guard == ("A",), "in no mode of a session is it passed by"
    assert not world.person("dana").first_password


# ---- races


@pytest.mark.django_db(transaction=True)
def test_of_passwords_set_at_once_with_one_present_password_one_is_stored(at_the_door, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # slow, as in a real house
    signed_in("dana", at_the_door)
    clients = [at_the_door, *(client_of("dana") for _ in range(3))]
    waiting = [(client, f"{NEW} {number}") for number, client in enumerate(clients)]

    def send() -> str:
        client, new = waiting.pop()
        return new if sets(client, PASSWORD, new).status_code == 302 else ""

    (stored,) = filter(None, at_once(4, send))

    assert opens("dana", stored)
    assert entries("change_password") == ["changed"]
    assert sum(inside(client) for client in clients) == 1


@pytest.mark.django_db(transaction=True)
def test_what_an_administrator_gives_at_the_same_moment_is_not_overwritten(at_the_door):
    """As after a theft: whoever knows the present password sets another while it is being taken from him."""
    thief = signed_in("dana", at_the_door)
    answers = []
    sent = threading.Thread(target=lambda: (answers.append(sets(thief)), connections.close_all()))
    with login("owner") as owner:
        owner.execute("begin")
        owner.execute("update people_person set password = %s, first_password = true where username = 'dana'", [make_password("given now")])
        sent.start()
        for _ in range(200):
            if waiting(owner):
                break
            sent.join(0.05)
        owner.execute("commit")
    sent.join()

    assert says(answers[0], NOT_PRESENT)
    assert world.person("dana").first_password
    assert opens("dana", "given now")
    assert not inside(thief)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_what_an_administrator_gives_is_not_lost_to_a_sign_in_that_stores_the_old_one_anew(at_the_door, settings):
    """A sign-in stores its password again where it was made in an older way; it had read the old one before another was given."""
    enrolled("dana")
    dana, answers = world.person("dana"), []
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]
    sent = threading.Thread(target=lambda: (answers.append(try_password(at_the_door, "dana")), connections.close_all()))
    with login("owner") as owner, as_owner(), transaction.atomic():
        given = give_password(person=dana)
        sent.start()
        for _ in range(200):
            if waiting(owner):
                break
            sent.join(0.05)
    sent.join()

    assert (opens("dana", given), opens("dana", PASSWORD)) == (True, False)
    assert (answers[0].status_code, world.person("dana").first_password) == (200, True)


def test_a_first_password_that_is_stored_anew_at_sign_in_is_one_still(at_the_door, settings):
    first_password_given(with_password("dana"))
    before = world.person("dana").password
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]

    assert opens("dana", PASSWORD)

    assert world.person("dana").password != before
    assert world.person("dana").first_password
