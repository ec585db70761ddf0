"""What a person confirmed from the report of crime, and what the policy in force answered."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models.case import Case
from cases.models.policy import Policy
from ledger.fields import HouseNow
from people.models import Person


class OffenceReport(models.Model):
    """The offence code (NIBRS), and the statute if the report names one, as a person read it in the report of crime."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="offence_report")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    code = models.TextField()
    statute = models.TextField(default="", blank=True)
    report_reference = models.TextField()
    confirmed_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["code", "-case"], name="reports_of_an_offence")]


class Screening(models.Model):
    """One screening under one policy; a changed policy screens again and adds a row."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="screenings")
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    eligible = models.BooleanField()
    reasons = ArrayField(models.TextField(), default=list)
    at = models.DateTimeField(db_default=HouseNow())
