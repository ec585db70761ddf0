"""Celery's tasks: each carries a job's id and makes one call. Redis is a hint; the row is the truth."""

import logging
from typing import Any

from celery import shared_task
from kombu.exceptions import OperationalError

from cases import jobs
from workers.effects import EFFECTS

log = logging.getLogger(__name__)


@shared_task(name="workers.run_job")
def run_job(job_id: int, **_: Any) -> str:
    """Do one job, if it is still to do."""
    return jobs.run(job_id=job_id, effects=EFFECTS)


@shared_task(name="workers.sweep")
def sweep(**_: Any) -> int:
    """Tell the workers again of every job that is due: what Redis lost, and what failed and has waited."""
    found = jobs.due()
    for job_id in found:
        run_job.delay(job_id)
    return len(found)


def tell_a_worker(*, job_id: int, **_: Any) -> None:
    """Send a job's id, once and without waiting; if Redis is away the sweeper finds the row."""
    try:
        run_job.apply_async((job_id,), retry=False)
    except (OperationalError, OSError):
        log.warning("no worker could be told of job %s; the sweeper will find it", job_id)
