"""Whether a legal hold is set on an investigation, and whether one is lifted."""

from collections.abc import Mapping

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge
from review.rules.filing import OTHER_PART, missing

DOCS = "docs/retention.md"
NOTHING_LEFT = Reason("nothing_left", "The pictures of this case are destroyed; nothing is left to be held.", DOCS)
LIFTED_ALREADY = Reason("lifted_already", "This hold was lifted already.", DOCS)
IN_CUSTODY = Reason("in_custody", "Somebody is in custody in this investigation: record the release first.", DOCS)


def may_set(*, subject: str, said: Mapping[str, str], destroyed: bool, other_part: bool) -> Finding:
    """Return a Permit to set a hold on a document, or every reason why not."""
    reasons = missing(said)
    if destroyed:
        reasons.append(NOTHING_LEFT)
    if other_part:
        reasons.append(OTHER_PART)
    return judge(Act.SET_LEGAL_HOLD, subject, reasons)


def may_lift(*, subject: str, said: Mapping[str, str], lifted: bool, in_custody: bool, other_part: bool) -> Finding:
    """Return a Permit to lift a hold on a document that says the matter is over. ``in_custody``: the hold is for somebody who is not released."""
    reasons = missing(said)
    if lifted:
        reasons.append(LIFTED_ALREADY)
    if in_custody:
        reasons.append(IN_CUSTODY)
    if other_part:
        reasons.append(OTHER_PART)
    return judge(Act.LIFT_LEGAL_HOLD, subject, reasons)
