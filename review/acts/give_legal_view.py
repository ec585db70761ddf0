"""A legal adviser agrees to an action that needs it, or speaks against it, with grounds; the newest view counts."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access, facts
from review.models import LegalView
from review.rules import filing
from review.rules.actions import ACTIONS


@transaction.atomic
def give_legal_view(*, by: Person, at: datetime, lead_ref: str, action: str, agrees: bool, grounds: str) -> Finding:
    """Agree, or not, to one action on one lead."""
    lead = access.lead_for_act(by, lead_ref, Act.GIVE_LEGAL_VIEW, on=at.date())
    finding = filing.may_give_legal_view(
        subject=lead.ref,
        action_asks=action in ACTIONS and "GL" in ACTIONS[action].demands,
        other_part=facts.other_part(by, lead.case.investigation_id, than="legal_adviser"),
        said={"grounds": grounds},
    )
    if not isinstance(finding, Permit):
        return moves.store(lead.case, finding, by=by, at=at)
    LegalView.objects.create(lead=lead, action_id=action, agrees=agrees, grounds=grounds, by=by)
    record(act=Act.GIVE_LEGAL_VIEW, subject=lead.ref, by=by, said={"action": action, "agrees": agrees})
    return finding
