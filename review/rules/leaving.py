"""Whether something about a case may leave the agency: who gets it, for what and by whose authority must be said."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge
from review.rules.filing import OTHER_PART

ORI = re.compile(r"[A-Z]{2}[A-Z0-9]{7}")
NO_RECIPIENT = Reason("no_recipient", "Say who gets it.", "docs/dissemination.md")
NO_PURPOSE = Reason("no_purpose", "Say for what it is given.", "docs/dissemination.md")
NO_AUTHORITY = Reason("no_authority", "Say by which order, rule or request it is given.", "docs/dissemination.md")
BAD_ORI = Reason(
    "bad_ori",
    "An ORI has nine characters: the two letters of the state, then seven capital letters or digits. Leave it empty where the recipient has none.",
    "docs/dissemination.md",
)

NOT_THE_COURT = Reason(
    "not_the_court",
    "A court copy goes to a court that has asked in this case: take its request first, and name the court as it stands there.",
    "docs/decisions/0011-a-court-copy-is-a-bundle-of-its-own.md",
)


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who gets something, for what, and by whose authority. ``ori`` is empty where the recipient has none."""

    recipient: str
    purpose: str
    authority: str
    ori: str = ""

    def reasons(self) -> list[Reason]:
        """Return everything that is not said as it must be."""
        reasons: list[Reason] = []
        if not self.recipient.strip():
            reasons.append(NO_RECIPIENT)
        if not self.purpose.strip():
            reasons.append(NO_PURPOSE)
        if not self.authority.strip():
            reasons.append(NO_AUTHORITY)
        if self.ori and not ORI.fullmatch(self.ori):
            reasons.append(BAD_ORI)
        return reasons


def may_want_bundle(*, subject: str, leaving: Leaving, other_part: bool, court_copy_for: Collection[str] | None = None) -> Finding:
    """Return a Permit to have a bundle made. ``court_copy_for``: of a court copy, the courts that have asked in the case."""
    reasons = [*leaving.reasons(), *([OTHER_PART] if other_part else [])]
    if court_copy_for is not None and leaving.recipient.strip() not in court_copy_for:
        reasons.append(NOT_THE_COURT)
    return judge(Act.WANT_BUNDLE, subject, reasons)


def may_give_notice(*, subject: str, leaving: Leaving) -> Finding:
    """Return a Permit to give the defence notice that a face search was used."""
    return judge(Act.GIVE_NOTICE_OF_USE, subject, leaving.reasons())


def may_disseminate(*, subject: str, leaving: Leaving) -> Finding:
    """Return a Permit to let something leave."""
    return judge(Act.DISSEMINATE, subject, leaving.reasons())
