"""The draft of one reviewer in one examination, as he alone sees it."""

from dataclasses import dataclass, field
from datetime import datetime

from ledger.asking import ask_database
from review.models import Drawn
from review.rules.draft import Given


@dataclass(frozen=True, slots=True)
class DraftSheet:
    """The newest draft; version 0 while there is none."""

    version: int = 0
    at: datetime | None = None
    given: Given = field(default_factory=dict)


def of(drawn: Drawn, step: str) -> DraftSheet:
    """Return the newest draft of a step."""
    found = ask_database("select draft_of(%s, %s, %s)", drawn.pk, drawn.reviewer_id, step)
    return DraftSheet(found["version"], datetime.fromisoformat(found["at"]), found["given"]) if found else DraftSheet()
