"""The legal adviser's Discovery desk: what courts asked for, what was answered, served and received. No face, no score."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q

from people.models import Person
from review import access, facts
from review.models import DiscoveryAnswer, DiscoveryRequest, DiscoveryService, Dissemination
from review.sheets.desk import MOST, Line, Queue
from review.sheets.words import Chip

COUNTED = {
    "n_asked": Count("items", distinct=True),
    "n_answered": Count("items", filter=Q(items__answers__isnull=False), distinct=True),
    "n_served": Count("services", distinct=True),
    "n_received": Count("services__receipt", distinct=True),
}
ANSWER_WORDS = {"given": "Given", "withheld": "Withheld", "protective_order": "Protective order"}


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item and its newest answer."""

    pk: int
    number: int
    asked: str
    answer: Chip
    ground: str
    given_in: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """What was served, and its receipt if there is one."""

    pk: int
    what: str
    served_on: date
    served_to: str
    way: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many items were asked and answered, and how often something was served and received."""

    asked: int
    answered: int
    served: int
    received: int

    def is_done(self) -> bool:
        """Whether every item is answered, and something was served."""
        return self.answered == self.asked and self.served > 0


@dataclass(frozen=True, slots=True)
class RequestSheet:
    """One request."""

    pk: int
    case: str
    number: int
    court: str
    cause_number: str
    asked_by: str
    due_on: date
    state: Chip
    items: tuple[ItemRow, ...]
    services: tuple[ServiceRow, ...]
    left: tuple[tuple[int, str], ...]


def desk(person: Person, *, at: datetime) -> tuple[Queue, ...]:
    """Return the requests that wait, those first that are due first, and the newest of those that were answered and served."""
    rows = access.discovery_requests(person, on=at.date()).select_related("case").annotate(**COUNTED)
    today = at.astimezone(ZoneInfo(person.agency.time_zone)).date()
    done = Q(n_answered=F("n_asked"), n_served__gt=0)
    waiting = tuple(_line(row, today) for row in rows.exclude(done).order_by("due_on", "pk")[:MOST])
    served = tuple(_line(row, today) for row in rows.filter(done).order_by("-pk")[:MOST])
    return (
        Queue("To answer", waiting, "No request waits.", "A request is taken on the page of its case."),
        Queue("Answered and served", served, "None yet."),
    )


def of(request: DiscoveryRequest, *, today: date) -> RequestSheet:
    """Return the sheet of one request."""
    left = named(request)
    newest: dict[int, DiscoveryAnswer] = {row.item_id: row for row in DiscoveryAnswer.objects.filter(item__request=request).order_by("pk")}
    items = list(request.items.order_by("number"))
    services = tuple(
        _service(row, left) for row in DiscoveryService.objects.filter(request=request).select_related("receipt").order_by("pk")
    )
    counts = Counts(len(items), len(newest), len(services), sum(bool(row.receipt) for row in services))
    return RequestSheet(
        pk=request.pk,
        case=request.case.ref,
        number=request.number,
        court=request.court,
        cause_number=request.cause_number,
        asked_by=request.asked_by,
        due_on=request.due_on,
        state=_state(counts, request.due_on, today),
        items=tuple(_item(item.pk, item.number, item.asked, newest.get(item.pk), left) for item in items),
        services=services,
        left=tuple(left.items()),
    )


def named(request: DiscoveryRequest) -> dict[int, str]:
    """Return what left the agency about the investigation, in words, oldest first; bundles with their numbers in their case."""
    said: dict[int, str] = {}
    bundles: dict[str, int] = {}
    for row in facts.left_about(request.case).select_related("case", "lead").order_by("pk"):
        said[row.pk] = f"{_what(row, bundles)}, to {row.recipient}, {row.at:%Y-%m-%d}"
    return said


def _what(row: Dissemination, bundles: dict[str, int]) -> str:
    if row.what != "bundle":
        return f"{row.get_what_display().capitalize()} of {row.lead.ref if row.lead else row.case.ref}"
    bundles[row.case.ref] = bundles.get(row.case.ref, 0) + 1
    return f"Bundle {bundles[row.case.ref]} of {row.case.ref}"


def _item(pk: int, number: int, asked: str, newest: DiscoveryAnswer | None, left: dict[int, str]) -> ItemRow:
    if newest is None:
        return ItemRow(pk, number, asked, Chip("Open", "wait"), "", "", None)
    shape = "shut" if newest.answer == "withheld" else "open"
    given_in = left[newest.given_in_id] if newest.given_in_id else ""
    return ItemRow(pk, number, asked, Chip(ANSWER_WORDS[newest.answer], shape), newest.ground, given_in, newest.at)


def _service(row: DiscoveryService, left: dict[int, str]) -> ServiceRow:
    receipt = getattr(row, "receipt", None)
    said = f"{receipt.received_on}, {receipt.received_by}: {receipt.document}" if receipt else ""
    return ServiceRow(row.pk, left[row.served_id], row.served_on, row.served_to, row.way, said)


def _state(counts: Counts, due_on: date, today: date) -> Chip:
    if counts.is_done() and counts.received == counts.served:
        return Chip("Received", "solid")
    if counts.is_done():
        return Chip("Served, no receipt yet", "wait")
    said = f"{counts.answered} of {counts.asked} answered"
    return Chip(f"Overdue, {said}", "shut") if due_on < today else Chip(said, "wait")


def _line(row: DiscoveryRequest, today: date) -> Line:
    about = f"{row.case.ref}, {row.court}, due {row.due_on}"
    return Line(f"/discovery/{row.pk}", f"Cause {row.cause_number}", about, None, _state(_counts(row), row.due_on, today))


def _counts(row: DiscoveryRequest) -> Counts:
    return Counts(*(getattr(row, f"n_{name}") for name in ("asked", "answered", "served", "received")))
