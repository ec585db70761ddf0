"""The analyst's check of the probe, made before any candidate exists."""

from django.db import models

from cases.models import Case, Probe
from ledger.fields import HouseNow
from people.models import Person
from review.rules.probe_fitness import Grade


class ProbeCheck(models.Model):
    """Fit, limited or unfit for comparison; and what, other than the face, shows that this person did the act."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="probe_check")
    probe = models.ForeignKey(Probe, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    grade = models.TextField(choices=[(grade.value, grade.value) for grade in Grade])
    depicts = models.TextField()
    role_shown_by = models.TextField(blank=True)
    limits = models.TextField(blank=True)
    at = models.DateTimeField(db_default=HouseNow())
