"""Doors that every view stands behind: signed in, and unknown looks like forbidden."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from cases.keystore import KeyDestroyed
from cases.models import StoredImage
from cases.rules.finding import Finding, Refusal
from ledger.keyed import KeysAway
from review.access import NotVisible
from review.sheets.case_file import OnNoLeadRow
from review.views.keys_away import keys_away
from review.views.session import person_of, to_sign_in

View = Callable[..., HttpResponse]


def signed_in(view: View) -> View:
    """Let only signed-in persons through; what is not theirs to see does not exist for them. Nothing is cached."""

    @never_cache
    @wraps(view)
    def behind(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated or not request.user.is_active:
            return to_sign_in(request)
        try:
            person_of(request).read_roles()  # asked again and again on a page, read once
            return view(request, *args, **kwargs)
        except (NotVisible, StoredImage.DoesNotExist):
            raise Http404 from None
        except KeyDestroyed:  # of a picture whose time has run; the look is on record all the same
            return render(request, "410.html", status=410)

    return behind


class KeysAreThere:
    """Where a key could not be reached, a door that nobody guards says so too. Whatever was asked of the database is undone, but a look on record."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_exception(self, request: HttpRequest, trouble: Exception) -> HttpResponse | None:
        return keys_away(request) if isinstance(trouble, KeysAway) else None


def refused(request: HttpRequest, finding: Refusal, form: Form) -> None:
    """Show every reason on the form that was sent."""
    for reason in finding.reasons:
        form.add_error(None, str(reason))


def told(request: HttpRequest, finding: Finding, said: str) -> None:
    """Say once what was done."""
    messages.success(request, said)


def done(request: HttpRequest, form: Form, finding: Finding, said: str) -> bool:
    """Say once that an act was done, or show on its form why it was refused; return which."""
    if isinstance(finding, Refusal):
        refused(request, finding, form)
        return False
    told(request, finding, said)
    return True


def form_page(
    request: HttpRequest,
    *,
    form: Form,
    title: str,
    button: str,
    back: str,
    lead: str = "",
    final: str = "",
    aside: str = "",
    on_no_lead: tuple[OnNoLeadRow, ...] = (),
) -> HttpResponse:
    """Render the one page that all plain forms share. ``final`` says that it cannot be undone; ``on_no_lead`` stands before what is decided."""
    sheet = {
        "form": form,
        "title": title,
        "button": button,
        "back": back,
        "lead": lead,
        "final": final,
        "aside": aside,
        "on_no_lead": on_no_lead,
    }
    return render(request, "form/page.html", sheet, status=422 if form.errors else 200)
