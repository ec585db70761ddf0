"""Evidence on a lead: items, who fixed their kind, their edges, and how what speaks for the person was closed."""

from django.db import models

from ledger.fields import HouseNow
from people.models import Person
from review.models.lead import Lead


class EvidenceKind(models.Model):
    """The closed list of kinds; the kind fixes the channel (reference rows, equal to ``review/rules/kinds.py``)."""

    kind = models.TextField(primary_key=True)
    channel = models.TextField()
    judgement = models.BooleanField()
    passes_on = models.BooleanField()


class Evidence(models.Model):
    """One item with its source document, as the detective entered it. It counts for nothing until its kind is fixed."""

    ref = models.TextField(unique=True)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="evidence")
    kind = models.ForeignKey(EvidenceKind, models.PROTECT, related_name="+", db_column="kind")
    direction = models.TextField(choices=[("incriminating", "incriminating"), ("exculpatory", "exculpatory")])
    description = models.TextField()
    source_document = models.TextField(blank=True)
    exculpatory_code = models.TextField(blank=True)
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=HouseNow())


class Fixing(models.Model):
    """What the corroboration officer read in the source document: kind, link and whether it discriminates."""

    item = models.OneToOneField(Evidence, models.PROTECT, related_name="fixing")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.ForeignKey(EvidenceKind, models.PROTECT, related_name="+", db_column="kind")
    links_to = models.TextField(choices=[(x, x) for x in ("offence", "identity", "presence", "character")])
    discriminates = models.BooleanField()
    one_in = models.IntegerField()
    source_document_seen = models.BooleanField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(one_in__gte=1), name="one_person_in_at_least_one")]


class Edge(models.Model):
    """From an item to what it depends on: another item, or a root. Written by the system or a person, never removed."""

    item = models.ForeignKey(Evidence, models.PROTECT, related_name="edges")
    kind = models.TextField(choices=[(k, k) for k in ("content_from", "exposed_to", "selected_by", "authorised_by")])
    parent = models.ForeignKey(Evidence, models.PROTECT, null=True, related_name="+")
    root = models.TextField(blank=True, choices=[("face_result", "the face result"), ("probe", "the probe")])
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(parent__isnull=True) ^ models.Q(root=""), name="an_edge_leads_to_one_thing"),
            models.CheckConstraint(condition=~models.Q(item=models.F("parent")), name="nothing_depends_on_itself"),
        ]


class Closing(models.Model):
    """How an exculpatory item was closed. Weighing one away, or calling it impossible, takes a second person."""

    item = models.OneToOneField(Evidence, models.PROTECT, related_name="closing")
    how = models.TextField(
        choices=[
            ("tested_excludes", "tested: it holds, and the lead ends"),
            ("tested_does_not", "tested: it does not exclude the person"),
            ("impossible", "cannot be tested, because"),
            ("weighed", "contested, and weighed by two people"),
        ]
    )
    because = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(how="weighed") | (models.Q(second__isnull=False) & ~models.Q(second=models.F("by"))),
                name="weighing_takes_two_people",
            )
        ]
