"""Import a file of results, one JSON object a line (NDJSON), as the machine's door takes them. Killed, it goes on where it was."""

import getpass
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from cases.acts.receive_result import hash_of_key, key_is_known
from cases.importing import CannotGoOn, Progress, beside, import_results
from ledger.keyed import KeysAway

KEY = "COUNTERSIGN_SOURCE_KEY"


class Command(BaseCommand):
    """``manage.py import_results FILE``. Exit code 1 where lines were not taken; they stand in FILE.not-taken.ndjson."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="results as POST /api/v1/search-results takes them, one a line")

    def handle(self, *, file: Path, **_: Any) -> None:
        if not file.is_file():
            raise CommandError(f"there is no file {file}")
        key_hash = hash_of_key(os.environ.get(KEY) or getpass.getpass("API key of the source system: "))
        if not key_is_known(key_hash):
            raise CommandError(f"the key is not known, or has ended; set {KEY} or type it (manage.py register_source gives one)")
        columns = (BarColumn(), DownloadColumn(), TextColumn("{task.fields[said]}"), TimeRemainingColumn())
        with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("import", total=file.stat().st_size, said="")
            try:
                found = import_results(
                    file, key_hash=key_hash, far=lambda here: bar.update(task, completed=here.offset, said=f"{here.line:,} lines")
                )
            except CannotGoOn as trouble:
                raise CommandError(str(trouble)) from trouble
            except KeysAway as trouble:
                raise CommandError("Pictures cannot be sealed now. What was imported so far stays; run it again later.") from trouble
            except OSError as trouble:
                said = f"The mark and the report beside {file} cannot be written or read: {trouble.strerror}."
                raise CommandError(
                    f"{said} What was imported so far stays; make room or the folder writable, and run it again."
                ) from trouble
        self._say(file, found)

    def _say(self, file: Path, found: Progress) -> None:
        self.stdout.write(f"{found.line:,} lines: {found.new:,} new, {found.same:,} received before")
        if found.bad or found.conflict:
            raise CommandError(f"not taken: {found.bad:,} bad, {found.conflict:,} conflicts; see {beside(file)[1]}", returncode=1)
