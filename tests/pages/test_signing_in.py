"""Signing in: two factors for everybody, a lock that PostgreSQL holds, codes that open once, sessions that end on the server."""

import json
import os
import re
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.urls import get_resolver

from cases.models import Case
from ledger.models import Entry
from people.models import SignInTry, UsedCode
from people.signing_in import LOCKED, USED, WRONG
from tests.database import login
from tests.pages.signing import PASSWORD, code_of, enrolled, signed_in, try_code, try_password, with_password

pytestmark = pytest.mark.django_db


@pytest.fixture
def house_clock():
    """Move the clock of the house, as its owner alone can; put it back."""

    def ahead(by: timedelta) -> None:
        with login("owner") as owner:
            owner.execute("update ledger_clock set ahead_by = %s", [by])

    yield ahead
    ahead(timedelta(0))


@pytest.fixture
def at_the_door():
    """Somebody at a fresh browser."""
    cache.clear()
    return Client()


def entries(kind: str) -> list[str]:
    return [json.loads(bytes(entry.body))["what"] for entry in Entry.objects.filter(kind=kind).order_by("seq")]


def inside(client: Client) -> bool:
    return client.get("/").status_code == 200


# ---- the way in and the way out


def test_a_password_and_a_code_sign_a_person_in_and_each_step_leaves_its_entry(at_the_door):
    secret = enrolled("dana")

    assert try_password(at_the_door, "dana")["Location"] == "/second-factor"
    assert not inside(at_the_door)
    assert try_code(at_the_door, code_of(secret))["Location"] == "/"

    assert inside(at_the_door)
    assert entries("sign_in") == ["signed in"]
    assert b"dana" not in bytes(Entry.objects.get(kind="sign_in").body)


def test_a_wrong_password_and_an_unknown_name_look_the_same_and_leave_their_entries(at_the_door):
    enrolled("dana")
    pages = [re.sub(rb'value="[^"]*"', b"", try_password(Client(), name, "wrong").content) for name in ("dana", "nobody")]

    assert pages[0] == pages[1]
    assert entries("sign_in_failed") == ["password", "password"]


def test_signing_out_ends_the_session_on_the_server_and_leaves_its_entry(at_the_door):
    client = signed_in("dana", at_the_door)
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value

    assert client.get("/sign-out").status_code == 200
    assert inside(client), "looking at the page signs nobody out"
    assert client.post("/sign-out")["Location"] == "/sign-in"

    later = Client()
    later.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert not inside(later)
    assert not Session.objects.filter(session_key=stolen).exists()
    assert entries("sign_out") == ["signed out"]


def test_a_session_that_was_planted_before_signing_in_is_worth_nothing_after(at_the_door):
    secret = enrolled("dana")
    at_the_door.post("/demo/be")
    try_password(at_the_door, "dana")
    planted = at_the_door.cookies[settings.SESSION_COOKIE_NAME].value
    try_code(at_the_door, code_of(secret))

    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert inside(at_the_door)
    assert not inside(other)
    assert at_the_door.cookies[settings.SESSION_COOKIE_NAME].value != planted


def test_the_session_cookie_is_for_the_server_alone(at_the_door):
    cookie = signed_in("dana", at_the_door).cookies[settings.SESSION_COOKIE_NAME]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["max-age"] == "", "it ends with the browser"


ELSEWHERE = ("https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "javascript:alert(1)", "http:evil.example")


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_address_of_another_house_is_followed(at_the_door, elsewhere):
    secret = enrolled("dana")
    try_password(at_the_door, "dana", next=elsewhere)
    assert try_code(at_the_door, code_of(secret), next=elsewhere)["Location"] == "/"
    assert at_the_door.get("/sign-in", {"next": elsewhere})["Location"] == "/"
    assert at_the_door.post("/sign-out", {"next": elsewhere})["Location"] == "/sign-in"


def test_the_page_that_was_wanted_comes_after_signing_in(at_the_door):
    secret = enrolled("dana")
    asked = at_the_door.get("/cases?q=25-1&state=LEAD")
    assert asked["Location"] == "/sign-in?next=/cases%3Fq%3D25-1%26state%3DLEAD"
    assert b"/cases?q=25-1&amp;state=LEAD" in at_the_door.get(asked["Location"]).content

    try_password(at_the_door, "dana", next="/cases?q=25-1&state=LEAD")
    assert try_code(at_the_door, code_of(secret))["Location"] == "/cases?q=25-1&state=LEAD"


@pytest.mark.parametrize("path", ["password/change", "password/reset", "password/set", "signup", "accounts/", "admin/", "email", "login", "second-factor/deactivate"])  # fmt: skip
def test_what_the_library_could_do_and_this_house_does_not_offer_is_not_there(at_the_door, path):
    client = signed_in("dana", at_the_door)
    assert client.get(f"/{path}").status_code == 404
    assert client.post(f"/{path}", {"password1": "x"}).status_code == 404


@pytest.mark.parametrize("path", ["sign-up", "reset", "inactive"])
def test_nobody_signs_up_or_resets_a_password(at_the_door, path):
    assert at_the_door.get(f"/not-offered/{path}").status_code == 404
    assert at_the_door.post(f"/not-offered/{path}", {"username": "eve", "password1": PASSWORD}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_whoever_was_put_out_of_the_house_is_out_at_once(at_the_door):
    client = signed_in("dana", at_the_door)
    with login("owner") as owner:
        owner.execute("update people_person set is_active = false where username = 'dana'")

    assert not inside(client)
    assert try_password(Client(), "dana").headers.get("Location") != "/"


# ---- a second factor for everybody


def every_address() -> list[str]:
    """Every address of the pages, with something put where a part varies."""
    found = [str(p.pattern) for p in get_resolver().url_patterns[-1].url_patterns]
    return [f"/{re.sub(r'<int:[a-z]+>', '1', re.sub(r'<slug:[a-z]+>', 'FR-1', path))}" for path in found]


LEAVE_OR_ENROL = {"/sign-out", "/second-factor/set-up", "/second-factor/passkeys/new", "/password/again"}


def test_without_a_second_factor_every_address_leads_to_setting_one_up(at_the_door):
    try_password(at_the_door, with_password("dana"))
    addresses = every_address()
    assert len(addresses) > 35

    for address in set(addresses) - LEAVE_OR_ENROL:
        for answer in (at_the_door.get(address), at_the_door.post(address)):
            assert (answer.status_code, answer["Location"]) == (302, "/second-factor/set-up"), address


def test_setting_up_a_second_factor_opens_the_house_once_and_its_first_code_opens_nothing_more(at_the_door):
    assert try_password(at_the_door, with_password("dana"))["Location"] == "/"
    shown = at_the_door.get("/", follow=True)
    while shown.request["PATH_INFO"] == "/password/again":
        shown = at_the_door.post("/password/again", {"password": PASSWORD, "next": "/second-factor/set-up"}, follow=True)
    assert shown.request["PATH_INFO"] == "/second-factor/set-up"
    assert "no-store" in shown["Cache-Control"]
    before = at_the_door.session.session_key
    secret = re.search(rb"Secret: <kbd>([A-Z2-7]+)</kbd>", shown.content).group(1).decode()

    assert at_the_door.post("/second-factor/set-up", {"code": "000000"}).status_code == 200
    assert not Authenticator.objects.exists()
    code = code_of(secret)
    answer = at_the_door.post("/second-factor/set-up", {"code": code})

    assert answer["Location"] == "/second-factor/codes"
    codes = at_the_door.get("/second-factor/codes")
    assert codes.content.count(b"<kbd>") == 10
    assert "no-store" in codes["Cache-Control"]
    assert inside(at_the_door)
    assert at_the_door.session.session_key != before
    assert entries("second_factor") == ["added"]
    assert secret.encode() not in json.dumps(Authenticator.objects.get(type="totp").data).encode()
    assert at_the_door.get("/second-factor/set-up")["Location"] == "/second-factor/remove", "it is set up once"

    elsewhere = Client()
    try_password(elsewhere, "dana")
    assert USED in try_code(elsewhere, code).content.decode()
    assert not inside(elsewhere)


def test_a_recovery_code_opens_once(at_the_door):
    signed_in("dana", at_the_door)
    one = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[3]
    for opens in (True, False):
        client = Client()
        try_password(client, "dana")
        try_code(client, one)
        assert inside(client) is opens


def test_a_session_that_never_gave_the_second_factor_ends_when_one_is_set_up_elsewhere(at_the_door):
    thief = at_the_door
    try_password(thief, with_password("dana"))
    assert thief.get("/")["Location"] == "/second-factor/set-up"
    owner = signed_in("dana")

    assert thief.get("/")["Location"] == "/sign-in?next=/"
    assert not inside(thief)
    assert inside(owner)


# ---- the lock


def test_five_wrong_passwords_lock_the_name_for_a_quarter_of_an_hour(at_the_door, house_clock):
    secret = enrolled("dana")
    for name in ("dana", "DANA", " dana ", "Dana", "dana"):
        assert LOCKED not in try_password(Client(), name, "wrong").content.decode()

    cache.clear()
    assert LOCKED in try_password(at_the_door, "dana").content.decode()
    assert SignInTry.objects.filter(succeeded=False).count() == 5
    assert entries("sign_in_failed") == ["password"] * 5
    enrolled("sol")
    assert try_password(Client(), "sol")["Location"] == "/second-factor", "another name is not locked"

    house_clock(timedelta(minutes=14, seconds=50))
    assert LOCKED in try_password(at_the_door, "dana").content.decode()
    house_clock(timedelta(minutes=15, seconds=5))
    assert try_password(at_the_door, "dana")["Location"] == "/second-factor"
    try_code(at_the_door, code_of(secret))
    assert inside(at_the_door)


def test_an_unknown_name_is_locked_like_a_known_one(at_the_door):
    for _ in range(5):
        try_password(at_the_door, "nobody", "wrong")
    assert LOCKED in try_password(at_the_door, "nobody", "wrong").content.decode()


def test_five_wrong_codes_lock_the_name_too(at_the_door):
    secret = enrolled("dana")
    try_password(at_the_door, "dana")
    wrong = f"{(int(code_of(secret)) + 1) % 1_000_000:06d}"
    for _ in range(5):
        assert LOCKED not in try_code(at_the_door, wrong).content.decode()
        cache.clear()

    assert LOCKED in try_code(at_the_door, code_of(secret)).content.decode()
    assert LOCKED in try_password(Client(), "dana").content.decode()
    assert not inside(at_the_door)
    assert entries("sign_in_failed") == ["second factor"] * 5


def test_wrong_passwords_and_wrong_codes_are_counted_together(at_the_door):
    enrolled("dana")
    for _ in range(3):
        try_password(at_the_door, "dana", "wrong")
    try_password(at_the_door, "dana")
    for _ in range(2):
        try_code(at_the_door, "no code")
    assert LOCKED in try_password(Client(), "dana").content.decode()


def test_a_sign_in_that_succeeds_starts_the_count_anew(at_the_door):
    secret = enrolled("dana")
    for _ in range(4):
        try_password(Client(), "dana", "wrong")
    try_password(at_the_door, "dana")
    try_code(at_the_door, code_of(secret))
    try_password(Client(), "dana", "wrong")

    assert try_password(Client(), "dana")["Location"] == "/second-factor"


def test_the_password_asked_for_again_is_under_the_same_lock(at_the_door):
    client = signed_in("dana", at_the_door)
    for _ in range(5):
        client.post("/password/again", {"password": "wrong"})
    assert LOCKED in client.post("/password/again", {"password": PASSWORD}).content.decode()


# ---- a code opens once


def test_a_code_that_was_used_is_refused_even_when_the_cache_was_flushed(at_the_door):
    secret = enrolled("dana")
    code = code_of(secret)
    try_password(at_the_door, "dana")
    try_code(at_the_door, code)
    assert inside(at_the_door)

    for again in (code, f"{code[:3]} {code[3:]}", f" {code}"):
        cache.clear()
        client = Client()
        try_password(client, "dana")
        answer = try_code(client, again)
        assert USED in answer.content.decode()
        assert not inside(client)


@pytest.mark.parametrize(("away", "opens"), [(-2, False), (-1, True), (1, True), (2, False)])
def test_a_code_of_the_half_minute_before_or_after_opens_once_and_no_older_one_does(at_the_door, away, opens):
    secret = enrolled("dana")
    code = code_of(secret, away=away)
    try_password(at_the_door, "dana")
    answer = try_code(at_the_door, code)
    assert inside(at_the_door) is opens
    assert (WRONG in answer.content.decode()) is not opens

    cache.clear()
    client = Client()
    try_password(client, "dana")
    assert (USED if opens else WRONG) in try_code(client, code).content.decode()
    assert not inside(client)


# ---- how long a session lives


def aged(client: Client, **moved: int) -> Client:
    """Let the session have been seen, or begun, so many seconds earlier."""
    client.get("/")
    session = client.session
    for name, seconds in moved.items():
        session[name] -= seconds
    session.save()
    return client


@pytest.mark.parametrize("moved", [{}, {"seen_at": 31 * 60}, {"began_at": 13 * 3600}])
def test_whoever_was_signed_in_by_a_backend_that_is_no_more_signs_in_once_and_is_in(at_the_door, moved):
    secret = enrolled("dana")
    try_password(at_the_door, "dana")
    try_code(at_the_door, code_of(secret, away=-1))
    aged(at_the_door, **moved)
    session = at_the_door.session
    session["_auth_user_backend"] = "people.signing_in.OfYesterday"
    session.save()
    assert not inside(at_the_door)

    try_password(at_the_door, "dana")
    try_code(at_the_door, code_of(secret))

    assert inside(at_the_door)
    assert entries("sign_out") == []


@pytest.mark.parametrize(
    ("moved", "lives"),
    [
        ({"seen_at": 29 * 60}, True),
        ({"seen_at": 30 * 60 + 1}, False),
        ({"began_at": 12 * 3600 - 60}, True),
        ({"began_at": 12 * 3600 + 1}, False),
    ],
)
def test_thirty_minutes_idle_or_twelve_hours_in_all_end_a_session_on_the_server(at_the_door, moved, lives):
    client = aged(signed_in("dana", at_the_door), **moved)
    key = client.session.session_key

    answer = client.get("/cases?q=a b&state=LEAD")

    assert answer.status_code == (200 if lives else 302)
    assert Session.objects.filter(session_key=key).exists() is lives
    if not lives:
        assert answer["Location"] == "/sign-in?next=/cases%3Fq%3Da%2520b%26state%3DLEAD"
        assert b"Your session has ended." in client.get(answer["Location"]).content
        assert entries("sign_out") == ["lapsed"]


def test_work_keeps_a_session_alive_and_a_lapse_is_not_undone(at_the_door):
    client = signed_in("dana", at_the_door)
    for _ in range(3):
        aged(client, seen_at=25 * 60)
        assert inside(client)
    aged(client, seen_at=31 * 60)
    assert not inside(client)
    assert not inside(client)


@pytest.mark.parametrize("path", ["/cases/a%0aSet-Cookie:x=1", "/cases/%00", "/cases/a&next=//evil.example"])
def test_a_strange_address_after_a_lapse_harms_nothing(at_the_door, path):
    answer = aged(signed_in("dana", at_the_door), seen_at=31 * 60).get(path)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=/cases/")
    assert answer["Location"].count("next=") == 1 or "%26next%3D" in answer["Location"]


@pytest.mark.parametrize("gone", [False, True])
def test_what_was_sent_after_the_session_ended_is_not_stored_and_the_person_is_told(at_the_door, gone):
    client = signed_in("dana", at_the_door)
    if gone:
        Session.objects.all().delete()
    else:
        aged(client, seen_at=31 * 60)
    before = Case.objects.count()

    answer = client.post("/results/new", {"agency_case": "25-1"})

    assert answer["Location"] == "/sign-in"
    assert "What you just sent was not stored" in client.get("/sign-in").content.decode()
    assert Case.objects.count() == before


# ---- the demonstration


def test_the_persona_picker_does_not_exist_outside_the_demonstration(at_the_door):
    assert settings.DEMO is False
    assert at_the_door.get("/demo").status_code == 404
    assert at_the_door.post("/demo/be", {"persona": "dana"}).status_code == 404
    assert not inside(at_the_door)


def test_a_persona_is_nobody_once_the_demonstration_is_off(at_the_door, settings):
    settings.DEMO = True
    at_the_door.post("/demo/be", {"persona": "dana"})
    page = at_the_door.get("/")
    assert page.status_code == 200
    assert b"Demonstration. Nobody shown here exists." in page.content
    at_the_door.post("/demo/be", {"persona": "sol"})
    assert entries("sign_in") == ["persona of the demonstration"] * 2
    assert entries("sign_out") == ["became another persona"]

    settings.DEMO = False
    assert at_the_door.get("/")["Location"] == "/second-factor/set-up"


def production(say: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run one line under the settings of production."""
    kept = {name: value for name, value in os.environ.items() if name != "COUNTERSIGN_DEMO"}
    kept |= {"DJANGO_SETTINGS_MODULE": "config.settings.production", "DJANGO_SECRET_KEY": "x" * 40, **environment}
    program = f"from django.conf import settings; {say}"
    return subprocess.run([sys.executable, "-c", program], env=kept, cwd=settings.ROOT, capture_output=True, text=True, timeout=60)


def test_production_refuses_the_demonstration_and_a_short_secret():
    sound = production("print(settings.DEMO)")
    assert (sound.returncode, sound.stdout.strip()) == (0, "False"), sound.stderr

    for refused in (production("settings.DEMO", COUNTERSIGN_DEMO="1"), production("settings.DEMO", DJANGO_SECRET_KEY="short")):
        assert refused.returncode == 1
        assert "ImproperlyConfigured" in refused.stderr


def test_cookies_of_production_travel_by_tls_alone():
    found = production(
        "s = settings; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.DEBUG)"
    )
    assert found.stdout.split() == ["True", "True", "True", "Strict", "False"], found.stderr


# ---- races


def at_once(number: int, act) -> list:
    """Do one thing in so many threads at the same moment, each with a connection of its own."""
    start, answers = threading.Barrier(number), []

    def run() -> None:
        start.wait()
        answers.append(act())
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == number
    return answers


@pytest.mark.django_db(transaction=True)
def test_of_ten_wrong_passwords_at_once_five_are_counted_and_the_others_find_the_lock(at_the_door, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]  # slow, as in a real house
    enrolled("dana")

    answers = at_once(10, lambda: try_password(Client(), "dana", "wrong").content.decode())

    assert SignInTry.objects.filter(succeeded=False).count() == 5
    assert sum(LOCKED in answer for answer in answers) == 5
    assert entries("sign_in_failed") == ["password"] * 5
    assert LOCKED in try_password(at_the_door, "dana").content.decode()


@pytest.mark.django_db(transaction=True)
def test_one_code_sent_by_two_browsers_at_once_opens_for_one(at_the_door):
    secret = enrolled("dana")
    clients = [Client() for _ in range(4)]
    for client in clients:
        try_password(client, "dana")
    code, waiting = code_of(secret), list(clients)

    def send() -> int:
        cache.clear()
        return try_code(waiting.pop(), code).status_code

    answers = at_once(4, send)

    assert sorted(answers) == [200, 200, 200, 302]
    assert sum(inside(client) for client in clients) == 1
    assert UsedCode.objects.count() == 1
    with login("app") as app, pytest.raises(Exception, match="a_code_is_used_once"):
        app.execute("insert into people_usedcode (person_id, proof) select person_id, proof from people_usedcode")
