"""How a case came in: by a person's request, by a source system, or as a paper from elsewhere."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models.case import Case
from cases.models.gallery import Gallery
from cases.models.image import StoredImage
from ledger.fields import HouseNow
from people.models import Agency, Person


class SearchRequest(models.Model):
    """What a detective asked for, before any face was searched."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="request")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    gallery = models.ForeignKey(Gallery, models.PROTECT, related_name="+")
    offence_code = models.TextField()
    purpose = models.TextField()
    tried_before = models.TextField()
    persons_named = ArrayField(models.TextField(), default=list)
    repeats_because = models.TextField(blank=True)
    earlier_search = models.TextField(blank=True)  # when, where and what came of it, also where it was nobody
    armed = models.TextField(blank=True)  # what is known of a weapon or another danger, in the detective's words

    class Meta:
        indexes = [models.Index(fields=["offence_code", "-case"], name="requests_for_an_offence")]


class SourceSystem(models.Model):
    """A system elsewhere that may send results: known by the hash of its key, never the key."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    name = models.TextField()
    key_sha256 = models.TextField(unique=True)
    active_until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="a_source_has_one_name_in_its_agency")]


class SearchResult(models.Model):
    """A result as it arrived: natural key, hash of its body, and the answer that was given."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="result")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    source = models.ForeignKey(SourceSystem, models.PROTECT, related_name="+", db_index=False)
    external_id = models.TextField()
    idempotency_key = models.TextField()
    body_sha256 = models.TextField()
    answer = models.JSONField()
    received_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "source", "external_id"], name="a_result_is_received_once"),
            models.UniqueConstraint(fields=["source", "idempotency_key"], name="an_idempotency_key_is_used_once"),
        ]


class OutsideResult(models.Model):
    """A result that another agency sent on paper or by mail, filed by a detective; its attachment is sealed, never rendered."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="outside_result")
    filed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    sender = models.TextField()
    sender_ori = models.CharField(max_length=9)
    their_number = models.TextField()
    they_sent_at = models.DateTimeField()
    attachment = models.ForeignKey(StoredImage, models.PROTECT, null=True, related_name="+")
