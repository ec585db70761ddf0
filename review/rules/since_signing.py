"""What changed in the facts since an action was signed. That is owed to the defence; what only bars another signature is not, nor what came with another policy."""

from collections.abc import Iterable

from cases.rules import eligibility
from review.rules import gate, line_up

# asked of papers and of a case for a new signature: what was started needs none
OF_A_SIGNATURE = {
    reason.code
    for reason in (
        gate.CASE_OVER,
        gate.NO_PAPERS,
        gate.PAPERS_INCOMPLETE,
        gate.PAPERS_WORDING,
        gate.PAPERS_STALE,
        line_up.NO_FORM,
        line_up.FORM_INCOMPLETE,
    )
}
# No fact either: a machine's job stands out, which opens the gate again or says why not.
OF_THE_MACHINE = {eligibility.SCREENING_OUTDATED.code, gate.SAME_PICTURE_NOT_LINKED.code}
# After a signature another policy brings these, or the end of one, and no fact: conclusions and tests that were made are never taken away.
# (Where a reviewer turns out not to have been apart, that is a reason of its own.)
OF_A_POLICY = {
    reason.code
    for reason in (
        gate.NO_POLICY,
        gate.POLICY_ENDED,
        gate.NOT_SCREENED,
        gate.OFFENCE_NOT_LISTED,
        gate.PROBE_ONLY_LIMITED,
        gate.TOO_FEW_REVIEWERS,
        gate.CONCLUSIONS_DO_NOT_SUPPORT,
        gate.EXCULPATORY_UNTESTED,
    )
}


def changed(codes: Iterable[str], *, rests_on_less: bool) -> frozenset[str]:
    """Return those of the gate's reasons that came with the facts. Too few items stand apart by a policy alone where it rests on all that it did."""
    of_facts = set(codes) - OF_A_SIGNATURE - OF_A_POLICY - OF_THE_MACHINE
    return frozenset(of_facts if rests_on_less else of_facts - {gate.TOO_FEW_STAND_APART.code})


def waits(codes: Iterable[str]) -> bool:
    """Whether a gate is shut by nothing but what a machine has still to do."""
    return set(codes) <= OF_THE_MACHINE
