"""The queue of record: what a machine still has to do. Redis only carries the row's id."""

from django.db import models

from cases.models.case import Case
from ledger.fields import HouseNow


class Job(models.Model):
    """One piece of work, done once. It is due when neither done nor given up and ``not_before`` has passed."""

    kind = models.TextField()
    key = models.TextField(unique=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=HouseNow())
    not_before = models.DateTimeField(db_default=HouseNow())
    told_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(db_default=0)
    last_error = models.TextField(blank=True, db_default="")
    done_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["not_before", "id"],
                name="jobs_that_are_due",
                condition=models.Q(done_at__isnull=True, given_up_at__isnull=True),
            ),
            models.Index(fields=["-id"], name="jobs_that_failed", condition=models.Q(done_at__isnull=True) & ~models.Q(last_error="")),
        ]


class Swept(models.Model):
    """When due jobs were last looked for: one row, which only ``note_sweep`` touches."""

    only = models.BooleanField(primary_key=True, default=True)
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="there_is_one_sweep")]
