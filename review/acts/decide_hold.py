"""A legal adviser decides whether a held item may be used, or enters a judge's ruling; a ruling outranks every adviser's view."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access, facts, holds
from review.models import HoldDecision
from review.rules import filing


@transaction.atomic
def decide_hold(*, by: Person, at: datetime, item_ref: str, may_be_used: bool, grounds: str, shown: str, court: str = "") -> Finding:
    """Decide with grounds, as the file stood when ``shown``, the mark of the item's line, was shown to whoever decides.

    ``court`` names the court of a ruling; without it this is the adviser's own view.
    """
    item = access.item_for_act(by, item_ref, Act.DECIDE_HOLD, on=at.date())
    line = holds.line(item)
    finding = filing.may_decide_hold(
        subject=item.ref,
        held=line.weighed[item.ref].held or HoldDecision.objects.filter(item=item).exists(),
        as_shown=shown == line.mark,
        other_part=facts.other_part(by, item.case.investigation_id, than="legal_adviser"),
        said={"grounds": grounds},
    )
    if not isinstance(finding, Permit):
        return moves.store(item.case, finding, by=by, at=at)
    HoldDecision.objects.create(item=item, may_be_used=may_be_used, grounds=grounds, court=court.strip(), by=by)
    record(
        act=Act.DECIDE_HOLD, subject=item.ref, by=by, said={"may_be_used": may_be_used, "ruling": bool(court.strip()), "shown": line.mark}
    )
    return finding
