"""Reads policy packs for a person: ``policy check [FILE...]`` says of each file that it is sound, or what is wrong and where."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cases.law.load import ADOPTABLE, Pack, PackWrong, load_pack, why_not_adoptable
from cases.law.merge import MergeWrong, merge
from cases.law.shipped import pack_files


class Command(BaseCommand):
    """Asks no database. Exit code 1 where a file is wrong. Several named files are also read together: what collides is said."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        check = what.add_parser("check", help="read packs and name every fault with file, rule and field")
        check.add_argument("files", nargs="*", type=Path, metavar="FILE", help="the packs that come with the house, if none is named")
        check.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="also say whether each could be adopted on this day")

    def handle(self, *, files: list[Path], on: date | None, **_: Any) -> None:
        sound, wrong = [], 0
        for path in files or pack_files():
            try:
                sound.append(load_pack(path))
            except PackWrong as trouble:
                wrong += 1
                self.stderr.write(str(trouble))
        for pack in sound:
            self.stdout.write(_said(pack, on))
        if wrong:
            raise CommandError(f"{wrong} of {wrong + len(sound)} cannot be read")
        if len(files) > 1:
            self._together(sound)

    def _together(self, packs: list[Pack]) -> None:
        try:
            merged = merge(packs)
        except MergeWrong as trouble:
            raise CommandError(str(trouble)) from trouble
        for conflict in merged.conflicts:
            self.stdout.write(f"to be settled in writing: {conflict.sentence} ({' against '.join(conflict.rules)})")


def _said(pack: Pack, on: date | None) -> str:
    verify = sum(rule.verify for rule in pack.rules)
    text = f"{pack.id}: {len(pack.rules)} rules, {verify} of them to verify"
    against = why_not_adoptable(pack, on=on) if on else None
    if on is None and pack.status not in ADOPTABLE:
        against = f"{pack.id}: status is “{pack.status}”"
    return f"{text}; cannot be adopted: {against}" if against else text
