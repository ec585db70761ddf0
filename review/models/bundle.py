"""Bundles that were asked for on the pages: what was asked, what came of it, and the file while it is kept."""

from typing import ClassVar

from django.db import models

from cases.models import Case
from ledger.fields import HouseNow
from people.models import Person
from review.models.dissemination import Dissemination


class BundleWanted(models.Model):
    """A legal adviser asks for a bundle of a case, for somebody. Written by a database function alone, with its entry."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="bundles_wanted")
    recipient = models.TextField()
    ori = models.TextField(blank=True)
    purpose = models.TextField()
    authority = models.TextField()
    court_copy = models.BooleanField(default=False)  # the faces of other candidates are not covered in it
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_default=HouseNow())


class BundleMade(models.Model):
    """What came of it, once: a bundle that is on file as having left, with the hash of its file, or why there is none."""

    wanted = models.OneToOneField(BundleWanted, models.PROTECT, related_name="made")
    dissemination = models.OneToOneField(Dissemination, models.PROTECT, null=True, related_name="+")
    sha256 = models.TextField(blank=True)
    why_not = models.TextField(blank=True)
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(why_not="", dissemination__isnull=False) & ~models.Q(sha256="")
                | models.Q(sha256="", dissemination__isnull=True) & ~models.Q(why_not=""),
                name="a_bundle_was_made_or_it_is_said_why_not",
            )
        ]


class BundleKept(models.Model):
    """The sealed file, for seven days. It is not changed; it only goes."""

    made = models.OneToOneField(BundleMade, models.PROTECT, related_name="kept")
    sealed = models.BinaryField()
