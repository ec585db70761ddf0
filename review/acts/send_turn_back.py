"""A supervisor sends an examination back to the lot, with a reason and without seeing which way the work goes."""

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
def send_turn_back(*, by: Person, at: datetime, turn: int, because: str) -> Finding:
    """End the turn; a fresh reviewer is drawn for it, by lot. What was locked stays."""
    drawn = access.turn_for_act(by, turn, Act.SEND_TURN_BACK, on=at.date())
    case = drawn.case
    finding = turns.may_send_back(
        facts.turn(drawn, case),
        took_other_part=facts.other_part(by, case.investigation_id, than="supervisor"),
        of_requesters_unit=facts.of_units_that_asked(by, case.investigation_id),
        because=because,
    )
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at)
    reasons = ask_database("select send_turn_back(%s, %s, %s, %s)", drawn.pk, by.pk, because, Jsonb(details(by=by)))
    if reasons:
        raise DatabaseDisagrees(f"{case.ref}: {', '.join(reasons)}")
    return finding
