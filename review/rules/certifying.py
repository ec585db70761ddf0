"""Whether a certificate of a countersignature may be issued. What it is worth later is computed each time that it is looked up."""

from dataclasses import dataclass

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge
from review.rules.leaving import Leaving
from review.rules.signing import DOES_NOT_HOLD, STARTER_DID_NOT_ASK

NOTHING_TO_CERTIFY = Reason(
    "nothing_to_certify", "Only an action that is countersigned and has not started has a certificate.", "docs/certificate.md"
)
NOT_IN_THE_LOG = Reason(
    "not_in_the_log",
    "The log has not signed the countersignature yet, or the witnesses have not seen it. Try again in a few seconds.",
    "docs/certificate.md",
)


@dataclass(frozen=True, slots=True)
class CertifyingFacts:
    """What a certificate rests on."""

    subject: str
    signed: bool
    holds: bool
    in_the_log: bool
    by_detective_of_it: bool


def may_issue(facts: CertifyingFacts, leaving: Leaving) -> Finding:
    """Return a Permit to issue a certificate."""
    reasons = leaving.reasons()
    if not facts.signed:
        reasons.append(NOTHING_TO_CERTIFY)
    elif not facts.holds:
        reasons.append(DOES_NOT_HOLD)
    elif not facts.in_the_log:
        reasons.append(NOT_IN_THE_LOG)
    if not facts.by_detective_of_it:
        reasons.append(STARTER_DID_NOT_ASK)
    return judge(Act.ISSUE_CERTIFICATE, facts.subject, reasons)
