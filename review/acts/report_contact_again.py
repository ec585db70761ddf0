"""Whoever examines a case of another agency again tells an auditor of his own agency that somebody spoke to him about it."""

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
def report_contact_again(*, by: Person, at: datetime, code: str, ground: str, words: str) -> Finding:
    """Seal what he says. The examination goes on unless he steps back."""
    again = access.reexamination_for_act(by, code, Act.REPORT_CONTACT, on=at.date())
    finding = stepping_back.may_report_contact(facts.telling_again(again, ground=ground, words=words))
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=None)
    if reasons := ask_database("select report_contact_again(%s, %s, %s, %s, %s)", by.pk, code, ground, words, Jsonb(details(by=by))):
        raise DatabaseDisagrees(f"{code}: {', '.join(reasons)}")
    return finding
