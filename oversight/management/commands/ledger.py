"""Go through the log: every place, tile, root and signature, derived again from the bytes of the entries."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError

from oversight.fsck import fsck


class Command(BaseCommand):
    """``manage.py ledger fsck``, with the auditor's login. Exit code 1 where anything is wrong, 2 where it could not look."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["fsck"])
        parser.add_argument("--using", default="default", help="which database of the settings holds the auditor's login")

    def handle(self, *, using: str, **_: Any) -> None:
        began = time.monotonic()
        try:
            found = fsck(using=using)
        except (OperationalError, InterfaceError) as trouble:
            raise CommandError(f"The database does not answer: {str(trouble).strip()}", returncode=2) from trouble
        self.stdout.write(
            f"{found.entries} entries and {found.checkpoints} checkpoints derived again in {time.monotonic() - began:.1f} s; {found.waiting} wait for their place."
        )
        if found.first_wrong:
            self.stdout.write(f"WRONG: {found.first_wrong}.")
            raise SystemExit(1)
        self.stdout.write("Nothing is wrong.")
