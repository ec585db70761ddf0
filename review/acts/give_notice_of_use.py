"""A prosecutor gives the defence notice that a face search was used: it is on file before it can be printed."""

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
def give_notice_of_use(*, by: Person, at: datetime, lead_ref: str, leaving: Leaving) -> tuple[Finding, int | None]:
    """Put on file that notice is given; return the number under which it is printed."""
    lead = access.lead_of_prosecutor(by, lead_ref, on=at.date())
    finding = rules.may_give_notice(subject=lead.ref, leaving=leaving)
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=lead.case.ref), None
    told = details(by=by, said={"recipient": keyed("recipient", leaving.recipient.strip().casefold())})
    return finding, int(ask_database("select give_notice_of_use(%s, %s, %s, %s)", lead.ref, by.pk, Jsonb(asdict(leaving)), Jsonb(told)))
