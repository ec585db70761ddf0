"""The intervals cover as they should, and the figures of a unit recover the rates and the correlation that were planted."""

from datetime import datetime

import numpy as np
import pytest

from people.measuring import Answer
from review.figures import rates
from review.figures.alarms import alarms
from review.figures.pairs import pairs
from review.figures.rates import Trial
from tests.figures.simulation import Planted, covered, planted_correlation, together, trials

SEED = 20260301


@pytest.mark.parametrize("rate", [0.02, 0.05, 0.10, 0.25])
@pytest.mark.parametrize("number", [60, 150, 300])
def test_intervals_cover(rate, number):
    found = covered(np.random.default_rng(SEED), trials=number, rate=rate, rounds=20_000)
    assert found["clopper_pearson"] >= 0.945  # at least the stated 95 %, less what 20,000 rounds leave to chance
    assert 0.91 <= found["wilson"] <= 0.99  # about the stated 95 %, and below it at some rates


def test_the_unit_s_figures_recover_what_was_planted():
    truth = Planted()
    found = list(trials(np.random.default_rng(SEED), truth, cases=6000, reviewers=4))
    unit = rates.of(found)
    # whoever errs has answered: "no conclusion" is drawn among those who do not err
    assert unit.false_positive.with_none.value == pytest.approx(truth.false_positive, abs=0.012)
    assert unit.false_negative.with_none.value == pytest.approx(truth.false_negative, abs=0.018)
    silent = truth.no_conclusion * (1 - 0.6 * truth.false_positive - 0.4 * truth.false_negative)
    assert unit.no_conclusion.value == pytest.approx(silent, abs=0.01)
    expected = truth.false_positive / (1 - truth.no_conclusion * (1 - truth.false_positive))
    assert unit.false_positive.without_none.value == pytest.approx(expected, abs=0.012)
    as_wrong = truth.false_positive + truth.no_conclusion * (1 - truth.false_positive)
    assert unit.false_positive.none_as_wrong.value == pytest.approx(as_wrong, abs=0.02)  # the three others nearly always conclude
    assert planted_correlation(found) == pytest.approx(truth.correlation, abs=0.05)
    strangers = [each for each in found if not each.mated]
    assert rates.intraclass(strangers, [each.wrong for each in strangers]) == pytest.approx(truth.correlation, abs=0.05)


def test_no_correlation_is_found_where_none_was_planted():
    found = list(trials(np.random.default_rng(SEED), Planted(correlation=0.0), cases=6000, reviewers=4))
    assert abs(planted_correlation(found)) < 0.03


def test_intervals_of_a_unit_cover_only_because_clusters_are_counted():
    """Four reviewers on the same seeds: 95 % holds with n_eff, and fails if the trials are taken for independent."""
    rng, rate, rounds = np.random.default_rng(SEED), 0.10, 400
    with_worth = as_if_independent = 0
    for _ in range(rounds):
        wrong = together(rng, 200, 4, rate, 0.5)
        rows = [Trial(r, str(c), False, Answer.SUPPORTS if wrong[c, r] else Answer.EXCLUDES) for c in range(200) for r in range(4)]
        found = rates.of(rows).false_positive.with_none
        naive = rates.Rate(found.errors, found.trials, found.trials)
        with_worth += found.for_permission.low <= rate <= found.for_permission.high
        as_if_independent += naive.for_permission.low <= rate <= naive.for_permission.high
    assert with_worth / rounds >= 0.92
    assert as_if_independent / rounds < 0.85


def test_joint_errors_of_a_pair():
    """At 5 % each: 0.25 % together if independent, 1.2 % at a correlation of 0.2, 2.6 % at 0.5."""
    rng = np.random.default_rng(SEED)
    for rho, joint in ((0.0, 0.0025), (0.2, 0.012), (0.5, 0.026)):
        wrong = together(rng, 200_000, 2, 0.05, rho)
        rows = [Trial(r, str(c), False, Answer.SUPPORTS if wrong[c, r] else Answer.EXCLUDES) for c in range(len(wrong)) for r in (0, 1)]
        (pair,) = pairs(rows)
        assert pair.joint_error.value == pytest.approx(joint, abs=0.0015)
        assert pair.correlation == pytest.approx(rho, abs=0.02)
        assert pair.if_independent == pytest.approx(0.0025, abs=0.0003)


def test_too_few_say_no_rate():
    rows = [Trial(1, str(n), False, Answer.EXCLUDES) for n in range(19)]
    assert not rates.of(rows).false_positive.with_none.enough
    assert rates.of([*rows, Trial(1, "last", False, Answer.SUPPORTS)]).false_positive.with_none.enough


def test_alarms_are_raised_for_whom_they_are_meant():
    rng = np.random.default_rng(SEED)
    sound = list(trials(rng, Planted(), cases=200, reviewers=3))
    assert not list(alarms(sound, [])), "nobody of these answers always the same"
    yes = [Trial(7, f"case {n}", bool(n % 2), Answer.SUPPORTS) for n in range(40)]
    no = [Trial(8, f"case {n}", bool(n % 2), Answer.SET_ASIDE if n % 3 else Answer.EXCLUDES) for n in range(40)]
    found = {(alarm.code, alarm.reviewers) for alarm in alarms([*sound, *yes, *no], [])}
    assert found == {("always_yes", (7,)), ("always_no", (8,))}


def test_a_pair_that_copies_is_seen_and_an_honest_one_is_not():
    rng = np.random.default_rng(SEED)
    honest = list(trials(rng, Planted(correlation=0.0), cases=300, reviewers=2))
    copied = [each for each in honest if each.reviewer == 0]
    copied += [Trial(1, each.case, each.mated, each.answer) for each in copied]
    assert not list(alarms([], pairs(honest)))
    assert [alarm.code for alarm in alarms([], pairs(copied))] == ["agree_too_often"]


def test_a_shift_is_named_by_its_hour():
    assert [rates.shift_of(datetime(2026, 1, 1, hour)) for hour in (0, 5, 6, 13, 14, 21, 22)] == ["night", "night", "early", "early", "late", "late", "night"]  # fmt: skip
