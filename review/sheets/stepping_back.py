"""What reviewers told an auditor, line by line."""

from dataclasses import dataclass
from datetime import datetime

from review.rules.stepping_back import CONTACT_GROUNDS, RECUSAL_GROUNDS

ABOUT = {"recusal": "Stepped back", "spoken_to": "Was spoken to"}
GROUNDS = RECUSAL_GROUNDS | CONTACT_GROUNDS


@dataclass(frozen=True, slots=True)
class ToldSheet:
    """One thing that a reviewer told."""

    case: str
    ours: bool
    who: str
    about: str
    ground: str
    words: str
    at: datetime


def of(case: str, who: str, about: str, ground: str, words: str, at: datetime) -> ToldSheet:
    """Return one row in words. What was told of a case of another agency stands under the code of its examination."""
    return ToldSheet(case, case.startswith("FR-"), who, ABOUT[about], GROUNDS[ground], words, at)
