"""What a prosecutor says of a use in court: where, in what stage, and what the law in force answered."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.law.words import COURT_USES
from ledger.fields import HouseNow
from people.models import Person
from review.models.lead import Lead


class CourtUse(models.Model):
    """A use of a lead's face result in court that the law in force let stand. Written by a database function alone, with its entry."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="court_uses")
    stage = models.TextField(choices=[(x, x.replace("_", " ")) for x in COURT_USES])
    court = models.TextField()
    cause_number = models.TextField()
    on = models.DateField()
    showing = ArrayField(models.TextField())  # what the court ordered told upon a showing
    policy_digest = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_default=HouseNow())
