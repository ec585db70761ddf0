"""Reviewers of known error rates: intervals cover, and rates and correlation come back out of what they answered."""

from collections.abc import Iterator

import numpy as np

from review.figures import rates
from tests.figures.simulation import Planted, covered, planted_correlation, trials
from tests.proof.table import Proof


def of_planted_reviewers(full: bool) -> Iterator[Proof]:
    """Cover of both intervals over many rates and sizes, then many units with planted rates."""
    rng = np.random.default_rng(20260301)
    proof, worst = Proof("figures: intervals cover the planted rate"), 1.0
    for rate in (0.01, 0.02, 0.05, 0.10, 0.20, 0.35):
        for number in (40, 60, 100, 150, 300, 600) if full else (60, 300):
            found = covered(rng, trials=number, rate=rate, rounds=200_000 if full else 5_000)
            worst = min(worst, found["clopper_pearson"])
            least = 0.949 if full else 0.94
            proof.check(found["clopper_pearson"] >= least, f"Clopper-Pearson at {rate} of {number}: {found['clopper_pearson']:.4f}")
            if number * rate >= 5:
                proof.check(0.92 <= found["wilson"] <= 0.98, f"Wilson at {rate} of {number}: {found['wilson']:.4f}")
    proof.note = f"Clopper-Pearson, least cover {worst:.3f}"
    yield proof
    yield _recovered(rng, rounds=60 if full else 4)


def _recovered(rng: np.random.Generator, *, rounds: int) -> Proof:
    """The unit's rates lie in their own intervals, in nearly all rounds; the correlation comes out on the average."""
    proof = Proof("figures: planted rates and correlation come back")
    inside, off = 0, []
    for _ in range(rounds):
        truth = Planted(float(rng.uniform(0.03, 0.2)), float(rng.uniform(0.05, 0.25)), float(rng.uniform(0.0, 0.5)))
        found = list(trials(rng, truth, cases=2500, reviewers=4))
        unit = rates.of(found)
        for planted, seen in ((truth.false_positive, unit.false_positive.with_none), (truth.false_negative, unit.false_negative.with_none)):
            interval = seen.for_permission
            inside += interval.low <= planted <= interval.high
            proof.check(abs(seen.value - planted) < 0.05, f"planted {planted:.3f}, seen {seen.value:.3f}")
        off.append(planted_correlation(found) - truth.correlation)
        proof.check(abs(off[-1]) < 0.12, f"correlation planted {truth.correlation:.2f}, seen {truth.correlation + off[-1]:.2f}")
    proof.check(inside >= 0.85 * 2 * rounds, f"only {inside} of {2 * rounds} intervals held the planted rate")
    proof.note = f"{inside} of {2 * rounds} intervals held it; correlation off by {np.mean(np.abs(off)):.3f} on the average"
    return proof
