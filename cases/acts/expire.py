"""A case in which nobody's move is next closes after the policy's time."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.law.in_force import number_of, policy_in_force
from cases.models import Case, Move
from cases.rules import retention
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from cases.states import sources_of


@transaction.atomic
def expire(*, case_ref: str, at: datetime) -> Finding:
    """Close the case, or say why not yet."""
    case = Case.objects.select_for_update(of=("self",)).select_related("agency").get(ref=case_ref)
    finding = retention.may_expire(facts_of(case, at=at), from_states=sources_of(Act.EXPIRE))
    if isinstance(finding, Permit):
        case.expire(finding)
    return moves.store(case, finding, by=None, at=at)


def facts_of(case: Case, *, at: datetime) -> retention.RetentionFacts:
    """Return since when nobody's move is next, and how long the policy leaves it so."""
    return retention.RetentionFacts(
        subject=case.ref,
        state=case.state,
        since=Move.objects.filter(case=case).latest("id").at,
        days=number_of(policy_in_force(), "days_to_close", retention.DAYS_TO_CLOSE),
        at=at,
    )
