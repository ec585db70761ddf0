"""What a reviewer has written and not yet locked: his alone, and gone with the lock. And the marks that he locked."""

from django.db import models

from ledger.fields import HouseNow
from review.models.examination import Drawn


class Draft(models.Model):
    """The newest draft of one step of one examination. No conclusion, no entry; the pages' login reads it through one function alone.

    ``version`` counts from 1: whoever saves says which one his was based on.
    """

    drawn = models.ForeignKey(Drawn, models.PROTECT, related_name="+")
    step = models.TextField(choices=[("sort", "set aside or keep"), ("rate", "one to one")])
    version = models.IntegerField()
    given = models.JSONField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["drawn", "step"], name="a_step_has_one_draft"),
            models.CheckConstraint(condition=models.Q(step__in=("sort", "rate")), name="a_draft_is_of_a_step"),
        ]


class Marks(models.Model):
    """What a reviewer marked on the target face and on one face, locked with his conclusions: W3C Web Annotations."""

    drawn = models.ForeignKey(Drawn, models.PROTECT, related_name="+")
    token = models.UUIDField()
    annotations = models.JSONField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["drawn", "token"], name="a_face_is_marked_once_by_a_reviewer")]
