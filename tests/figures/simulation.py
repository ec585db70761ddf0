"""Reviewers whose true error rates and correlation are planted: what do the figures make of what they answer?"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from people.measuring import Answer
from review.figures.intervals import Interval, clopper_pearson, wilson
from review.figures.pairs import correlation
from review.figures.rates import Trial


@dataclass(frozen=True)
class Planted:
    """The truth: how often strangers are supported and mates excluded, how errors go together, how often nothing is concluded."""

    false_positive: float = 0.08
    false_negative: float = 0.15
    correlation: float = 0.3
    no_conclusion: float = 0.1


def together(rng: np.random.Generator, cases: int, reviewers: int, rate: float, rho: float) -> np.ndarray:
    """Return who errs where: each with the rate, any two with the correlation (a case is common to all with chance sqrt of rho)."""
    shared = rng.random((cases, 1)) < rate
    own = rng.random((cases, reviewers)) < rate
    return np.where(rng.random((cases, reviewers)) < rho**0.5, shared, own)


def trials(rng: np.random.Generator, truth: Planted, *, cases: int, reviewers: int, mated_share: float = 0.4) -> Iterator[Trial]:
    """Yield what the reviewers of a unit answer on the same seeds."""
    mated = rng.random(cases) < mated_share
    errs = {
        m: together(rng, cases, reviewers, rate, truth.correlation)
        for m, rate in ((False, truth.false_positive), (True, truth.false_negative))
    }
    silent = rng.random((cases, reviewers)) < truth.no_conclusion
    for case in range(cases):
        is_mated = bool(mated[case])
        for reviewer in range(reviewers):
            if errs[is_mated][case, reviewer]:
                answer = Answer.EXCLUDES if is_mated else Answer.SUPPORTS
            elif silent[case, reviewer]:
                answer = Answer.NO_CONCLUSION
            else:
                answer = Answer.SUPPORTS if is_mated else Answer.EXCLUDES
            yield Trial(reviewer, f"case {case}", is_mated, answer, seconds=float(rng.lognormal(4, 0.4)))


def covered(rng: np.random.Generator, *, trials: int, rate: float, rounds: int) -> dict[str, float]:
    """Return how often each interval holds the true rate."""
    seen = rng.binomial(trials, rate, rounds)
    counts = dict(zip(*np.unique(seen, return_counts=True), strict=True))

    def share(interval: dict[int, Interval]) -> float:
        return float(sum(n for k, n in counts.items() if interval[k].low <= rate <= interval[k].high) / rounds)

    return {
        "clopper_pearson": share({k: clopper_pearson(int(k), trials) for k in counts}),
        "wilson": share({k: wilson(int(k), trials) for k in counts}),
    }


def planted_correlation(found: list[Trial]) -> float:
    """Return the mean correlation of errors on strangers over all pairs of reviewers."""
    of_case: dict[str, dict[int, bool]] = {}
    for each in found:
        if not each.mated:
            of_case.setdefault(each.case, {})[each.reviewer] = each.wrong
    reviewers = sorted({each.reviewer for each in found})
    pairs = [(a, b) for a in reviewers for b in reviewers if a < b]
    return float(np.mean([correlation([(had[a], had[b]) for had in of_case.values()]) or 0.0 for a, b in pairs]))
