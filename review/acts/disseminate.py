"""A lead report leaves the agency: it is on file before it can be printed."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database
from ledger.keyed import keyed
from people.models import Person
from review import access
from review.rules import leaving as rules
from review.rules.leaving import Leaving


@transaction.atomic
def disseminate(*, by: Person, at: datetime, lead_ref: str, leaving: Leaving) -> tuple[Finding, int | None]:
    """Put on file that a lead report leaves; return the number under which it is printed."""
    lead = access.lead_for_reading(by, lead_ref, on=at.date())
    finding = rules.may_disseminate(subject=lead.ref, leaving=leaving)
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=lead.case.ref), None
    told = details(by=by, said={"recipient": keyed("recipient", leaving.recipient.strip().casefold())})
    return finding, int(ask_database("select disseminate(%s, %s, %s, %s)", lead.ref, by.pk, Jsonb(asdict(leaving)), Jsonb(told)))
