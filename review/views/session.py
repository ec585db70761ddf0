"""How long a session lives, that everybody has a second factor, and what every page carries."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.utils.cache import add_never_cache_headers

from ledger.clock import house_now
from people.models import Person
from people.roles import Role
from people.signing_in import note_leaving
from review import access
from review.sheets import notices
from review.views.keys_away import or_keys_away

Answer = Callable[[HttpRequest], HttpResponse]
WITHOUT_SECOND_FACTOR = {"account_logout", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"}
WITH_FIRST_PASSWORD = {"account_logout", "account_change_password"}


class SignedIn(HttpRequest):
    """A request of a signed-in person, with the house's time read once at the door."""

    user: Person
    now: datetime


def person_of(request: HttpRequest) -> Person:
    """Return who acts. Views behind ``signed_in`` always have one."""
    return cast(Person, request.user)


def now_of(request: HttpRequest) -> datetime:
    """Return the house's time, read once a request."""
    found = getattr(request, "house_now", None)
    if found is None:
        found = house_now()
        request.house_now = found  # type: ignore[attr-defined]
    return cast(datetime, found)


class SessionLimits:
    """Thirty minutes idle or twelve hours in all end a session on the server."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    @or_keys_away
    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = time.time()
            began = request.session.setdefault("began_at", now)
            idle = now - request.session.get("seen_at", now)
            if idle > settings.SESSION_IDLE_SECONDS or now - began > settings.SESSION_LONGEST_SECONDS:
                note_leaving(person_of(request), what="lapsed")
                logout(request)
                messages.info(request, "Your session has ended. Nothing that you sent before is lost.")
                return to_sign_in(request)
            if idle > 20 or "seen_at" not in request.session:  # not a write for every picture
                request.session["seen_at"] = now
            answer = self.answer(request)
            add_never_cache_headers(answer)  # what a person was shown stays in no browser
            return answer
        return self.answer(request)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """Send to sign-in, and to where the person was after it. What came by POST was not stored: that is said, never passed over."""
    if request.method in ("GET", "HEAD"):
        return redirect_to_login(request.get_full_path())
    messages.warning(request, "What you just sent was not stored, because you were not signed in. Sign in, go back and send it again.")
    return redirect(settings.LOGIN_URL)


class SecondFactor:
    """Whoever has no second factor can only set one up or leave. A persona of the demonstration has none to give.

    It is asked of the session, not of the person: one that began before the factor was set up elsewhere never gave it, and ends.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    @or_keys_away
    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and not _as_persona(request) and not request.session.get("second_factor"):
            if is_mfa_enabled(request.user):
                note_leaving(person_of(request), what="second factor not given")
                logout(request)
                return to_sign_in(request)
            if resolve(request.path_info).url_name not in WITHOUT_SECOND_FACTOR:
                return redirect("mfa_activate_totp")
        return self.answer(request)


class OwnPassword:
    """Whoever has the password that an administrator gave him can only set his own or leave: somebody else knows that one.

    Asked once the second factor is given: a password alone, and one that two people know, sets no other. A persona of the
    demonstration gives none, and is let alone.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            request.user.is_authenticated
            and person_of(request).first_password
            and request.session.get("second_factor")
            and resolve(request.path_info).url_name not in WITH_FIRST_PASSWORD
        ):
            if request.method in ("GET", "HEAD"):
                return redirect_to_login(request.get_full_path(), login_url="account_change_password")
            return redirect("account_change_password")
        return self.answer(request)


def _as_persona(request: HttpRequest) -> bool:
    return bool(settings.DEMO and request.session.get("persona"))


@dataclass(frozen=True, slots=True)
class Bar:
    """What the bar of every page shows."""

    who: str
    roles: tuple[str, ...]
    unit: str
    agency: str
    zone: str
    links: tuple[tuple[str, str], ...]


LINKS = {
    "detective": (("Cases", "/cases"), ("Request a search", "/requests/new")),
    "analyst": (("Cases", "/cases"),),
    "reviewer": (("Your figures", "/figures/mine"), ("Practice", "/practice")),
    "corroboration_officer": (),
    "supervisor": (("Examinations", "/turns"),),
    "auditor": (("Cases", "/cases"), ("The record", "/audit/"), ("Figures", "/figures"), ("The law", "/policy-board")),
    "manager": (("The house", "/house"), ("Examinations", "/turns"), ("Figures", "/figures"), ("The law", "/policy-board")),
    "legal_adviser": (("Cases", "/cases"), ("Discovery", "/discovery")),
    "prosecutor": (("Leads", "/prosecution"), ("Duties", "/prosecution/duties")),
    "policy_board": (("The law", "/policy-board"),),
}


def on_every_page(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: the demonstration's strip and the bar."""
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return {"demo": settings.DEMO, "bar": None}
    person = person_of(request)
    at = now_of(request)
    roles = roles_of(person, at)
    links: dict[str, str] = {"Desk": "/"}
    for role in roles:
        links.update(dict(LINKS[role]))
    held = frozenset(Role(role) for role in roles)
    if held & notices.HAVE_NOTICES:
        new = notices.new_for(person, at=at, roles=held)
        links[f"Notices ({new})" if new else "Notices"] = "/notices"
    bar = Bar(
        who=person.display_name,
        roles=tuple(role.replace("_", " ") for role in roles),
        unit=person.unit.name,
        agency=person.agency.name,
        zone=person.agency.time_zone,
        links=tuple((name, address) for name, address in links.items()),
    )
    return {"demo": settings.DEMO, "bar": bar, "zone": ZoneInfo(person.agency.time_zone)}


def roles_of(person: Person, at: datetime) -> tuple[str, ...]:
    """Return the roles a person holds today."""
    return tuple(sorted(role.value for role in access.roles_on(person, at.date())))
