"""Blind examination: who was drawn, what each kept or set aside, and each conclusion, locked as it is written."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models import Candidate, Case
from ledger.fields import HouseNow
from people.models import Person
from review.rules.feature_form import Compared


class Drawn(models.Model):
    """A reviewer drawn for a case, with the seed of his own order of faces. Turn 3 is the third blind reviewer.

    Whoever is drawn afresh, because the set before his was set aside, has the same turn and the next attempt.
    ``code`` is the name under which he alone knows the examination: chosen by lot, it tells no case number.
    """

    case = models.ForeignKey(Case, models.PROTECT, related_name="drawn", db_index=False)
    reviewer = models.ForeignKey(Person, models.PROTECT, related_name="+", db_index=False)
    turn = models.IntegerField()
    attempt = models.IntegerField(db_default=1)
    seed = models.BigIntegerField()
    code = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["reviewer", "at"], name="turns_of_a_reviewer_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["case", "reviewer"], name="a_reviewer_is_drawn_once_a_case"),
            models.UniqueConstraint(fields=["case", "turn", "attempt"], name="a_turn_is_drawn_once_an_attempt"),
            models.UniqueConstraint(fields=["reviewer", "code"], name="a_code_names_one_examination_of_a_reviewer"),
            models.CheckConstraint(condition=models.Q(turn__range=(1, 3)), name="there_are_three_turns"),
        ]


class Sorting(models.Model):
    """A face kept for the 1:1 comparison, or set aside, by one reviewer."""

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kept = models.BooleanField()
    reason = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["candidate", "by"], name="a_face_is_sorted_once_by_a_reviewer")]


class FeatureForm(models.Model):
    """One to one: the rating, -3 excludes ... 0 no conclusion ... +3 supports, and the whole form that it stands on.

    ``features``: code -> [what was found, note], over the public list; ``limits`` cap the rating.
    """

    rating = models.IntegerField()
    grounds = models.TextField()
    features = models.JSONField(db_default={})
    limits = ArrayField(models.TextField(), db_default=[])
    nothing_because = models.TextField(db_default="")

    class Meta:
        abstract = True

    def compared(self) -> Compared:
        """Return the form as the rules read it."""
        features = {code: (found, note) for code, (found, note) in self.features.items()}
        return Compared(self.rating, self.grounds, features, frozenset(self.limits), self.nothing_because)


class Conclusion(FeatureForm):
    """One reviewer's rating of one candidate. Locked when written."""

    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="conclusions", db_index=False)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidate", "by"], name="one_person_concludes_once_on_a_candidate"),
            models.CheckConstraint(condition=models.Q(rating__range=(-3, 3)), name="the_scale_runs_from_minus_3_to_plus_3"),
        ]
