"""Signing in, on top of django-allauth: lockout and used codes in PostgreSQL, each try an entry in the record."""

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from ledger.append import append
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.keyed import derived_key, keyed
from people.models import Person, SignInTry, UsedCode

TRIES, WITHIN = 5, timedelta(minutes=15)  # CJIS Security Policy AC-7: five tries, then locked
WRONG = "This code is not right."
USED = "This code was used already. Wait for the next one."
LOCKED = "Too many tries. This name is locked for a quarter of an hour; ask your administrator if it was not you."


def is_locked(username: str) -> bool:
    """Whether five tries under this name failed within a quarter of an hour, password and code together."""
    since = house_now() - WITHIN
    last = SignInTry.objects.filter(name_hash=_hash(username), at__gte=since).order_by("-id").values_list("succeeded", flat=True)[:TRIES]
    return len(last) == TRIES and not any(last)


@contextmanager
def _one_try_at_a_time(username: str) -> Iterator[None]:
    """Let tries under one name wait for each other: of ten sent at once five are counted, and the others find the lock."""
    with transaction.atomic():
        ask_database("select pg_advisory_xact_lock(hashtextextended(%s, 0))", _hash(username))
        yield


@transaction.atomic
def note(username: str, *, succeeded: bool, what: str) -> None:
    """Write one try, and its entry."""
    SignInTry.objects.create(name_hash=_hash(username), succeeded=succeeded)
    kind = "sign_in" if succeeded else "sign_in_failed"
    append(kind=kind, subject="door", details={"name": _hash(username), "what": what})


def note_leaving(person: Person, *, what: str) -> None:
    """Write the entry of a session that ends."""
    append(kind="sign_out", subject="door", details={"name": _hash(person.username), "what": what})


def note_second_factor(person: Person, *, secret: str, code: str) -> None:
    """Write the entry of a second factor that was set up; the code that proved it opens nothing more."""
    use_up(person, secret=secret, code=code)
    append(kind="second_factor", subject="door", details={"name": _hash(person.username), "what": "set up"})


def use_up(person: Person, *, secret: str, code: str) -> bool:
    """Use up the half-minute that a code was made for; False if it was used before. PostgreSQL holds each to one use (RFC 6238, 5.2)."""
    now = int(time.time()) // mfa_settings.TOTP_PERIOD
    for step in range(now, now - 3, -1):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            try:
                with transaction.atomic():
                    UsedCode.objects.create(person=person, step=step)
            except IntegrityError:
                return False
            return True
    return False


def _hash(username: str) -> str:
    return keyed("sign-in name", username.strip().casefold())


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up; a locked name is not even asked for its password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if is_locked(str(credentials.get("username", ""))):
            raise ValidationError(LOCKED)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        with _one_try_at_a_time(str(credentials.get("username", ""))):
            return super().authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note(str(credentials.get("username", "")), succeeded=False, what="password")

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> Any:
        note(user.username, succeeded=True, what="signed in")
        request.session["second_factor"] = any(given["method"] == "mfa" for given in get_authentication_records(request, user))
        return super().post_login(request, user, **kwargs)

    def logout(self, request: HttpRequest) -> None:
        note_leaving(request.user, what="signed out")  # type: ignore[arg-type]
        super().logout(request)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors lie encrypted under a key derived from the master key."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _decrypted(encrypted_text)


def _decrypted(text: str) -> str:
    return _cipher().decrypt(text.encode()).decode()


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key("second factors")))


class _OnceOnly:
    """A code counts once, in PostgreSQL; a wrong one counts towards the lock."""

    user: Person
    authenticator: Authenticator
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        with _one_try_at_a_time(self.user.username):  # left before anything is raised: what was noted stays
            trouble = self._trouble()
        if trouble:
            raise ValidationError(trouble)
        return str(self.cleaned_data["code"])

    def _trouble(self) -> str:
        if is_locked(self.user.username):
            return LOCKED
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            note(self.user.username, succeeded=False, what="second factor")
            return WRONG
        if self.authenticator.type != Authenticator.Type.TOTP:  # a recovery code is struck off its list, in PostgreSQL too
            return ""
        if not use_up(self.user, secret=_decrypted(self.authenticator.data["secret"]), code=code):
            note(self.user.username, succeeded=False, what="second factor used again")
            return USED
        return ""


class AuthenticateForm(_OnceOnly, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in."""


class ReauthenticateForm(_OnceOnly, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """The second factor, asked for again before something that matters."""
