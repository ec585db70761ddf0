"""A reviewer tells an auditor that somebody spoke to him about an examination. It goes to nobody else."""

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
def report_contact(*, by: Person, at: datetime, case_ref: str, ground: str, words: str) -> Finding:
    """Seal what he says. The examination goes on unless he steps back."""
    case = access.case_for_act(by, case_ref, Act.REPORT_CONTACT, on=at.date())
    finding = stepping_back.may_report_contact(facts.telling(by, case, ground=ground, words=words))
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at)
    reasons = ask_database("select report_contact(%s, %s, %s, %s, %s)", case.ref, by.pk, ground, words, Jsonb(details(by=by)))
    if reasons:
        raise DatabaseDisagrees(f"{case.ref}: {', '.join(reasons)}")
    return finding
