"""The investigation owns all its searches; linked ones are asked as one."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Reverse, Upper

from ledger.fields import HouseNow
from people.models import Agency


class Investigation(models.Model):
    """An agency's own case, by the agency's number."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", db_index=False)
    agency_case = models.TextField()
    opened_at = models.DateTimeField(db_default=HouseNow())
    locked_at = models.DateTimeField(null=True)  # means nothing: SELECT ... FOR SHARE needs one column that may be updated

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "agency_case"], name="an_investigation_is_opened_once")]
        indexes = [
            models.Index(OpClass(Upper("agency_case"), "text_pattern_ops"), name="agency_cases_by_begin"),
            models.Index(OpClass(Reverse(Upper("agency_case")), "text_pattern_ops"), name="agency_cases_by_end"),
        ]


class InvestigationLink(models.Model):
    """Two investigations that are one, found by the machine: the same probe, event or person."""

    one = models.ForeignKey(Investigation, models.PROTECT, related_name="+")
    other = models.ForeignKey(Investigation, models.PROTECT, related_name="+")
    because = models.TextField(
        choices=[
            ("same_probe", "same probe"),
            ("near_probe", "near-same probe"),
            ("same_event", "same event"),
            ("same_person", "same person"),
        ]
    )
    linked_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(one__lt=models.F("other")), name="a_link_is_written_in_id_order"),
            models.UniqueConstraint(fields=["one", "other", "because"], name="a_link_is_written_once_for_a_reason"),
        ]
