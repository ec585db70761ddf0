"""The prosecutor's door: leads told to the office, what stands of each, and what is owed until when. No face, no score, no name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import JSONObject

from cases.states import State
from people.models import Person
from review import access, facts, papers
from review.models import Countersignature, CourtUse, DiscoveryItem, Dissemination, ItemWaiting, Lead, LeadEnd, LinkedLead, OutsideGate
from review.rules.disclosure import Statement
from review.rules.gate import CASE_OVER, TOO_FEW_STAND_APART
from review.rules.since_signing import changed, waits
from review.sheets.case_file import LeftRow, OnNoLeadRow, left_row, on_no_lead
from review.sheets.desk import COUNTED, MOST, Line, Queue
from review.sheets.words import Chip


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list, and the number before which the next begins."""

    lines: tuple[Line, ...]
    more: int | None


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One action on a lead, and what holds of it now."""

    ref: str
    action: str
    state: Chip
    asked_at: datetime
    act_by: datetime | None


@dataclass(frozen=True, slots=True)
class CourtRow:
    """One use in court that the law let stand."""

    stage: str
    court: str
    cause_number: str
    on: date
    showing: str


@dataclass(frozen=True, slots=True)
class LeadSheet:
    """What stands of one lead."""

    ref: str
    case: str
    agency_case: str
    agency: str
    opened_at: datetime
    ended: str
    ended_at: datetime | None
    asked: tuple[AskedRow, ...]
    outside: tuple[tuple[str, datetime, str], ...]
    statements: tuple[Statement, ...]
    on_no_lead: tuple[OnNoLeadRow, ...]
    notices: tuple[LeftRow, ...]
    court: tuple[CourtRow, ...]


@dataclass(frozen=True, slots=True)
class NoticeSheet:
    """The paper for the defence."""

    ref: str
    case: str
    agency_case: str
    agency: str
    statements: tuple[Statement, ...]
    asked: tuple[AskedRow, ...]
    given: LeftRow
    at: datetime


def leads(person: Person, *, at: datetime, before: int | None) -> Page:
    """Return what was asked for or countersigned on leads of the office, newest first."""
    rows = Countersignature.objects.filter(lead__in=access.leads_of_prosecutor(person, on=at.date()))
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = _asked_of_gate(rows.order_by("-pk")[: MOST + 1])
    return Page(tuple(_asked_line(row, at) for row in found[:MOST]), found[MOST - 1].pk if len(found) > MOST else None)


def lead(found: Lead, *, at: datetime) -> LeadSheet:
    """Return the sheet of one lead as it stands now."""
    ended: LeadEnd | None = getattr(found, "ended", None)
    notices = Dissemination.objects.filter(lead=found, what="notice_of_use").select_related("lead").order_by("-pk")[:MOST]
    return LeadSheet(
        ref=found.ref,
        case=found.case.ref,
        agency_case=found.case.investigation.agency_case,
        agency=found.case.agency.name,
        opened_at=found.opened_at,
        ended=ended.because if ended else "",
        ended_at=ended.at if ended else None,
        asked=_asked(found, at=at),
        outside=tuple((_said(row), row.happened_at, row.description) for row in _outside_of(found)),
        statements=papers.statements(found),
        on_no_lead=on_no_lead(found.case),
        notices=tuple(left_row(row) for row in notices),
        court=tuple(
            CourtRow(row.get_stage_display(), row.court, row.cause_number, row.on, ", ".join(row.showing).replace("_", " "))
            for row in CourtUse.objects.filter(lead=found).order_by("-id")[:MOST]
        ),
    )


def notice(found: Lead, *, at: datetime, given: Dissemination) -> NoticeSheet:
    """Return the notice of one lead as it stands now, for whom it is given to."""
    case = found.case
    return NoticeSheet(
        ref=found.ref,
        case=case.ref,
        agency_case=case.investigation.agency_case,
        agency=case.agency.name,
        statements=papers.statements(found),
        asked=_asked(found, at=at),
        given=left_row(given),
        at=at,
    )


NO_KEYS: Mapping[str, int] = MappingProxyType({})
LOOK_AT = 100  # the gate is asked anew for each, some milliseconds


PAGED = ("items", "outside", "speaking", "started", "signed", "shut")  # each goes on from a key, by the name under which an address says it


def duties(person: Person, *, at: datetime, keys: Mapping[str, int] = NO_KEYS) -> tuple[Queue, ...]:
    """Return what is owed and until when: at most fifty of each kind, what is due first or owed longest before the rest.

    The next time those after its key in ``keys``. Of actions that were signed or started the newest are looked at, ``LOOK_AT`` at a time:
    the next time those under the key.
    """
    told, of_cases = access.leads_of_prosecutor(person, on=at.date()), access.cases_of_prosecutor(person, on=at.date())
    return (
        _unanswered(of_cases, at=at, keys=keys),
        _outside(told, of_cases, keys=keys),
        _exculpatory(told, keys=keys),
        _fallen(told, at=at, keys=keys),
        _lapsed(told, at=at, keys=keys),
        _shut(told, keys=keys),
    )


def _oldest(paged: str, owed: Queue, rows: QuerySet[Any], line: Callable[[Any], Line], *, by: str = "pk", keys: Mapping[str, int]) -> Queue:
    """Return the list with the first rows as lines, the lowest ``by`` before others, or the first after its key; where there are more, all are counted."""
    after = keys.get(paged)
    found = list((rows if after is None else rows.filter(**{f"{by}__gt": after})).order_by(by)[: MOST + 1])
    return _first(paged, owed, rows, line, found, key=attrgetter(by.replace("__", ".")), keys=keys)


def _first(
    paged: str,
    owed: Queue,
    rows: QuerySet[Any],
    line: Callable[[Any], Line],
    found: list[Any],
    *,
    key: Callable[[Any], int],
    keys: Mapping[str, int],
) -> Queue:
    """Return the list with what was found as lines, one more than are shown where there are more; then, and after a key, all are counted."""
    more, gone_on = len(found) > MOST, paged in keys
    if not more and not gone_on:
        return replace(owed, lines=tuple(line(row) for row in found))
    counted, most = rows.order_by()[: MOST + COUNTED + 1].count(), MOST + COUNTED
    left = f"{counted - MOST:,}" if counted <= most else f"More than {COUNTED:,}"
    rest = f"Shown are the next {len(found[:MOST])}." if gone_on else f"Shown are the {MOST} that are owed longest."
    if more:
        rest += " More are owed." if gone_on else f" {left} more {'is' if counted - MOST == 1 else 'are'} owed."
    return replace(
        owed,
        lines=tuple(line(row) for row in found[:MOST]),
        empty="None after those that were shown.",
        number=f"{counted:,}" if counted <= most else f"more than {most:,}",
        rest=rest,
        newer=_go_on(keys, paged, key(found[MOST - 1])) if more else "",
    )


UNTIL_NOTICE = "Owed at once; stands here until notice of use is given after it."


def _unanswered(of_cases: QuerySet[Any], *, at: datetime, keys: Mapping[str, int]) -> Queue:
    owed = Queue("Items of discovery without an answer", (), "Every item is answered.", "Due on the day of the request.")
    rows = DiscoveryItem.objects.filter(request__case__in=of_cases, answers__isnull=True).select_related("request__case__agency")
    left = rows
    if (after := keys.get("items")) is not None:
        due = Subquery(DiscoveryItem.objects.filter(pk=after).values("request__due_on"))
        left = rows.filter(Q(request__due_on__gt=due) | Q(request__due_on=due, pk__gt=after))
    found = list(left.order_by("request__due_on", "pk")[: MOST + 1])
    return _first("items", owed, rows, lambda row: _item_line(row, at), found, key=attrgetter("pk"), keys=keys)


def _item_line(row: DiscoveryItem, at: datetime) -> Line:
    asked = row.request
    overdue = asked.due_on < at.astimezone(ZoneInfo(asked.case.agency.time_zone)).date()
    chip = Chip("Overdue", "shut") if overdue else Chip(f"Due on {asked.due_on}", "wait")
    about = f"cause {asked.cause_number}, {asked.court}, item {row.number}, due {asked.due_on}"
    return Line("", row.asked, f"{asked.case.ref}, {about}", asked.at, chip)


def _outside(told: QuerySet[Lead], of_cases: QuerySet[Any], *, keys: Mapping[str, int]) -> Queue:
    owed = Queue("Actions outside the gate", (), "None that the defence was not told of.", UNTIL_NOTICE)
    rows = OutsideGate.objects.filter(~_noticed(), case__in=of_cases)
    left = rows.annotate(of=_first_of(told.filter(pk__in=AIMED_AT), lead="lead", case="case"))
    return _oldest("outside", owed, left.select_related("case__investigation", "lead"), _outside_line, keys=keys)


# the leads on which an action of the statement around it was taken, or with which the database linked it
AIMED_AT = RawSQL(  # noqa: S611 - no value in it
    "select review_outsidegate.lead_id union all select k.lead_id from review_linkedlead k where k.outside_id = review_outsidegate.id", ()
)
# those on the same person too
ON_THE_PERSON = RawSQL(f"select unnest(lead_family(x.lead_id)) from ({AIMED_AT.sql}) x", ())  # noqa: S608, S611 - no value in it


def _noticed() -> Q:
    """A notice is of the person it names: one on another's lead tells nothing of this action. Of a case without a lead on him any of the case does."""
    since = _notices().filter(at__gte=OuterRef("entered_at"))
    nobodys = Q(lead__isnull=True) & ~Exists(LinkedLead.objects.filter(outside=OuterRef("pk")))
    # on the very lead first: who is the same person is asked where there is none
    of_him = Q(Exists(since.filter(lead__in=AIMED_AT))) | Q(Exists(since.filter(lead__in=ON_THE_PERSON)))
    return of_him | (nobodys & Exists(since.filter(lead__case=OuterRef("case"))))


def _outside_line(row: Any) -> Line:
    linked = f", linked with {row.of['ref']}" if row.of and row.lead is None else ""
    address = f"/prosecution/leads/{row.of['ref']}" if row.of else ""
    return Line(address, _said(row), _of(row.case) + linked, row.happened_at, Chip("Not told", "shut"))


def _exculpatory(told: QuerySet[Lead], *, keys: Mapping[str, int]) -> Queue:
    """What shuts the gate of a lead that was told: entered on any lead on the person, or on a case of the investigation as such."""
    owed = Queue("Open items that speak for a person", (), "None is open.", "Owed at once, and for as long as they are open.")
    open_ = ItemWaiting.objects.filter(desk="to_close").select_related("item__lead")
    rows = open_.annotate(of=_first_of(told.filter(ended__isnull=True, pk__in=SPOKEN_FOR), lead="item__lead", case="item__case")).filter(
        of__isnull=False
    )
    return _oldest("speaking", owed, rows, _speaking, by="item_id", keys=keys)


def _speaking(row: Any) -> Line:
    """The line leads to a lead that was told; where that is another than the item was entered on, it says so."""
    of, item = row.of, row.item
    where = "" if item.lead and item.lead.ref == of["ref"] else f", on {'another lead on the person' if item.lead else 'a case as such'}"
    about = f"{of['ref']}, {of['case']}, agency case {of['agency_case']}{where}"
    return Line(f"/prosecution/leads/{of['ref']}", item.description, about, item.entered_at, Chip("Open", "wait"))


# The leads for which an item that waits speaks: those on its person, or where it is of a case as such all of the linked set. It is asked of the
# row that waits, so that no plan asks it of every item of the house.
SPOKEN_FOR = RawSQL(  # noqa: S611 - no value in it
    "select unnest(lead_family(e.lead_id)) from review_evidence e where e.id = review_itemwaiting.item_id union all "
    "select l.id from review_evidence e join cases_case c on c.id = e.case_id "
    "join cases_case o on o.investigation_id = any (investigation_set(c.investigation_id)) join review_lead l on l.case_id = o.id "
    "where e.id = review_itemwaiting.item_id and e.lead_id is null",
    (),
)


def _first_of(told: QuerySet[Lead], *, lead: str, case: str) -> Subquery:
    """Where a line leads: its own lead before others, and one of its own case before those of another."""
    near = Case(When(pk=OuterRef(lead), then=0), When(case=OuterRef(case), then=1), default=2)
    said = JSONObject(ref="ref", case="case__ref", agency_case="case__investigation__agency_case")
    return Subquery(told.annotate(near=near).order_by("near", "pk").values(said=said)[:1])


def _fallen(told: QuerySet[Lead], *, at: datetime, keys: Mapping[str, int]) -> Queue:
    """What was started, and what it stood on has changed. That its case was closed, papers were overtaken or a policy came is no reason."""
    rows = Countersignature.objects.filter(lead__in=told, state="STARTED")
    hint = "Owed at once, and for as long as it does not hold."
    return _looked_at("started", "Started, and does not hold any more", rows, hint, at=at, keys=keys)


def _lapsed(told: QuerySet[Lead], *, at: datetime, keys: Mapping[str, int]) -> Queue:
    rows = Countersignature.objects.filter(lead__in=told, lead__ended__isnull=True, state="SIGNED").exclude(
        lead__case__state__in=[State.CLOSED, State.DESTROYED]
    )
    hint = "Nothing starts on it. For as long as the lead is open."
    return _looked_at("signed", "Lapsed before it was started", rows, hint, at=at, keys=keys)


def _looked_at(paged: str, name: str, rows: QuerySet[Countersignature], hint: str, *, at: datetime, keys: Mapping[str, int]) -> Queue:
    before = keys.get(paged)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    newest = list(rows.order_by("-pk").values_list("pk", flat=True)[: LOOK_AT + 1])
    found = _asked_of_gate(Countersignature.objects.filter(pk__in=newest[:LOOK_AT]).order_by("-pk"))
    lines = tuple(_asked_line(row, at) for row in found if not _holds(row, at) and not _waits(row, at))
    older = _go_on(keys, paged, newest[LOOK_AT - 1]) if len(newest) > LOOK_AT else ""
    rest = f"The newest {LOOK_AT} were looked at." if before is None else f"{LOOK_AT} older ones were looked at."
    empty = "None." if before is None and not older else "None of those that were looked at."
    return Queue(name, lines, empty, hint, rest=rest if older else "", older=older)


def _go_on(keys: Mapping[str, int], paged: str, key: int) -> str:
    """Where one list goes on and the others stay where they are."""
    return f"?{urlencode({**keys, paged: key})}"


def _shut(told: QuerySet[Lead], *, keys: Mapping[str, int]) -> Queue:
    owed = Queue("Leads that were shut after they were told to you", (), "None that the defence was not told of.", UNTIL_NOTICE)
    rows = told.filter(ended__isnull=False).annotate(said=Exists(_notices().filter(lead=OuterRef("pk"), at__gte=OuterRef("ended__at"))))
    left = rows.filter(said=False).select_related("case__investigation", "ended")
    return _oldest(
        "shut", owed, left, lambda row: _line(row, row.ended.because, row.ended.at, Chip("Shut", "shut")), by="ended__pk", keys=keys
    )


def _notices() -> QuerySet[Dissemination]:
    return Dissemination.objects.filter(what="notice_of_use")


def _line(of: Lead, title: str, at: datetime, chip: Chip) -> Line:
    return Line(f"/prosecution/leads/{of.ref}", title, f"{of.ref}, {_of(of.case)}", at, chip)


def _of(case: Any) -> str:
    return f"{case.ref}, agency case {case.investigation.agency_case}"


def _said(row: OutsideGate) -> str:
    return f"{row.get_basis_display().capitalize()}: {row.action.replace('_', ' ')}"


def _outside_of(found: Lead) -> QuerySet[OutsideGate]:
    return OutsideGate.objects.filter(Q(lead=found) | Q(linked_leads__lead=found)).distinct().order_by("-pk")[:MOST]


def _asked_of_gate(rows: QuerySet[Countersignature]) -> list[Any]:
    """Return actions with their leads, each with ``gate``, why it is shut today, and ``changed``, what of that came with the facts since it was signed."""
    found = list(facts.with_gate(rows.select_related("action", "lead__case__investigation")))
    less = facts.resting_on_less([row.pk for row in found if row.state in ("SIGNED", "STARTED") and TOO_FEW_STAND_APART.code in row.gate])
    for row in found:
        row.changed = changed(row.gate, rests_on_less=row.pk in less)
    return found


def _asked(found: Lead, *, at: datetime) -> tuple[AskedRow, ...]:
    rows = _asked_of_gate(Countersignature.objects.filter(lead=found).order_by("-pk")[:MOST])
    return tuple(AskedRow(row.ref, row.action.name.capitalize(), _state(row, at), row.asked_at, row.act_by) for row in rows)


def _asked_line(row: Any, at: datetime) -> Line:
    return _line(row.lead, row.action.name.capitalize(), row.asked_at, _state(row, at))


def _holds(row: Any, at: datetime) -> bool:
    """Whether a signed request may start now, or the facts on which one was started still are as they were."""
    if row.state == "SIGNED":
        return row.act_by is not None and row.act_by > at and not row.gate
    return not row.changed


def _waits(row: Any, at: datetime) -> bool:
    """Whether a signed request, in its time, waits for nothing but the machine: nobody withdrew it."""
    return row.state == "SIGNED" and row.act_by is not None and row.act_by > at and waits(row.gate)


def _state(row: Any, at: datetime) -> Chip:
    """Say what holds of a request now."""
    if row.state in ("ASKED", "REFUSED"):
        return Chip("Asked, not answered yet", "wait") if row.state == "ASKED" else Chip("Refused", "shut")
    if row.state == "STARTED":
        return Chip("Started, in force", "open") if _holds(row, at) else Chip("Started, withdrawn since", "shut")
    if _holds(row, at):
        return Chip("Countersigned, in force", "open")
    if _waits(row, at):
        return Chip("Countersigned; it may not start before the machine has asked again", "wait")
    if CASE_OVER.code in row.gate and not row.changed:
        return Chip("Not started; the case is closed", "shut")
    return Chip("Lapsed" if row.act_by is not None and row.act_by <= at else "Withdrawn", "shut")
