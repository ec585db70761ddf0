"""Two corroboration officers weigh away another lead on the same face; of two leads only one is, the other has to end first."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access, facts
from review.models import Lead, RivalWeighed
from review.rules import filing


@transaction.atomic
def weigh_rival(*, by: Person, second: Person | None, at: datetime, lead_ref: str, rival_ref: str, because: str) -> Finding:
    """Weigh the rival away for this lead."""
    lead = access.lead_for_act(by, lead_ref, Act.WEIGH_RIVAL, on=at.date(), beside=rival_ref)
    investigation = lead.case.investigation_id
    rival = Lead.objects.filter(ref=rival_ref, case__investigation__in=facts.linked(lead.case), ended__isnull=True).first()
    known = rival is not None and rival.pk not in facts.family(lead)
    finding = filing.may_weigh_rival(
        subject=lead.ref,
        is_rival=known,
        already=known and RivalWeighed.objects.filter(lead__in=(lead, rival), rival__in=(lead, rival)).exists(),
        has_second=facts.is_a_second(second, beside=by, investigation_id=investigation, on=at.date()),
        other_part=facts.other_part(by, investigation, than="corroboration_officer"),
        said={"because": because},
    )
    if not isinstance(finding, Permit) or rival is None or second is None:
        return moves.store(lead.case, finding, by=by, at=at)
    RivalWeighed.objects.create(lead=lead, rival=rival, because=because, by=by, second=second)
    record(act=Act.WEIGH_RIVAL, subject=lead.ref, by=by, said={"rival": rival_ref})
    return finding
