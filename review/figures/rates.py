"""Error rates of trials on known cases, with "no conclusion" counted three ways. Pure but for the intervals."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from people.measuring import Answer
from review.figures.intervals import ENOUGH, Interval, clopper_pearson, effective, wilson

SHIFTS = ((6, "early"), (14, "late"), (22, "night"))


@dataclass(frozen=True, slots=True)
class Trial:
    """One reviewer's answer on one known case. ``mated``: the person of the probe is in the list."""

    reviewer: int
    case: str
    mated: bool
    answer: Answer
    seconds: float | None = None
    shift: str = ""
    unit: str = ""

    @property
    def wrong(self) -> bool:
        """A stranger supported, or the person excluded or set aside. No conclusion is not wrong."""
        if self.mated:
            return self.answer in (Answer.EXCLUDES, Answer.SET_ASIDE)
        return self.answer is Answer.SUPPORTS

    @property
    def concluded(self) -> bool:
        return self.answer is not Answer.NO_CONCLUSION


@dataclass(frozen=True, slots=True)
class Rate:
    """Errors among trials. ``worth`` is how many independent trials they amount to; the intervals are made of those."""

    errors: int
    trials: int
    worth: float

    @property
    def enough(self) -> bool:
        """Under 20 trials a page says "not enough data"."""
        return self.trials >= ENOUGH

    @property
    def value(self) -> float:
        return self.errors / self.trials if self.trials else 0.0

    @property
    def for_permission(self) -> Interval:
        """Clopper-Pearson: cover is guaranteed."""
        return clopper_pearson(self.value * self.worth, self.worth) if self.trials else Interval(0.0, 1.0)

    @property
    def for_dashboard(self) -> Interval:
        """Wilson."""
        return wilson(self.value * self.worth, self.worth) if self.trials else Interval(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class ThreeWays:
    """One error rate: with "no conclusion" among the trials, without it, and with it as wrong where the others could conclude."""

    with_none: Rate
    without_none: Rate
    none_as_wrong: Rate


@dataclass(frozen=True, slots=True)
class Figures:
    """What is measured of a reviewer, a shift or a unit."""

    false_positive: ThreeWays
    false_negative: ThreeWays
    no_conclusion: Rate
    supports: Rate
    seconds: float | None


def of(trials: Iterable[Trial], *, among: Iterable[Trial] | None = None) -> Figures:
    """Return the figures of trials; ``among`` are all the trials on the same cases, which say where others could conclude."""
    rows = list(trials)
    could = _others_could(rows, rows if among is None else list(among))
    timed = [row.seconds for row in rows if row.seconds is not None]
    return Figures(
        _three_ways([row for row in rows if not row.mated], could),
        _three_ways([row for row in rows if row.mated], could),
        _rate(rows, [not row.concluded for row in rows]),
        _rate(rows, [row.answer is Answer.SUPPORTS for row in rows]),
        median(timed) if timed else None,
    )


def grouped(trials: Iterable[Trial], by: str) -> dict[str, list[Trial]]:
    """Return the trials of each shift, unit or reviewer."""
    found: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        found[str(getattr(trial, by))].append(trial)
    return dict(sorted(found.items()))


def shift_of(local: datetime) -> str:
    """Return the shift of a local time: early from 6, late from 14, night from 22."""
    return next((name for begins, name in reversed(SHIFTS) if local.hour >= begins), "night")


def intraclass(rows: Sequence[Trial], wrong: Sequence[bool]) -> float:
    """Return the correlation of errors within a case (one-way analysis of variance), between 0 and 1."""
    cases: dict[str, list[bool]] = defaultdict(list)
    for row, each in zip(rows, wrong, strict=True):
        cases[row.case].append(each)
    total, groups = len(rows), len(cases)
    if groups < 2 or total == groups:
        return 0.0
    mean = sum(wrong) / total
    between = sum(len(c) * (sum(c) / len(c) - mean) ** 2 for c in cases.values()) / (groups - 1)
    within = sum(sum(c) * (1 - sum(c) / len(c)) for c in cases.values()) / (total - groups)
    size = (total - sum(len(c) ** 2 for c in cases.values()) / total) / (groups - 1)
    spread = between + (size - 1) * within
    return min(1.0, max(0.0, (between - within) / spread)) if spread else 0.0


def _three_ways(rows: list[Trial], could: set[tuple[int, str]]) -> ThreeWays:
    concluded = [row for row in rows if row.concluded]
    return ThreeWays(
        _rate(rows, [row.wrong for row in rows]),
        _rate(concluded, [row.wrong for row in concluded]),
        _rate(rows, [row.wrong or (not row.concluded and (row.reviewer, row.case) in could) for row in rows]),
    )


def _rate(rows: Sequence[Trial], wrong: Sequence[bool]) -> Rate:
    cases = len({row.case for row in rows})
    per_case = len(rows) / cases if cases else 1.0
    return Rate(sum(wrong), len(rows), effective(len(rows), per_case=per_case, correlation=intraclass(rows, wrong)))


def _others_could(rows: list[Trial], among: list[Trial]) -> set[tuple[int, str]]:
    """Return (reviewer, case) where more than half of the others who had the case came to a conclusion."""
    of_case: dict[str, list[Trial]] = defaultdict(list)
    for trial in among:
        of_case[trial.case].append(trial)
    could = set()
    for row in rows:
        others = [each.concluded for each in of_case[row.case] if each.reviewer != row.reviewer]
        if others and 2 * sum(others) > len(others):
            could.add((row.reviewer, row.case))
    return could
