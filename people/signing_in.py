"""Signing in, on top of django-allauth: lockout and used codes in PostgreSQL, each try an entry in the record."""

import base64
import hashlib
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as passkey_forms
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import CharField
from django.http import HttpRequest
from fido2.webauthn import AuthenticationResponse

from ledger.append import append
from ledger.clock import house_now
from ledger.keyed import derived_key, keyed
from people.models import Person, SignInTry, UsedCode

TRIES, WITHIN = 5, timedelta(minutes=15)  # CJIS Security Policy AC-7: five tries, then locked
CODE_LIVES = timedelta(minutes=2)
BROKEN = (ValidationError, LookupError, TypeError, ValueError)  # what allauth and fido2 raise for what is no passkey of this person
NOT_ACCEPTED = "The passkey was not accepted. Try again, or type a code."
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

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key("second factors")))


def second_factor_added(*, user: Person, authenticator: Authenticator, **_: Any) -> None:
    """Enter it in the record."""
    _note_second_factor(user, authenticator, "added")


def second_factor_removed(*, request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:
    """Enter it in the record, and let this session be asked again whether there is one left."""
    _note_second_factor(user, authenticator, "removed")
    request.session.pop("second_factor", None)


def _note_second_factor(person: Person, authenticator: Authenticator, what: str) -> None:
    append(kind="second_factor", subject="door", details={"name": _hash(person.username), "what": what, "of": authenticator.type})


def _use_once(person: Person, proof: str) -> bool:
    """Whether this code or assertion is new; it is not after that."""
    code_hash = hashlib.sha256(f"{person.pk}:{proof}".encode()).hexdigest()
    if UsedCode.objects.filter(person=person, code_hash=code_hash, at__gte=house_now() - CODE_LIVES).exists():
        note(person.username, succeeded=False, what="second factor used again")
        return False
    UsedCode.objects.create(person=person, code_hash=code_hash)
    return True


class _CodeOnce:
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
        if not _use_once(self.user, "".join(filter(str.isalnum, code)).lower()):  # “123 456” is the same code
            raise ValidationError("This code was used already. Wait for the next one.")
        return code


class _PasskeyOnce:
    """An assertion counts once, in PostgreSQL; one that is wrong or broken counts towards the lock."""

    user: Person
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        if is_locked(self.user.username):
            raise ValidationError(LOCKED)
        sent = self.cleaned_data["credential"]
        try:
            found = super().clean_credential()  # type: ignore[misc]
        except BROKEN:
            note(self.user.username, succeeded=False, what="passkey")
            raise ValidationError(NOT_ACCEPTED) from None
        if not _use_once(self.user, AuthenticationResponse.from_dict(sent).response.client_data.challenge.hex()):
            raise ValidationError(NOT_ACCEPTED)
        return found


class AuthenticateForm(_CodeOnce, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in."""


class ReauthenticateForm(_CodeOnce, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """The second factor, asked for again before something that matters."""


class AuthenticatePasskeyForm(_PasskeyOnce, passkey_forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey at sign-in."""


class ReauthenticatePasskeyForm(_PasskeyOnce, passkey_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey, asked for again before something that matters."""


class AddPasskeyForm(passkey_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey; what the browser sends is not trusted to be whole."""

    name = CharField(label="Your name for it", required=False)

    def clean(self) -> dict[str, Any]:
        try:
            said: dict[str, Any] = super().clean()
        except BROKEN:
            raise ValidationError("The passkey was not accepted. Try again.") from None
        return said
