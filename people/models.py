"""Agencies, units, persons, what each may do and until when. Rows here are written by an administrator, not by the pages."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from ledger.fields import HouseNow
from ledger.worded import worded_once
from people.measuring import Answer, Source
from people.roles import Role

COURSES = [
    ("face_comparison", "face comparison"),
    ("bias", "bias and its limits"),
    ("limits", "limits of a face search"),
    ("policy", "the policy in force"),
    ("reading_output", "reading what a search returns"),
    ("state_course", "the state's course"),
    ("cultural_diversity", "cultural diversity"),
    ("tool", "the tool"),
]
ROLE_CHOICES = [(role.value, role.value.replace("_", " ")) for role in Role]


class Agency(models.Model):
    """A police agency, by its ORI (Originating Agency Identifier, NCIC)."""

    ori = models.CharField(max_length=9, unique=True)
    name = models.TextField()
    time_zone = models.TextField(default="America/New_York")

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A unit within an agency: a supervisor countersigns from outside the requester's."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="units")
    name = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agency", "name"], name="a_unit_has_one_name_in_its_agency")]

    def __str__(self) -> str:
        return self.name


class Agreement(models.Model):
    """Which roles a partner or regional pool lends to another agency, from when, until when, on what terms."""

    lender = models.ForeignKey(Agency, models.PROTECT, related_name="lends")
    borrower = models.ForeignKey(Agency, models.PROTECT, related_name="borrows")
    roles = ArrayField(models.TextField(choices=ROLE_CHOICES))
    from_on = models.DateField()
    until_on = models.DateField()
    terms = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(lender=models.F("borrower")), name="nobody_lends_to_himself"),
            models.CheckConstraint(condition=models.Q(until_on__gte=models.F("from_on")), name="an_agreement_ends_after_it_begins"),
        ]


class Persons(BaseUserManager["Person"]):
    """Finds persons by their sign-in name, with agency and unit: no page and no entry goes without. Creates them for the administrator."""

    def get_queryset(self) -> "models.QuerySet[Person]":
        return super().get_queryset().select_related("agency", "unit")

    def create_user(self, username: str, password: str | None = None, **fields: object) -> "Person":
        person = self.model(username=username, **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person


class Person(AbstractBaseUser):
    """One human being with an account. There is no superuser flag: nobody stands above the rules."""

    username = models.CharField(max_length=60, unique=True)
    display_name = models.TextField()
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="persons")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="persons")
    is_active = models.BooleanField(default=True)
    first_password = models.BooleanField(
        default=False, db_default=False
    )  # given by an administrator: its person sets his own before anything else
    mail = models.EmailField(blank=True, default="")

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = Persons()
    _roles: "list[RoleHeld] | None" = None

    def __str__(self) -> str:
        return self.display_name

    def roles(self) -> "list[RoleHeld]":
        """Return every role that was ever given to this person: as they were read with him, if they were, else one statement."""
        if self._roles is not None:
            return self._roles
        together = getattr(self, "_prefetched_objects_cache", {})
        return list(together["roles_held"]) if "roles_held" in together else _roles_of(self.pk)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        super().refresh_from_db(*args, **kwargs)
        self._roles = None

    def read_roles(self) -> None:
        """Read the roles once, for all that is asked of this object."""
        self._roles = _roles_of(self.pk)


class UnitHeld(models.Model):
    """A stay of a person in a unit of his agency: it begins when it is written and ends with the next. Written beside each person by the database."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="units_held")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    from_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "from_at"], name="a_stay_begins_once_at_a_time")]


class RoleHeld(models.Model):
    """A role that a person holds from one day to another."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="roles_held")
    role = models.TextField(choices=ROLE_CHOICES)
    from_on = models.DateField()
    until_on = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "role", "from_on"], name="a_role_begins_once_a_day")]


@worded_once
def _roles_of(person: int) -> "models.QuerySet[RoleHeld]":
    return RoleHeld.objects.filter(person=person)


class Training(models.Model):
    """Training that a person passed, valid until a day; it is asked for on the day of each act that needs it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="trainings")
    subject = models.TextField(choices=COURSES)
    passed_on = models.DateField()
    valid_until = models.DateField()
    certificate = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(valid_until__gte=models.F("passed_on")), name="training_ends_after_it_begins")
        ]


class Trial(models.Model):
    """One answer on one known case, after its truth was told. ``case_key`` names the case by a hash: trials on one case are clustered.

    Practice is not here. A stranger supported in a case whose person was in the list is a second row, not mated.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="trials")
    source = models.TextField(choices=[(source.value, source.value) for source in Source])
    case_key = models.TextField()
    mated = models.BooleanField()
    answer = models.TextField(choices=[(answer.value, answer.value) for answer in Answer])
    seconds = models.FloatField(null=True)
    answered_at = models.DateTimeField(db_default=HouseNow())
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "case_key", "mated"], name="a_known_case_is_answered_once"),
            models.CheckConstraint(condition=models.Q(answer__in=[each.value for each in Answer]), name="an_answer_is_one_of_four"),
            models.CheckConstraint(condition=models.Q(source__in=[each.value for each in Source]), name="a_trial_is_a_test_or_a_seed"),
        ]
        indexes = [models.Index(fields=["person", "answered_at"], name="trials_of_a_person")]


class SignInTry(models.Model):
    """One try to sign in, by the keyed hash of the name that was typed; five that failed in a quarter of an hour lock it."""

    name_hash = models.TextField()
    succeeded = models.BooleanField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["name_hash", "at"], name="tries_of_one_name")]


class UsedCode(models.Model):
    """A code or an assertion that was used, by its half-minute or its challenge: flushing a cache lets nobody use it again."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proof = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "proof"], name="a_code_is_used_once")]
