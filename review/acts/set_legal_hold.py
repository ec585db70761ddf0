"""A legal adviser sets a legal hold, on a court's or a prosecutor's document: nothing of the investigation is destroyed until it is lifted."""

from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.rules.finding import Finding, Permit
from cases.states import State
from ledger.asking import ask_database
from people.models import Person
from review import access, facts
from review.rules import legal_hold


@transaction.atomic
def set_legal_hold(*, by: Person, at: datetime, case_ref: str, document: str) -> Finding:
    """Hold the pictures of the whole linked investigation."""
    case = access.case_of_adviser(by, case_ref, on=at.date())
    finding = legal_hold.may_set(
        subject=case.ref,
        said={"document": document},
        destroyed=case.state == State.DESTROYED,
        other_part=facts.other_part(by, case.investigation_id, than="legal_adviser"),
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=case.ref)
    ask_database("select set_legal_hold(%s, %s, %s, %s)", case.ref, by.pk, document, Jsonb(details(by=by)))
    return finding
