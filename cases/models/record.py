"""Moves and refusals as rows, each with its own entry in the record; and the table that moves follow."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models.case import Case
from ledger.fields import HouseNow, TransactionIdField
from people.models import Person


class Transition(models.Model):
    """A row of the state table (``cases/states.py`` holds the same; a test compares them)."""

    act = models.TextField()
    source = models.TextField()
    target = models.TextField()
    mover = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["act", "source", "target"], name="a_move_is_in_the_table_once")]


class Move(models.Model):
    """A move that was made, by its act, with its entry. ``told`` asked for the case: his notices are found here, however large the house is."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="moves")
    act = models.TextField()
    source = models.TextField()
    target = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    told = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", db_index=False)
    entry = models.BigIntegerField(unique=True)
    xid = TransactionIdField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["told", "at"], name="moves_that_a_person_is_told")]


class Moved(models.Model):
    """What a trigger saw change in a case: the second wall compares it with ``Move`` at commit."""

    case_id = models.BigIntegerField()
    source = models.TextField()
    target = models.TextField()
    xid = TransactionIdField()

    class Meta:
        indexes = [models.Index(fields=["case_id"], name="what_moved_of_a_case")]  # read at each commit that moves one


class Refused(models.Model):
    """An act that was refused, with all its reasons: a fact like any other."""

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="refusals")
    act = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reasons = ArrayField(models.TextField())
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_default=HouseNow())
