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
    attempt = models.BooleanField(db_default=False)
    out_of_state = models.BooleanField(db_default=False)
    equivalent = models.TextField(blank=True, db_default="")  # the listed offence here that one of another state equals
    classes = ArrayField(models.TextField(), null=True)
    penalty_years = models.IntegerField(null=True)
    open_reasons = models.TextField(blank=True, db_default="")  # why a law with an open clause still lets it be searched
    open_approver = models.TextField(blank=True, db_default="")  # and who said so
    confirmed_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["code", "-case"], name="reports_of_an_offence")]


class Screening(models.Model):
    """One screening under one policy; a changed policy screens again and adds a row."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="screenings")
    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    eligible = models.BooleanField()
    reasons = ArrayField(models.TextField(), default=list)
    refused_by = ArrayField(models.TextField(), default=list)  # the rules of the law that said no, by their keys
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["at"], condition=models.Q(eligible=False), name="found_ineligible_by_day")]
