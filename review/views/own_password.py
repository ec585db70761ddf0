"""A person sets his own password on allauth's page; here it is held against whoever sets another at the same moment."""

from typing import Any, cast

from allauth.account.views import PasswordChangeView
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.decorators import method_decorator

from people.signing_in import held_alone
from review.views.session import person_of


@method_decorator(login_required, name="dispatch")
class SetOwnPassword(PasswordChangeView):  # type: ignore[misc]
    """Set one's own password. Every other session of the person ends with the old one; this one goes on under a new key.

    A persona of the demonstration has no password, and no such page.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not person_of(request).has_usable_password():
            raise Http404
        return cast(HttpResponse, super().dispatch(request, *args, **kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with held_alone(person_of(request)) as request.user:
            return cast(HttpResponse, super().post(request, *args, **kwargs))
