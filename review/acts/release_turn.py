"""A reviewer gives an examination back unopened. His turn goes to a fresh reviewer."""

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
from review.models import Drawn
from review.rules import turns


@transaction.atomic
def release_turn(*, by: Person, at: datetime, case_ref: str) -> Finding:
    """Give the turn back to the lot. That he was drawn stays, so he is not drawn again."""
    case = access.case_for_act(by, case_ref, Act.RELEASE_TURN, on=at.date())
    mine = Drawn.objects.get(case=case, reviewer=by)
    finding = turns.may_release(facts.turn(mine, case), opened=facts.turn_opened(mine))
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at)
    reasons = ask_database("select release_turn(%s, %s, %s)", case.ref, by.pk, Jsonb(details(by=by)))
    if reasons:
        raise DatabaseDisagrees(f"{case.ref}: {', '.join(reasons)}")
    return finding
