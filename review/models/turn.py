"""A turn that was given back to the lot, and one whose timer was put on hold."""

from django.db import models

from ledger.fields import HouseNow
from people.models import Person
from review.models.examination import Drawn


class GivenBack(models.Model):
    """A turn went back to the lot: released unopened, lapsed, or sent back by a supervisor. A fresh reviewer is drawn for it.

    What was sorted before stays; nothing more is taken. ``by``: nobody, where time alone did it.
    """

    HOW = [("released", "given back unopened"), ("lapsed", "nothing was done for too long"), ("sent_back", "a supervisor sent it back")]

    drawn = models.OneToOneField(Drawn, models.PROTECT, related_name="given_back")
    how = models.TextField(choices=HOW)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    because = models.TextField(db_default="")
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(how="lapsed", by__isnull=True)
                | models.Q(how="released", by__isnull=False)
                | (models.Q(how="sent_back", by__isnull=False) & ~models.Q(because="")),
                name="a_turn_goes_back_in_one_of_three_ways",
            )
        ]


class TurnHold(models.Model):
    """A reviewer put the timer of his turn on hold, once, for so many hours."""

    drawn = models.OneToOneField(Drawn, models.PROTECT, related_name="hold")
    hours = models.IntegerField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(hours__gte=1), name="a_hold_lasts_an_hour_or_more")]
