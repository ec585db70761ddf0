"""A search, its candidate list frozen as received, and the scores, sealed apart."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models.case import Case
from cases.models.gallery import Gallery, GallerySubject
from cases.models.image import StoredImage
from cases.models.probe import Probe
from ledger.fields import HouseNow


class Search(models.Model):
    """One probe, one target face, one gallery, one engine build; run once."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="search")
    probe = models.ForeignKey(Probe, models.PROTECT, related_name="+")
    gallery = models.ForeignKey(Gallery, models.PROTECT, related_name="+")
    gallery_revision = models.TextField()
    compared = models.IntegerField()
    threshold = models.FloatField()
    at_most = models.IntegerField()
    measures = models.JSONField()
    at = models.DateTimeField(db_default=HouseNow())


class ProbeRefused(models.Model):
    """The engine could not use the probe, and why: an event that a person reviews, not a silent end."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="probe_refusals")
    code = models.TextField()
    sentence = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())


class CandidateList(models.Model):
    """A list as it was received; what the sender did not say is named in ``not_reported``."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="candidate_list")
    search = models.OneToOneField(Search, models.PROTECT, null=True, related_name="+")
    engine_name = models.TextField(blank=True)
    engine_version = models.TextField(blank=True)
    template_version = models.TextField(blank=True)
    score_scale = models.TextField(blank=True)
    threshold = models.FloatField(null=True)
    gallery_name = models.TextField(blank=True)
    gallery_revision = models.TextField(blank=True)
    compared = models.BigIntegerField(null=True)  # galleries of vendors hold billions
    number = models.IntegerField()
    not_reported = ArrayField(models.TextField(), default=list)
    received_at = models.DateTimeField(db_default=HouseNow())


class Candidate(models.Model):
    """One face that was returned. ``token`` is how pages name it; order and score are elsewhere, sealed."""

    list = models.ForeignKey(CandidateList, models.PROTECT, related_name="candidates", db_index=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="candidates")
    token = models.UUIDField(unique=True, default=uuid.uuid4)
    subject_ref = models.TextField()
    image = models.ForeignKey(StoredImage, models.PROTECT, null=True, related_name="+")
    image_sha256 = models.TextField(blank=True)
    gallery_subject = models.ForeignKey(GallerySubject, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "subject_ref", "image_sha256"], name="a_face_is_listed_once")]


class SealedScore(models.Model):
    """Rank and score of a candidate. The login of the pages cannot read this table."""

    candidate = models.OneToOneField(Candidate, models.PROTECT, related_name="+")
    rank = models.IntegerField(null=True)
    score = models.FloatField(null=True)
    not_provided_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rank__isnull=False, score__isnull=False) | ~models.Q(not_provided_because=""),
                name="a_missing_score_has_a_reason",
            )
        ]
