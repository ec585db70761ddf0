"""A reviewer keeps what he has written so far. It moves nothing, is no entry, and nobody else reads it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from ledger.asking import ask_database
from people.models import Person
from review import access
from review.reexamining import Reexamining
from review.rules.draft import Given


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of it. Not kept: ``version``, ``at`` and ``given`` are the newer draft's; version 0 if the step is over."""

    kept: bool
    version: int
    at: datetime | None = None
    given: Given = field(default_factory=dict)


@transaction.atomic
def save_draft(*, by: Person, at: datetime, code: str, step: str, based_on: int, given: Mapping[str, Mapping[str, str]]) -> Saved:
    """Keep the draft of one step if it is based on the newest version, or says the same; what an older one said is not lost on the page."""
    drawn = access.not_stepped_back(access.drawn_for(by, code, on=at.date()))
    if isinstance(drawn, Reexamining):
        said = ask_database("select keep_draft_again(%s, %s, %s, %s, %s)", by.pk, code, step, based_on, Jsonb(given))
    else:
        said = ask_database("select keep_draft(%s, %s, %s, %s, %s)", drawn.pk, by.pk, step, based_on, Jsonb(given))
    kept_at = datetime.fromisoformat(said["at"]) if "at" in said else None
    return Saved(said["kept"], said["version"], kept_at, said.get("given", {}))
