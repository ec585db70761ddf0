"""What happened to what a person asked for or signed. Case numbers only: no name, no face, no score."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.models import Case, Move
from people.models import Person
from people.roles import Role
from review import facts
from review.models import Countersignature, Decision, LeadEnd, NoticesRead
from review.sheets.words import STATE_WORDS

KEPT = timedelta(days=30)
HAVE_NOTICES = frozenset({Role.DETECTIVE, Role.SUPERVISOR})


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that happened."""

    address: str
    case: str
    what: str
    at: datetime
    new: bool


def of(person: Person, *, at: datetime, roles: frozenset[Role]) -> tuple[Notice, ...]:
    """Return a person's notices of the last thirty days, newest first. A reviewer has none: any would tell him something."""
    read = NoticesRead.objects.filter(person=person).order_by("-at").values_list("at", flat=True).first()
    found: list[tuple[datetime, str, str]] = []
    if Role.DETECTIVE in roles:
        found += _asked_for(person, since=at - KEPT)
    happened = [Notice(f"/cases/{ref}", ref, what, when, read is None or when > read) for when, ref, what in found]
    if Role.SUPERVISOR in roles:
        happened += _signed(person, since=at - KEPT)
    return tuple(sorted(happened, key=lambda notice: notice.at, reverse=True))


def new_for(person: Person, *, at: datetime, roles: frozenset[Role]) -> int:
    """Return how many notices are new."""
    return sum(notice.new for notice in of(person, at=at, roles=roles))


def _asked_for(person: Person, *, since: datetime) -> list[tuple[datetime, str, str]]:
    mine = Case.objects.filter(requested_by=person)
    moves = Move.objects.filter(case__in=mine, at__gte=since).exclude(by=person).values_list("at", "case__ref", "target")
    decisions = Decision.objects.filter(countersignature__asked_by=person, at__gte=since).select_related(
        "countersignature__action", "countersignature__lead__case"
    )
    ends = LeadEnd.objects.filter(lead__case__in=mine, at__gte=since).values_list("at", "lead__case__ref")
    return [
        *((when, ref, STATE_WORDS[target][0]) for when, ref, target in moves),
        *(
            (d.at, d.countersignature.lead.case.ref, f"{'Countersigned' if d.signed else 'Refused'}: {d.countersignature.action.name}")
            for d in decisions
        ),
        *((when, ref, "A lead has ended") for when, ref in ends),
    ]


def _signed(person: Person, *, since: datetime) -> list[Notice]:
    """Countersignatures of this supervisor that do not hold any more: new as long as that is so, whatever he read before it came to be."""
    rows = Countersignature.objects.filter(decision__by=person, decision__at__gte=since, state="SIGNED").select_related(
        "action", "lead__case", "decision"
    )
    return [
        Notice(f"/cases/{row.lead.case.ref}", row.lead.case.ref, f"Does not hold any more: {row.action.name}", row.decision.at, new=True)
        for row in rows
        if not facts.holds(row.ref)
    ]
