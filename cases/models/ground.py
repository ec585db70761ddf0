"""What the law asks of a request besides offence and purpose: ground, authority, emergency, way of searching."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models.case import Case


class SearchGround(models.Model):
    """Words of ``cases/law/words.py``, as the detective said them. What nobody said is null, and opens nothing."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="ground")
    purpose = models.TextField(blank=True)  # empty: what the track says by itself
    channel = models.TextField()
    suspicion = models.TextField(blank=True)
    grounds = ArrayField(models.TextField(), default=list)
    in_writing = models.TextField(blank=True)
    bases = ArrayField(models.TextField(), default=list)
    uses = ArrayField(models.TextField(), null=True)
    protected_activity = models.BooleanField(null=True)
    records_protected_activity = models.BooleanField(null=True)
    authority = models.TextField(blank=True)
    authority_document = models.TextField(blank=True)
    authority_granted_at = models.DateTimeField(null=True)
    authority_ends_at = models.DateTimeField(null=True)
    authority_refused = models.BooleanField(null=True)
    exigent = models.BooleanField(null=True)
    exigent_since = models.DateTimeField(null=True)
    exigent_reasons = models.TextField(blank=True)
    conditions = ArrayField(models.TextField(), default=list)
    minor = models.BooleanField(null=True)
    sealed = models.BooleanField(null=True)
