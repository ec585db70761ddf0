"""Make the bundles that legal advisers asked for on the pages, until stopped."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, connections

from oversight.bundles import forget, make_next
from oversight.management.commands.export_bundle import LONGEST_WAIT

BETWEEN, A_MINUTE = 2.0, 60.0


class Command(BaseCommand):
    """With the auditor's login, beside a house that is up. A second one finds the first at work and does nothing."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--loop", action="store_true", help="go on until stopped; without it, make what waits and end")
        parser.add_argument("--using", default="default", help="which database of the settings holds the auditor's login")

    def handle(self, *, loop: bool, using: str, **_: Any) -> None:
        self._all(using)
        while loop:
            time.sleep(BETWEEN)
            self._all(using)

    def _all(self, using: str) -> None:
        try:
            while (wanted := make_next(wait=_Patience(), using=using)) is not None:
                self.stdout.write(f"wish {wanted} was answered")
            forget(using=using)
        except (OperationalError, InterfaceError) as trouble:
            self.stderr.write(f"the database does not answer, trying again: {str(trouble).strip()}")
            connections[using].close()


class _Patience:
    """Half a second at a time, for at most half a minute."""

    def __init__(self) -> None:
        self.until = time.monotonic() + LONGEST_WAIT

    def __call__(self) -> bool:
        time.sleep(0.5)
        return time.monotonic() < self.until
