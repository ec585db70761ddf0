"""What left the agency: to whom, for what, by whose authority, and when."""

from typing import ClassVar

from django.db import models

from cases.models import Case
from ledger.fields import HouseNow
from people.models import Person
from review.models.lead import Lead

LEAVES = ("lead_report", "bundle", "certificate", "notice_of_use")


class Dissemination(models.Model):
    """One thing that left. Written by database functions alone, with the entry that says so. A bundle is made by a login, not by a person."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="disseminations")
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, related_name="+")
    what = models.TextField(choices=[(what, what.replace("_", " ")) for what in LEAVES])
    recipient = models.TextField()
    ori = models.TextField(blank=True)
    purpose = models.TextField()
    authority = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(what__in=LEAVES), name="what_leaves_is_of_a_known_kind"),
            models.CheckConstraint(condition=models.Q(ori__regex=r"^([A-Z]{2}[A-Z0-9]{7})?$"), name="an_ori_has_nine_characters"),
            models.CheckConstraint(
                condition=~(models.Q(recipient="") | models.Q(purpose="") | models.Q(authority="")), name="what_leaves_says_to_whom_and_why"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["ori", "id"], name="what_an_agency_was_given")]
