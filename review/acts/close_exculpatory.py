"""What speaks for the person is closed: tested, shown impossible, or weighed by two people. If the test holds, the lead ends."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access, facts
from review.models import Closing, LeadEnd
from review.rules import filing


@transaction.atomic
def close_exculpatory(*, by: Person, at: datetime, item_ref: str, how: str, because: str, second: Person | None = None) -> Finding:
    """Close an exculpatory item. ``tested_excludes`` ends the lead at once."""
    item = access.item_for_act(by, item_ref, Act.CLOSE_EXCULPATORY, on=at.date())
    finding = filing.may_close_item(
        subject=item.ref,
        how=how,
        exculpatory=item.direction == "exculpatory",
        on_a_lead=item.lead_id is not None,
        already=hasattr(item, "closing"),
        has_second=facts.is_a_second(second, beside=by, investigation_id=item.case.investigation_id, on=at.date()),
        other_part=facts.other_part(by, item.case.investigation_id, than="corroboration_officer"),
        said={"because": because},
    )
    if not isinstance(finding, Permit):
        return moves.store(item.case, finding, by=by, at=at)
    Closing.objects.create(item=item, how=how, because=because, by=by, second=second)
    record(act=Act.CLOSE_EXCULPATORY, subject=item.ref, by=by, said={"how": how})
    if how == "tested_excludes" and item.lead and not LeadEnd.objects.filter(lead=item.lead).exists():
        LeadEnd.objects.create(lead=item.lead, because=f"{item.ref} was tested, and it holds")
        record(act="end_lead", subject=item.lead.ref, by=by, said={"item": item.ref})
    return finding
