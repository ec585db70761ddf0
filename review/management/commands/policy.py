"""Reads policy packs and asks them: ``policy check [FILE...]``, ``policy explain CASE``, ``policy backtest PACK... [--scenarios FILE]``."""

import json
import textwrap
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from cases.law.load import ADOPTABLE, Pack, PackWrong, load_pack, why_not_adoptable
from cases.law.merge import Merged, MergeWrong, merge
from cases.law.shipped import POLICIES, pack_files
from cases.models import Case
from ledger.clock import house_now
from review.backtest.run import backtest
from review.replay.scenario import Scenario, ScenarioWrong, load
from review.rules.actions import ACTIONS
from review.sheets.law import Explained, of_case

SHOWN = 20
NOON = time(12, tzinfo=UTC)


class Command(BaseCommand):
    """``check`` asks no database; exit code 1 where a file is wrong. ``explain`` and ``backtest`` write nothing."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        check = what.add_parser("check", help="read packs and name every fault with file, rule and field")
        check.add_argument("files", nargs="*", type=Path, metavar="FILE", help="the packs that come with the house, if none is named")
        check.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="also say whether each could be adopted on this day")
        explain = what.add_parser("explain", help="each rule that a case was asked: sentence, citation, what it saw, its answer")
        explain.add_argument("case", metavar="CASE", help="as in FR-2026-000123")
        explain.add_argument("--action", choices=sorted(ACTIONS), default="arrest", help="asked as if it were signed now")
        test = what.add_parser("backtest", help="which past cases or scenarios would have gone another way under a draft")
        test.add_argument("packs", nargs="+", metavar="PACK", help="a pack of the house by its id, or a file; several are merged")
        test.add_argument("--scenarios", type=Path, metavar="FILE", help="ask the scenarios of a file, not the cases")
        test.add_argument("--on", type=date.fromisoformat, metavar="YYYY-MM-DD", help="the day of the scenarios; today, if none is given")
        test.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *, what: str, **options: Any) -> None:
        match what:
            case "check":
                self._check(options["files"], options["on"])
            case "explain":
                self._explain(options["case"], options["action"])
            case "backtest":
                self._backtest(options["packs"], options["scenarios"], on=options["on"], as_json=options["json"])

    # -- check -----------------------------------------------------------------------------------------------------

    def _check(self, files: Sequence[Path], on: date | None) -> None:
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

    def _together(self, packs: list[Pack]) -> Merged:
        try:
            merged = merge(packs)
        except MergeWrong as trouble:
            raise CommandError(str(trouble)) from trouble
        for conflict in merged.conflicts:
            self.stdout.write(f"to be settled in writing: {conflict.sentence} ({' against '.join(conflict.rules)})")
        return merged

    # -- explain ---------------------------------------------------------------------------------------------------

    def _explain(self, ref: str, action: str) -> None:
        case = Case.objects.select_related("investigation").filter(ref=ref).first()
        if case is None:
            raise CommandError(f"there is no case {ref}")
        self._print(of_case(case, action=action, at=house_now()))

    def _print(self, explained: Explained) -> None:
        for remark in explained.remarks:
            self.stdout.write(remark)
        for step in explained.steps:
            self.stdout.write(f"\n{step.name}, as of {step.at.isoformat(timespec='minutes')}, under {step.policy}")
            for rule in step.rules:
                verify = " (to verify)" if rule.verify else ""
                self.stdout.write(f"  {rule.answer.word}: {rule.rule}: {rule.sentence} [{rule.citation}{verify}]")
                for because in rule.because:
                    self.stdout.write(f"    {because}")
                if rule.saw:
                    saw = "; ".join(f"{name}: {said}" for name, said in rule.saw)
                    self.stdout.write(textwrap.fill(f"It saw {saw}.", 150, initial_indent="    ", subsequent_indent="    "))

    # -- backtest --------------------------------------------------------------------------------------------------

    def _backtest(self, names: Sequence[str], file: Path | None, *, on: date | None, as_json: bool) -> None:
        try:
            packs = [load_pack(POLICIES / f"{name}.toml" if (POLICIES / f"{name}.toml").is_file() else Path(name)) for name in names]
            draft = merge(packs)
            given: tuple[Scenario, ...] = load(file) if file else ()
        except (PackWrong, MergeWrong, ScenarioWrong) as trouble:
            raise CommandError(str(trouble)) from trouble
        with Progress(console=Console(stderr=True), transient=True) as progress:
            step = progress.add_task("asking the draft")
            noon = datetime.combine(on or house_now().date(), NOON)  # one moment a day: the same question has the same answer
            found = backtest(draft, given=given, at=noon, far=lambda done, of: progress.update(step, completed=done, total=of))
        if as_json:
            self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False))
        else:
            self._say(found)

    def _say(self, found: dict[str, Any]) -> None:
        self.stdout.write(f"draft {found['draft']['packs']} ({found['draft']['digest'][:12]})")
        self.stdout.write(
            f"{found['cases']} cases, {found['questions']} questions, {found['not_compared']} not compared (no law was in force)"
        )
        self.stdout.write(f"would be shut: {found['would_be_shut']}; would be open: {found['would_be_open']}")
        for key, row in found["by_rule"].items():
            rule = found["rules"].get(key, {})
            verify = " (to verify)" if rule.get("verify") else ""
            self.stdout.write(
                f"  {key}: {row['shut']} shut, {row['open']} opened. {rule.get('sentence', '')} [{rule.get('citation', '')}{verify}]"
            )
        for each in found["differences"][:SHOWN]:
            about = f", {each['about']}" if each["about"] else ""
            self.stdout.write(f"  {each['of']} at {each['gate']}{about}: {each['goes']}, by {', '.join(each['rules'])}")
        if len(found["differences"]) > SHOWN:
            self.stdout.write(f"  and {len(found['differences']) - SHOWN} more; --json says them all")
        self.stdout.write(f"digest {found['digest']}")


def _said(pack: Pack, on: date | None) -> str:
    verify = sum(rule.verify for rule in pack.rules)
    text = f"{pack.id}: {len(pack.rules)} rules, {verify} of them to verify"
    against = why_not_adoptable(pack, on=on) if on else None
    if on is None and pack.status not in ADOPTABLE:
        against = f"{pack.id}: status is “{pack.status}”"
    return f"{text}; cannot be adopted: {against}" if against else text
