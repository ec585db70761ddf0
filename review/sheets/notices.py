"""What happened to what a person asked for or signed. Case numbers only: no name, no face, no score."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import BigIntegerField, Case, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce, Concat
from django.db.models.lookups import LessThan

from cases.law.obligations import Standing
from cases.law.owed import obligations
from cases.models import Case as CaseRow
from cases.models import Move, Policy, Screening
from cases.rules.eligibility import PENDING
from ledger.models import ALARMS, Entry
from ledger.worded import first, worded_once
from people.models import Person
from people.roles import Role
from review import access, facts
from review.models import (
    Countersignature,
    Decision,
    Lead,
    LeadEnd,
    NoticesRead,
    OutsideGate,
    ReexaminationResult,
    ReexaminationTold,
    SealedReason,
)
from review.sheets.stepping_back import ABOUT
from review.sheets.words import STATE_WORDS

KEPT = timedelta(days=30)
MOST = 200
HAVE_NOTICES = frozenset({Role.DETECTIVE, Role.SUPERVISOR, Role.AUDITOR, Role.PROSECUTOR, Role.POLICY_BOARD, Role.MANAGER})
TOLD = "/told-by-reviewers"
DUTIES = "/prosecution/duties"
BOARD, OWED = "/policy-board", "/policy-board/obligations"

OF_THE_LOG = {
    "log_stalled": "Entries wait too long for their place in the log",
    "witness_refused": "A witness saw another log than the one that it was shown",
    "witnesses_silent": "Witnesses have not seen the log for too long: nothing is countersigned",
}


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
    return _of(person, _read_at(person), at=at, roles=roles)


def new_for(person: Person, *, at: datetime, roles: frozenset[Role]) -> int:
    """Return how many notices are new, for the bar of every page: counted at most so long ago as the settings say, and anew once they were read.

    Whether what a supervisor signed still holds is the whole gate asked of each signature: too much to ask on each page.
    """
    read = _read_at(person)
    key = f"notices:{person.pk}:{','.join(sorted(roles))}:{read and read.timestamp()}"
    number: int | None = cache.get(key)
    if number is None:
        number = sum(notice.new for notice in _of(person, read, at=at, roles=roles))
        cache.set(key, number, settings.NOTICES_COUNTED_EVERY)
    return number


def _read_at(person: Person) -> datetime | None:
    return first(_readings(person.pk))


@worded_once
def _readings(person: int) -> QuerySet[NoticesRead, datetime]:
    return NoticesRead.objects.filter(person=person).order_by("-at").values_list("at", flat=True)[:1]


def _of(person: Person, read: datetime | None, *, at: datetime, roles: frozenset[Role]) -> tuple[Notice, ...]:
    found: list[tuple[datetime, str, str]] = []
    log: list[tuple[datetime, str]] = []
    if Role.DETECTIVE in roles:
        found += _asked_for(person, since=at - KEPT)
    if Role.AUDITOR in roles:
        found += _outside_the_gate(person, since=at - KEPT)
    if Role.AUDITOR in roles:
        alarms = _alarms(at - KEPT)
        found += _rechecked(person, {subject: when for kind, subject, when in alarms if kind not in OF_THE_LOG})
        log = [(when, OF_THE_LOG[kind]) for kind, _, when in alarms if kind in OF_THE_LOG]
    happened = [Notice(f"/cases/{ref}", ref, what, when, read is None or when > read) for when, ref, what in found]
    happened += [Notice("/log/checkpoint", "The log", what, when, read is None or when > read) for when, what in log]
    if Role.AUDITOR in roles:
        happened += [Notice(TOLD, ref, what, when, read is None or when > read) for when, ref, what in _told(person, since=at - KEPT)]
    elif Role.PROSECUTOR in roles:
        outside = _outside_the_gate(person, since=at - KEPT)
        happened += [Notice(DUTIES, ref, what, when, read is None or when > read) for when, ref, what in outside]
    if Role.SUPERVISOR in roles:
        happened += _signed(person, since=at - KEPT, read=read)
    if Role.POLICY_BOARD in roles:
        happened += [Notice(BOARD, ref, what, when, read is None or when > read) for when, ref, what in _shut_by_policy(since=at - KEPT)]
        happened += _ending(on=at.date())
    if {Role.POLICY_BOARD, Role.MANAGER} & roles:
        happened += _owed(on=at.date())
    return tuple(sorted(happened, key=lambda notice: notice.at, reverse=True))


@worded_once
def _alarms(since: datetime) -> QuerySet[Entry, tuple[str, str, datetime]]:
    return Entry.objects.filter(kind__in=ALARMS, at__gte=since).order_by("seq").values_list("kind", "subject", "at")


def _asked_for(person: Person, *, since: datetime) -> list[tuple[datetime, str, str]]:
    """Moves of his cases by others, answers to his requests, and ends of his leads: one statement."""
    return [(when, ref, STATE_WORDS[said][0] if said in STATE_WORDS else said) for when, ref, said in _told_who_asked(person.pk, since)]


@worded_once
def _told_who_asked(person: int, since: datetime) -> QuerySet[Any, Any]:
    moves = Move.objects.filter(told=person, at__gte=since).exclude(by=person).values_list("at", "case__ref", "target")
    answers = Decision.objects.filter(countersignature__asked_by=person, at__gte=since).values_list(
        "at",
        "countersignature__lead__case__ref",
        Concat(
            Case(When(signed=True, then=Value("Countersigned: ")), default=Value("Refused: ")),
            "countersignature__action__name",
            output_field=TextField(),
        ),
    )
    ends = LeadEnd.objects.filter(lead__case__requested_by=person, at__gte=since).values_list(
        "at", "lead__case__ref", Value("A lead has ended", output_field=TextField())
    )
    again = ReexaminationResult.objects.filter(case__requested_by=person, at__gte=since).values_list("at", "case__ref", _AGAIN)
    return moves.union(answers, ends, again, all=True)


_AGAIN = Concat(
    Value("Examined again by another agency: "),
    Case(
        When(items__len__gt=0, then=Value("it excludes the person of a lead")),
        When(agrees=True, then=Value("it agrees")),
        default=Value("it does not agree"),
    ),
    output_field=TextField(),
)


def _signed(person: Person, *, since: datetime, read: datetime | None) -> list[Notice]:
    """Countersignatures of this supervisor that do not hold any more: new as long as that is so, whatever he read before it came to be.

    Not while a case waits for its screening under a new policy: nearly all hold again after it, and of what does not he is mailed once alone.
    And cases of his agency in which another agency, examining again, excludes the person of a lead: one statement.
    """
    return [
        Notice(f"/cases/{ref}", ref, what, when, new=shut or read is None or when > read)
        for when, ref, what, shut in _told_who_signed(person.pk, person.agency_id, since)
    ]


@worded_once
def _told_who_signed(person: int, agency: int, since: datetime) -> QuerySet[Any, Any]:
    rows = facts.with_holds(Countersignature.objects.filter(decision__by=person, decision__at__gte=since, state="SIGNED"))
    no_more = Concat(Value("Does not hold any more: "), "action__name", output_field=TextField())
    lapsed = rows.filter(holds=False).exclude(_TO_BE_SCREENED).values_list("decision__at", "lead__case__ref", no_more, Value(value=True))
    excluded = ReexaminationResult.objects.filter(case__agency=agency, at__gte=since, items__len__gt=0)
    excluded = excluded.filter(access.may_be_told_of(person, "case__investigation_id"))
    return lapsed.union(excluded.values_list("at", "case__ref", _AGAIN, Value(value=False)), all=True)


_NEWEST = Screening.objects.filter(case=OuterRef("lead__case")).order_by("-id").values("policy")[:1]
_IN_FORCE = Func(function="policy_in_force", output_field=BigIntegerField())  # none where it has ended: then nothing waits
_TO_BE_SCREENED = Q(lead__case__state__in=PENDING) & Q(Coalesce(LessThan(Subquery(_NEWEST), _IN_FORCE), Value(value=False)))


def _outside_the_gate(person: Person, *, since: datetime) -> list[tuple[datetime, str, str]]:
    """What was done without a countersignature in this person's agency: auditors and prosecutors are told."""
    rows = _done_outside(person.pk, person.agency_id, since)
    return [(when, ref, f"{basis.replace('_', ' ').capitalize()}: {action.replace('_', ' ')}") for when, ref, basis, action in rows]


@worded_once
def _done_outside(person: int, agency: int, since: datetime) -> QuerySet[OutsideGate, tuple[datetime, str, str, str]]:
    rows = OutsideGate.objects.filter(case__agency=agency, entered_at__gte=since)
    rows = rows.filter(access.may_be_told_of(person, "case__investigation_id"))
    return rows.values_list("entered_at", "case__ref", "basis", "action")


def _told(person: Person, *, since: datetime) -> list[tuple[datetime, str, str]]:
    """What reviewers of this agency's cases told its auditors: that they did, not what."""
    rows = _sealed_for(person.pk, person.agency_id, since)
    return [(when, ref, f"A reviewer told you something: {ABOUT[about].lower()}") for when, ref, about in rows]


@worded_once
def _sealed_for(person: int, agency: int, since: datetime) -> QuerySet[Any, Any]:
    sealed = SealedReason.objects.filter(access.may_be_told_of(person, "drawn__case__investigation_id"), at__gte=since)
    rows = sealed.filter(drawn__case__agency=agency).values_list("at", "drawn__case__ref", "about")
    return rows.union(ReexaminationTold.objects.filter(agency=agency, at__gte=since).values_list("at", "code", "about"), all=True)


def _shut_by_policy(*, since: datetime) -> list[tuple[datetime, str, str]]:
    """What a changed policy shut: the board that changed it is told which, by number alone."""
    rows = shut_by_policy().filter(at__gte=since)[:MOST]
    return [(row.at, row.case.ref, f"No longer eligible under {row.policy.pack}") for row in rows]


def shut_by_policy() -> QuerySet[Screening]:
    """Return the screenings that found a case not eligible any more."""
    before = Screening.objects.filter(case=OuterRef("case"), pk__lt=OuterRef("pk")).order_by("-pk").values("eligible")[:1]
    rows = Screening.objects.filter(eligible=False).annotate(was=Subquery(before)).filter(was=True)
    return rows.select_related("case", "policy").order_by("-pk")


def _ending(*, on: date) -> list[Notice]:
    """The newest adoption comes to its end, has ended, or its review is due: new until the board adopts anew."""
    policy = Policy.objects.order_by("-id").first()
    if policy is None:
        return []
    said = []
    if policy.holds_until is not None and policy.holds_until - KEPT <= on:
        word = "Ended" if policy.holds_until <= on else "Ends"
        said.append((policy.holds_until - KEPT, f"{word} on {policy.holds_until}: nothing opens from then until the board adopts anew"))
    if policy.review_on <= on:
        said.append((policy.review_on, f"Its review was due on {policy.review_on}"))
    return [Notice(BOARD, policy.pack, what, datetime.combine(day, time(), tzinfo=UTC), new=True) for day, what in said]


def _owed(*, on: date) -> list[Notice]:
    """Obligations whose day comes near or is past: new until they are met."""
    found = []
    for row in obligations(on=on):
        if row.standing in (Standing.ALARM, Standing.OVERDUE):
            day = row.due_on and row.due_on - timedelta(days=row.obligation.alarm_days)
            since = datetime.combine(day or on, time(), tzinfo=UTC)
            what = f"{row.standing.value.capitalize()}{f', due {row.due_on}' if row.due_on else ''}: {row.obligation.sentence}"
            found.append(Notice(OWED, row.obligation.key, what, since, new=True))
    return found


def _rechecked(person: Person, alarms: dict[str, datetime]) -> list[tuple[datetime, str, str]]:
    """Where the independent re-check came to another answer: auditors are told, for the cases of their agency."""
    if not alarms:
        return []
    apart, agency = access.may_be_told_of, person.agency_id
    signed = Countersignature.objects.filter(apart(person.pk, "lead__case__investigation_id"), ref__in=alarms, lead__case__agency=agency)
    leads = Lead.objects.filter(apart(person.pk, "case__investigation_id"), ref__in=alarms, case__agency=agency)
    cases = CaseRow.objects.filter(apart(person.pk), ref__in=alarms, agency=agency)
    named = [*signed.values_list("ref", "lead__case__ref"), *leads.values_list("ref", "case__ref"), *cases.values_list("ref", "ref")]
    return [(alarms[subject], case, f"The re-check came to another answer: {subject}") for subject, case in named]
