"""Derive every countersignature again, by other code and with the auditor's login, and print what differs."""

import json
import time
from argparse import ArgumentTypeError
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connections
from rich.console import Console
from rich.table import Table

from oversight.gatecheck import Checked, gatecheck, record

HOUR, A_MINUTE = 3, 60


def _day(text: str) -> datetime:
    try:
        found = date.fromisoformat(text)
    except ValueError as trouble:
        raise ArgumentTypeError(f"“{text}” is no day; write it as 2026-03-01") from trouble
    return datetime(found.year, found.month, found.day, tzinfo=UTC)


class Command(BaseCommand):
    """Exit code 1 where anything differs, 2 where the check could not be made."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
        parser.add_argument("--since", type=_day, help="only what was decided on this day (UTC) or later")
        parser.add_argument("--record", action="store_true", help="write the pass, and what is new of what differs, into the record")
        parser.add_argument("--nightly", action="store_true", help="go on until stopped: now, then each night at three (UTC), recorded")
        parser.add_argument("--using", default="default", help="which database of the settings holds the auditor's login")

    def handle(self, *, json: bool, since: datetime | None, record: bool, nightly: bool, using: str, **_: Any) -> None:
        while nightly:
            self._once_in_the_night(using)
        try:
            found, seconds = self._pass(using, since, recorded=record)
        except (OperationalError, InterfaceError) as trouble:
            raise CommandError(f"The database does not answer: {str(trouble).strip()}", returncode=2) from trouble
        self._print(found, seconds, as_json=json)
        if found.wrong:
            raise SystemExit(1)

    def _pass(self, using: str, since: datetime | None, *, recorded: bool) -> tuple[Checked, float]:
        began = time.monotonic()
        found = gatecheck(using=using, since=since)
        if recorded:
            record(found, using=using)
        return found, round(time.monotonic() - began, 1)

    def _once_in_the_night(self, using: str) -> None:
        try:
            found, seconds = self._pass(using, None, recorded=True)
        except (OperationalError, InterfaceError) as trouble:
            self.stderr.write(f"the database does not answer, trying again in a minute: {str(trouble).strip()}")
            time.sleep(A_MINUTE)
            return
        finally:
            connections[using].close()
        self.stdout.write(f"{_sentence(found)} ({seconds} s)")
        self.stdout.flush()
        due = _next_night(datetime.now(UTC))
        while datetime.now(UTC) < due:
            time.sleep(A_MINUTE)

    def _print(self, found: Checked, seconds: float, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps({**found.said(), "seconds": seconds}, indent=2, ensure_ascii=False))
            return
        if found.wrong:
            table = Table("of", "stands as", "what differs")
            for each in found.wrong:
                table.add_row(each.ref, each.state.lower(), "\n".join(finding.sentence for finding in each.findings))
            Console(width=160, file=self.stdout).print(table)  # type: ignore[arg-type]
        self.stdout.write(f"{_sentence(found)} ({seconds} s)")


def _next_night(after: datetime) -> datetime:
    due = after.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return due if due > after else due + timedelta(days=1)


def _sentence(found: Checked) -> str:
    said = (
        f"{found.checked} answered countersignatures, {found.leads} leads and {found.moves} moves derived again: "
        f"{len(found.wrong) or 'nothing'} {'differ' if len(found.wrong) > 1 else 'differs'}. "
        f"Of those signed, {found.holds} hold now and {found.lapsed} do not."
    )
    return said if found.persons_compared else f"{said} Signers were not compared with the record: the key is not here."
