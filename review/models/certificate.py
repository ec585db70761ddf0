"""Certificates of countersignatures, and what was answered to whoever looked one up."""

from typing import ClassVar

from django.db import models

from ledger.fields import HouseNow
from people.models import Person
from review.models.countersignature import Countersignature
from review.models.dissemination import Dissemination

ANSWERS = ("valid", "not valid", "ask the agency")


class Certificate(models.Model):
    """One paper: the signed statement, and the SHA-256 of the token that stands on it. The token itself is kept nowhere."""

    countersignature = models.ForeignKey(Countersignature, models.PROTECT, related_name="certificates")
    dissemination = models.OneToOneField(Dissemination, models.PROTECT, related_name="certificate")
    token_sha256 = models.TextField(unique=True)
    note = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())


class CertificateCheck(models.Model):
    """Somebody looked a certificate up. ``asker`` is a keyed hash of where from; ``limited``: too much was asked from there."""

    asker = models.TextField()
    certificate = models.ForeignKey(Certificate, models.PROTECT, null=True, related_name="checks")
    answer = models.TextField(choices=[(answer, answer) for answer in ANSWERS])
    limited = models.BooleanField()
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints: ClassVar = [models.CheckConstraint(condition=models.Q(answer__in=ANSWERS), name="a_check_has_one_of_three_answers")]
        indexes: ClassVar = [models.Index(fields=["asker", "at"], name="how_much_was_asked_from_where")]
