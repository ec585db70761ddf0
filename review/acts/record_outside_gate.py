"""What was done on a lead without a countersignature is recorded and counted; recording it makes nothing right."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access
from review.models import OutsideGate
from review.rules import filing


@transaction.atomic
def record_outside_gate(*, by: Person, at: datetime, lead_ref: str, action: str, happened_at: datetime, description: str) -> Finding:
    """Record an action outside the gate; open in every state of the lead."""
    lead = access.lead_for_act(by, lead_ref, Act.RECORD_OUTSIDE_GATE, on=at.date())
    finding = filing.may_record_outside_gate(
        subject=lead.ref, said={"action": action, "description": description}, happened_at=happened_at, now=at
    )
    if not isinstance(finding, Permit):
        return moves.store(lead.case, finding, by=by, at=at)
    OutsideGate.objects.create(lead=lead, action=action, happened_at=happened_at, description=description, entered_by=by)
    record(act=Act.RECORD_OUTSIDE_GATE, subject=lead.ref, by=by, said={"action": action})
    return finding
