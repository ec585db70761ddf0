"""What waits, in small rows: a case to be examined, an item to be fixed, closed or decided. Who is next is read here and not in the file."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models import Case
from people.models import Agency
from review.models.evidence import Evidence


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


class ItemWaiting(models.Model):
    """An item that waits on a desk of an agency. The database computes the rows whenever the file changes; nobody else writes them.

    ``desk``: the corroboration officer has it to fix or to close, it is held for the legal adviser, or he decided that
    it may not be used. A row only keeps a desk from
    looking at what is done: what it shows is asked of the file.
    """

    item = models.ForeignKey(Evidence, models.PROTECT, related_name="+", db_index=False)
    desk = models.TextField(choices=[(x, x.replace("_", " ")) for x in ("to_fix", "to_close", "held", "decided")])
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "desk", "agency"], name="an_item_waits_once_on_a_desk")]
        indexes = [models.Index(fields=["agency", "desk", "entered_at", "item"], name="what_waits_on_a_desk_by_age")]
