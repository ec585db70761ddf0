"""Whoever examines a case of another agency again steps back, with a reason that an auditor of his own agency alone reads."""

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
from review.rules import stepping_back


@transaction.atomic
def recuse_reexamination(*, by: Person, at: datetime, code: str, ground: str, words: str) -> Finding:
    """Store that he stepped back. What he has not finished is compared with nothing; a result that is told already stays."""
    again = access.reexamination_for_act(by, code, Act.RECUSE, on=at.date())
    finding = stepping_back.may_recuse(facts.telling_again(again, ground=ground, words=words))
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=None)
    told = Jsonb(details(by=by))
    if reasons := ask_database("select recuse_again(%s, %s, %s, %s, %s)", by.pk, code, ground, words, told):
        raise DatabaseDisagrees(f"{code}: {', '.join(reasons)}")
    return finding
