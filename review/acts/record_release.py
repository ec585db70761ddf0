"""That a person was released is recorded, with the time and the reason; it is always open."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access
from review.models import Release
from review.rules import filing


@transaction.atomic
def record_release(*, by: Person, at: datetime, custody: int, released_at: datetime, because: str) -> Finding:
    """Record the release that ends a custody."""
    held = access.custody_for_act(by, custody, Act.RECORD_RELEASE, on=at.date())
    subject = held.lead.ref if held.lead else held.case.ref
    finding = filing.may_record_release(
        subject=subject,
        released_at=released_at,
        began_at=held.began_at,
        now=at,
        over=Release.objects.filter(custody=held).exists(),
        said={"because": because},
    )
    if not isinstance(finding, Permit):
        return moves.store(held.case, finding, by=by, at=at)
    Release.objects.create(custody=held, released_at=released_at, because=because, by=by)
    record(act=Act.RECORD_RELEASE, subject=subject, by=by, said={})
    return finding
