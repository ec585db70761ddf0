"""The form of an existing warrant: court, number, day, and whether its papers used the search. It says what was done, never who it was."""

from datetime import date, datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access
from review.models import ExistingWarrant
from review.rules import filing
from review.rules.kinds import KINDS, Trait


@transaction.atomic
def file_warrant(*, by: Person, at: datetime, item_ref: str, court: str, number: str, issued_on: date, search_used: str) -> Finding:
    """File the form on an item that is an existing warrant."""
    item = access.item_for_act(by, item_ref, Act.FILE_WARRANT, on=at.date())
    finding = filing.may_file_warrant(
        subject=item.ref,
        is_warrant=item.kind_id in KINDS and Trait.WARRANT in KINDS[item.kind_id],
        already=hasattr(item, "warrant"),
        said={"court": court, "number": number},
        search_used=search_used,
    )
    if not isinstance(finding, Permit):
        return moves.store(item.case, finding, by=by, at=at)
    ExistingWarrant.objects.create(item=item, by=by, court=court, number=number, issued_on=issued_on, search_used=search_used)
    record(act=Act.FILE_WARRANT, subject=item.ref, by=by, said={"search_used": search_used})
    return finding
