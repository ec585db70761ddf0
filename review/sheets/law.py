"""What the law was asked of a case: for each rule its sentence, its citation, the facts it saw and the answer. No name, no score."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.law import rows
from cases.law.case_facts import Moment, asked_at_screening, probe_check
from cases.law.evaluate import Answer, RuleAnswer, evaluate
from cases.law.in_force import law_of, policy_in_force
from cases.law.merge import Merged
from cases.law.rows import CaseRow
from cases.law.words import Gate
from cases.models import Case
from review import facts, law_facts
from review.models import Lead, ProbeCheck
from review.rules.actions import ACTIONS
from review.rules.gate import GateFacts
from review.sheets.words import Chip

SAYS = {Answer.HOLDS: Chip("Holds", "open"), Answer.REFUSES: Chip("Says no", "shut"), Answer.NOT_ASKED: Chip("Not asked", "solid")}
ELSEWHERE = "Searched before screening: this house makes no search of it, so its rules on making one are not asked here."
NO_LAW = "No policy is in force, so nothing opens."


@dataclass(frozen=True, slots=True)
class RuleAsked:
    """One rule and its answer."""

    rule: str
    sentence: str
    citation: str
    verify: bool
    saw: tuple[tuple[str, str], ...]
    answer: Chip
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepAsked:
    """One step of the road, the law under which it was asked, and its rules: those that say no stand first."""

    name: str
    at: datetime
    policy: str
    rules: tuple[RuleAsked, ...]
    refused: int


@dataclass(frozen=True, slots=True)
class Explained:
    """The whole explanation. ``remarks``: what was not asked, and why."""

    steps: tuple[StepAsked, ...]
    remarks: tuple[str, ...]


def explained(case: Case, leads: Sequence[tuple[Lead, GateFacts]], *, action: str, at: datetime, policy: int | None) -> Explained:
    """Return what the law answers at each step that the case has come to; an action is asked as if it were signed now.

    Screening is asked as of its time, under the policy of its time; what is still to come, under the law in force now (``policy``).
    """
    now = None if policy is None else law_of(policy)
    reviews = law_facts.reviews([lead.pk for lead, _ in leads])
    people = {person for each in reviews.values() for person in each.reviewers}
    row = rows.read([case.pk], count_galleries=now is not None and rows.counts(now), people=people)[case.pk]
    then = law_of(row.screened_under) if row.screened_under and row.screened_under != policy else now
    remarks = [NO_LAW] if then is None else [ELSEWHERE] if row["searched_before_screening"] else []
    steps = [] if then is None else [_screening(row, then, at=at)]
    if now is not None:
        steps += [_probe(row, now, ProbeCheck.objects.filter(case=case).first(), at=at)] if row.versions else []
        for lead, gate in leads:
            answered = law_facts.answers(lead, row, reviews.get(lead.pk), gate, law=now, action=action, at=at, signing=True)
            steps.append(_step(f"Lead {lead.ref.rsplit('-', 1)[1]}: {ACTIONS[action].name}", now, answered, at=at))
            released = evaluate(now, gate=Gate.LEAD_RELEASE, facts=law_facts.lead_release(row, Moment(at)))
            steps.append(_step(f"Lead {lead.ref.rsplit('-', 1)[1]}: its report", now, released, at=at))
    return Explained(tuple(step for step in steps if step.rules), tuple(remarks))


def of_case(case: Case, *, action: str, at: datetime) -> Explained:
    """Return the same, reading the leads of the case."""
    leads = Lead.objects.filter(case=case).select_related("case", "candidate").order_by("id")
    policy = policy_in_force()
    return explained(case, [(lead, facts.gate(lead)) for lead in leads], action=action, at=at, policy=policy.pk if policy else None)


def _screening(row: CaseRow, law: Merged, *, at: datetime) -> StepAsked:
    asked_at = row.screened_at or at
    name = "Screening" if row.screened_at else "Screening, as if it were now"
    return _step(name, law, asked_at_screening(law, row, at=asked_at), at=asked_at)


def _probe(row: CaseRow, law: Merged, check: ProbeCheck | None, *, at: datetime) -> StepAsked:
    asked_at = check.at if check else at
    name = "Check of the probe" if check else "Check of the probe, as if it were now"
    answered = evaluate(law, gate=Gate.PROBE_CHECK, facts=probe_check(row, Moment(asked_at), grade=check.grade if check else None))
    return _step(name, law, answered, at=asked_at)


def _step(name: str, law: Merged, answered: Sequence[RuleAnswer], *, at: datetime) -> StepAsked:
    rules = tuple(_rule(each) for each in sorted(answered, key=lambda each: each.answer is not Answer.REFUSES))
    return StepAsked(name, at, f"{law.pack} ({law.digest[:12]})", rules, sum(each.answer is Answer.REFUSES for each in answered))


def _rule(answer: RuleAnswer) -> RuleAsked:
    saw = tuple((name.replace("_", " "), said) for name, said in answer.saw)
    return RuleAsked(answer.rule, answer.sentence, answer.citation, answer.verify, saw, SAYS[answer.answer], answer.because)
