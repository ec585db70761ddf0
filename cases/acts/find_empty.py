"""A list from elsewhere that came empty: once its probe is checked, a result like any other."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.locks import case_for_machine
from cases.models import CandidateList
from cases.rules import orderly
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from cases.states import State


@transaction.atomic
def find_empty(*, case_ref: str, at: datetime) -> Finding | None:
    """Move the case to NO_CANDIDATES if the list that came with it is empty; None where it holds candidates."""
    case = case_for_machine(case_ref)
    if CandidateList.objects.filter(case=case, number__gt=0).exists():
        return None
    finding = orderly.may_follow(about=Act.FIND_EMPTY, subject=case.ref, state=case.state, allowed=frozenset({State.FIT}))
    if isinstance(finding, Permit):
        case.find_list_empty(finding)
    return moves.store(case, finding, by=None, at=at)
