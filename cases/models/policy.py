"""The policy in force, compiled to rows that the database reads; adopted by two people, never edited."""

from django.db import models

from ledger.fields import HouseNow
from people.models import Person


class PolicyProposal(models.Model):
    """A compiled pack as one person proposed it; it binds nobody until a second person adopts it."""

    pack = models.TextField()
    title = models.TextField()
    digest = models.TextField()
    source = models.TextField()
    compiled = models.JSONField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())


class Policy(models.Model):
    """One adoption of one policy. The newest is in force."""

    pack = models.TextField()
    title = models.TextField()
    digest = models.TextField()
    source = models.TextField()
    proposal = models.OneToOneField(PolicyProposal, models.PROTECT, related_name="+")
    first_adopter = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second_adopter = models.ForeignKey(Person, models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(first_adopter=models.F("second_adopter")), name="a_policy_is_adopted_by_two_people")
        ]


class PolicyOffence(models.Model):
    """An offence code on the list in force."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="offences")
    code = models.TextField()
    name = models.TextField()
    citation = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "code"], name="an_offence_is_listed_once")]


class PolicyNumber(models.Model):
    """A number of the policy, above the floor that no policy can lower."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="numbers")
    name = models.TextField()
    value = models.IntegerField()
    citation = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "name"], name="a_number_is_set_once"),
            models.CheckConstraint(condition=~models.Q(name="reviewers") | models.Q(value__range=(2, 3)), name="two_reviewers_or_three"),
            models.CheckConstraint(
                condition=~models.Q(name="items_that_stand_apart") | models.Q(value__gte=1), name="never_an_arrest_on_the_face_alone"
            ),
        ]


class PolicyExculpatory(models.Model):
    """A test that could clear the person and has to be made, weighed or shown impossible before an arrest action."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="exculpatory")
    code = models.TextField()
    name = models.TextField()
    citation = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "code"], name="an_exculpatory_test_is_listed_once")]
