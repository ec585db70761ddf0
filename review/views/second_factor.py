"""Second factors are added and removed on allauth's pages; here each leaves its entry, and the session says what it has given."""

from typing import Any, cast

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from allauth.mfa.webauthn.views import AddWebAuthnView, RemoveWebAuthnView
from django.db import transaction
from django.http import HttpResponse

from people.signing_in import note_second_factor, use_up
from review.views.session import person_of


class _Added:
    """The entry, and that this session has given it."""

    request: Any
    of = ""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)  # type: ignore[misc]
        note_second_factor(person_of(self.request), what="added", of=self.of)
        self.request.session["second_factor"] = True
        self.request.session.cycle_key()
        return cast(HttpResponse, answer)


class _Removed:
    """The entry; without any left, this session has given none."""

    request: Any
    of = ""

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)  # type: ignore[misc]
        note_second_factor(person_of(self.request), what="removed", of=self.of)
        if not is_mfa_enabled(self.request.user):
            self.request.session.pop("second_factor", None)
        return cast(HttpResponse, answer)


class SetUpCodes(_Added, ActivateTOTPView):  # type: ignore[misc]
    """Set up an authenticator. The code that proves it opens nothing more."""

    of = Authenticator.Type.TOTP

    @transaction.atomic
    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        use_up(person_of(self.request), secret=form.secret, code=form.cleaned_data["code"])
        return answer


class RemoveCodes(_Removed, DeactivateTOTPView):  # type: ignore[misc]
    """Remove the authenticator."""

    of = Authenticator.Type.TOTP


class AddPasskey(_Added, AddWebAuthnView):  # type: ignore[misc]
    """Add a passkey."""

    of = Authenticator.Type.WEBAUTHN


class RemovePasskey(_Removed, RemoveWebAuthnView):  # type: ignore[misc]
    """Remove a passkey."""

    of = Authenticator.Type.WEBAUTHN
