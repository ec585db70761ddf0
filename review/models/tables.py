"""Reference rows that the database reads: what each action demands, and the countersignature's moves."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Action(models.Model):
    """An action on a lead and the safeguards it demands (equal to ``review/rules/actions.py``)."""

    action = models.TextField(primary_key=True)
    name = models.TextField()
    demands = ArrayField(models.TextField())
    standing_apart = models.IntegerField()
    arrest_like = models.BooleanField()
    takes_into_custody = models.BooleanField()


class CountersignatureTransition(models.Model):
    """A row of the countersignature's state table (equal to ``review/states.py``)."""

    act = models.TextField()
    source = models.TextField()
    target = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "source", "target"], name="a_countersignature_move_is_listed_once")]
