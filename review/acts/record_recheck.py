"""A test made in custody is recorded; if it says another person, the lead ends at once and the release path opens."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access
from review.models import LeadEnd, Recheck, Release
from review.rules import filing


@transaction.atomic
def record_recheck(*, by: Person, at: datetime, custody: int, test: str, outcome: str, document: str) -> Finding:
    """Record one test. ``outcome``: same_person, other_person or not_possible."""
    held = access.custody_for_act(by, custody, Act.RECORD_RECHECK, on=at.date())
    subject = held.lead.ref if held.lead else held.case.ref
    over = Release.objects.filter(custody=held).exists()
    finding = filing.may_record_recheck(subject=subject, outcome=outcome, said={"test": test, "document": document}, over=over)
    if not isinstance(finding, Permit):
        return moves.store(held.case, finding, by=by, at=at)
    Recheck.objects.create(custody=held, test=test, outcome=outcome, document=document, by=by)
    record(act=Act.RECORD_RECHECK, subject=subject, by=by, said={"outcome": outcome})
    if outcome == "other_person" and held.lead and not LeadEnd.objects.filter(lead=held.lead).exists():
        LeadEnd.objects.create(lead=held.lead, because=f"A test in custody ({test}) says that it is another person")
        record(act="end_lead", subject=held.lead.ref, by=by, said={"because": "custody re-check"})
    return finding
