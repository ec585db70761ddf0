"""What was done without a countersignature is recorded and counted, in any state; recording it makes nothing right."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database, ask_rows
from ledger.keyed import keyed
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
    paper_serial: str = "",
    paper_first: str = "",
    paper_second: str = "",
) -> Finding:
    """Record an action on a lead, or on a case in any state; the database links every lead of thirty days on the person.

    ``lead_known`` is asked of a stop, and where another lead is linked: yes, no or unknown. ``subject_ref``: the person's gallery
    record, where it is known. A paper form: its serial number and the sign-in names of the two who signed it.
    """
    paper = [each.strip() for each in (paper_serial, paper_first, paper_second)]
    if paper[0]:  # whoever enters the same form elsewhere is judged after this; he waits with nothing in hand
        ask_rows("select pg_advisory_xact_lock(hashtextextended('paper form ' || %s, 0))", paper[0])
    # before its own: a link takes the investigations from the lowest
    ask_database("select lock_all_on_the_person(%s, %s, %s, %s)", case_ref, lead_ref, subject_ref, happened_at)
    lead = access.lead_for_act(by, lead_ref, Act.RECORD_OUTSIDE_GATE, on=at.date()) if lead_ref else None
    case = lead.case if lead else access.case_for_act(by, case_ref, Act.RECORD_OUTSIDE_GATE, on=at.date())
    subject = lead.ref if lead else case.ref
    linked = ask_database("select leads_on_the_person(%s, %s, %s, %s)", case.pk, lead.pk if lead else None, subject_ref, happened_at)
    signers = {each.username: each for each in Person.objects.filter(username__in=paper[1:], agency=case.agency_id)} if any(paper) else {}
    finding = filing.may_record_outside_gate(
        subject=subject,
        said={"action": action, "description": description},
        happened_at=happened_at,
        now=at,
        action_known=action in ACTIONS,
        stop=action == STOP,
        lead_known=lead_known,
        other_leads=bool(set(linked) - {lead.pk if lead else None}),
        paper_sound=not any(paper) or (bool(paper[0]) and len(signers) == 2),
        paper_known=bool(paper[0]) and OutsideGate.objects.filter(paper_serial=paper[0]).exists(),
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
        paper_serial=paper[0] or None,
        paper_first=signers.get(paper[1]),
        paper_second=signers.get(paper[2]),
        entered_by=by,
    )
    leads = sorted(Lead.objects.filter(pk__in=linked).values_list("ref", flat=True))
    said = {"action": action, "leads": leads, "happened_at": happened_at.isoformat()}
    if signers:
        said |= {
            "paper_form": paper[0],
            "signed_by": [keyed("person", signers[name].pk) for name in paper[1:]],
            "late": "yes" if filing.entered_late(happened_at=happened_at, entered_at=at) else "no",
        }
    record(act=Act.RECORD_OUTSIDE_GATE, subject=subject, by=by, said=said)
    return finding
