"""Whether a face result may be used at a stage of court: what must be said of it, and what the law in force answers."""

from collections.abc import Collection, Mapping, Sequence

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge
from review.rules.filing import missing

NO_LAW = Reason("no_policy_in_force", "No policy is in force: nothing says that the result may be used in court.", "docs/prosecutor.md")
UNKNOWN_STAGE = Reason("unknown_stage", "There is no such stage; choose one from the list.", "docs/prosecutor.md")
LEAD_ENDED = Reason("lead_ended", "This lead ended: its result is used for nothing but what speaks for the person.", "docs/prosecutor.md")
EXCULPATORY = "exculpatory_release"


def may_use(
    *,
    subject: str,
    stage: str,
    stages: Collection[str],
    said: Mapping[str, str],
    law_in_force: bool,
    ended: bool,
    further: Sequence[Reason],
) -> Finding:
    """Return a Permit to use the result at this stage, or every reason why not. What speaks for the person is told whatever the law says."""
    reasons = missing(said)
    if stage not in stages:
        reasons.append(UNKNOWN_STAGE)
    elif stage != EXCULPATORY:
        if not law_in_force:
            reasons.append(NO_LAW)
        if ended:
            reasons.append(LEAD_ENDED)
        reasons.extend(further)
    return judge(Act.USE_IN_COURT, subject, reasons)
