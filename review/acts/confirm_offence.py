"""A person confirms the offence code from the report of crime; then the machine screens."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.jobs import enqueue
from cases.models import OffenceReport
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access, facts
from review.rules import filing


@transaction.atomic
def confirm_offence(*, by: Person, at: datetime, case_ref: str, code: str, report_reference: str, statute: str = "") -> Finding:
    """Record the code, and the statute if the report names one, as read in the report; and enqueue the screening."""
    case = access.case_for_act(by, case_ref, Act.CONFIRM_OFFENCE, on=at.date())
    finding = filing.may_confirm_offence(
        subject=case.ref,
        state="confirmed" if hasattr(case, "offence_report") else case.state,
        said={"offence_code": code, "report_reference": report_reference},
        confirmer_requested=facts.other_part(by, case.investigation_id, than="analyst"),
    )
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at)
    OffenceReport.objects.create(case=case, by=by, code=code, statute=statute.strip(), report_reference=report_reference)
    record(act=Act.CONFIRM_OFFENCE, subject=case.ref, by=by, said={"offence": code, "statute": statute.strip()})
    enqueue(kind="screen", key=f"screen:{case.ref}", case=case)
    return finding
