"""Whoever was drawn to examine a case of another agency again gives it back unopened. A fresh reviewer of his agency is drawn."""

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
def release_reexamination(*, by: Person, at: datetime, code: str) -> Finding:
    """Give it back to the lot."""
    again = access.reexamination_for_act(by, code, Act.RELEASE_TURN, on=at.date())
    finding = turns.may_release(facts.turn_again(again), opened=again.opened)
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=None)
    if reasons := ask_database("select release_again(%s, %s, %s)", by.pk, code, Jsonb(details(by=by))):
        raise DatabaseDisagrees(f"{code}: {', '.join(reasons)}")
    return finding
