"""Whether the time of a page tells the second reviewer what the first one found: the same case in turns, and the 95 % interval of the median ratio."""

import statistics
import time
from collections.abc import Callable

from django.db import transaction
from scipy.stats import binom

from bench.pages import as_page
from cases.models import Case
from review.access import examination_code
from review.models import Drawn
from tests import world

TITLE = "What the second reviewer's pages cost, where the first one supported and where he excluded"
HEAD = "| what | figure | 95 % interval | |\n| --- | --- | --- | --- |"
SLICE, ROUNDS, MOST = 3, 80, 0.05
SUPPORTED, EXCLUDED = 2, -2
FACE = "p005"  # of nobody whom another part searches for


def timing() -> list[str]:
    """Return one row a page: its time where the first reviewer supported to where he excluded; the goal is within 5 % of 1."""
    case = world.searched("25-blind", FACE)
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, (FACE,))
    code = examination_code(Drawn.objects.get(case=case, reviewer__username="ben"))
    pages = (("/", "his desk"), (f"/examinations/{code}", "his examination"), (f"/examinations/{code}/recuse", "stepping back"))
    return [_row(case, said, as_page("ben", path)) for path, said in pages]


def _row(case: Case, said: str, ask: Callable[[], None]) -> str:
    order = (SUPPORTED, EXCLUDED)
    for rating in order:
        _slice(case, rating, ask)
    ratios = []
    for number in range(ROUNDS):
        times = {rating: _slice(case, rating, ask) for rating in (order if number % 2 else order[::-1])}
        ratios.append(times[SUPPORTED] / times[EXCLUDED])
    low, high = interval(ratios)
    middle = statistics.median(ratios)
    told = "held" if low >= 1 - MOST and high <= 1 + MOST else "NOT HELD" if not low <= 1 <= high else "too noisy to say"
    return f"| {said}, first reviewer supported / excluded | **{middle:.3f}** | {low:.3f} - {high:.3f} | goal within 5 % of 1: {told} |"


def interval(ratios: list[float]) -> tuple[float, float]:
    """Return the 95 % interval of the median by its order statistics (the sign test): it assumes nothing of how times are spread."""
    place = int(binom.ppf(0.025, len(ratios), 0.5))
    return sorted(ratios)[place - 1], sorted(ratios)[-place]


def _slice(case: Case, rating: int, ask: Callable[[], None]) -> float:
    """Time the page after this conclusion of the first reviewer, which is then taken back: both are measured on the same rows."""
    with transaction.atomic():
        world.concluded(case, "ada", {FACE: rating})
        ask()
        began = time.perf_counter()
        for _ in range(SLICE):
            ask()
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return took
