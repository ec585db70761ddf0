"""Seeds: whole known cases among the real ones. What is true of them is sealed until an auditor has a batch revealed."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models import Case, SourceSystem, StoredImage
from ledger.fields import HouseNow
from people.models import Agency, Person


class SealedSeed(models.Model):
    """A probe whose truth is known: the pictures that show the same person, none where no list can hold him.

    No case is named here: a case whose probe this is, received after it was sealed, is a seed. The login of the pages cannot read it.
    ``commitment`` is in the record from the day of sealing; ``nonce`` opens it when the seed is revealed.
    """

    probe_sha256 = models.TextField(unique=True)
    mates = ArrayField(models.TextField())
    nonce = models.TextField()
    commitment = models.TextField()
    sealed_at = models.DateTimeField(db_default=HouseNow())


class SeedStock(models.Model):
    """A whole known case as a source system would send it, sealed and ready to enter. No process reads it; it is used once its probe is in a case."""

    seed = models.OneToOneField(SealedSeed, models.PROTECT, related_name="+")
    source = models.ForeignKey(SourceSystem, models.PROTECT, related_name="+")
    result = models.JSONField()
    body_sha256 = models.TextField()
    pictures = models.JSONField()
    sealed = ArrayField(models.BinaryField())
    said = models.JSONField()
    stocked_at = models.DateTimeField(db_default=HouseNow())


class SeedPace(models.Model):
    """How many known cases an agency's real work asks for and have not entered. Only ``send_seed`` writes it, each time it is asked."""

    agency = models.OneToOneField(Agency, models.PROTECT, related_name="+", primary_key=True)
    seen_move = models.BigIntegerField()
    owed = models.IntegerField()
    looked_at = models.DateTimeField()
    wanted_in_vain_at = models.DateTimeField(null=True)


class Reveal(models.Model):
    """One batch revealed by an auditor, in his agency."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    seeds = models.IntegerField()
    at = models.DateTimeField(db_default=HouseNow())


class RevealedSeed(models.Model):
    """A case that was a seed, told after it was decided."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="+")
    reveal = models.ForeignKey(Reveal, models.PROTECT, related_name="+")
    mated = models.BooleanField()
    commitment = models.TextField()
    nonce = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())


class PracticePicture(models.Model):
    """A picture of a known person who agreed to it, or who does not exist. The login of the pages cannot read whose it is."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    subject = models.TextField()
    image = models.OneToOneField(StoredImage, models.PROTECT, related_name="+")


class Practice(models.Model):
    """A pair drawn for practice. Nothing of it is a trial."""

    reviewer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    code = models.TextField(unique=True)
    one = models.ForeignKey(PracticePicture, models.PROTECT, related_name="+")
    other = models.ForeignKey(PracticePicture, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())


class PracticeAnswer(models.Model):
    """The rating that was given, and what was told at once."""

    practice = models.OneToOneField(Practice, models.PROTECT, related_name="answer")
    rating = models.IntegerField()
    same = models.BooleanField()
    at = models.DateTimeField(db_default=HouseNow())
