"""An action asked for on a lead, what the gate answered, and who signed or refused."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django_fsm import FSMField, transition

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
                condition=models.Q(state__in=["ASKED", "SIGNED", "STARTED"]),
                name="at_most_one_live_countersignature_for_an_action",
            )
        ]

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


class OutsideGate(models.Model):
    """An action that was taken without a countersignature: recorded, counted, and never made right by it."""

    lead = models.ForeignKey(Lead, models.PROTECT, related_name="outside_gate")
    action = models.TextField()
    happened_at = models.DateTimeField()
    description = models.TextField()
    entered_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(db_default=HouseNow())
