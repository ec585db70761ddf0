"""Galleries: who is enrolled, from which picture, under which engine build."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ledger.fields import HouseNow
from people.models import Agency

GALLERY_KINDS = ("booking_photos", "licence_photos", "other_lawful", "demo")


class Gallery(models.Model):
    """A set of known faces that may be searched, with its owner and lawful basis."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    name = models.TextField()
    kind = models.TextField(choices=[(k, k.replace("_", " ")) for k in GALLERY_KINDS])
    lawful_basis = models.TextField()
    key_id = models.TextField()
    weighed = models.TextField(blank=True, db_default="")  # why this gallery may be searched, with what speaks against it
    leaves_out = ArrayField(models.TextField(), null=True)  # whose pictures are not in it; null where nobody knows
    scrubbed_on = models.DateField(null=True)
    performer = models.TextField(db_default="own_agency")  # which body runs a search of it
    demo = models.BooleanField(default=False)
    registered_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="a_gallery_has_one_name_in_its_agency")]


class GallerySubject(models.Model):
    """One enrolled face: the source's subject id and the sealed template (128 float32 values, unit length)."""

    gallery = models.ForeignKey(Gallery, models.PROTECT, related_name="subjects")
    subject_ref = models.TextField()
    image = models.ForeignKey("cases.StoredImage", models.PROTECT, related_name="+")
    sealed_template = models.BinaryField()
    template_version = models.TextField()
    original_sha256 = models.TextField()
    enrolled_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gallery", "original_sha256", "template_version"], name="a_picture_is_enrolled_once")
        ]


class EnrolmentRun(models.Model):
    """One enrolment of a folder, as a background job; it can be stopped and goes on where it was."""

    gallery = models.ForeignKey(Gallery, models.PROTECT, related_name="+")
    folder = models.TextField()
    files = models.IntegerField()
    began_at = models.DateTimeField(db_default=HouseNow())


class EnrolmentFile(models.Model):
    """What became of one file of a run: enrolled, or skipped and why."""

    run = models.ForeignKey(EnrolmentRun, models.PROTECT, related_name="done")
    name = models.TextField()
    outcome = models.TextField(choices=[("enrolled", "enrolled"), ("already", "already enrolled"), ("skipped", "skipped")])
    because = models.TextField(blank=True)
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "name"], name="a_file_is_done_once_a_run")]


class GalleryThreshold(models.Model):
    """From which score a face is returned: it belongs to one gallery, one template version and one kind of probe."""

    gallery = models.ForeignKey(Gallery, models.PROTECT, related_name="thresholds")
    template_version = models.TextField()
    probe_kind = models.TextField()
    threshold = models.FloatField()
    because = models.TextField()
    set_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gallery", "template_version", "probe_kind"], name="a_threshold_is_set_once_for_a_kind"),
            # one that no score reaches, as NaN, makes every list empty: a result like any other
            models.CheckConstraint(condition=models.Q(threshold__gte=-1, threshold__lte=1), name="a_threshold_is_a_score_that_can_be"),
        ]
