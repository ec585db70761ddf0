"""The queue of record: insert the row with the act, tell whoever listens after commit. Knows nothing of Celery."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import Error, connection, transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.dispatch import Signal

from cases.audit import record
from cases.models import Case, Job
from ledger.asking import ask_database
from ledger.away import Away
from ledger.fields import HouseNow
from ledger.worded import first, worded_once

LAST_ATTEMPT = 8
AWAY = timedelta(seconds=60)  # after which what waits for a keystore or an engine is tried again; it is never given up for that
SLOW = frozenset({"search", "enrol"})
MOST_QUICK, MOST_SLOW = 500, 100  # of each kind, looked for at once: however many slow ones wait, the quick ones are found
TOLD_AGAIN = timedelta(seconds=20)  # after which a job that still waits is told again: Redis may have lost it
log = logging.getLogger(__name__)
waiting = Signal()  # sent after commit with job_id; workers connects it


def enqueue(*, kind: str, key: str, case: Case | None = None, details: Mapping[str, Any] | None = None) -> None:
    """Add a job once: a key that is there already adds nothing. The listener is told after commit, and may miss it."""
    job, new = Job.objects.get_or_create(key=key, defaults={"kind": kind, "case": case, "details": dict(details or {})})
    if new:
        announce(job_id=job.pk)


def announce_asked(*, kind: str, about: object) -> None:
    """Announce the job that a fact of this transaction asks for: the database wrote it with the fact (``cases/sql/0017``)."""
    announce(job_id=Job.objects.values_list("pk", flat=True).get(key=f"{kind}:{about}"))


def announce(*, job_id: int, using: str = "default") -> None:
    """Tell the listener, once this transaction is committed, that a job waits."""
    transaction.on_commit(lambda: waiting.send(sender=Job, job_id=job_id), using=using, robust=True)


def due() -> list[int]:
    """Return the ids of jobs that are due by the database's clock, oldest first: so many slow ones at most, and so many quick ones."""
    return [job_id for job_id, _ in _due()]


@transaction.atomic
def to_tell() -> list[tuple[int, str]]:
    """Return (id, kind) of those that are due and of which nobody was told since, or not lately, and note that somebody is told now.

    What waits in a queue is so not told on and on, and what a worker has in hand is not told at all.
    """
    waits = [job_id for job_id, told in _due() if not told]
    rows = Job.objects.select_for_update(skip_locked=True).filter(pk__in=waits, done_at__isnull=True).order_by("not_before", "id")
    found = list(rows.values_list("id", "kind"))
    Job.objects.filter(pk__in=[job_id for job_id, _ in found]).update(told_at=HouseNow())
    return found


def _due() -> list[tuple[int, bool]]:
    """Return (id, whether somebody was told lately) of the jobs that ``due`` names."""
    return [(job_id, told) for _, job_id, told in sorted([*_quick(), *_slow()])]


def _waiting() -> QuerySet[Any, Any]:
    rows = Job.objects.filter(done_at__isnull=True, given_up_at__isnull=True, not_before__lte=HouseNow()).order_by("not_before", "id")
    told = Q(told_at__isnull=False, told_at__gte=F("not_before"), told_at__gt=HouseNow() - TOLD_AGAIN)
    return rows.annotate(told=ExpressionWrapper(told, output_field=BooleanField())).values_list("not_before", "id", "told")


@worded_once
def _quick() -> QuerySet[Any, Any]:
    return _waiting().exclude(kind__in=SLOW)[:MOST_QUICK]


@worded_once
def _slow() -> QuerySet[Any, Any]:
    return _waiting().filter(kind__in=SLOW)[:MOST_SLOW]


def note_sweep() -> None:
    """Say that due jobs were looked for just now; ``/readyz`` asks how long ago that was."""
    ask_database("select note_sweep()")


def run(*, job_id: int, effects: Mapping[str, Callable[[Job], object]]) -> str:
    """Do one job: count the attempt, then take the row, do its effect and mark it done in one transaction. Return what became of it.

    A row that another worker holds, or that is done, is left alone; so a message may come twice, late, or never. A failed
    attempt rolls its effect back, waits longer each time, and after the last one is given up where a person sees it; so is a
    job that ends its worker, for the attempt is counted before. It is no attempt where something else was away.
    """
    attempt = ask_database("select begin_job(%s)", job_id)
    if attempt is None:
        return "left alone"
    try:
        return _attempted(job_id, effects) if attempt <= LAST_ATTEMPT else _put_off(job_id, WorkerEnded(f"each of {LAST_ATTEMPT} times"))
    finally:
        _let_go(job_id)


def _let_go(job_id: int) -> None:
    try:
        ask_database("select let_job_go(%s)", job_id)
    except Error:  # the session is lost, and with it what it held; the next statement begins another
        connection.close()


class WorkerEnded(Exception):
    """Whoever did this job ended while he did it."""


def _attempted(job_id: int, effects: Mapping[str, Callable[[Job], object]]) -> str:
    try:
        with transaction.atomic():
            job = first(_in_hand(job_id))
            if job is None:
                return "left alone"
            effects[job.kind](job)
            Job.objects.filter(pk=job_id).update(done_at=HouseNow())
            told = _told(job)
    except Exception as trouble:  # a job must never take the worker with it; the row keeps what went wrong
        return _put_off(job_id, trouble)
    log.info("a job is done", extra=told)
    return "done"


@worded_once
def _in_hand(job_id: int) -> QuerySet[Job]:
    return Job.objects.select_for_update().filter(pk=job_id, done_at__isnull=True, given_up_at__isnull=True)


def _put_off(job_id: int, trouble: Exception) -> str:
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        if job.done_at or job.given_up_at:
            return "left alone"
        waits = isinstance(trouble, Away)
        attempts = min(job.attempts - waits, LAST_ATTEMPT)
        over = not waits and attempts >= LAST_ATTEMPT
        Job.objects.filter(pk=job_id).update(
            attempts=attempts,
            last_error=f"{type(trouble).__name__}: {trouble}"[:2000],
            not_before=HouseNow() + (AWAY if waits else timedelta(seconds=min(2**attempts, 300))),
            given_up_at=HouseNow() if over else None,
        )
        if over:
            said = {"job": job.kind, "attempts": attempts, "trouble": type(trouble).__name__}
            record(act="job_given_up", subject=job.case.ref if job.case else "house", by=None, said=said)
    became = "given up" if over else "waiting" if waits else "put off"
    log.warning("a job failed and is %s", became, extra=_told(job), exc_info=trouble)
    return became


def _told(job: Job) -> dict[str, Any]:
    """What a line of the log says of a job."""
    return {"job": job.pk, "job_kind": job.kind, "case": job.case.ref if job.case else ""}
