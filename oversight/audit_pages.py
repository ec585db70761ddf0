"""The pages of auditors: the record, searched and taken along, and what left the agency. They read, and move nothing."""

import csv
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from io import StringIO
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from cases.audit import record
from ledger.keyed import keyed
from ledger.models import Kind
from oversight.audit_form import AuditForm
from oversight.record_search import AT_ONCE, COLUMNS, QUESTIONS, Asked, Entry, asks_down_to, search
from people.models import Person
from people.roles import Role
from people.signing_in import name_hash
from review import access
from review.models import Dissemination
from review.sheets.case_file import LeftRow, left_row
from review.views.doors import signed_in
from review.views.session import now_of, person_of

PAGE, MOST = 50, 10_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


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


@require_safe
@signed_in
def audit(request: HttpRequest) -> HttpResponse:
    """The record, searched; the query string is the view. What was asked is an entry before anything is shown."""
    person, _ = auditor_of(request)
    form, asked = _asked(request, person)
    entries: list[Entry] = []
    down_to: int | None = None
    if asked:
        before = number_of(request, "before")
        down_to = asks_down_to(asked, before=before)
        entries = _found(person, asked, before=before, at_most=PAGE + 1, down_to=down_to)
        _recorded("audit_search", person, asked, before=before or 0, entries=len(entries[:PAGE]))
    sheet = {
        "form": form,
        "asked": asked is not None,
        "questions": tuple(QUESTIONS.items()),
        "question": QUESTIONS.get(asked.question) if asked else None,
        "entries": entries[:PAGE],
        "more": entries[PAGE - 1].number if len(entries) > PAGE else down_to,
        "at_once": AT_ONCE if down_to is not None else None,
        "kept": urlencode({name: said(request, name) for name in form.fields if said(request, name)}),
        "most": MOST,
    }
    return render(request, "audit/page.html", sheet, status=422 if form.errors else 200)


@signed_in
@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """The same as a file. That it was taken, what was asked, and the file's hash are an entry before it is sent."""
    person, _ = auditor_of(request)
    _, asked = _asked(request, person)
    if asked is None:
        raise access.NotVisible("audit")
    form = "json" if request.POST.get("format") == "json" else "csv"
    entries = _found(person, asked, before=None, at_most=MOST, down_to=_of_one(asked))
    raw = as_json(entries) if form == "json" else as_csv(entries)
    _recorded("audit_download", person, asked, format=form, entries=len(entries), sha256=sha256(raw).hexdigest())
    answer = HttpResponse(raw, content_type="application/json" if form == "json" else "text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="record.{form}"'
    return answer


def as_json(entries: list[Entry]) -> bytes:
    """Return the entries as a list of objects."""
    return json.dumps(
        [dict(zip(COLUMNS, entry.row(), strict=True)) for entry in entries], ensure_ascii=False, indent=1, default=str
    ).encode()


def as_csv(entries: list[Entry]) -> bytes:
    """Return the entries as CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([f"'{cell}" if isinstance(cell, str) and cell[:1] in FORMULA else cell for cell in entry.row()])
    return text.getvalue().encode()


def _asked(request: HttpRequest, person: Person) -> tuple[AuditForm, Asked | None]:
    kinds = [
        (kind, f"{kind.replace('_', ' ')}: {meaning}") for kind, meaning in Kind.objects.order_by("kind").values_list("kind", "meaning")
    ]
    form = AuditForm({name: said(request, name) for name in AuditForm.base_fields}, kinds=kinds)
    if not form.is_valid():
        return form, None
    return form, form.asked(_hashes(form.cleaned_data["person"], beside=person))


def _hashes(username: str, *, beside: Person) -> tuple[str, ...] | None:
    """Under which keyed hashes a person stands in the record: as who acts, and as who signs in."""
    if not username:
        return None
    found = Person.objects.filter(username=username, agency=beside.agency_id).first()
    return (*((keyed("person", found.pk),) if found else ()), name_hash(username))


def _of_one(asked: Asked) -> int | None:
    """A file holds so many entries at most; of one person no more are read for it."""
    return asks_down_to(asked, before=None, at_once=MOST) if asked.person else None


def _recorded(kind: str, person: Person, asked: Asked, **found: str | int) -> None:
    """Write what was asked: kinds, references, days and keyed hashes."""
    said = {name: str(value) for name, value in asdict(asked).items() if value and name not in ("kind", "person")}
    with transaction.atomic(durable=True):
        record(act=kind, subject="record", by=person, said={**said, "of_kind": asked.kind, "of": list(asked.person or ()), **found})


def _found(person: Person, asked: Asked, *, before: int | None, at_most: int, down_to: int | None = None) -> list[Entry]:
    return search(asked, ori=person.agency.ori, auditor=person.pk, before=before, at_most=at_most, down_to=down_to)
