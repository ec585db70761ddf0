"""Known non-mates: faces that are known not to show the person, shown among the candidates; and what became of a set in which one was supported."""

from django.db import models

from cases.models import Candidate, StoredImage
from ledger.fields import HouseNow
from people.models import Agency, Person
from review.models.examination import Drawn, FeatureForm


class NonMate(models.Model):
    """A face of an agency's pool: rendered, or of somebody who consented; its source is on file. Never in a gallery."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    image = models.OneToOneField(StoredImage, models.PROTECT, related_name="+")
    subject_ref = models.TextField()
    source = models.TextField(choices=[(source, source) for source in ("synthetic", "consented")])
    source_document = models.TextField()
    original_sha256 = models.TextField()
    registered_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "original_sha256"], name="a_non_mate_is_registered_once"),
            models.CheckConstraint(condition=models.Q(source__in=("synthetic", "consented")), name="a_non_mate_is_synthetic_or_consented"),
            models.CheckConstraint(condition=~models.Q(source_document=""), name="a_non_mate_has_its_source_on_file"),
        ]


class NonMateShown(models.Model):
    """A non-mate among the faces of one reviewer. ``again``: it comes back one to one also where he set it aside."""

    drawn = models.ForeignKey(Drawn, models.PROTECT, related_name="non_mates")
    non_mate = models.ForeignKey(NonMate, models.PROTECT, related_name="+")
    token = models.UUIDField(unique=True)
    again = models.BooleanField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["drawn", "non_mate"], name="a_non_mate_is_shown_once_in_a_set")]


class NonMateSorting(models.Model):
    """A non-mate kept or set aside."""

    shown = models.OneToOneField(NonMateShown, models.PROTECT, related_name="sorting")
    kept = models.BooleanField()
    reason = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())


class NonMateRating(FeatureForm):
    """A non-mate rated one to one."""

    shown = models.OneToOneField(NonMateShown, models.PROTECT, related_name="rating")
    at = models.DateTimeField(db_default=HouseNow())


class SetAside(models.Model):
    """A reviewer's whole set that counts for nothing: he supported a face that is known not to show the person."""

    drawn = models.OneToOneField(Drawn, models.PROTECT, related_name="set_aside")
    because = models.TextField(choices=[("non_mate_supported", "a known non-mate was supported")])
    at = models.DateTimeField(db_default=HouseNow())


class ConclusionSetAside(FeatureForm):
    """A rating of a set that was set aside, or of a reviewer who stepped back: on file where nothing that joins, gates or counts reads it."""

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidate", "by"], name="a_rating_is_set_aside_once")]
