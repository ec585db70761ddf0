"""A person closes a case with a disposition; withdrawn is one."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from cases.states import State
from people.models import Person
from review import access
from review.models import Disposition
from review.rules import filing


@transaction.atomic
def close(*, by: Person, at: datetime, case_ref: str, disposition: str, note: str) -> Finding:
    """Close the case; what comes after is a new case."""
    case = access.case_for_act(by, case_ref, Act.CLOSE, on=at.date())
    finding = filing.may_close_case(
        subject=case.ref,
        over=case.state in (State.CLOSED, State.DESTROYED),
        known=disposition in dict(Disposition._meta.get_field("disposition").choices or ()),
        said={"note": note},
    )
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at)
    case.close(finding)
    Disposition.objects.create(case=case, by=by, disposition=disposition, note=note)
    return moves.store(case, finding, by=by, at=at, said={"disposition": disposition})
