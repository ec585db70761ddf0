"""Intervals of a proportion: Clopper-Pearson where a permission rests on it, Wilson for a dashboard; and how many trials a claim needs.

SciPy's special functions are all that is loaded, with the first figure: what shows none does not pay for statistics.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

LEVEL = 0.95
ENOUGH = 20  # below this a cell says that there are not enough data, and no rate


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a rate lies, with the chance that was asked for."""

    low: float
    high: float


def clopper_pearson(errors: float, trials: float, *, level: float = LEVEL) -> Interval:
    """Return the two-sided interval whose cover is guaranteed. Counts may be fractions: effective trials are."""
    tail = (1 - level) / 2
    low = 0.0 if errors <= 0 else _beta_quantile(errors, trials - errors + 1, tail)
    return Interval(low, upper_bound(errors, trials, level=1 - tail))


def upper_bound(errors: float, trials: float, *, level: float = LEVEL) -> float:
    """Return the one-sided upper bound (Clopper-Pearson)."""
    return 1.0 if errors >= trials else _beta_quantile(errors + 1, trials - errors, level)


def _beta_quantile(a: float, b: float, chance: float) -> float:
    """Return below which value a beta variable lies with that chance."""
    from scipy.special import betaincinv

    return float(betaincinv(a, b, chance))


def wilson(errors: float, trials: float, *, level: float = LEVEL) -> Interval:
    """Return the score interval: nearer to the stated cover on the average, not guaranteed."""
    z = NormalDist().inv_cdf(1 - (1 - level) / 2)
    rate, spread = errors / trials, z * z / trials
    middle = (rate + spread / 2) / (1 + spread)
    half = z * sqrt(rate * (1 - rate) / trials + spread / (4 * trials)) / (1 + spread)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def least_trials(errors: int, target: float, *, two_sided: bool = False, level: float = LEVEL) -> int:
    """Return the least number of trials with that many errors that shows a rate at or below the target."""
    asked = 1 - (1 - level) / 2 if two_sided else level
    low, high = errors, max(8, 2 * errors)
    while upper_bound(errors, high, level=asked) > target:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if upper_bound(errors, middle, level=asked) <= target else (middle, high)
    return high


def effective(trials: float, *, per_case: float, correlation: float) -> float:
    """Return how many independent trials clustered ones are worth: n / (1 + (m - 1) rho). A negative correlation earns nothing."""
    return trials / (1 + max(0.0, per_case - 1) * max(0.0, correlation))
