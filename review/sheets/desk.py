"""What waits for a person, role by role. A reviewer's desk counts examinations and nothing else."""

from dataclasses import dataclass
from datetime import datetime

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
    """A named list of what waits, and what to do where it is empty."""

    name: str
    lines: tuple[Line, ...]
    empty: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class DeskSheet:
    """The desk of one person."""

    queues: tuple[Queue, ...]
    may_take: bool


MOST = 50


def of(person: Person, *, at: datetime) -> DeskSheet:
    """Return the desk of one person, today."""
    on = at.date()
    queues: list[Queue] = []
    if access.holds(person, Role.DETECTIVE, on=on):
        mine = access.cases_for_reading(person, on=on).exclude(state__in=["CLOSED", "DESTROYED"]).select_related("investigation")
        queues.append(
            Queue(
                "Open cases",
                tuple(case_line(c) for c in mine.order_by("-received_at", "-id")[:MOST]),
                "No open case. Request a search to open one.",
            )
        )
    if access.holds(person, Role.ANALYST, on=on):
        waiting = access.cases_for_reading(person, on=on).select_related("investigation").order_by("received_at", "id")
        to_confirm = waiting.filter(state="RECEIVED", offence_report__isnull=True)[:MOST]
        to_check = waiting.filter(state="ELIGIBLE")[:MOST]
        queues.append(
            Queue("Offence to confirm", tuple(_line(c, "offence") for c in to_confirm), "No case waits for its offence to be confirmed.")
        )
        queues.append(Queue("Probe to check", tuple(_line(c, "probe") for c in to_check), "No probe waits to be checked."))
    if access.holds(person, Role.REVIEWER, on=on):
        turns = [(d.at, access.examination_code(d)) for d in facts.still_to_conclude(person)]
        turns += [(since, code) for code, since in reexamining.still_open(person)]
        lines = tuple(Line(f"/examinations/{code}", f"Examination {code}", "", None) for _, code in sorted(turns))
        queues.append(
            Queue("Your examinations", lines, "None is open. Take the next when you are ready.", "Keeping no face is a proper outcome.")
        )
    if access.holds(person, Role.CORROBORATION_OFFICER, on=on):
        items = Evidence.objects.filter(case__agency=person.agency_id, lead__ended__isnull=True).select_related("case__investigation")
        items = items.exclude(case__investigation__in=access.investigations_examined_again(person))
        to_fix = items.filter(fixings__isnull=True, direction="incriminating").order_by("entered_at")[:MOST]
        to_close = items.filter(closing__isnull=True, direction="exculpatory").order_by("entered_at")[:MOST]
        queues.append(
            Queue(
                "Evidence to fix",
                tuple(_item(e) for e in to_fix),
                "No evidence waits to be fixed.",
                "No faces on this desk: you judge papers.",
            )
        )
        queues.append(Queue("What speaks for a person, to close", tuple(_item(e) for e in to_close), "Nothing is open."))
    if access.holds(person, Role.LEGAL_ADVISER, on=on):
        held = facts.held_items(person.agency_id).exclude(case__investigation__in=access.investigations_examined_again(person))
        held = held.select_related("case__investigation").order_by("entered_at")[:MOST]
        lines = tuple(_item(e, address=f"/items/{e.ref}/hold") for e in held)
        queues.append(Queue("Holds to decide", lines, "No item waits for a legal decision."))
        views = Countersignature.objects.filter(state="ASKED", lead__case__agency=person.agency_id, action__demands__contains=["GL"])
        views = views.exclude(lead__case__investigation__in=access.investigations_examined_again(person))
        views = views.select_related("lead__case__investigation", "action").order_by("-asked_at")[:MOST]
        lines = tuple(
            Line(f"/leads/{v.lead.ref}/legal-view", v.action.name.capitalize(), v.lead.case.investigation.agency_case, v.asked_at)
            for v in views
        )
        queues.append(Queue("Actions that need your view", lines, "None waits."))
    if access.holds(person, Role.SUPERVISOR, on=on):
        asked = Countersignature.objects.filter(state="ASKED", lead__case__agency=person.agency_id)
        asked = asked.exclude(lead__case__investigation__in=access.investigations_examined_again(person))
        rows = asked.select_related("lead__case__investigation", "action", "asked_by__unit").order_by("-asked_at")[:MOST]
        queues.append(Queue("Waiting for you", tuple(_asked(r) for r in facts.with_reasons(rows)), "No request waits."))
    return DeskSheet(tuple(queues), access.holds(person, Role.REVIEWER, on=on))


def case_line(case: Case, *, offence: str = "") -> Line:
    """Return a case as a line of a list."""
    word, shape, following = STATE_WORDS[case.state]
    about = f"agency case {case.investigation.agency_case}{f', {offence}' if offence else ''}. {following}"
    return Line(f"/cases/{case.ref}", case.ref, about, case.received_at, Chip(word, shape))


def _line(case: Case, step: str) -> Line:
    return Line(f"/cases/{case.ref}/{step}", case.ref, f"agency case {case.investigation.agency_case}", case.received_at)


def _item(item: Evidence, *, address: str = "") -> Line:
    about = f"{item.case.investigation.agency_case}, item {item.ref.rsplit('-', 1)[1]}"
    return Line(address or f"/evidence/{item.ref}", item.source_document or item.description, about, item.entered_at)


def _asked(row: Countersignature) -> Line:
    shut = row.shut_by  # type: ignore[attr-defined]
    chip = Chip("Gate open", "open") if not shut else Chip(f"Gate shut, {shut} reason{'s' if shut > 1 else ''}", "shut")
    about = f"{row.lead.case.ref}, {row.lead.case.investigation.agency_case}, asked by {row.asked_by.unit.name}"
    return Line(
        f"/countersignatures/{row.ref}", f"{row.action.name.capitalize()}, lead {row.lead.ref.rsplit('-', 1)[1]}", about, row.asked_at, chip
    )
