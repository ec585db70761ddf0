"""The pages of auditors: what left the agency. They read, and move nothing."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from people.models import Person
from people.roles import Role
from review import access
from review.models import Dissemination
from review.sheets.case_file import LeftRow, left_row
from review.views.doors import signed_in
from review.views.session import now_of, person_of

PAGE = 50


@dataclass(frozen=True, slots=True)
class Left:
    """A line of the register of what left."""

    case: str
    row: LeftRow


def auditor_of(request: HttpRequest) -> tuple[Person, datetime]:
    """Return the auditor who asks, and the time. Raises NotVisible for whoever is none."""
    person, at = person_of(request), now_of(request)
    if not access.holds(person, Role.AUDITOR, on=at.date()):
        raise access.NotVisible("audit")
    return person, at


@require_safe
@signed_in
def disseminations(request: HttpRequest) -> HttpResponse:
    """What left the agency, newest first; searched by case, ORI or recipient."""
    person, at = auditor_of(request)
    sought = said(request, "q")
    rows = Dissemination.objects.filter(case__in=access.cases_for_reading(person, on=at.date()))
    if sought:
        rows = rows.filter(Q(case__ref__istartswith=sought) | Q(ori__iexact=sought) | Q(recipient__icontains=sought))
    before = number_of(request, "before")
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("case", "lead").order_by("-pk")[: PAGE + 1])
    sheet = {
        "q": sought,
        "lines": [Left(row.case.ref, left_row(row)) for row in found[:PAGE]],
        "more": found[PAGE - 1].pk if len(found) > PAGE else None,
    }
    return render(request, "audit/disseminations.html", sheet)


def said(request: HttpRequest, name: str) -> str:
    """Return a word of the query, without what no column holds."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:200]


def number_of(request: HttpRequest, name: str) -> int | None:
    """Return a number of the query; none where it is no number that a row could have."""
    text = said(request, name)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
