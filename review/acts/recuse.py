"""A reviewer steps back from an examination, with a reason that an auditor alone reads. His turn goes to a fresh reviewer."""

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
def recuse(*, by: Person, at: datetime, case_ref: str, ground: str, words: str) -> Finding:
    """Store that he stepped back. What he has locked leaves what is joined; that he was drawn stays, so he is not drawn again."""
    case = access.case_for_act(by, case_ref, Act.RECUSE, on=at.date())
    finding = stepping_back.may_recuse(facts.telling(by, case, ground=ground, words=words))
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at)
    reasons = ask_database("select recuse(%s, %s, %s, %s, %s)", case.ref, by.pk, ground, words, Jsonb(details(by=by)))
    if reasons:
        raise DatabaseDisagrees(f"{case.ref}: {', '.join(reasons)}")
    return finding
