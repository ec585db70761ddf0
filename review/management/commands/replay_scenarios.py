"""Replay a scenario file through the real acts, each scenario in a throw-away database, and say how each came out."""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from review.replay import outcome
from review.replay.house import ThrowAwayHouse
from review.replay.outcome import Replayed
from review.replay.scenario import Scenario, ScenarioWrong, load
from review.replay.walk import ReplayWentElsewhere, replay


class Command(BaseCommand):
    """Exit code 1 where a scenario comes out otherwise than its file expects."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
        parser.add_argument("--only", action="append", default=[], help="replay only this id; may be given again")

    def handle(self, *, file: Path, json: bool, only: list[str], **_: Any) -> None:
        if not settings.DEMO:
            raise CommandError("scenarios are replayed on this machine only, never with an agency's settings")
        try:
            scenarios = [each for each in load(file) if not only or each.id in only]
        except ScenarioWrong as trouble:
            raise CommandError(str(trouble)) from trouble
        answers = self._replayed(scenarios)
        wrong = {each.id: outcome.differences(each, answers[each.id]) for each in scenarios}
        self._print(scenarios, answers, wrong, as_json=json)
        if any(wrong.values()):
            sys.exit(1)

    def _replayed(self, scenarios: list[Scenario]) -> dict[str, Replayed]:
        answers: dict[str, Replayed] = {}
        with tempfile.TemporaryDirectory(prefix="replay-") as scratch, Progress(console=Console(stderr=True), transient=True) as progress:
            step = progress.add_task("making a house", total=len(scenarios))
            house = ThrowAwayHouse(Path(scratch))
            house.open()
            try:
                for scenario in scenarios:
                    progress.update(step, description=f"replaying {scenario.id}")
                    with house.clone() as stage:
                        answers[scenario.id] = replay(scenario, stage)
                    progress.advance(step)
            except ReplayWentElsewhere as trouble:
                raise CommandError(str(trouble)) from trouble
            finally:
                house.close()
        return answers

    def _print(self, scenarios: list[Scenario], answers: dict[str, Replayed], wrong: dict[str, list[str]], *, as_json: bool) -> None:
        if as_json:
            said = [{key: value for key, value in asdict(answers[each.id]).items() if key != "codes"} for each in scenarios]
            self.stdout.write(json.dumps({"scenarios": said}, indent=2, ensure_ascii=False))
            return
        table = Table("scenario", "action", "outcome", "shut", "as expected")
        for each in scenarios:
            found = answers[each.id]
            gates = ", ".join(gate.split("_")[0] for gate in found.blocking_gates) or "none"
            table.add_row(each.id, each.action_word, found.outcome, gates, "no: " + "; ".join(wrong[each.id]) if wrong[each.id] else "yes")
        Console(width=160).print(table)
