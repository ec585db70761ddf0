"""Do every job that is due, in this process and without Redis: slower, not stuck."""

import logging
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection

from cases import jobs
from workers.effects import EFFECTS
from workers.lapses import lapse_turns
from workers.seeds import send_seeds

log = logging.getLogger(__name__)


class Command(BaseCommand):
    """``manage.py sweep`` once, or ``--loop`` until stopped."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped, every second")

    def handle(self, *, loop: bool, **_: Any) -> None:
        while loop:
            try:
                self._sweep()
            except (OperationalError, InterfaceError) as trouble:
                log.warning("jobs wait: %s", type(trouble).__name__)
                connection.close()
            time.sleep(1)
        self._sweep()

    def _sweep(self) -> None:
        jobs.note_sweep()
        lapse_turns()
        send_seeds()
        for job_id in jobs.due():
            self.stdout.write(f"job {job_id}: {jobs.run(job_id=job_id, effects=EFFECTS)}")
