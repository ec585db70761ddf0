"""A reviewer who steps back from an examination, and what he says of it: sealed, for an auditor alone."""

from django.db import models

from ledger.fields import HouseNow
from review.models.examination import Drawn


class Recusal(models.Model):
    """A reviewer stepped back: he answers nothing more in this examination, and his turn goes to a fresh reviewer.

    ``sorting_stays``: which faces are compared one to one was settled before; to take his sorting out would tell the others.
    """

    drawn = models.OneToOneField(Drawn, models.PROTECT, related_name="recusal")
    sorting_stays = models.BooleanField()
    at = models.DateTimeField(db_default=HouseNow())


class SealedReason(models.Model):
    """What a reviewer told the auditor: why he stepped back, or who spoke to him. The pages' login reads neither ground nor words."""

    drawn = models.ForeignKey(Drawn, models.PROTECT, related_name="+")
    about = models.TextField(choices=[("recusal", "stepped back"), ("spoken_to", "was spoken to")])
    ground = models.TextField()
    words = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["at"], name="told_by_reviewers_by_day")]
        constraints = [
            models.CheckConstraint(condition=models.Q(about__in=("recusal", "spoken_to")), name="a_sealed_reason_has_its_occasion"),
            models.CheckConstraint(condition=~models.Q(ground="") & ~models.Q(words=""), name="a_sealed_reason_says_something"),
        ]
