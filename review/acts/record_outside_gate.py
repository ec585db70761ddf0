"""What was done without a countersignature is recorded and counted, in any state; recording it makes nothing right."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database
from people.models import Person
from review import access
from review.models import Lead, OutsideGate
from review.rules import filing
from review.rules.actions import ACTIONS

STOP = "stop_or_detention"


@transaction.atomic
def record_outside_gate(
    *,
    by: Person,
    at: datetime,
    action: str,
    happened_at: datetime,
    description: str,
    lead_ref: str = "",
    case_ref: str = "",
    lead_known: str = "",
    subject_ref: str = "",
) -> Finding:
    """Record an action on a lead, or on a case in any state; the database links every lead of thirty days on the person.

    ``lead_known`` is asked of a stop, and where another lead is linked: yes, no or unknown. ``subject_ref``: the person's gallery
    record, where it is known.
    """
    lead = access.lead_for_act(by, lead_ref, Act.RECORD_OUTSIDE_GATE, on=at.date()) if lead_ref else None
    case = lead.case if lead else access.case_for_act(by, case_ref, Act.RECORD_OUTSIDE_GATE, on=at.date())
    subject = lead.ref if lead else case.ref
    linked = ask_database("select leads_on_the_person(%s, %s, %s, %s)", case.pk, lead.pk if lead else None, subject_ref, happened_at)
    finding = filing.may_record_outside_gate(
        subject=subject,
        said={"action": action, "description": description},
        happened_at=happened_at,
        now=at,
        action_known=action in ACTIONS,
        stop=action == STOP,
        lead_known=lead_known,
        other_leads=bool(set(linked) - {lead.pk if lead else None}),
    )
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at)
    OutsideGate.objects.create(
        case=case,
        lead=lead,
        action=action,
        happened_at=happened_at,
        description=description,
        lead_known=lead_known,
        subject_ref=subject_ref,
        entered_by=by,
    )
    leads = sorted(Lead.objects.filter(pk__in=linked).values_list("ref", flat=True))
    record(act=Act.RECORD_OUTSIDE_GATE, subject=subject, by=by, said={"action": action, "leads": leads})
    return finding
