"""A detective enters an item of evidence on a lead; the system writes that it was looked for because of the lead."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from cases.states import State
from people.models import Person
from review import access, facts
from review.models import Edge, Evidence, LeadEnd
from review.rules import filing
from review.rules.graph import FACE_RESULT, EdgeKind


@transaction.atomic
def add_evidence(
    *,
    by: Person,
    at: datetime,
    lead_ref: str,
    kind: str,
    description: str,
    source_document: str,
    exculpatory: bool = False,
    exculpatory_code: str = "",
) -> tuple[Finding, str | None]:
    """Enter an item and return the finding with the item's reference.

    The edge ``selected_by`` the face result is written by the system: whatever is entered on a lead was looked for because of it.
    """
    lead = access.lead_for_act(by, lead_ref, Act.ADD_EVIDENCE, on=at.date())
    finding = filing.may_add_evidence(
        subject=lead.ref,
        kind=kind,
        said={"description": description},
        lead_open=lead.case.state == State.LEAD and not LeadEnd.objects.filter(lead=lead).exists(),
        other_part=facts.other_part(by, lead.case.investigation_id, than="detective"),
    )
    if not isinstance(finding, Permit):
        return moves.store(lead.case, finding, by=by, at=at), None
    item = Evidence.objects.create(
        ref=f"{lead.ref}-E{Evidence.objects.filter(lead=lead).count() + 1}",
        lead=lead,
        kind_id=kind,
        direction="exculpatory" if exculpatory else "incriminating",
        description=description,
        source_document=source_document,
        exculpatory_code=exculpatory_code,
        entered_by=by,
    )
    Edge.objects.create(item=item, kind=EdgeKind.SELECTED_BY, root=FACE_RESULT)
    record(act=Act.ADD_EVIDENCE, subject=item.ref, by=by, said={"kind": kind, "direction": item.direction})
    return finding, item.ref
