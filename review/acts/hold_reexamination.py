"""Whoever examines a case of another agency again puts the timer on hold, once, for some hours."""

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
from review.rules import turns


@transaction.atomic
def hold_reexamination(*, by: Person, at: datetime, code: str, hours: int) -> Finding:
    """Add these hours to the timer."""
    again = access.reexamination_for_act(by, code, Act.HOLD_TURN, on=at.date())
    finding = turns.may_hold(facts.turn_again(again), held=again.held, hours=hours, most=facts.hold_hours())
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=None)
    told = Jsonb(details(by=by, said={"hours": hours}))
    if reasons := ask_database("select hold_again(%s, %s, %s, %s)", by.pk, code, hours, told):
        raise DatabaseDisagrees(f"{code}: {', '.join(reasons)}")
    return finding
