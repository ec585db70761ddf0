"""Pictures at rest, sealed; and each look at one."""

import uuid

from django.db import models

from cases.models.case import Case
from cases.models.gallery import Gallery
from ledger.fields import HouseNow
from people.models import Person


class StoredImage(models.Model):
    """A picture, encrypted under the key of its case or gallery (AES-256-GCM, the id as associated data)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    gallery = models.ForeignKey(Gallery, models.PROTECT, null=True, related_name="+")
    shows = models.TextField(choices=[(s, s) for s in ("probe", "candidate", "gallery", "non_mate", "attachment")])
    key_id = models.TextField()
    sealed = models.BinaryField()
    original_sha256 = models.TextField()
    stored_sha256 = models.TextField()
    media_type = models.TextField()
    width = models.IntegerField()
    height = models.IntegerField()
    demo = models.BooleanField(default=False)
    stored_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["original_sha256"], name="the_same_picture_is_found")]


class Look(models.Model):
    """One look of one person at one picture, committed before a byte is sent. The gate reads it as exposure."""

    image = models.ForeignKey(StoredImage, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    purpose = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())
    entry = models.BigIntegerField(unique=True)

    class Meta:
        indexes = [models.Index(fields=["by", "at"], name="what_a_person_looked_at_since")]
