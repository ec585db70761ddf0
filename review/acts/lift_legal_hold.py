"""A legal adviser lifts a legal hold, on the document that says the matter is over."""

from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database
from people.models import Person
from review import access, facts
from review.models import Custody
from review.rules import legal_hold


@transaction.atomic
def lift_legal_hold(*, by: Person, at: datetime, number: int, document: str) -> Finding:
    """Lift it; other holds of the investigation stand."""
    held = access.legal_hold(by, number, on=at.date())
    case = held.case
    here = Custody.objects.filter(case__investigation__in=facts.linked(case), release__isnull=True)
    finding = legal_hold.may_lift(
        subject=case.ref,
        said={"document": document},
        lifted=hasattr(held, "lifted"),
        in_custody=held.because == "custody" and here.exists(),
        other_part=facts.other_part(by, case.investigation_id, than="legal_adviser"),
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=case.ref)
    ask_database("select lift_legal_hold(%s, %s, %s, %s)", held.pk, by.pk, document, Jsonb(details(by=by)))
    return finding
