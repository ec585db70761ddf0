"""Past cases as questions: as of the moment at which each step was taken, under the law of that time, read in batches and written nowhere."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from cases.law import case_facts, rows
from cases.law.case_facts import Moment
from cases.law.in_force import law_of
from cases.law.merge import Merged
from cases.law.rows import CaseRow
from cases.law.words import Gate
from cases.models import Case, Policy
from review import facts, law_facts
from review.backtest.asked import Question
from review.models import Countersignature, Lead, ProbeCheck
from review.rules.gate import GateFacts

BATCH = 500


@contextmanager
def reading_only() -> Iterator[None]:
    """Let nothing be written until the end: the database refuses it, whatever is tried."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction read only")
        yield


@dataclass(frozen=True, slots=True)
class Laws:
    """Which law was in force when."""

    adopted_at: tuple[datetime, ...]
    policies: tuple[int, ...]

    def at(self, moment: datetime) -> Merged | None:
        place = bisect_right(self.adopted_at, moment)
        return law_of_cached(self.policies[place - 1]) if place else None

    def all(self) -> tuple[Merged, ...]:
        return tuple(law_of_cached(policy) for policy in self.policies)


_LAWS: dict[int, Merged] = {}


def laws() -> Laws:
    """Read every adoption once."""
    _LAWS.clear()
    adopted = list(Policy.objects.order_by("adopted_at", "id").values_list("adopted_at", "pk"))
    return Laws(tuple(at for at, _ in adopted), tuple(pk for _, pk in adopted))


def law_of_cached(policy: int) -> Merged:
    if policy not in _LAWS:
        _LAWS[policy] = law_of(policy)
    return _LAWS[policy]


def batches() -> Iterator[list[int]]:
    """Yield the keys of all cases, oldest first, some hundred at a time."""
    last = 0
    while keys := list(Case.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield keys
        last = keys[-1]


def questions(keys: Sequence[int], known: Laws, *, draft: Merged) -> Iterator[Question]:
    """Yield each question of these cases: screening, probe, review, and each action that was answered."""
    checks = {each.case_id: each for each in ProbeCheck.objects.filter(case__in=keys)}
    leads = {each.pk: each for each in Lead.objects.filter(case__in=keys).select_related("case", "candidate").order_by("id")}
    reviewed = law_facts.reviews(leads) if leads else {}
    people = {person for each in reviewed.values() for person in each.reviewers}
    found = rows.read(keys, count_galleries=rows.counts(draft), people=people)
    for row in found.values():
        yield from _of_a_case(row, checks.get(row["pk"]), known)
    for pk, lead in leads.items():
        if pk in reviewed:
            row, review = found[lead.case_id], reviewed[pk]
            yield Question(
                row["ref"], Gate.REVIEW, lead.ref, review.done_at, law_facts.review(row, review, signing=True), known.at(review.done_at)
            )
    if leads:
        yield from _of_actions(list(leads.values()), found, known)


def _of_a_case(row: CaseRow, check: ProbeCheck | None, known: Laws) -> Iterator[Question]:
    if row.screened_at is not None:
        law = law_of_cached(row.screened_under) if row.screened_under else None
        for gate in case_facts.screened_at(row):
            yield Question(
                row["ref"], gate, "", row.screened_at, case_facts.of_gate(row, gate, case_facts.screening(row, row.screened_at)), law
            )
    if check is not None and check.grade != "unfit":
        seen = case_facts.probe_check(row, Moment(check.at), grade=check.grade)
        yield Question(row["ref"], Gate.PROBE_CHECK, "", check.at, seen, known.at(check.at))


def _of_actions(leads: Sequence[Lead], found: dict[int, CaseRow], known: Laws) -> Iterator[Question]:
    """Legal acts that a supervisor answered, as of his answer; the evidence is what is on file today."""
    answered = Countersignature.objects.filter(lead__in=leads, action__in=law_facts.LEGAL_ACTS, decision__isnull=False)
    by_lead = {lead.pk: lead for lead in leads}
    gates: dict[int, GateFacts] = {}
    for asked in answered.select_related("decision").order_by("id"):
        lead, at = by_lead[asked.lead_id], asked.decision.at
        if lead.pk not in gates:
            gates[lead.pk] = facts.gate(lead)
        seen = law_facts.warrant_or_arrest(
            found[lead.case_id],
            gates[lead.pk],
            Moment(at),
            action=asked.action_id,
            signers=(("the supervisor", "supervisor"),),
        )
        yield Question(found[lead.case_id]["ref"], Gate.WARRANT_OR_ARREST, f"{lead.ref} {asked.action_id}", at, seen, known.at(at))
