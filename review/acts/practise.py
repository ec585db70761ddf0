"""A reviewer rates a practice pair and is told the truth at once. No trial comes of it."""

from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases.audit import details
from cases.rules.act import Act
from ledger.asking import ask_database
from people.models import Person
from review import access


@transaction.atomic
def practise(*, by: Person, at: datetime, code: str, rating: int) -> bool:
    """Store the rating once; False if it was given before. The database tells the truth with it."""
    access.must_hold(by, Act.PRACTISE, on=at.date())
    return bool(ask_database("select answer_practice(%s, %s, %s, %s)", by.pk, code, rating, Jsonb(details(by=by))))
