"""What the joined conclusions yield: a lead, or the end of a candidate."""

from django.db import models

from cases.models import Candidate, Case
from ledger.fields import HouseNow


class Lead(models.Model):
    """Target face and candidate: permission to investigate, nothing more."""

    candidate = models.OneToOneField(Candidate, models.PROTECT, related_name="lead")
    case = models.ForeignKey(Case, models.PROTECT, related_name="leads")
    ref = models.TextField(unique=True)
    opened_at = models.DateTimeField(db_default=HouseNow())

    def __str__(self) -> str:
        return self.ref


class LeadEnd(models.Model):
    """A lead that ended later; the case stays LEAD."""

    lead = models.OneToOneField(Lead, models.PROTECT, related_name="ended")
    because = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["at"], name="ends_of_leads_by_day")]


class CandidateEnd(models.Model):
    """A candidate that did not become a lead."""

    candidate = models.OneToOneField(Candidate, models.PROTECT, related_name="ended")
    because = models.TextField(choices=[(b, b.replace("_", " ")) for b in ("excluded", "not_supported", "set_aside")])
    at = models.DateTimeField(db_default=HouseNow())
