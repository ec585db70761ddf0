"""An auditor reads what reviewers of his agency's cases told him alone. That he read it is in the record."""

from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases.audit import details
from cases.rules.act import Act
from ledger.asking import ask_rows
from people.models import Person
from review import access


@transaction.atomic
def read_sealed_reasons(*, by: Person, at: datetime) -> list[tuple[str, str, str, str, str, datetime]]:
    """Return what was said, newest first: (case, who, about, ground, words, when)."""
    access.must_hold(by, Act.READ_SEALED_REASONS, on=at.date())
    return [
        (ref, who, about, ground, words, when)
        for ref, who, about, ground, words, when in ask_rows("select * from sealed_reasons_told(%s, %s)", by.pk, Jsonb(details(by=by)))
    ]
