"""How a case was closed by a person."""

from django.db import models

from cases.models import Case
from ledger.fields import HouseNow
from people.models import Person


class Disposition(models.Model):
    """Why a person closed the case."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="disposition")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    disposition = models.TextField(
        choices=[(d, d.replace("_", " ")) for d in ("withdrawn", "no_lead", "lead_ended", "arrest", "other_person", "not_pursued")]
    )
    note = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())
