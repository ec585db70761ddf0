"""A detective starts a countersigned action, if the countersignature still holds at that moment."""

from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database
from people.models import Person
from review import access, facts
from review.acts.disagreement import DatabaseDisagrees
from review.rules import signing
from review.states import CountersignatureState


@transaction.atomic
def start(*, by: Person, at: datetime, ref: str) -> Finding:
    """Record that the action starts. Whether it holds is computed now, from raw rows."""
    signed = access.countersignature_for_act(by, ref, Act.START, on=at.date())
    case = signed.lead.case
    ask_database("select lock_investigation(%s, true)", case.investigation_id)
    holds = ask_database("select countersignature_holds(%s)", signed.ref)
    finding = signing.may_start(
        subject=signed.ref,
        signed=signed.state == CountersignatureState.SIGNED,
        holds=holds,
        by_detective_of_it="detective" in facts.parts_of(by, case.investigation_id),
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=case.ref, said={"countersignature": signed.ref})
    signed.begin(finding)
    answer = ask_database("select start(%s, %s, %s)", signed.ref, by.pk, Jsonb(details(by=by)))
    if answer["reasons"]:
        raise DatabaseDisagrees(f"{signed.ref}: {', '.join(answer['reasons'])}")
    return finding
