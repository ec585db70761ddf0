"""What waits for a person, role by role. A reviewer's desk counts examinations and nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from cases.models import Case
from people.models import Person
from people.roles import Role
from review import access, facts, reexamining
from review.models import Countersignature, Evidence
from review.sheets.words import STATE_WORDS, Chip


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a queue."""

    address: str
    title: str
    about: str
    at: datetime | None
    chip: Chip | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """A named list of what waits, and what to do where it is empty. ``number`` and ``rest``: in words, also of what is not shown.

    ``older``: where to go on, if not everything was looked at. ``newer``: where to go on, if not everything is shown, oldest first.
    """

    name: str
    lines: tuple[Line, ...]
    empty: str
    hint: str = ""
    number: str = ""
    rest: str = ""
    older: str = ""
    newer: str = ""


@dataclass(frozen=True, slots=True)
class DeskSheet:
    """The desk of one person."""

    queues: tuple[Queue, ...]
    may_take: bool


MOST = 50
WITH_GATE = 20  # each is asked for its reasons or weighed once more
COUNTED = 1_000  # so many more are counted, and no further
LONGEST = ("that wait longest", "waits", "wait")
NEWEST = ("newest", "is on the list of cases", "are on the list of cases")


def of(person: Person, *, at: datetime) -> DeskSheet:
    """Return the desk of one person, today."""
    on = at.date()
    queues: list[Queue] = []
    for role, of_the_role in QUEUES.items():
        if access.holds(person, role, on=on):
            queues += of_the_role(person, on)
    return DeskSheet(tuple(queues), access.holds(person, Role.REVIEWER, on=on))


def _of_a_detective(person: Person, on: date) -> Iterator[Queue]:
    mine = access.cases_for_reading(person, on=on).exclude(state__in=["CLOSED", "DESTROYED"]).select_related("investigation")
    yield _queue("Open cases", mine.order_by("-received_at", "-id"), case_line, "No open case. Request a search to open one.", shown=NEWEST)


def _of_an_analyst(person: Person, on: date) -> Iterator[Queue]:
    waiting = access.cases_for_reading(person, on=on).select_related("investigation").order_by("received_at", "id")
    to_confirm = waiting.filter(state="RECEIVED", offence_report__isnull=True)
    yield _queue("Offence to confirm", to_confirm, lambda c: _line(c, "offence"), "No case waits for its offence to be confirmed.")
    to_check = waiting.filter(state="ELIGIBLE")
    yield _queue("Probe to check", to_check, lambda c: _line(c, "probe"), "No probe waits to be checked.")


def _of_a_reviewer(person: Person, on: date) -> Iterator[Queue]:
    turns = [(d.at, access.examination_code(d)) for d in facts.still_to_conclude(person)]
    turns += [(since, code) for code, since in reexamining.still_open(person)]
    lines = tuple(Line(f"/examinations/{code}", f"Examination {code}", "", None) for _, code in sorted(turns))
    empty, hint = "None is open. Take the next when you are ready.", "Keeping no face is a proper outcome."
    yield Queue("Your examinations", lines, empty, hint)


def _of_an_officer(person: Person, on: date) -> Iterator[Queue]:
    hint = "No faces on this desk: you judge papers."
    yield _items(person, "to_fix", "Evidence to fix", "No evidence waits to be fixed.", hint=hint)
    yield _items(person, "to_close", "What speaks for a person, to close", "Nothing is open.")


def _of_a_legal_adviser(person: Person, on: date) -> Iterator[Queue]:
    again = "An item comes back where something was entered since it was decided: of it, or of what it rests on."
    yield _items(
        person, "held", "Holds to decide", "No item waits for a legal decision.", address="/items/{}/hold", most=WITH_GATE, hint=again
    )
    ruled = "A court may rule otherwise: its ruling is entered here."
    yield _items(person, "decided", "Decided: may not be used", "None.", address="/items/{}/hold", most=WITH_GATE, hint=ruled)
    views = _asked_of(person).filter(action__demands__contains=["GL"]).select_related("lead__case__investigation", "action")
    yield _queue("Actions that need your view", views, _view, "None waits.")


def _of_a_supervisor(person: Person, on: date) -> Iterator[Queue]:
    rows = _asked_of(person).select_related("lead__case__investigation", "action", "asked_by__unit")
    yield _queue("Waiting for you", facts.with_gate(rows), _asked, "No request waits.", most=WITH_GATE, waiting=_asked_of(person))


QUEUES: dict[Role, Callable[[Person, date], Iterator[Queue]]] = {
    Role.DETECTIVE: _of_a_detective,
    Role.ANALYST: _of_an_analyst,
    Role.REVIEWER: _of_a_reviewer,
    Role.CORROBORATION_OFFICER: _of_an_officer,
    Role.LEGAL_ADVISER: _of_a_legal_adviser,
    Role.SUPERVISOR: _of_a_supervisor,
}


def _queue(
    name: str,
    rows: "QuerySet[Any]",
    line: "Callable[[Any], Line]",
    empty: str,
    *,
    hint: str = "",
    most: int = MOST,
    waiting: "QuerySet[Any] | None" = None,
    shown: tuple[str, str, str] = LONGEST,
) -> Queue:
    """Return the first rows as lines; where there may be more they are counted, in ``waiting`` if that is cheaper."""
    lines = tuple(line(row) for row in rows[:most])
    more = 0
    if len(lines) == most:
        counted = rows if waiting is None else waiting
        more = max(0, counted.order_by()[: most + COUNTED + 1].count() - most)
    which, one, several = shown
    number = f"{len(lines) + more:,}" if more <= COUNTED else f"more than {most + COUNTED:,}"
    others = f"{more:,}" if more <= COUNTED else f"More than {COUNTED:,}"
    rest = f"Shown are the {most} {which}. {others} more {one if more == 1 else several}." if more else ""
    return Queue(name, lines, empty, hint, number, rest)


def _items(person: Person, desk: str, name: str, empty: str, *, hint: str = "", address: str = "/evidence/{}", most: int = MOST) -> Queue:
    again = access.investigations_examined_again(person.pk)
    rows = facts.items_on_desk(person.agency_id, desk, most=most).exclude(case__investigation__in=again)
    waiting = facts.counted_on_desk(person.agency_id, desk).exclude(item__case__investigation__in=again)
    return _queue(name, rows, lambda item: _item(item, address), empty, hint=hint, most=most, waiting=waiting)


def _asked_of(person: Person) -> "QuerySet[Countersignature]":
    asked = Countersignature.objects.filter(state="ASKED", lead__case__agency=person.agency_id).order_by("asked_at", "id")
    return asked.exclude(lead__case__investigation__in=access.investigations_examined_again(person.pk))


def case_line(case: Case, *, offence: str = "") -> Line:
    """Return a case as a line of a list."""
    word, shape, following = STATE_WORDS[case.state]
    about = f"agency case {case.investigation.agency_case}{f', {offence}' if offence else ''}. {following}"
    return Line(f"/cases/{case.ref}", case.ref, about, case.received_at, Chip(word, shape))


def _line(case: Case, step: str) -> Line:
    return Line(f"/cases/{case.ref}/{step}", case.ref, f"agency case {case.investigation.agency_case}", case.received_at)


def _item(item: Evidence, address: str) -> Line:
    about = f"{item.case.investigation.agency_case}, item {item.ref.rsplit('-', 1)[1]}"
    return Line(address.format(item.ref), item.source_document or item.description, about, item.entered_at)


def _view(row: Countersignature) -> Line:
    return Line(f"/leads/{row.lead.ref}/legal-view", row.action.name.capitalize(), row.lead.case.investigation.agency_case, row.asked_at)


def _asked(row: Countersignature) -> Line:
    shut = len(row.gate)  # type: ignore[attr-defined]
    chip = Chip("Gate open", "open") if not shut else Chip(f"Gate shut, {shut} reason{'s' if shut > 1 else ''}", "shut")
    about = f"{row.lead.case.ref}, {row.lead.case.investigation.agency_case}, asked by {row.asked_by.unit.name}"
    return Line(
        f"/countersignatures/{row.ref}", f"{row.action.name.capitalize()}, lead {row.lead.ref.rsplit('-', 1)[1]}", about, row.asked_at, chip
    )
