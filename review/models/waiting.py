"""What waits to be examined, one small row a case: whoever takes the next reads this and not the file."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models import Case
from people.models import Agency


class Waiting(models.Model):
    """A case that is examined. The database computes the row whenever the case, its list or its turns change; nobody else writes it.

    ``drawn``: turns that count. ``parts``: who has a part in the investigation; ``asked``: who asked for a search in it. Both only
    keep the draw from being asked in vain: it decides once more.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", primary_key=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    received_at = models.DateTimeField()
    state = models.TextField()
    drawn = models.IntegerField()
    parts = ArrayField(models.BigIntegerField())
    asked = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = [
            models.Index(fields=["agency", "received_at", "case"], name="what_waits_by_age"),
            models.Index(fields=["case"], condition=models.Q(drawn__gt=0), name="what_is_being_examined"),
        ]
