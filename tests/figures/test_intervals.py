"""Intervals and sample sizes against published values and against statsmodels; the admission rule against SciPy's bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest
from statsmodels.stats.proportion import proportion_confint

from people.measuring import Answer, Counted, Standing, counted, may_review, shown_below, standing
from review.figures.intervals import clopper_pearson, effective, least_trials, upper_bound, wilson

# docs/measured.md: errors -> (one-sided, two-sided) least number of trials, by target
LEAST = {
    0.10: ((29, 36), (46, 54), (61, 70), (76, 85)),
    0.05: ((59, 72), (93, 110), (124, 142), (153, 173)),
    0.02: ((149, 183), (236, 277), (313, 359), (386, 436)),
    0.01: ((299, 368), (473, 555), (628, 720), (773, 874)),
}
AFTER_NO_ERROR = {20: (16.8, 13.9), 30: (11.6, 9.5), 50: (7.1, 5.8), 100: (3.6, 3.0), 150: (2.4, 2.0), 300: (1.2, 1.0)}


@pytest.mark.parametrize("target", LEAST)
def test_the_table_of_least_trials(target):
    found = tuple((least_trials(k, target), least_trials(k, target, two_sided=True)) for k in range(4))
    assert found == LEAST[target]
    for errors, (one_sided, _) in enumerate(LEAST[target]):
        assert upper_bound(errors, one_sided) <= target < upper_bound(errors, one_sided - 1)


@pytest.mark.parametrize("trials", AFTER_NO_ERROR)
def test_the_bound_after_no_error(trials):
    both = clopper_pearson(0, trials).high, upper_bound(0, trials)
    assert tuple(round(100 * bound, 1) for bound in both) == AFTER_NO_ERROR[trials]
    assert clopper_pearson(0, trials).low == 0


def test_published_examples():
    assert round(100 * clopper_pearson(0, 300).high, 2) == 1.22
    assert round(100 * upper_bound(1, 93), 2) == 5.00
    found = wilson(5, 100)
    assert (round(100 * found.low, 2), round(100 * found.high, 2)) == (2.15, 11.18)
    # HFSC's blind programme: no false positive in 376 prints, or in 144 cases
    assert (round(100 * clopper_pearson(0, 376).high, 2), round(100 * clopper_pearson(0, 144).high, 1)) == (0.98, 2.5)
    # Newcombe 1998, table I: 81 of 263, and 15 of 148
    for (errors, trials), exact, score in (
        ((81, 263), (0.2527, 0.3676), (0.2553, 0.3662)),
        ((15, 148), (0.0578, 0.1617), (0.0624, 0.1605)),
    ):
        assert tuple(round(x, 4) for x in _both(clopper_pearson(errors, trials))) == exact
        assert tuple(round(x, 4) for x in _both(wilson(errors, trials))) == score


def _both(interval):
    return interval.low, interval.high


@given(st.integers(1, 600).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_statsmodels_and_scipy_say_the_same(seen, level):
    errors, trials = seen
    assert _both(clopper_pearson(errors, trials, level=level)) == pytest.approx(
        proportion_confint(errors, trials, 1 - level, "beta"), abs=1e-9
    )
    assert _both(wilson(errors, trials, level=level)) == pytest.approx(proportion_confint(errors, trials, 1 - level, "wilson"), abs=1e-9)
    one_sided = binomtest(errors, trials, alternative="less").proportion_ci(level, "exact").high
    assert upper_bound(errors, trials, level=level) == pytest.approx(one_sided, abs=1e-9)


def test_clustered_trials_are_worth_fewer():
    assert effective(376, per_case=1, correlation=0.5) == 376
    assert effective(200, per_case=2, correlation=1) == 100
    assert effective(376, per_case=376 / 144, correlation=0.2) == pytest.approx(376 / (1 + (376 / 144 - 1) * 0.2))
    assert effective(100, per_case=2, correlation=-0.3) == 100


@given(st.integers(0, 12), st.integers(1, 500), st.sampled_from([0.05, 0.10]))
def test_the_rule_is_the_bound(errors, trials, limit):
    """The pure rule, without a library, is the same question as the one-sided bound."""
    errors = min(errors, trials)
    assert shown_below(errors, trials, limit) == (binom.cdf(errors, trials, limit) <= 0.05)
    if errors < trials and abs(upper_bound(errors, trials) - limit) > 1e-9:
        assert shown_below(errors, trials, limit) == (upper_bound(errors, trials) <= limit)


@pytest.mark.parametrize(
    ("found", "what"),
    [
        (Counted(0, 0, 0), Standing.NOT_MEASURED),
        (Counted(59, 0, 40), Standing.NOT_MEASURED),
        (Counted(60, 0, 39), Standing.NOT_MEASURED),
        (Counted(60, 0, 40), Standing.ADMITTED),
        (Counted(60, 1, 40), Standing.ADMITTED),
        (Counted(60, 2, 40), Standing.SUSPENDED),
        (Counted(61, 2, 40), Standing.ADMITTED),
        (Counted(75, 3, 40), Standing.SUSPENDED),
        (Counted(76, 3, 40), Standing.ADMITTED),
        (Counted(149, 0, 40), Standing.ADMITTED),
        (Counted(150, 2, 40), Standing.FULL),
        (Counted(150, 3, 40), Standing.ADMITTED),
        (Counted(153, 3, 40), Standing.FULL),
    ],
)
def test_standing(found, what):
    assert standing(found) is what
    assert may_review(found) == (what in (Standing.ADMITTED, Standing.FULL))


def test_only_support_of_a_stranger_counts_as_false():
    trials = [(False, answer) for answer in Answer] + [(True, answer) for answer in Answer]
    assert counted(trials) == Counted(non_mated=4, false_supports=1, mated=4)
