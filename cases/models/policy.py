"""The policy in force: exact texts, compiled to rows that the database reads; adopted by two people, never edited."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ledger.fields import HouseNow
from people.models import Person


class PolicyText(models.Model):
    """The exact text of a pack or of the list of offences, once, under its SHA-256 (checked in ``sql/0007``)."""

    digest = models.TextField(primary_key=True)
    text = models.TextField()


class PolicyProposal(models.Model):
    """Merged packs as one person proposed them; they bind nobody until a second person adopts them."""

    pack = models.TextField()
    title = models.TextField()
    digest = models.TextField()
    source = models.TextField()
    compiled = models.JSONField()
    offence_list = models.ForeignKey(PolicyText, models.PROTECT, related_name="+")
    stands_until = models.DateField(null=True)  # the first day on which what is enforced would change by itself
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())


class ProposedPack(models.Model):
    """One layer of a proposal: the pack, its exact text, and whose law it is (requester, performer, or both)."""

    proposal = models.ForeignKey(PolicyProposal, models.PROTECT, related_name="packs")
    place = models.IntegerField()
    pack = models.TextField()
    title = models.TextField()
    layer = models.TextField()
    text = models.ForeignKey(PolicyText, models.PROTECT, related_name="+")
    sides = ArrayField(models.TextField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "pack"], name="a_pack_is_proposed_once"),
            models.UniqueConstraint(fields=["proposal", "place"], name="a_layer_has_one_place"),
        ]


class ProposedSettlement(models.Model):
    """Which of two colliding rules goes first, by whom it was settled and in what writing."""

    proposal = models.ForeignKey(PolicyProposal, models.PROTECT, related_name="settlements")
    conflict = models.TextField()
    goes_first = models.TextField()
    settled_by = models.TextField()
    in_writing = models.TextField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["proposal", "conflict"], name="a_conflict_is_settled_once"),
            models.CheckConstraint(
                condition=models.Q(settled_by__regex=r"\S") & models.Q(in_writing__regex=r"\S"),
                name="a_settlement_names_person_and_writing",
            ),
        ]


class Policy(models.Model):
    """One adoption of one proposal, with its record. The newest is in force, until the day on which it ends."""

    pack = models.TextField()
    title = models.TextField()
    digest = models.TextField()
    source = models.TextField()
    proposal = models.OneToOneField(PolicyProposal, models.PROTECT, related_name="adopted_as")
    first_adopter = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second_adopter = models.ForeignKey(Person, models.PROTECT, related_name="+")
    adopted_at = models.DateTimeField(db_default=HouseNow())
    governing_body = models.TextField()
    voted_on = models.DateField()
    votes_for = models.IntegerField()
    votes_against = models.IntegerField()
    votes_abstained = models.IntegerField()
    noticed_on = models.DateField(null=True)
    comments_from = models.DateField(null=True)
    comments_until = models.DateField(null=True)
    meetings_on = ArrayField(models.DateField(), default=list)
    published_at = models.TextField()
    written_policy = models.TextField(default="", blank=True)
    assessments = models.JSONField(default=dict)  # kind -> the document
    review_on = models.DateField()
    pilot_ends_on = models.DateField(null=True)
    holds_until = models.DateField(null=True)  # the first day on which it is no longer in force

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(first_adopter=models.F("second_adopter")), name="a_policy_is_adopted_by_two_people"),
            models.CheckConstraint(condition=models.Q(votes_for__gt=models.F("votes_against")), name="a_policy_was_voted_for"),
            models.CheckConstraint(
                condition=models.Q(votes_against__gte=0) & models.Q(votes_abstained__gte=0), name="votes_are_counted_from_nought"
            ),
            models.CheckConstraint(
                condition=models.Q(governing_body__regex=r"\S") & models.Q(published_at__regex=r"\S"),
                name="a_policy_names_its_body_and_where_it_is_published",
            ),
        ]


class PolicyOffence(models.Model):
    """An offence code on the list in force."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="offences")
    code = models.TextField()
    name = models.TextField()
    citation = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "code"], name="an_offence_is_listed_once")]


class PolicyStatute(models.Model):
    """A code that is listed only together with this statute."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="statutes")
    statute = models.TextField()
    code = models.TextField()
    citation = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "statute", "code"], name="a_statute_is_listed_once")]


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


class PolicyFlag(models.Model):
    """A yes-or-no or a choice of the policy, joined over the rules of the same reach."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="flags")
    name = models.TextField()
    reach = models.TextField(default="", blank=True)
    value = models.JSONField()
    citation = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "name", "reach"], name="a_flag_is_set_once")]


class PolicyPeriod(models.Model):
    """How long a rule wants the pictures of a case kept, or from when on it wants them gone; where it speaks of some cases only, of which."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="periods")
    rule = models.TextField()
    wants = models.TextField(choices=[("kept", "kept"), ("gone", "gone")])
    since = models.TextField(choices=[("received", "the case was received"), ("closed", "the case was closed")])
    outcome = models.TextField()  # a word of DELETE_WHEN
    days = models.IntegerField()
    only_purposes = ArrayField(models.TextField(), null=True)
    except_purposes = ArrayField(models.TextField(), null=True)
    only_channels = ArrayField(models.TextField(), null=True)
    citation = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "rule", "wants", "since"], name="a_period_is_set_once")]


class PolicyObligation(models.Model):
    """What binds people outside the program: the rule's key, its owner, and when it falls due (as compiled)."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="obligations")
    key = models.TextField()
    owner = models.TextField()
    said = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["policy", "key"], name="an_obligation_is_listed_once")]


class ObligationMet(models.Model):
    """A person says that an obligation was met, for the day on which it was due, and names the document. It outlives the policy."""

    key = models.TextField()
    due_on = models.DateField(null=True)  # none: owed once, without a day
    document = models.TextField()
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "due_on"], name="an_obligation_is_met_once", nulls_distinct=False),
            models.CheckConstraint(condition=models.Q(document__regex=r"\S"), name="what_was_met_names_its_document"),
        ]
