"""Signing in, on top of django-allauth: lockout and used codes in PostgreSQL, each try an entry in the record."""

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from allauth.account import forms as account_forms
from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.fields import PasswordField, SetPasswordField
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings as mfa_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn import forms as passkey_forms
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.forms import CharField
from django.http import HttpRequest
from fido2.webauthn import AuthenticationResponse

from ledger.append import append
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.keyed import KeysAway, derived_key, keyed
from ledger.worded import first, worded_once
from people.models import Person, SignInTry, UsedCode

TRIES, WITHIN = 5, timedelta(minutes=15)  # CJIS Security Policy AC-7: five tries, then locked
WRONG = "This code is not right."
BROKEN = (ValidationError, LookupError, TypeError, ValueError)  # what allauth and fido2 raise for what is no passkey of this person
NOT_ACCEPTED = "The passkey was not accepted. Try again, or type a code."
USED = "This code was used already. Wait for the next one."
NOT_PRESENT = "This is not your present password."
NOTHING_NEW = "This is your present password. Choose another."
LOCKED = "Too many tries. This name is locked for a quarter of an hour; ask your administrator if it was not you."


def is_locked(username: str) -> bool:
    """Whether five tries under this name failed within a quarter of an hour, password and code together."""
    since = house_now() - WITHIN
    last = (
        SignInTry.objects.filter(name_hash=name_hash(username), at__gte=since).order_by("-id").values_list("succeeded", flat=True)[:TRIES]
    )
    return len(last) == TRIES and not any(last)


@contextmanager
def _one_try_at_a_time(username: str) -> Iterator[None]:
    """Let tries under one name wait for each other: of ten sent at once five are counted, and the others find the lock."""
    with transaction.atomic():
        ask_database("select pg_advisory_xact_lock(hashtextextended(%s, 0))", name_hash(username))
        yield


@contextmanager
def held_alone(person: Person) -> Iterator[Person]:
    """Yield the person as he stands now, locked, with no sign-in under his name: of two passwords set at once, the second is asked for the first."""
    with _one_try_at_a_time(person.username):
        yield Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)


@transaction.atomic
def note(username: str, *, succeeded: bool, what: str) -> None:
    """Write one try, and its entry."""
    SignInTry.objects.create(name_hash=name_hash(username), succeeded=succeeded)
    kind = "sign_in" if succeeded else "sign_in_failed"
    append(kind=kind, subject="door", details={"name": name_hash(username), "what": what})


def note_leaving(person: Person, *, what: str) -> None:
    """Write the entry of a session that ends."""
    append(kind="sign_out", subject="door", details={"name": name_hash(person.username), "what": what})


def note_second_factor(person: Person, *, what: str, of: str) -> None:
    """Write the entry of a second factor that was added or removed; ``of`` is its type."""
    append(kind="second_factor", subject="door", details={"name": name_hash(person.username), "what": what, "of": of})


def note_own_password(person: Person, *, what: str) -> None:
    """Write the entry of a password that a person set himself. Nothing of either password is in it."""
    append(kind="change_password", subject="door", details={"name": name_hash(person.username), "what": what})


def use_up(person: Person, *, secret: str, code: str) -> bool:
    """Use up the half-minute that a code was made for; False if it was used before. PostgreSQL holds each to one use (RFC 6238, 5.2)."""
    now = int(time.time()) // mfa_settings.TOTP_PERIOD
    ahead, behind = mfa_settings.TOTP_TOLERANCE, mfa_settings.TOTP_TOLERANCE + 1  # one more: it was found right a moment ago
    for step in range(now + ahead, now - behind - 1, -1):
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, step))):
            return _use_once(person, f"half-minute {step}")
    return False


def _use_once(person: Person, proof: str) -> bool:
    """Whether this code or assertion is new; it is not after that, however many are sent at once."""
    try:
        with transaction.atomic():
            UsedCode.objects.create(person=person, proof=proof)
    except IntegrityError:
        return False
    return True


def name_hash(username: str) -> str:
    """Return the keyed hash under which tries with a name stand in the record."""
    return keyed("sign-in name", username.strip().casefold())


class Backend(AuthenticationBackend):  # type: ignore[misc]
    """Asks for the person of a session, on each request, in words found once."""

    def get_user(self, user_id: int) -> Person | None:
        person = first(_person(user_id))
        return person if person is not None and self.user_can_authenticate(person) else None


@worded_once
def _person(key: int) -> QuerySet[Person]:
    return Person.objects.filter(pk=key)


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up; a locked name is not even asked for its password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False  # allauth would answer a script with the whole form, passwords too

    def get_login_stages(self) -> list[str]:
        return ["people.signing_in.SecondFactorStage"]  # nobody signs in by mail or telephone

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
        request.session["began_at"] = request.session["seen_at"] = (
            time.time()
        )  # a session that nobody had may be kept at sign-in, its age is not
        request.session["second_factor"] = any(given["method"] == "mfa" for given in get_authentication_records(request, user))
        return super().post_login(request, user, **kwargs)

    @transaction.atomic
    def set_password(self, user: Person, password: str) -> None:
        what = "in place of a first one" if user.first_password else "changed"
        user.set_password(password)
        user.first_password = False
        user.save(update_fields=["password", "first_password"])
        note_own_password(user, what=what)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return str(settings.LOGIN_REDIRECT_URL)

    def logout(self, request: HttpRequest) -> None:
        try:
            note_leaving(request.user, what="signed out")  # type: ignore[arg-type]
        except KeysAway:
            request.session["seen_at"] = 0  # nobody goes on in it; it ends, with its entry, when the key is back
            request.session.save()
            raise
        super().logout(request)


class SecondFactorStage(AuthenticateStage):  # type: ignore[misc]
    """Between the password and the code. It ends with the password it began with, and with the account, as a session does."""

    def handle(self) -> Any:
        self.state["password"] = self.login.user.get_session_auth_hash()
        return super().handle()

    def is_resumable(self, request: HttpRequest) -> bool:
        return self._holds() and is_mfa_enabled(self.login.user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])

    def exit(self) -> Any:
        if self._holds():
            return super().exit()
        note(self.login.user.username, succeeded=False, what="password")
        return self.abort()

    def _holds(self) -> bool:
        person = self.login.user
        return bool(person.is_active and self.state.get("password") == person.get_session_auth_hash())


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors lie encrypted under a key derived from the master key."""

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _decrypted(encrypted_text)

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        return f"Passkey {Authenticator.objects.filter(user=user, type=type).count() + 1}"

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.MFA_TOTP_ISSUER}


def _decrypted(text: str) -> str:
    return _cipher().decrypt(text.encode()).decode()


def _cipher() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(derived_key("second factors")))


class _CodeOnce:
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


class _PasskeyOnce:
    """An assertion counts once, in PostgreSQL; one that is wrong or broken counts towards the lock."""

    user: Person
    cleaned_data: dict[str, Any]

    def clean_credential(self) -> Authenticator:
        with _one_try_at_a_time(self.user.username):  # left before anything is raised: what was noted stays
            found, trouble = self._found()
        if found is None:
            raise ValidationError(trouble)
        return found

    def _found(self) -> tuple[Authenticator | None, str]:
        if is_locked(self.user.username):
            return None, LOCKED
        sent = self.cleaned_data["credential"]
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]
            challenge = AuthenticationResponse.from_dict(sent).response.client_data.challenge.hex()
        except BROKEN:
            note(self.user.username, succeeded=False, what="passkey")
            return None, NOT_ACCEPTED
        if not _use_once(self.user, f"passkey {challenge}"):
            note(self.user.username, succeeded=False, what="second factor used again")
            return None, NOT_ACCEPTED
        return found, ""


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


class OwnPasswordForm(account_forms.ChangePasswordForm):  # type: ignore[misc]
    """A person's own password, in place of the present one. A wrong present one counts as a try to sign in, and towards the lock."""

    user: Person
    oldpassword = PasswordField(label="Your present password", autocomplete="current-password")
    password1 = SetPasswordField(
        label="Your new password",
        help_text="At least 12 characters. A sentence that only you would say is good; a common word or your own name is not.",
    )
    password2 = PasswordField(label="Your new password again", autocomplete="new-password")

    def clean_oldpassword(self) -> str:
        said = str(self.cleaned_data["oldpassword"])
        if not get_adapter().reauthenticate(self.user, said):
            raise ValidationError(NOT_PRESENT)
        return said

    def clean_password1(self) -> str:
        said = str(self.cleaned_data["password1"])
        if said == self.cleaned_data.get("oldpassword"):
            raise ValidationError(NOTHING_NEW)
        return said
