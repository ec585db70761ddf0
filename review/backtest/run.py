"""Runs a backtest from beginning to end, and says how far it is."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from cases.law.in_force import law_in_force
from cases.law.merge import Merged
from cases.models import Case
from review.backtest import past, scenarios
from review.backtest.asked import Tally
from review.replay.scenario import Scenario

Far = Callable[[int, int], None]  # done, of how many


def backtest(draft: Merged, *, given: Sequence[Scenario] = (), at: datetime, far: Far | None = None) -> dict[str, Any]:
    """Ask a draft about every past case, or about scenarios where they are given, and return what it comes to.

    Past cases are asked as of their own moments, under the law of that time; scenarios as of ``at``, against the law in force.
    Nothing is written: the database refuses it meanwhile.
    """
    tally = Tally(draft)
    with past.reading_only():
        known = past.laws()
        if given:
            law = law_in_force()
            for number, scenario in enumerate(given, start=1):
                tally.cases += 1
                tally.take(scenarios.questions(scenario, law=law, draft=draft, at=at))
                _tell(far, number, len(given))
        else:
            number = Case.objects.count()
            for keys in past.batches():
                tally.cases += len(keys)
                tally.take(past.questions(keys, known, draft=draft))
                _tell(far, tally.cases, number)
        return tally.outcome(others=known.all())


def _tell(far: Far | None, done: int, of: int) -> None:
    if far is not None:
        far(done, of)
