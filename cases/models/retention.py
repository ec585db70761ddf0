"""What keeps a case's pictures, and what remains of them once their keys are destroyed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models.case import Case
from ledger.fields import HouseNow, TransactionIdField
from people.models import Person

HOLDS = ("custody", "outside_gate", "action_started", "discovery", "order")


class LegalHold(models.Model):
    """Nothing of this case's investigation is destroyed until it is lifted. Set by the database itself, or by a person with a document."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="legal_holds")
    because = models.TextField(choices=[(x, x.replace("_", " ")) for x in HOLDS])
    document = models.TextField(blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_default=HouseNow())


class LegalHoldLifted(models.Model):
    """A legal adviser lifted a hold, on a document that says the matter is over."""

    hold = models.OneToOneField(LegalHold, models.PROTECT, related_name="lifted")
    document = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_default=HouseNow())


class Destruction(models.Model):
    """The receipt: how many pictures, under which keys, and the SHA-256 of their sorted SHA-256s. Checked by the database as it is written."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="destruction")
    pictures = models.IntegerField()
    digest = models.TextField()
    keys = ArrayField(models.TextField())
    rules = ArrayField(models.TextField())  # of the law, where one of them brought the day forward
    xid = TransactionIdField()
    at = models.DateTimeField(db_default=HouseNow())


class KeysDestroyed(models.Model):
    """The keystore holds none of the keys any more: from here no copy and no backup of a picture can be opened."""

    destruction = models.OneToOneField(Destruction, models.PROTECT, related_name="keys_destroyed")
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_default=HouseNow())
