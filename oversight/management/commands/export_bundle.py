"""Make a bundle of a case for somebody outside: what is on file, the entries with their proofs, and the program that checks them."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from cases.keystore import KeyDestroyed, KeystoreAway
from cases.log_keys import NoLogKey
from oversight.export import NotMade, export
from review.rules.leaving import Leaving

LONGEST_WAIT = 30.0


class Command(BaseCommand):
    """With the auditor's login, beside a house that is up."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case")
        parser.add_argument("--to", type=Path, help="the file to write (by default CASE-NUMBER.zip here)")
        parser.add_argument("--recipient", required=True, help="who gets it")
        parser.add_argument("--ori", default="", help="the ORI of an agency that gets it")
        parser.add_argument("--purpose", required=True, help="for what")
        parser.add_argument("--authority", required=True, help="by which order, rule or request")
        parser.add_argument(
            "--court-copy", action="store_true", help="for a court that has asked: the faces of other candidates are not covered"
        )
        parser.add_argument("--using", default="default", help="which database of the settings holds the auditor's login")

    def handle(
        self, *, case: str, to: Path | None, recipient: str, ori: str, purpose: str, authority: str, court_copy: bool, using: str, **_: Any
    ) -> None:
        until = time.monotonic() + LONGEST_WAIT

        def wait() -> bool:
            time.sleep(0.5)
            return time.monotonic() < until

        try:
            raw = export(case_ref=case, leaving=Leaving(recipient, purpose, authority, ori), wait=wait, court_copy=court_copy, using=using)
        except (NotMade, NoLogKey, KeyDestroyed, KeystoreAway, DatabaseError) as trouble:
            raise CommandError(str(trouble).strip()) from trouble
        path = to or Path(f"{case}.zip")
        path.write_bytes(raw)
        self.stdout.write(f"{path}: {len(raw)} bytes. Check it: python3 ledger/verify.py {path}")
