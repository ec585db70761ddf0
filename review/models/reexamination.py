"""A joined case that another agency examines again, blind. Nothing that joins, gates or counts reads these rows: they can warn, never help.

The pages' login reads the result alone, once there is one; the desk of whoever examines again is answered by functions.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from cases.models import Case
from ledger.fields import HouseNow
from people.models import Agency, Person
from review.models.non_mate import NonMate


class Reexamination(models.Model):
    """The lot of a joined case: whether it is examined again, by whose reviewers. ``commitment`` is in the record, ``nonce`` opens it."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="+", primary_key=True)
    lender = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    chosen = models.BooleanField()
    nonce = models.TextField()
    commitment = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [
            models.Index(fields=["at", "case"], name="lots_as_they_were_drawn"),
            models.Index(fields=["case"], condition=models.Q(chosen=True), name="lots_that_were_chosen"),
        ]


class ReexaminationWaiting(models.Model):
    """What still has to be examined again: one small row, gone with the result."""

    reexamination = models.OneToOneField(Reexamination, models.PROTECT, related_name="+", primary_key=True)
    lender = models.ForeignKey(Agency, models.PROTECT, related_name="+")


class ReexaminationTurn(models.Model):
    """A reviewer of the lender, drawn for it; the twin of ``Drawn``."""

    reexamination = models.ForeignKey(Reexamination, models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(Person, models.PROTECT, related_name="+")
    attempt = models.IntegerField()
    seed = models.BigIntegerField()
    code = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["reviewer", "at"], name="turns_again_by_day")]
        constraints = [
            models.UniqueConstraint(fields=["reexamination", "reviewer"], name="nobody_examines_a_case_again_twice"),
            models.UniqueConstraint(fields=["reexamination", "attempt"], name="one_examines_again_at_a_time"),
            models.UniqueConstraint(fields=["reviewer", "code"], name="a_code_names_one_examination_again"),
        ]


class ReexaminationNonMate(models.Model):
    """A known non-mate in his set; the twin of ``NonMateShown``."""

    turn = models.ForeignKey(ReexaminationTurn, models.PROTECT, related_name="+")
    non_mate = models.ForeignKey(NonMate, models.PROTECT, related_name="+")
    token = models.UUIDField(unique=True)
    again = models.BooleanField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["turn", "non_mate"], name="a_non_mate_is_shown_again_once_in_a_set")]


class ReexaminationStep(models.Model):
    """One step, locked whole: token -> kept and reason, or token -> the form of the rating, known non-mates among them."""

    turn = models.ForeignKey(ReexaminationTurn, models.PROTECT, related_name="+")
    step = models.TextField(choices=[("sort", "set aside or keep"), ("rate", "one to one")])
    answers = models.JSONField()
    marks = models.JSONField(db_default={})
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["turn", "step"], name="a_step_is_examined_again_once"),
            models.CheckConstraint(condition=models.Q(step__in=("sort", "rate")), name="there_are_two_steps_again"),
        ]


class ReexaminationEnd(models.Model):
    """How a turn ended. Whatever but ``done`` leaves the case to a fresh reviewer."""

    HOW = ("done", "set_aside", "recused", "released", "lapsed")

    turn = models.OneToOneField(ReexaminationTurn, models.PROTECT, related_name="+")
    how = models.TextField(choices=[(how, how.replace("_", " ")) for how in HOW])
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(how__in=("done", "set_aside", "recused", "released", "lapsed")),
                name="a_turn_again_ends_in_one_of_five_ways",
            )
        ]


class ReexaminationHold(models.Model):
    """He put the timer on hold, once."""

    turn = models.OneToOneField(ReexaminationTurn, models.PROTECT, related_name="+")
    hours = models.IntegerField()
    at = models.DateTimeField(db_default=HouseNow())


class ReexaminationDraft(models.Model):
    """What he has written and not locked; the twin of ``Draft``."""

    turn = models.ForeignKey(ReexaminationTurn, models.PROTECT, related_name="+")
    step = models.TextField()
    version = models.IntegerField()
    given = models.JSONField()
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["turn", "step"], name="a_step_again_has_one_draft")]


class ReexaminationTold(models.Model):
    """What he told an auditor of his own agency: why he stepped back, or who spoke to him. Sealed as ``SealedReason`` is."""

    turn = models.ForeignKey(ReexaminationTurn, models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    code = models.TextField()
    about = models.TextField()
    ground = models.TextField()
    words = models.TextField()
    at = models.DateTimeField(db_default=HouseNow())


class ReexaminationResult(models.Model):
    """What came of it, told from now on. ``faces``: of each candidate what was joined and what the other agency found.

    ``items``: what was put on file because an open lead was excluded.
    """

    case = models.OneToOneField(Case, models.PROTECT, related_name="reexamined", primary_key=True)
    lender = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    agrees = models.BooleanField()
    faces = models.JSONField()
    items = ArrayField(models.TextField())
    at = models.DateTimeField(db_default=HouseNow())

    class Meta:
        indexes = [models.Index(fields=["at"], name="results_again_by_day")]
