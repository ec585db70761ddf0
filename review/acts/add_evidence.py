"""A detective enters an item of evidence, on a lead or on the case as such; the system writes what it rests on."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.models import Case
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from cases.states import State
from people.models import Person
from review import access, facts
from review.models import Countersignature, Edge, Evidence, Lead, LeadEnd, OutsideGate
from review.rules import filing
from review.rules.graph import FACE_RESULT, EdgeKind


@dataclass(frozen=True, slots=True)
class ItemWanted:
    """An item as a detective enters it.

    ``looked_for``: it was looked for because of the lead; what came in unasked is said to be so, and only appearance depends on
    it. ``earlier``: our own earlier entry that says the same. ``got_under``: the started countersignature by whose power it was got.
    ``got_at_stop``: number of the recorded stop at which it was got.
    """

    kind: str
    description: str
    source_document: str
    exculpatory: bool = False
    exculpatory_code: str = ""
    looked_for: bool = True
    claimed_at: datetime | None = None
    earlier: str = ""
    got_under: str = ""
    got_at_stop: int | None = None


@transaction.atomic
def add_evidence(*, by: Person, at: datetime, item: ItemWanted, lead_ref: str = "", case_ref: str = "") -> tuple[Finding, str | None]:
    """Enter an item on a lead, or on a case in any state, and return the finding with the item's reference.

    On a lead the edge ``selected_by`` the face result is written by the system, unless it came in unasked; edges of the power by
    which it was got are written by the database.
    """
    lead = access.lead_for_act(by, lead_ref, Act.ADD_EVIDENCE, on=at.date()) if lead_ref else None
    case = lead.case if lead else access.case_for_act(by, case_ref, Act.ADD_EVIDENCE, on=at.date())
    earlier = Evidence.objects.filter(ref=item.earlier, case__investigation__in=facts.linked(case)).first() if item.earlier else None
    under = _started(item.got_under, case) if item.got_under else None
    stop = OutsideGate.objects.filter(pk=item.got_at_stop, case__investigation__in=facts.linked(case)).first() if item.got_at_stop else None
    finding = filing.may_add_evidence(
        subject=lead.ref if lead else case.ref,
        kind=item.kind,
        said={"description": item.description},
        open_for_entries=_open(lead, case),
        other_part=facts.other_part(by, case.investigation_id, than="detective"),
        unknown_references=[
            name
            for name, wanted, found in (("earlier entry", item.earlier, earlier), ("countersignature", item.got_under, under), ("stop", item.got_at_stop, stop))
            if wanted and found is None
        ],
        claimed_at=item.claimed_at,
        now=at,
    )  # fmt: skip
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at), None
    entered = Evidence.objects.create(
        ref=facts.next_item(case, lead),
        case=case,
        lead=lead,
        kind_id=item.kind,
        direction="exculpatory" if item.exculpatory else "incriminating",
        description=item.description,
        source_document=item.source_document,
        exculpatory_code=item.exculpatory_code,
        claimed_at=item.claimed_at,
        earlier=earlier,
        got_under=under,
        got_at_stop=stop,
        entered_by=by,
    )
    if lead and item.looked_for:
        Edge.objects.create(item=entered, kind=EdgeKind.SELECTED_BY, root=FACE_RESULT)
    record(act=Act.ADD_EVIDENCE, subject=entered.ref, by=by, said={"kind_of_item": item.kind, "direction": entered.direction})
    return finding, entered.ref


def _open(lead: Lead | None, case: Case) -> bool:
    if lead is not None:
        return case.state == State.LEAD and not LeadEnd.objects.filter(lead=lead).exists()
    return case.state not in (State.CLOSED, State.DESTROYED)


def _started(ref: str, case: Case) -> Countersignature | None:
    return Countersignature.objects.filter(ref=ref, state="STARTED", lead__case__investigation__in=facts.linked(case)).first()
