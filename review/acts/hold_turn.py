"""A reviewer puts the timer of his examination on hold, once, for some hours: the end of a shift, not the end of the turn."""

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
from review.models import Drawn, TurnHold
from review.rules import turns


@transaction.atomic
def hold_turn(*, by: Person, at: datetime, case_ref: str, hours: int) -> Finding:
    """Add these hours to the timer."""
    case = access.case_for_act(by, case_ref, Act.HOLD_TURN, on=at.date())
    mine = Drawn.objects.get(case=case, reviewer=by)
    held = TurnHold.objects.filter(drawn=mine).exists()
    finding = turns.may_hold(facts.turn(mine, case), held=held, hours=hours, most=facts.hold_hours())
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at)
    told = details(by=by, said={"hours": hours})
    reasons = ask_database("select hold_turn(%s, %s, %s, %s)", case.ref, by.pk, hours, Jsonb(told))
    if reasons:
        raise DatabaseDisagrees(f"{case.ref}: {', '.join(reasons)}")
    return finding
