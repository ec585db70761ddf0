"""Celery's tasks: each carries a job's id and makes one call. Redis is a hint; the row is the truth."""

import secrets
from typing import Any

from celery import shared_task
from django.db import transaction

from cases import jobs
from ledger.clock import house_now
from workers.effects import EFFECTS
from workers.lapses import lapse_turns
from workers.mail import mail_new_notices
from workers.seeds import send_seeds


@shared_task(name="workers.run_job")
def run_job(job_id: int, **_: Any) -> str:
    """Do one job, if it is still to do."""
    return jobs.run(job_id=job_id, effects=EFFECTS)


@shared_task(name="workers.run_jobs")
def run_jobs(job_ids: list[int], **_: Any) -> int:
    """Do quick jobs one after the other, each in its own transaction."""
    return sum(jobs.run(job_id=job_id, effects=EFFECTS) == "done" for job_id in job_ids)


@shared_task(name="workers.sweep")
def sweep(**_: Any) -> int:
    """Tell the workers of jobs that are due: what Redis lost, what failed and has waited, and what came in volume.

    Slow jobs get a message each, quick ones one message a batch. What still waits after a while is told again.
    """
    jobs.note_sweep()
    found = jobs.to_tell()
    for job_id, kind in found:
        if kind in jobs.SLOW:
            run_job.delay(job_id)
    if quick := [job_id for job_id, kind in found if kind not in jobs.SLOW]:
        run_jobs.delay(quick)
    return len(found)


@shared_task(name="workers.retain")
def retain(**_: Any) -> None:
    """Look, once a day of the house, for what closes by time and for pictures whose time has run. Asked every hour; a second time it adds nothing."""
    day = house_now().date().isoformat()
    with transaction.atomic():
        jobs.enqueue(kind="retain", key=f"retain:{day}", details={"day": day})


@shared_task(name="workers.mail_notices")
def mail_notices(**_: Any) -> int:
    """Mail what is new to whoever wants that."""
    return mail_new_notices(at=house_now())


@shared_task(name="workers.lapse_turns")
def lapse(**_: Any) -> int:
    """Give back to the lot every examination on which nothing was done for too long."""
    return lapse_turns()


@shared_task(name="workers.plan_seeds")
def plan_seeds(**_: Any) -> None:
    """Have it asked once in the coming minute, at a moment that nobody can foretell: a known case does not enter on the tick of a clock."""
    ask_for_seeds.apply_async(countdown=secrets.randbelow(60_000) / 1000, expires=120)


@shared_task(name="workers.ask_for_seeds")
def ask_for_seeds(**_: Any) -> None:
    """Let the lots decide whether a known case enters now."""
    send_seeds()
