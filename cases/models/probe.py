"""The probe: the image of the unknown person, its edits as versions, and which face in it is meant."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models.case import Case
from cases.models.image import StoredImage
from ledger.fields import HouseNow
from people.models import Agency

PROBE_KINDS = ("cctv_still", "photograph", "document_photo", "other_still")


class Probe(models.Model):
    """One version of the probe. Version 1 is the original; the target face is boxed in pixels (x, y, width, height)."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="probes", db_index=False)
    version = models.IntegerField()
    image = models.ForeignKey(StoredImage, models.PROTECT, related_name="+")
    kind = models.TextField(choices=[(k, k.replace("_", " ")) for k in PROBE_KINDS])
    source = models.TextField()
    place = models.TextField()
    captured_at = models.DateTimeField(null=True)
    clock_error_seconds = models.IntegerField(null=True)
    frame = models.TextField(blank=True)
    actors = models.IntegerField()
    first_description = models.TextField()
    target_box = ArrayField(models.IntegerField(), size=4, null=True)
    target_because = models.TextField()
    edit = models.TextField(blank=True)
    added_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "version"], name="a_probe_version_is_written_once"),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="versions_count_from_one"),
        ]

    @property
    def box(self) -> tuple[int, int, int, int] | None:
        """The target face as x, y, width and height in pixels, where somebody boxed it."""
        if self.target_box is None:
            return None
        x, y, width, height = self.target_box
        return x, y, width, height


class ProbePrint(models.Model):
    """By what a probe is found again: a hash of its target face, and the sealed template, under the key of its case."""

    probe = models.OneToOneField(Probe, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    hash = models.BigIntegerField()
    sealed_template = models.BinaryField()
    template_version = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["agency", "template_version", "-id"], name="the_newest_prints_of_an_agency")]
