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
from review.models import DiscoveryRequest
from review.rules import leaving as rules
from review.rules.leaving import Leaving


@transaction.atomic
def want_bundle(*, by: Person, at: datetime, case_ref: str, leaving: Leaving, court_copy: bool = False) -> tuple[Finding, int | None]:
    """Put the wish on file and return its number. In a court copy the faces of other candidates are not covered."""
    case = access.case_of_adviser(by, case_ref, on=at.date())
    courts = frozenset(DiscoveryRequest.objects.filter(case=case).values_list("court", flat=True)) if court_copy else None
    finding = rules.may_want_bundle(
        subject=case.ref,
        leaving=leaving,
        other_part=facts.other_part(by, case.investigation_id, than="legal_adviser"),
        court_copy_for=courts,
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=case.ref), None
    told = details(by=by, said={"recipient": keyed("recipient", leaving.recipient.strip().casefold())})
    said = asdict(leaving) | {"court_copy": court_copy}
    return finding, int(ask_database("select want_bundle(%s, %s, %s, %s)", case.ref, by.pk, Jsonb(said), Jsonb(told)))
