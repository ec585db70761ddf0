"""One search, or one result from elsewhere, and where it stands."""

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Reverse
from django_fsm import FSMField, transition

from cases.models.investigation import Investigation
from cases.rules.act import Act
from cases.rules.finding import Permit
from cases.states import State
from ledger.fields import HouseNow
from people.models import Agency, Person

NOT_OVER = [state for state in State if state not in (State.CLOSED, State.DESTROYED)]


class Track(models.TextChoices):
    """What the search is for; it fixes what a lead may be used for."""

    SUSPECT = "suspect", "suspect"
    VICTIM_OR_WITNESS = "victim_or_witness", "victim or witness"
    UNIDENTIFIED = "unidentified", "unidentified (patient, deceased)"
    MISSING = "missing", "missing or endangered"


class Case(models.Model):
    """A case. Transitions change memory only and take the permit of the rule; ``moves.store`` writes."""

    ref = models.TextField(unique=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    investigation = models.ForeignKey(Investigation, models.PROTECT, related_name="cases")
    state = FSMField(choices=[(state.value, state.value) for state in State], protected=True)
    track = models.TextField(choices=Track.choices)
    door = models.TextField(choices=[("person", "requested by a person"), ("machine", "arrived from elsewhere")])
    searched_before_screening = models.BooleanField()
    requested_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(db_default=HouseNow())
    locked_at = models.DateTimeField(null=True)  # means nothing: SELECT ... FOR NO KEY UPDATE needs one column that may be updated

    class Meta:
        indexes = [
            models.Index(fields=["state", "received_at", "id"], name="cases_by_state_and_age"),
            models.Index(
                fields=["-received_at", "-id"], condition=~models.Q(state__in=["CLOSED", "DESTROYED"]), name="open_cases_newest_first"
            ),
            models.Index(OpClass(Reverse("ref"), "text_pattern_ops"), name="cases_by_end_of_number"),
            models.Index(fields=["track", "-id"], condition=~models.Q(track="suspect"), name="cases_of_a_rarer_track"),
        ]

    def __str__(self) -> str:
        return self.ref

    # -- a machine's transitions ------------------------------------------------------------------------------------

    @transition(field=state, source=[State.RECEIVED], target=State.ELIGIBLE)
    def find_eligible(self, permit: Permit) -> None:
        permit.require(Act.SCREEN, self.ref)

    @transition(field=state, source=[State.RECEIVED, State.ELIGIBLE, State.FIT], target=State.INELIGIBLE)
    def find_ineligible(self, permit: Permit) -> None:
        permit.require(Act.SCREEN, self.ref)

    @transition(field=state, source=[State.FIT], target=State.NO_CANDIDATES)
    def find_list_empty(self, permit: Permit) -> None:
        permit.require(Act.FIND_EMPTY, self.ref)

    @transition(field=state, source=[State.INELIGIBLE, State.UNFIT, State.NO_CANDIDATES, State.NO_LEAD], target=State.CLOSED)
    def expire(self, permit: Permit) -> None:
        permit.require(Act.EXPIRE, self.ref)

    @transition(field=state, source=[State.CLOSED], target=State.DESTROYED)
    def destroy(self, permit: Permit) -> None:
        permit.require(Act.DESTROY, self.ref)

    # -- a person's transitions -------------------------------------------------------------------------------------

    @transition(field=state, source=[State.ELIGIBLE], target=State.FIT)
    def find_probe_fit(self, permit: Permit) -> None:
        permit.require(Act.CHECK_PROBE, self.ref)

    @transition(field=state, source=[State.ELIGIBLE], target=State.UNFIT)
    def find_probe_unfit(self, permit: Permit) -> None:
        permit.require(Act.CHECK_PROBE, self.ref)

    @transition(field=state, source=[State.FIT], target=State.DISPUTED)
    def find_disputed(self, permit: Permit) -> None:
        permit.require(Act.JOIN, self.ref)

    @transition(field=state, source=[State.FIT, State.DISPUTED], target=State.LEAD)
    def find_lead(self, permit: Permit) -> None:
        permit.require(Act.JOIN, self.ref)

    @transition(field=state, source=[State.FIT, State.DISPUTED], target=State.NO_LEAD)
    def find_no_lead(self, permit: Permit) -> None:
        permit.require(Act.JOIN, self.ref)

    @transition(field=state, source=NOT_OVER, target=State.CLOSED)
    def close(self, permit: Permit) -> None:
        permit.require(Act.CLOSE, self.ref)
