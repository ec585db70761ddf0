"""How well a reviewer compares faces, and what that lets him do. Pure: standard library only; the database holds the same numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import exp, lgamma, log


class Answer(StrEnum):
    """What a reviewer came to on one known case. A face set aside at the sorting was not compared further."""

    SUPPORTS = "supports"
    NO_CONCLUSION = "no_conclusion"
    EXCLUDES = "excludes"
    SET_ASIDE = "set_aside"


class Source(StrEnum):
    """Where a trial comes from: a supervised test, or a seed that was revealed. Practice is kept elsewhere and counts for nothing."""

    TEST = "test"
    SEED = "seed"


class Standing(StrEnum):
    """What measured accuracy lets a reviewer do."""

    NOT_MEASURED = "not_measured"
    SUSPENDED = "suspended"
    ADMITTED = "admitted"
    FULL = "full"


NON_MATED_AT_LEAST = 60
MATED_AT_LEAST = 40
ADMITTED_BELOW = 0.10
NON_MATED_FOR_FULL = 150
FULL_BELOW = 0.05
RISK = 0.05  # of the one-sided bound
COUNTED_DAYS = 365  # a trial counts as long as a training is valid


@dataclass(frozen=True, slots=True)
class Counted:
    """The trials of one reviewer: one a case, so that faces of one case are not counted as if they were independent."""

    non_mated: int = 0
    false_supports: int = 0
    mated: int = 0


def counted(trials: Iterable[tuple[bool, Answer]]) -> Counted:
    """Count trials given as (is the person in the list, answer)."""
    rows = list(trials)
    strangers = [answer for mated, answer in rows if not mated]
    return Counted(len(strangers), sum(answer is Answer.SUPPORTS for answer in strangers), len(rows) - len(strangers))


def shown_below(errors: int, trials: int, limit: float) -> bool:
    """Whether the one-sided 95 % upper bound (Clopper-Pearson) of errors in trials is at most ``limit``.

    The bound is at most the limit exactly when so few errors would be seen with a chance of at most 5 % if the rate were the limit.
    """
    if errors >= trials:
        return False
    ways = [lgamma(trials + 1) - lgamma(k + 1) - lgamma(trials - k + 1) for k in range(errors + 1)]
    return sum(exp(ways[k] + k * log(limit) + (trials - k) * log(1 - limit)) for k in range(errors + 1)) <= RISK


def standing(found: Counted) -> Standing:
    """Return what these trials let a reviewer do, asked anew each time: who falls behind is suspended at once."""
    if found.non_mated < NON_MATED_AT_LEAST or found.mated < MATED_AT_LEAST:
        return Standing.NOT_MEASURED
    if not shown_below(found.false_supports, found.non_mated, ADMITTED_BELOW):
        return Standing.SUSPENDED
    if found.non_mated >= NON_MATED_FOR_FULL and shown_below(found.false_supports, found.non_mated, FULL_BELOW):
        return Standing.FULL
    return Standing.ADMITTED


def may_review(found: Counted) -> bool:
    """Whether measured accuracy opens live review. A certificate alone opens nothing (Towler 2019)."""
    return standing(found) in (Standing.ADMITTED, Standing.FULL)
