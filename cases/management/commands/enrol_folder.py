"""Enrol a folder of pictures in a gallery as a background job, with progress. Needs the owner's login and a running worker to do it."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Count, Max
from rich.progress import Progress

from cases.acts.enrol import files_of, no_text_in
from cases.jobs import enqueue
from cases.models import EnrolmentRun, Gallery, Job


class Command(BaseCommand):
    """``manage.py enrol_folder XX0010000 "Booking photos" /path --wait``; started again it goes on where it was."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ori")
        parser.add_argument("gallery")
        parser.add_argument("folder", type=Path)
        parser.add_argument("--wait", action="store_true", help="show progress until it is done, and name what was skipped")

    def handle(self, *, ori: str, gallery: str, folder: Path, wait: bool, **_: Any) -> None:
        found = Gallery.objects.filter(agency__ori=ori, name=gallery).first()
        if found is None:
            raise CommandError(f"{ori} has no gallery “{gallery}”: manage.py register_gallery registers one")
        if not folder.is_dir():
            raise CommandError(f"{folder} is no folder")
        if no_text := no_text_in(folder):
            raise CommandError(f"{len(no_text)} names in {folder} are no UTF-8, as {no_text[0]!r}: rename these files. Nothing was begun.")
        names = files_of(folder)
        if not names:
            raise CommandError(f"{folder} holds no JPEG, PNG or WebP picture")
        with transaction.atomic():
            run = EnrolmentRun.objects.create(gallery=found, folder=str(folder.resolve()), files=len(names))
            enqueue(kind="enrol", key=f"enrol:{run.pk}:0", details={"run": run.pk})
        self.stdout.write(f"enrolment {run.pk}: {run.files} pictures wait for the worker")
        if wait:
            self._wait(run)

    def _wait(self, run: EnrolmentRun) -> None:
        with Progress() as progress:
            step = progress.add_task("enrolling", total=run.files)
            done, newest, goes_on = 0, 0, True
            while goes_on:
                goes_on = Job.objects.filter(kind="enrol", details__run=run.pk, done_at__isnull=True, given_up_at__isnull=True).exists()
                # batch after batch: none comes in between
                more = run.done.filter(pk__gt=newest).aggregate(number=Count("pk"), newest=Max("pk"))
                done, newest = done + more["number"], more["newest"] or newest
                progress.update(step, completed=done)
                if goes_on:
                    time.sleep(0.5)
        for row in run.done.filter(outcome="skipped"):
            self.stdout.write(f"  skipped {row.name}: {row.because}")
        if done < run.files:
            self.stdout.write(
                f"  {run.files - done} were not reached: they are not there any more, or the job was given up (the page of the house)"
            )
