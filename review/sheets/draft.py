"""The draft of one reviewer in one examination, as he alone sees it."""

from dataclasses import dataclass, field
from datetime import datetime

from ledger.asking import ask_database
from review.access import Examining
from review.reexamining import Reexamining
from review.rules.draft import Given


@dataclass(frozen=True, slots=True)
class DraftSheet:
    """The newest draft; version 0 while there is none."""

    version: int = 0
    at: datetime | None = None
    given: Given = field(default_factory=dict)


def of(drawn: Examining, step: str) -> DraftSheet:
    """Return the newest draft of a step."""
    if isinstance(drawn, Reexamining):
        found = ask_database("select draft_of_again(%s, %s, %s)", drawn.reviewer_id, drawn.code, step)
    else:
        found = ask_database("select draft_of(%s, %s, %s)", drawn.pk, drawn.reviewer_id, step)
    return DraftSheet(found["version"], datetime.fromisoformat(found["at"]), found["given"]) if found else DraftSheet()
