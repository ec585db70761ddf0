"""What two reviewers do on the same cases: how often they agree, and whether they err together. Two who err together are worth one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import sqrt

from people.measuring import Answer
from review.figures.rates import Rate, Trial


@dataclass(frozen=True, slots=True)
class Pair:
    """Two reviewers on the seeds that both had. ``correlation`` is of their errors (phi), None where one of them never erred."""

    one: int
    other: int
    agreed: Rate
    by_chance: float
    joint_error: Rate
    if_independent: float
    correlation: float | None


def pairs(trials: Iterable[Trial]) -> Iterator[Pair]:
    """Yield every two reviewers that share a case."""
    of_case: dict[str, dict[int, Trial]] = defaultdict(dict)
    for trial in trials:
        of_case[trial.case][trial.reviewer] = trial
    shared: dict[tuple[int, int], list[tuple[Trial, Trial]]] = defaultdict(list)
    for had in of_case.values():
        for one, other in combinations(sorted(had), 2):
            shared[one, other].append((had[one], had[other]))
    for (one, other), both in sorted(shared.items()):
        yield _pair(one, other, both)


def correlation(both: Iterable[tuple[bool, bool]]) -> float | None:
    """Return phi of two yes-or-no series: 0 if they are independent, 1 if they are the same."""
    rows = list(both)
    if not rows:
        return None
    first, second = (sum(row[i] for row in rows) / len(rows) for i in (0, 1))
    spread = sqrt(first * (1 - first) * second * (1 - second))
    joint = sum(a and b for a, b in rows) / len(rows)
    return (joint - first * second) / spread if spread else None


def _pair(one: int, other: int, both: list[tuple[Trial, Trial]]) -> Pair:
    number = len(both)
    shares = [[sum(_side(pair[i]) == side for pair in both) / number for side in (-1, 0, 1)] for i in (0, 1)]
    errors = [sum(pair[i].wrong for pair in both) / number for i in (0, 1)]
    return Pair(
        one,
        other,
        Rate(sum(_side(a) == _side(b) for a, b in both), number, number),
        sum(a * b for a, b in zip(*shares, strict=True)),
        Rate(sum(a.wrong and b.wrong for a, b in both), number, number),
        errors[0] * errors[1],
        correlation((a.wrong, b.wrong) for a, b in both),
    )


def _side(trial: Trial) -> int:
    return {Answer.SUPPORTS: 1, Answer.NO_CONCLUSION: 0}.get(trial.answer, -1)
