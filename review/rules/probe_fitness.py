"""G2 and G2R: is the probe fit for comparison, said by someone who saw no candidate; and what shows this person's part?"""

from dataclasses import dataclass
from enum import StrEnum

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge
from cases.rules.orderly import NOT_ITS_TURN


class Grade(StrEnum):
    """An analyst's grade of a probe (FISWG image comparison: suitability is judged before comparison)."""

    FIT = "fit"
    LIMITED = "limited"
    UNFIT = "unfit"


CHECKER_SAW_CANDIDATES = Reason(
    "checker_saw_candidates",
    "The person checking the probe has already seen a candidate of this investigation.",
    "docs/examination.md; G2",
)
CHECKER_REQUESTED = Reason("checker_requested", "Whoever requested the search does not check its probe.", "docs/road.md; G2")
CHECKER_REVIEWS = Reason("checker_reviews", "Whoever reviews in this investigation does not check its probe.", "docs/road.md; G2")
NO_PROBE = Reason("no_probe", "No probe was supplied, so nothing can be compared.", "docs/road.md; G2")
MEASURES_FORBID = Reason(
    "measures_forbid",
    "The measures of the probe allow no such grade under the policy in force; a lower one may be given.",
    "docs/measured.md; G2",
)
DEPICTS_NOT_SAID = Reason("depicts_not_said", "Say whom the probe depicts and how that is known.", "docs/examination.md; G2R")


@dataclass(frozen=True, slots=True)
class ProbeCheckFacts:
    """What a check of the probe rests on."""

    subject: str
    grade: Grade
    state: str
    has_probe: bool
    depicts: str
    checker_saw_candidates: bool
    checker_requested: bool
    checker_reviews: bool
    further: tuple[Reason, ...] = ()  # what the law in force says against searching with it; unfit is always said
    measures_allow: bool = True


def may_check(facts: ProbeCheckFacts) -> Finding:
    """Return a Permit to record the grade, or why this person may not, or what is missing."""
    reasons: list[Reason] = []
    if facts.state != "ELIGIBLE":
        reasons.append(NOT_ITS_TURN)
    if facts.checker_saw_candidates:
        reasons.append(CHECKER_SAW_CANDIDATES)
    if facts.checker_requested:
        reasons.append(CHECKER_REQUESTED)
    if facts.checker_reviews:
        reasons.append(CHECKER_REVIEWS)
    if not facts.has_probe and facts.grade is not Grade.UNFIT:
        reasons.append(NO_PROBE)
    if not facts.measures_allow:
        reasons.append(MEASURES_FORBID)
    if not facts.depicts.strip():
        reasons.append(DEPICTS_NOT_SAID)
    if facts.grade is not Grade.UNFIT:
        reasons.extend(facts.further)
    return judge(Act.CHECK_PROBE, facts.subject, reasons)
