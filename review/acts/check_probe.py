"""An analyst who has seen no candidate grades the probe; only then does the requested search run."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cases import moves
from cases.jobs import announce_asked
from cases.law import answers
from cases.law.in_force import PolicyInForce, law_under, policy_in_force
from cases.models import Case, Probe
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit, Reason
from people.models import Person
from review import access, facts, law_facts
from review.models import ProbeCheck
from review.rules import probe_fitness, probe_quality
from review.rules.probe_fitness import Grade


@dataclass(frozen=True, slots=True)
class Measured:
    """What a tool measured: raw values by name, and the tool with its version."""

    tool: str
    values: Mapping[str, float]


@transaction.atomic
def check_probe(
    *,
    by: Person,
    at: datetime,
    case_ref: str,
    grade: Grade,
    depicts: str,
    role_shown_by: str = "",
    limits: str = "",
    measured: Measured | None = None,
) -> Finding:
    """Record that the probe is fit, limited or unfit for comparison; ``role_shown_by`` is what, other than the face, shows the act.

    ``measured`` is what a tool measured of the target face; the policy's thresholds may lower the grade, and all of it is in the record.
    """
    case = access.case_for_act(by, case_ref, Act.CHECK_PROBE, on=at.date())
    probe = Probe.objects.filter(case=case).order_by("-version").first()
    policy = policy_in_force()
    numbers = dict(policy.numbers) if policy else {}
    best = probe_quality.highest(probe_quality.flags(measured.values, numbers)) if measured else Grade.FIT
    parts = facts.parts_of(by, case.investigation_id)
    finding = probe_fitness.may_check(
        probe_fitness.ProbeCheckFacts(
            subject=case.ref,
            grade=grade,
            state=case.state,
            has_probe=probe is not None,
            depicts=depicts,
            checker_saw_candidates=facts.saw_candidates(by, case),
            checker_requested="detective" in parts,
            checker_reviews="reviewer" in parts,
            further=_law(case, policy, grade=grade, at=at),
            measures_allow=probe_quality.allows(grade, best),
        )
    )
    quality = probe_quality.logged(measured.values, numbers, tool=measured.tool) if measured else {}
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at, said={"quality": quality} if quality else None)
    if grade is Grade.UNFIT:
        case.find_probe_unfit(finding)
    else:
        case.find_probe_fit(finding)
    ProbeCheck.objects.create(case=case, probe=probe, by=by, grade=grade, depicts=depicts, role_shown_by=role_shown_by, limits=limits)
    moves.store(case, finding, by=by, at=at, said={"grade": grade.value, **({"quality": quality} if quality else {})})
    if grade is not Grade.UNFIT:
        announce_asked(kind="find_empty" if case.searched_before_screening else "search", about=case.ref)
    return finding


def _law(case: Case, policy: PolicyInForce | None, *, grade: Grade, at: datetime) -> tuple[Reason, ...]:
    law = law_under(policy)
    return () if law is None else answers.reasons_of(law, law_facts.asked_of_probe(case, law=law, grade=grade.value, at=at))
