"""The only writer of a case's state: one call that moves the row along the table and inserts its entry."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb

from cases.audit import details as told
from cases.models import Case
from cases.rules.finding import Finding, Refusal
from ledger.asking import ask_database
from people.models import Person


def store(case: Case, finding: Finding, *, by: Person | None, at: datetime, said: Mapping[str, Any] | None = None) -> Finding:
    """Store what a rule answered about ``case`` and return it.

    A permit moves the row to the state that the transition set in memory, through the person's door or, where ``by`` is
    None, the machine's. A refusal is recorded with its reasons and moves nothing. ``at`` is what the door read from
    ``house_now()``; the stored times are the database's own. Raises DatabaseError where the move is not in the table.
    """
    if isinstance(finding, Refusal):
        return refuse(finding, by=by, case_ref=case.ref, said=said)
    act, state, body = str(finding.about), str(case.state), Jsonb(told(by=by, said=said))
    if by is None:
        ask_database("select machine_move(%s, %s, %s, %s)", case.ref, act, state, body)
    else:
        ask_database("select person_move(%s, %s, %s, %s, %s)", case.ref, act, state, by.pk, body)
    return finding


def refuse(refusal: Refusal, *, by: Person | None, case_ref: str | None, said: Mapping[str, Any] | None = None) -> Refusal:
    """Record a refusal with all its reasons (an exception would roll its entry back) and return it."""
    body = Jsonb({"about": refusal.subject, **told(by=by, said=said)})
    who = by.pk if by else None
    ask_database("select record_refusal(%s, %s, %s, %s, %s)", case_ref, str(refusal.about), who, list(refusal.codes), body)
    return refusal
