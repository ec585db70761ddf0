"""When a person last said that he has read his notices (what is newer is shown as new), and which were mailed to him."""

from django.db import models

from ledger.fields import HouseNow
from people.models import Person


class NoticesRead(models.Model):
    """One reading."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="readings_of_one_person")]


class NoticeMailed(models.Model):
    """One notice that was mailed to a person, known by its digest."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    digest = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "digest"], name="a_notice_is_mailed_once")]
