"""Seal a batch of known cases before they are sent in, or say how many are due."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from oversight import seeds


class Command(BaseCommand):
    """Needs the auditor's login. The list is JSON: [{"probe": "a.jpg", "mates": ["b.jpg"]}, ...]; a stranger has no mates."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("list", nargs="?", type=Path, help="the batch to seal; without one, how many are due")
        parser.add_argument("--using", default="default", help="which database of the settings holds the auditor's login")

    def handle(self, *, using: str, **options: Any) -> None:
        path: Path | None = options["list"]
        if path is None:
            found = seeds.due(using=using)
            self.stdout.write(
                f"{found.examined} examinations in 30 days; {found.waiting} seeds wait to be sent in; {found.due} more are due."
            )
            return
        try:
            number = seeds.seal(_read(path), using=using)
        except (OSError, ValueError, KeyError, TypeError) as trouble:
            raise CommandError(f"{path.name} is no list of seeds: {trouble}") from trouble
        except DatabaseError as trouble:
            raise CommandError(f"Nothing was sealed: {str(trouble).splitlines()[0]}.") from trouble
        self.stdout.write(f"{number} seeds are sealed. Send their probes in like any other, from now on, and delete the list.")


def _read(path: Path) -> list[seeds.Known]:
    return [
        seeds.Known(path.parent / each["probe"], tuple(path.parent / mate for mate in each.get("mates", ())))
        for each in json.loads(path.read_text(encoding="utf-8"))
    ]
