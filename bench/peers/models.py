"""One table in five dresses: bare, with a state machine and its log, and with each library's history."""

import pghistory
from auditlog.registry import auditlog
from django.db import models
from django_fsm import FSMField, transition
from simple_history.models import HistoricalRecords


class Matter(models.Model):
    """What a case is at its barest: a number, a state and a note."""

    number = models.CharField(max_length=20)
    state = models.CharField(max_length=20, default="RECEIVED")
    note = models.CharField(max_length=60, default="")

    class Meta:
        abstract = True


class Bare(Matter):
    """Without any history."""


class WithFsm(Matter):
    """A state machine of django-fsm-2; django-fsm-log hears its signal and writes a StateLog."""

    state = FSMField(default="RECEIVED", protected=False)

    @transition(field=state, source="RECEIVED", target="INELIGIBLE", conditions=[lambda self: self.number != ""])
    def screen(self) -> None:
        """Not eligible."""


@pghistory.track()
class WithPghistory(Matter):
    """django-pghistory: triggers of the database."""


class WithSimpleHistory(Matter):
    """django-simple-history: a second row by the ORM."""

    history = HistoricalRecords()


class WithAuditlog(Matter):
    """django-auditlog: reads the row again and writes what differs."""


auditlog.register(WithAuditlog)
