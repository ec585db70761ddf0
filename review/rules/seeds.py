"""How many seeds are due, what a batch must hold, and when one may be revealed. Pure."""

from math import ceil

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge

SHARE = 0.05  # of the examinations of a month
BATCH = 5  # fewer would tell whose answer was meant

TOO_FEW_SEEDS = Reason("too_few_seeds", "Seeds are revealed in a batch of at least five that are decided.", "docs/measured.md")


def due(examined: int, *, waiting: int) -> int:
    """Return how many seeds are to be sent in: about 5 % of what is examined, less those that wait."""
    return max(0, ceil(SHARE * examined) - waiting)


def at_least_half_strangers(mated: list[bool]) -> bool:
    """Whether at least half of a batch are cases whose person no list holds: false support is what harms."""
    return 2 * sum(mated) <= len(mated)


def may_reveal(subject: str, *, revealed: int) -> Finding:
    """Return a Permit if the database had enough to reveal; it tells no number of fewer."""
    return judge(Act.REVEAL_SEEDS, subject, [] if revealed else [TOO_FEW_SEEDS])
