"""The tables of the record. Rows are written by ``ledger_write`` in the database alone, and stay as they are."""

from django.db import models

from ledger.fields import HouseNow, TransactionIdField


class Kind(models.Model):
    """A kind of entry. ``function_only`` kinds are written by the database functions that do the thing itself."""

    kind = models.TextField(primary_key=True)
    function_only = models.BooleanField()
    meaning = models.TextField()


class Entry(models.Model):
    """One thing that happened: the exact bytes that were hashed, and their RFC 6962 leaf hash."""

    seq = models.BigAutoField(primary_key=True)
    xid = TransactionIdField()
    at = models.DateTimeField(db_default=HouseNow())
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="+", db_column="kind")
    subject = models.TextField()
    body = models.BinaryField()
    leaf = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "seq"], name="entries_of_one_subject"),
            models.Index(fields=["xid", "seq"], name="the_sequencers_cursor"),
            models.Index(fields=["at"], condition=models.Q(kind="gatecheck_differs"), name="alarms_of_the_recheck"),
        ]


class Clock(models.Model):
    """How far the house clock stands from the wall clock: one row, moved by the owner alone, zero in production."""

    only = models.BooleanField(primary_key=True, default=True)
    ahead_by = models.DurationField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="there_is_one_clock")]
