"""A second member of the policy board adopts what a first one proposed; the database compiles it to the rows the gate reads."""

from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases.audit import details
from cases.rules.act import Act
from ledger.asking import ask_database
from people.models import Person
from review import access


@transaction.atomic
def adopt_policy(*, by: Person, at: datetime, proposal_id: int) -> int:
    """Adopt a proposal and return the policy's id. Whoever proposed it is refused by the database (DatabaseError)."""
    access.must_hold(by, Act.ADOPT_POLICY, on=at.date())
    return int(ask_database("select adopt_policy(%s, %s, %s)", proposal_id, by.pk, Jsonb(details(by=by))))
