"""Signing in as people do: name, password, and the code of a second factor, through the real pages."""

import time

from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from tests import world

PASSWORD = "a long sentence that nobody guesses"


def with_password(name: str) -> str:
    """Give somebody a password that the test knows."""
    person = world.person(name)
    if not person.check_password(PASSWORD):  # a new password would end the sessions that the person has
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
    return name


def enrolled(name: str) -> str:
    """Give somebody a password and a second factor that no code was used of yet; return its secret."""
    secret = generate_totp_secret()
    TOTP.activate(world.person(with_password(name)), secret)
    RecoveryCodes.activate(world.person(name))
    return secret


def code_of(secret: str, *, away: int = 0) -> str:
    """Return the code of this half-minute, or of one so many away; wait for the next where it is about to end."""
    left = 30 - time.time() % 30
    if left < 2:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + away))


def try_password(client: Client, name: str, password: str = PASSWORD, **more: str):
    return client.post("/sign-in", {"login": name, "password": password, **more})


def try_code(client: Client, code: str, **more: str):
    return client.post("/second-factor", {"code": code, **more})


def signed_in(name: str, client: Client | None = None) -> Client:
    """Sign an enrolled person in through the pages."""
    client = client or Client()
    secret = enrolled(name)
    try_password(client, name)
    assert try_code(client, code_of(secret)).headers.get("Location") == "/"
    return client


def client_of(name: str, client: Client | None = None) -> Client:
    """Somebody at a browser who is signed in, the second factor given."""
    client = client or Client()
    client.force_login(world.person(name))
    session = client.session
    session["second_factor"] = True
    session.save()
    return client
