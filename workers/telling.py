"""Tells a worker that a job waits. Every process of the house does, so nothing is loaded here of what a worker does then: no picture, no engine."""

import logging
import time
from typing import Any

from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from workers.app import app

QUIET, WAITED = 30.0, 0.5  # seconds in which nobody is told, after somebody had to wait so long in vain
log = logging.getLogger(__name__)


class Silence:
    """Until when this process tells nobody: a Redis that takes connections and never answers would hold up whoever asks it."""

    def __init__(self) -> None:
        self.until = 0.0

    def goes_on(self) -> bool:
        return time.monotonic() < self.until


SILENCE = Silence()


def tell_a_worker(*, job_id: int, **_: Any) -> None:
    """Send a job's id, once and without waiting; if Redis is away or silent the sweeper finds the row."""
    if SILENCE.goes_on():
        return
    began = time.monotonic()
    try:
        app.send_task("workers.run_job", (job_id,), retry=False, ignore_result=True)
    except (OperationalError, RedisError, OSError):
        log.warning("no worker could be told of job %s; the sweeper will find it", job_id)
        if time.monotonic() - began > WAITED:
            SILENCE.until = time.monotonic() + QUIET
