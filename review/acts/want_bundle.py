"""A legal adviser asks for a bundle of a case. It is made by another process, with the login that reads everything."""

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
from review import access, facts
from review.rules import leaving as rules
from review.rules.leaving import Leaving


@transaction.atomic
def want_bundle(*, by: Person, at: datetime, case_ref: str, leaving: Leaving) -> tuple[Finding, int | None]:
    """Put the wish on file and return its number."""
    case = access.case_of_adviser(by, case_ref, on=at.date())
    finding = rules.may_want_bundle(
        subject=case.ref, leaving=leaving, other_part=facts.other_part(by, case.investigation_id, than="legal_adviser")
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=case.ref), None
    told = details(by=by, said={"recipient": keyed("recipient", leaving.recipient.strip().casefold())})
    return finding, int(ask_database("select want_bundle(%s, %s, %s, %s)", case.ref, by.pk, Jsonb(asdict(leaving)), Jsonb(told)))
