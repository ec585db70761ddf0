"""A second member of the policy board adopts what a first one proposed; the database compiles it to the rows the gate reads."""

from datetime import datetime

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from cases.audit import details
from cases.rules.act import Act
from people.models import Person
from review import access


@transaction.atomic
def adopt_policy(*, by: Person, at: datetime, proposal_id: int) -> int:
    """Adopt a proposal and return the policy's id. Whoever proposed it is refused by the database (DatabaseError)."""
    access.must_hold(by, Act.ADOPT_POLICY, on=at.date())
    with connection.cursor() as cursor:
        cursor.execute("select adopt_policy(%s, %s, %s)", [proposal_id, by.pk, Jsonb(details(by=by))])
        (adopted,) = cursor.fetchone()
    return int(adopted)
