"""What surrounds an action: the line-up and its form, the papers, the legal adviser's view, custody and its re-check."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models import Case
from ledger.fields import HouseNow
from people.models import Person
from review.models.countersignature import Countersignature, OutsideGate
from review.models.evidence import Evidence
from review.models.lead import Lead
from review.models.tables import Action


class LineUpForm(models.Model):
    """The nine fields of a line-up (Wells et al. 2020), filed before it is held; the newest one counts."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="line_up_forms")
    prior_interview = models.TextField(blank=True)
    suspicion_in_writing = models.TextField(blank=True)
    administrator = models.TextField(blank=True)
    fillers = models.IntegerField()
    instructions = models.BooleanField()
    words_at_once = models.BooleanField()
    recorded_on_video = models.BooleanField()
    no_repeat = models.BooleanField()
    no_show_up = models.BooleanField()
    array_sha256 = ArrayField(models.TextField(), default=list)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())


class LineUpHeld(models.Model):
    """What the witness did: picked the suspect, a filler or nobody; and the item that it made."""

    form = models.OneToOneField(LineUpForm, models.PROTECT, related_name="held")
    picked = models.TextField(choices=[(x, x) for x in ("suspect", "filler", "nobody")])
    words = models.TextField()
    item = models.OneToOneField(Evidence, models.PROTECT, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())


class Papers(models.Model):
    """The text of an action's papers, and what the check of it found: a row, so that the database can read it."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="papers")
    action = models.ForeignKey(Action, models.PROTECT, related_name="+", db_column="action")
    text = models.TextField()
    missing = ArrayField(models.TextField(), default=list)
    wording = ArrayField(models.TextField(), default=list)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())


class LegalView(models.Model):
    """Whether a legal adviser agrees to an action on a lead, with grounds; the newest one counts."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="legal_views")
    action = models.ForeignKey(Action, models.PROTECT, related_name="+", db_column="action")
    agrees = models.BooleanField()
    grounds = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())


class Custody(models.Model):
    """Somebody was taken into custody on a lead, or outside the gate: from here the clock of the re-check runs."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="custodies")
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, related_name="custodies")
    countersignature = models.OneToOneField(Countersignature, models.PROTECT, null=True, related_name="custody")
    outside = models.OneToOneField(OutsideGate, models.PROTECT, null=True, related_name="custody")
    began_at = models.DateTimeField(db_default=HouseNow())
    recheck_by = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(countersignature__isnull=True) ^ models.Q(outside__isnull=True),
                name="a_custody_began_in_one_way",
            )
        ]


class Recheck(models.Model):
    """One test made in custody. "Other person" ends the lead and opens the release path."""

    custody = models.ForeignKey(Custody, models.PROTECT, related_name="rechecks")
    test = models.TextField()
    outcome = models.TextField(choices=[(x, x.replace("_", " ")) for x in ("same_person", "other_person", "not_possible")])
    document = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())


class Release(models.Model):
    """The person was released, when and why."""

    custody = models.OneToOneField(Custody, models.PROTECT, related_name="release")
    released_at = models.DateTimeField()
    because = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())
