"""A case in which nobody's move is next closes after the policy's time."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.law import case_facts, rows
from cases.law.evaluate import refused_by
from cases.law.in_force import law_in_force, number_of, policy_in_force
from cases.law.words import Gate
from cases.locks import case_for_machine
from cases.models import Case, Move
from cases.rules import retention
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from cases.states import sources_of


@transaction.atomic
def expire(*, case_ref: str, at: datetime) -> Finding:
    """Close the case, or say why not yet."""
    case = case_for_machine(case_ref)
    facts = facts_of(case, at=at)
    finding = retention.may_expire(facts, from_states=sources_of(Act.EXPIRE))
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=None, at=at)
    case.expire(finding)
    return moves.store(case, finding, by=None, at=at, said={"overdue_by": overdue(case, since=facts.since, at=at)})


def facts_of(case: Case, *, at: datetime) -> retention.RetentionFacts:
    """Return since when nobody's move is next, and how long the policy leaves it so."""
    return retention.RetentionFacts(
        subject=case.ref,
        state=case.state,
        since=Move.objects.filter(case=case).latest("id").at,
        days=number_of(policy_in_force(), "days_to_close", retention.DAYS_TO_CLOSE),
        at=at,
    )


def overdue(case: Case, *, since: datetime, at: datetime) -> list[str]:
    """Return the rules of the law in force that wanted the case closed before: the clock of the house had stood still."""
    law = law_in_force()
    if law is None:
        return []
    facts = case_facts.ended(rows.read([case.pk])[case.pk], at=at, ended_at=since)
    return list(refused_by(law, gate=Gate.CLOSE, facts=facts))
