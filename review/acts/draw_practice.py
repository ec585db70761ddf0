"""A reviewer has a pair drawn for practice."""

import secrets
from datetime import datetime

from django.db import transaction

from cases.rules.act import Act
from ledger.asking import ask_database
from people.models import Person
from review import access


@transaction.atomic
def draw_practice(*, by: Person, at: datetime) -> str | None:
    """Return the code of a new pair, drawn by lot, or None where the agency has too few practice pictures."""
    access.must_hold(by, Act.PRACTISE, on=at.date())
    code = secrets.token_hex(5).upper()
    return code if ask_database("select draw_practice(%s, %s)", by.pk, code) else None
