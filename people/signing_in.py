"""Signing in, on top of django-allauth: lockout and used codes in PostgreSQL, each try an entry in the record."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as mfa_forms
from cryptography.fernet import Fernet
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from ledger.append import append
from ledger.clock import house_now
from ledger.keyed import derived_key, keyed
from people.models import Person, SignInTry, UsedCode

TRIES, WITHIN = 5, timedelta(minutes=15)  # CJIS Security Policy AC-7: five tries, then locked
CODE_LIVES = timedelta(minutes=2)
LOCKED = "Too many tries. This name is locked for a quarter of an hour; ask your administrator if it was not you."


def is_locked(username: str) -> bool:
    """Whether five tries under this name failed within a quarter of an hour, password and code together."""
    since = house_now() - WITHIN
    last = SignInTry.objects.filter(name_hash=_hash(username), at__gte=since).order_by("-id").values_list("succeeded", flat=True)[:TRIES]
    return len(last) == TRIES and not any(last)


def note(username: str, *, succeeded: bool, what: str) -> None:
    """Write one try, and its entry."""
    SignInTry.objects.create(name_hash=_hash(username), succeeded=succeeded)
    kind = "sign_in" if succeeded else "sign_in_failed"
    append(kind=kind, subject="door", details={"name": _hash(username), "what": what})


def _hash(username: str) -> str:
    return keyed("sign-in name", username.strip().casefold())


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up; a locked name is not even asked for its password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        if is_locked(str(credentials.get("username", ""))):
            raise ValidationError(LOCKED)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        note(str(credentials.get("username", "")), succeeded=False, what="password")

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> Any:
        note(user.username, succeeded=True, what="signed in")
        return super().post_login(request, user, **kwargs)


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors lie encrypted under a key derived from the master key."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key("second factors")))


class _OnceOnly:
    """A code counts once, in PostgreSQL; a wrong one counts towards the lock."""

    user: Person
    cleaned_data: dict[str, Any]

    def clean_code(self) -> str:
        if is_locked(self.user.username):
            raise ValidationError(LOCKED)
        try:
            code: str = super().clean_code()  # type: ignore[misc]
        except ValidationError:
            note(self.user.username, succeeded=False, what="second factor")
            raise
        code_hash = hashlib.sha256(f"{self.user.pk}:{code.strip()}".encode()).hexdigest()
        if UsedCode.objects.filter(person=self.user, code_hash=code_hash, at__gte=house_now() - CODE_LIVES).exists():
            note(self.user.username, succeeded=False, what="second factor used again")
            raise ValidationError("This code was used already. Wait for the next one.")
        UsedCode.objects.create(person=self.user, code_hash=code_hash)
        return code


class AuthenticateForm(_OnceOnly, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in."""


class ReauthenticateForm(_OnceOnly, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """The second factor, asked for again before something that matters."""
