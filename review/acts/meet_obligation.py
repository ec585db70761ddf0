"""A manager says that something the law asks of people outside the program was done, for the day on which it was due, with its document."""

from datetime import date, datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.law import owed
from cases.rules import policy
from cases.rules.act import Act
from cases.rules.finding import Finding, Refusal
from ledger.asking import ask_database
from people.models import Person
from review import access


@transaction.atomic
def meet_obligation(*, by: Person, at: datetime, key: str, due_on: date | None, document: str) -> Finding:
    """Mark one obligation of the policy in force as met for its next day, or once where it has no day."""
    access.must_hold(by, Act.MEET_OBLIGATION, on=at.date())
    row = next((row for row in owed.obligations(on=at.date()) if row.obligation.key == key), None)
    finding = policy.may_meet(f"obligation:{key}", owed=row is not None and not row.met and row.due_on == due_on, document=document)
    if isinstance(finding, Refusal):
        return moves.refuse(finding, by=by, case_ref=None)
    ask_database("select meet_obligation(%s, %s, %s, %s, %s)", key, due_on, document.strip(), by.pk, Jsonb(details(by=by)))
    return finding
