"""Say who has to see the log: load a policy file, with the owner's login; or without one, show the policy in force."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError

from ledger.asking import ask_database, ask_rows
from ledger.policy import BadPolicy, read_policy

STANDING = """
select w.vkey, w.address, (select max(c.checkpoint_id) from ledger_cosignature c where c.vkey = w.vkey),
       (select max(c.at) from ledger_cosignature c where c.vkey = w.vkey)
  from ledger_witness w where w.policy_id = (select max(id) from ledger_witnesspolicy) order by w.id
"""


class Command(BaseCommand):
    """``manage.py witnesses policy.toml`` puts a policy in force and records it; ``manage.py witnesses`` says how things stand."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, help="the policy: quorum, silent_after_minutes, and for each [[witness]] key and address"
        )
        parser.add_argument("--using", default="default", help="which database of the settings; loading needs the owner's login")

    def handle(self, *, file: Path | None, using: str, **_: Any) -> None:
        if file:
            self._load(file, using)
        rows = ask_rows("select quorum, silence, at from ledger_witnesspolicy order by id desc limit 1", using=using)
        if not rows:
            self.stdout.write("No witnesses are named: the quorum is 0, and every bundle says so.")
            return
        quorum, silence, at = rows[0]
        self.stdout.write(f"Since {at:%Y-%m-%d %H:%M} UTC: {quorum} must have cosigned; countersigning stops after {silence} of silence.")
        for vkey, address, size, when in ask_rows(STANDING, using=using):
            said = f"cosigned {size} entries, last on {when:%Y-%m-%d %H:%M} UTC" if size else "has cosigned nothing"
            self.stdout.write(f"{vkey.split('+')[0]} at {address}: {said}")
        since = ask_database("select witnesses_silent_since()", using=using)
        self.stdout.write(
            f"SILENT since {since:%Y-%m-%d %H:%M} UTC: nothing is countersigned." if since else "Nothing waits too long for them."
        )

    def _load(self, file: Path, using: str) -> None:
        try:
            text = file.read_text(encoding="utf-8")
            policy = read_policy(text)
        except (OSError, UnicodeDecodeError) as trouble:
            raise CommandError(f"{file} cannot be read: {trouble}") from trouble
        except BadPolicy as trouble:
            raise CommandError(f"{file}: {trouble}. Nothing was changed.") from trouble
        try:
            ask_database(
                "select ledger_set_witnesses(%s, %s, %s, %s, %s::text[], %s::text[])",
                text,
                policy.quorum,
                policy.silence,
                policy.timestamps,
                [each.key.vkey() for each in policy.witnesses],
                [each.address for each in policy.witnesses],
                using=using,
            )
        except ProgrammingError as trouble:
            raise CommandError("Loading a policy needs the owner's login (as manage.py migrate does). Nothing was changed.") from trouble
