"""An action asked for on a lead, what the gate answered, and who signed or refused."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_fsm import FSMField, transition

from cases.models import Case
from cases.rules.act import Act
from cases.rules.finding import Permit
from ledger.fields import HouseNow
from people.models import Person
from review.models.lead import Lead
from review.models.tables import Action
from review.states import CountersignatureState


class Countersignature(models.Model):
    """One action, asked for on one lead. Only the database's own functions write it."""

    ref = models.TextField(unique=True)
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="countersignatures")
    action = models.ForeignKey(Action, models.PROTECT, related_name="+", db_column="action")
    place = models.TextField()
    because = models.TextField()
    state = FSMField(choices=[(state.value, state.value) for state in CountersignatureState], protected=True)
    asked_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(db_default=HouseNow())
    act_by = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lead", "action"],
                condition=models.Q(state__in=["ASKED", "STARTED"]),  # one that is SIGNED may have lapsed; ``ask`` reads its time
                name="at_most_one_open_countersignature_for_an_action",
            )
        ]
        indexes = [models.Index(fields=["asked_at", "id"], condition=models.Q(state="ASKED"), name="requests_that_wait_by_age")]

    def __str__(self) -> str:
        return self.ref

    @transition(field=state, source=[CountersignatureState.ASKED], target=CountersignatureState.SIGNED)
    def sign(self, permit: Permit) -> None:
        permit.require(Act.COUNTERSIGN, self.ref)

    @transition(field=state, source=[CountersignatureState.ASKED], target=CountersignatureState.REFUSED)
    def refuse(self, permit: Permit) -> None:
        permit.require(Act.COUNTERSIGN, self.ref)

    @transition(field=state, source=[CountersignatureState.SIGNED], target=CountersignatureState.STARTED)
    def begin(self, permit: Permit) -> None:
        permit.require(Act.START, self.ref)


class Decision(models.Model):
    """The supervisor's answer, in his own sentence, with the items it rests on."""

    countersignature = models.OneToOneField(Countersignature, models.PROTECT, related_name="decision")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    signed = models.BooleanField()
    sentence = models.TextField()
    reasons = ArrayField(models.TextField(), default=list)
    rests_on = ArrayField(models.TextField(), default=list)
    policy_digest = models.TextField()
    entry = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["at"], name="decisions_by_day")]


class OutsideGate(models.Model):
    """An action that was taken without a countersignature, in any state of the case: recorded, counted, never made right by it.

    ``subject_ref``: the gallery record of the person, where it is known; by it the database links every lead on that person.
    ``paper_serial``: of the paper form, with the two who signed it, where one was used.
    ``basis``: "outside_gate", or "stands_without_face" where a corroboration officer checked that it does.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="outside_gate")
    lead = models.ForeignKey(Lead, models.PROTECT, null=True, related_name="outside_gate")
    basis = models.TextField(choices=[(x, x.replace("_", " ")) for x in ("outside_gate", "stands_without_face")], default="outside_gate")
    action = models.TextField()
    happened_at = models.DateTimeField()
    description = models.TextField()
    lead_known = models.TextField(blank=True, choices=[(x, x) for x in ("yes", "no", "unknown")])  # of a stop, and where a lead is linked
    subject_ref = models.TextField(blank=True, default="")
    paper_serial = models.TextField(null=True)  # noqa: DJ001
    paper_first = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    paper_second = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes: ClassVar = [models.Index(fields=["entered_at"], name="outside_the_gate_by_day")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(basis="outside_gate", checked_by__isnull=True)
                | (models.Q(basis="stands_without_face", checked_by__isnull=False) & ~models.Q(checked_by=models.F("entered_by"))),
                name="what_stands_without_the_face_was_checked_by_another",
            ),
            models.CheckConstraint(
                condition=models.Q(paper_serial__isnull=True, paper_first__isnull=True, paper_second__isnull=True)
                | (
                    models.Q(paper_serial__isnull=False, paper_first__isnull=False, paper_second__isnull=False)
                    & ~models.Q(paper_serial="")
                    & ~models.Q(paper_first=models.F("paper_second"))
                ),
                name="a_paper_form_has_a_serial_and_two_signatures",
            ),
            models.UniqueConstraint(fields=["paper_serial"], name="a_paper_form_is_entered_once"),
        ]


class LinkedLead(models.Model):
    """A lead on the person at whom an action outside the gate was aimed, not older than thirty days. The database links it."""

    outside = models.ForeignKey(OutsideGate, models.PROTECT, related_name="linked_leads")
    lead = models.ForeignKey(Lead, models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["outside", "lead"], name="a_lead_is_linked_once_to_an_action")]
