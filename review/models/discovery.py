"""What a court asked for, what was answered item by item, on whom it was served, and the receipt."""

from typing import ClassVar

from django.db import models

from cases.models import Case
from ledger.fields import HouseNow
from people.models import Person
from review.models.dissemination import Dissemination
from review.rules.discovery import ANSWERS


class DiscoveryRequest(models.Model):
    """One request. Written by database functions alone, as everything below it, with the entry that says so."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="discovery_requests")
    number = models.IntegerField()
    court = models.TextField()
    cause_number = models.TextField()
    asked_by = models.TextField()
    due_on = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case", "number"], name="a_request_has_its_number_in_the_case")]


class DiscoveryItem(models.Model):
    """One thing that a request asks for."""

    request = models.ForeignKey(DiscoveryRequest, models.PROTECT, related_name="items")
    number = models.IntegerField()
    asked = models.TextField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["request", "number"], name="an_item_has_its_number_in_the_request")]


class DiscoveryAnswer(models.Model):
    """What was answered to an item; the newest counts. ``given_in``: what left the agency and holds it."""

    item = models.ForeignKey(DiscoveryItem, models.PROTECT, related_name="answers")
    answer = models.TextField(choices=[(answer, answer.replace("_", " ")) for answer in ANSWERS])
    ground = models.TextField(blank=True)
    given_in = models.ForeignKey(Dissemination, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(answer__in=ANSWERS), name="an_item_is_given_withheld_or_under_an_order"),
            models.CheckConstraint(
                condition=models.Q(answer="given", given_in__isnull=False)
                | models.Q(answer="withheld", given_in__isnull=True) & ~models.Q(ground="")
                | models.Q(answer="protective_order") & ~models.Q(ground=""),
                name="what_is_given_left_and_what_is_withheld_has_its_ground",
            ),
        ]


class DiscoveryService(models.Model):
    """That something which left the agency was served."""

    request = models.ForeignKey(DiscoveryRequest, models.PROTECT, related_name="services")
    served = models.ForeignKey(Dissemination, models.PROTECT, related_name="+")
    served_on = models.DateField()
    served_to = models.TextField()
    way = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "served", "served_to"], name="one_thing_is_served_on_somebody_once")
        ]


class DiscoveryReceipt(models.Model):
    """That whoever was served said so, and the document in which he does."""

    service = models.OneToOneField(DiscoveryService, models.PROTECT, related_name="receipt")
    received_on = models.DateField()
    received_by = models.TextField()
    document = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_default=HouseNow())
