"""The queue of record: insert the row with the act, tell whoever listens after commit. Knows nothing of Celery."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.dispatch import Signal

from cases.audit import record
from cases.models import Case, Job
from ledger.asking import ask_database
from ledger.fields import HouseNow

LAST_ATTEMPT = 8
log = logging.getLogger(__name__)
waiting = Signal()  # sent after commit with job_id; workers connects it


def enqueue(*, kind: str, key: str, case: Case | None = None, details: Mapping[str, Any] | None = None) -> None:
    """Add a job once: a key that is there already adds nothing. The listener is told after commit, and may miss it."""
    job, new = Job.objects.get_or_create(key=key, defaults={"kind": kind, "case": case, "details": dict(details or {})})
    if new:
        announce(job_id=job.pk)


def announce(*, job_id: int, using: str = "default") -> None:
    """Tell the listener, once this transaction is committed, that a job waits."""
    transaction.on_commit(lambda: waiting.send(sender=Job, job_id=job_id), using=using, robust=True)


def due(*, at_most: int = 500) -> list[int]:
    """Return the ids of jobs that are due by the database's clock, oldest first."""
    return [job_id for job_id, _ in due_with_kind(at_most=at_most)]


def due_with_kind(*, at_most: int = 500) -> list[tuple[int, str]]:
    """Return (id, kind) of jobs that are due by the database's clock, oldest first."""
    rows = Job.objects.filter(done_at__isnull=True, given_up_at__isnull=True, not_before__lte=HouseNow())
    return list(rows.order_by("not_before", "id").values_list("id", "kind")[:at_most])


def note_sweep() -> None:
    """Say that due jobs were looked for just now; ``/readyz`` asks how long ago that was."""
    ask_database("select note_sweep()")


def run(*, job_id: int, effects: Mapping[str, Callable[[Job], object]]) -> str:
    """Do one job: take the row, do its effect and mark it done in one transaction. Return what became of it.

    A row that another worker holds, or that is done, is left alone; so a message may come twice, late, or never. A failed
    attempt rolls its effect back, waits longer each time, and after the last one is given up where a person sees it.
    """
    try:
        with transaction.atomic():
            job = Job.objects.select_for_update(skip_locked=True).filter(pk=job_id, done_at__isnull=True, given_up_at__isnull=True).first()
            if job is None:
                return "left alone"
            effects[job.kind](job)
            Job.objects.filter(pk=job_id).update(done_at=HouseNow(), attempts=F("attempts") + 1)
            told = _told(job)
    except Exception as trouble:  # a job must never take the worker with it; the row keeps what went wrong
        return _put_off(job_id, trouble)
    log.info("a job is done", extra=told)
    return "done"


def _put_off(job_id: int, trouble: Exception) -> str:
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        if job.done_at or job.given_up_at:
            return "left alone"
        attempts = job.attempts + 1
        over = attempts >= LAST_ATTEMPT
        Job.objects.filter(pk=job_id).update(
            attempts=attempts,
            last_error=f"{type(trouble).__name__}: {trouble}"[:2000],
            not_before=HouseNow() + timedelta(seconds=min(2**attempts, 300)),
            given_up_at=HouseNow() if over else None,
        )
        if over:
            said = {"job": job.kind, "attempts": attempts, "trouble": type(trouble).__name__}
            record(act="job_given_up", subject=job.case.ref if job.case else "house", by=None, said=said)
    log.warning("a job failed and is %s", "given up" if over else "put off", extra=_told(job), exc_info=trouble)
    return "given up" if over else "put off"


def _told(job: Job) -> dict[str, Any]:
    """What a line of the log says of a job."""
    return {"job": job.pk, "job_kind": job.kind, "case": job.case.ref if job.case else ""}
