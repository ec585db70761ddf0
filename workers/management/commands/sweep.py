"""Do every job that is due, in this process and without Redis: slower, not stuck."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cases import jobs
from workers.effects import EFFECTS


class Command(BaseCommand):
    """``manage.py sweep`` once, or ``--loop`` until stopped."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped, every second")

    def handle(self, *, loop: bool, **_: Any) -> None:
        while True:
            jobs.note_sweep()
            for job_id in jobs.due():
                self.stdout.write(f"job {job_id}: {jobs.run(job_id=job_id, effects=EFFECTS)}")
            if not loop:
                return
            time.sleep(1)
