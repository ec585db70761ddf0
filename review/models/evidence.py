"""Evidence: items, who fixed their kind, statements, edges, holds, and how what speaks for the person was closed."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Greatest, Least

from cases.models import Case
from ledger.fields import HouseNow
from people.models import Person
from review.models.lead import Lead


class EvidenceKind(models.Model):
    """The closed list of kinds; the kind fixes the channel (reference rows, equal to ``review/rules/kinds.py``)."""

    kind = models.TextField(primary_key=True)
    channel = models.TextField()
    traits = ArrayField(models.TextField(), default=list)


class Evidence(models.Model):
    """One item with its source document, as the detective entered it. It counts for nothing until its kind is fixed.

    Without a lead it speaks of the case as such: what is entered before a face is searched is our own earlier entry, which a
    later item may name as ``earlier``. ``claimed_at`` is a time that somebody typed; it is shown as claimed and proves nothing.
    """

    ref = models.TextField(unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="evidence", db_index=False)
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, related_name="evidence")
    kind = models.ForeignKey(EvidenceKind, models.PROTECT, related_name="+", db_column="kind")
    direction = models.TextField(choices=[("incriminating", "incriminating"), ("exculpatory", "exculpatory")])
    description = models.TextField()
    source_document = models.TextField(blank=True)
    exculpatory_code = models.TextField(blank=True)
    claimed_at = models.DateTimeField(null=True)
    earlier = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    got_under = models.ForeignKey("review.Countersignature", models.PROTECT, null=True, related_name="+")
    got_at_stop = models.ForeignKey("review.OutsideGate", models.PROTECT, null=True, related_name="+")
    entered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # null: the system
    entered_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["case", "lead"], name="items_of_a_case")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(kind="examined_again") | models.Q(entered_by__isnull=True, direction="exculpatory"),
                name="nobody_enters_what_another_agency_excluded",
            )
        ]


class Fixing(models.Model):
    """What the corroboration officer read in the source document. Fixing again takes a second person, and is disclosed."""

    item = models.ForeignKey(Evidence, models.PROTECT, related_name="fixings", db_index=False)
    number = models.IntegerField(default=1)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    because = models.TextField(blank=True)
    kind = models.ForeignKey(EvidenceKind, models.PROTECT, related_name="+", db_column="kind")
    links_to = models.TextField(choices=[(x, x) for x in ("offence", "identity", "presence", "character")])
    discriminates = models.BooleanField()
    one_in = models.IntegerField()
    tested_on = models.IntegerField(default=1)  # how many candidates were tested in the same way
    source_document_seen = models.BooleanField()
    outside_system = models.TextField(blank=True)
    outside_at = models.DateTimeField(null=True)
    earlier_agrees = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["item", "number"], name="a_fixing_has_its_number"),
            models.CheckConstraint(condition=models.Q(one_in__gte=1, tested_on__gte=1), name="one_person_in_at_least_one"),
            models.CheckConstraint(
                condition=models.Q(number=1) | (models.Q(second__isnull=False) & ~models.Q(second=models.F("by")) & ~models.Q(because="")),
                name="fixing_again_takes_two_people_and_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(outside_system="", outside_at__isnull=True)
                | (~models.Q(outside_system="") & models.Q(outside_at__isnull=False)),
                name="an_outside_time_has_its_system",
            ),
            models.CheckConstraint(condition=~models.Q(kind="examined_again"), name="nobody_fixes_what_another_agency_excluded"),
        ]


class Statement(models.Model):
    """How a judgement or a statement was taken: by whom, before whom, what was shown or said first. Exposure is read from it."""

    item = models.OneToOneField(Evidence, models.PROTECT, related_name="statement")
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # where a person of the house judged
    taken_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    taken_by_name = models.TextField(blank=True)  # where somebody from elsewhere took it
    present = ArrayField(models.BigIntegerField(), default=list)  # further persons of the house
    taken_at = models.DateTimeField()
    recorded = models.BooleanField()
    name_unprompted = models.BooleanField()  # the witness said the name or description before anybody else did
    named_first_by = models.TextField(choices=[(x, x) for x in ("nobody", "witness", "taker", "other")])
    shown = models.TextField(choices=[(x, x) for x in ("nothing", "probe", "candidate", "array")])
    told_of_search = models.BooleanField()
    warned = models.BooleanField(default=False)
    detail_not_public = models.BooleanField(default=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(taken_by__isnull=False) | ~models.Q(taken_by_name=""), name="a_statement_names_who_took_it"
            )
        ]


class Edge(models.Model):
    """From an item to what it depends on: another item, or a root. Written by the system or a person, never removed."""

    item = models.ForeignKey(Evidence, models.PROTECT, related_name="edges")
    kind = models.TextField(choices=[(k, k) for k in ("content_from", "exposed_to", "selected_by", "authorised_by")])
    parent = models.ForeignKey(Evidence, models.PROTECT, null=True, related_name="+")
    root = models.TextField(blank=True, choices=[("face_result", "the face result"), ("probe", "the probe")])
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(parent__isnull=True) ^ models.Q(root=""), name="an_edge_leads_to_one_thing"),
            models.CheckConstraint(condition=~models.Q(item=models.F("parent")), name="nothing_depends_on_itself"),
            models.CheckConstraint(condition=models.Q(root__in=["", "face_result", "probe"]), name="outside_the_items_are_two_things"),
        ]


class HoldDecision(models.Model):
    """A legal adviser's or a judge's decision whether a held item may be used. A judge's ruling outranks an adviser's view."""

    item = models.ForeignKey(Evidence, models.PROTECT, related_name="hold_decisions")
    may_be_used = models.BooleanField()
    grounds = models.TextField()
    court = models.TextField(blank=True)  # named: a judge's ruling
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())


class ExistingWarrant(models.Model):
    """The form of an existing warrant: which court, which number, and whether its papers used the search."""

    item = models.OneToOneField(Evidence, models.PROTECT, related_name="warrant")
    court = models.TextField()
    number = models.TextField()
    issued_on = models.DateField()
    search_used = models.TextField(choices=[(x, x) for x in ("yes", "no", "unknown")])
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())


class Closing(models.Model):
    """How an exculpatory item was closed. Weighing one away takes a second person."""

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
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(how="weighed") | (models.Q(second__isnull=False) & ~models.Q(second=models.F("by"))),
                name="weighing_takes_two_people",
            )
        ]


class RivalWeighed(models.Model):
    """Another lead on the same face, weighed away by two people. Of two leads only one is: the other has to end first."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="+")
    rival = models.ForeignKey(Lead, models.PROTECT, related_name="+")
    because = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~models.Q(second=models.F("by")), name="weighing_a_rival_takes_two_people"),
            models.CheckConstraint(condition=~models.Q(lead=models.F("rival")), name="a_lead_is_no_rival_of_itself"),
            models.UniqueConstraint(Least("lead", "rival"), Greatest("lead", "rival"), name="of_two_leads_one_is_weighed_away"),
        ]
