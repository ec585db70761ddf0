"""The form of one comparison: what it needs, and what a rating may say with it."""

from dataclasses import replace

import pytest

from review.replay.forms import scripted
from review.rules import feature_form
from review.rules.feature_form import FEATURES, FOUND, LIMITS, NOTHING_BECAUSE

SUPPORT = scripted(2, "ear, brow and chin")
EXCLUSION = scripted(-2, "another ear lobe")
NOTHING = scripted(0, "too dark")


@pytest.mark.parametrize("rating", range(-3, 4))
def test_every_rating_has_a_form_that_carries_it(rating):
    assert not feature_form.faults(scripted(rating, "ear"))


def changed(form, **features):
    return replace(form, features={**form.features, **features})


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        (replace(SUPPORT, features={k: v for k, v in SUPPORT.features.items() if k != "ears"}), feature_form.NOT_EVERY_FEATURE),
        (changed(SUPPORT, teeth=("similar", "")), feature_form.NOT_EVERY_FEATURE),
        (changed(SUPPORT, nose=("alike", "")), feature_form.NOT_EVERY_FEATURE),
        (changed(SUPPORT, nose=("different", " ")), feature_form.NO_NOTE),
        (replace(SUPPORT, limits=frozenset({"rain"})), feature_form.UNKNOWN_LIMIT),
        (replace(SUPPORT, limits=frozenset({"cover"})), feature_form.OVER_THE_CAP),
        (replace(SUPPORT, rating=3, limits=frozenset({"low_quality"})), feature_form.OVER_THE_CAP),
        (replace(SUPPORT, rating=3, limits=frozenset({"years_between"})), feature_form.OVER_THE_CAP),
        (replace(NOTHING, nothing_because=""), feature_form.NO_CONCLUSION_WHY),
        (replace(NOTHING, nothing_because="tired"), feature_form.NO_CONCLUSION_WHY),
        (replace(SUPPORT, nothing_because="light"), feature_form.NO_CONCLUSION_WHY),
        (replace(SUPPORT, nothing_because="tired"), feature_form.NO_CONCLUSION_WHY),
        (replace(EXCLUSION, rating=1), feature_form.FORM_DISAGREES),
        (replace(SUPPORT, rating=-2), feature_form.FORM_DISAGREES),
    ],
)
def test_one_thing_amiss_is_the_one_reason(form, reason):
    assert feature_form.faults(form) == [reason]


def test_the_lowest_cap_holds():
    assert feature_form.highest(frozenset()) == 3
    assert feature_form.highest(frozenset({"low_quality", "cover"})) == 1
    assert not feature_form.faults(replace(SUPPORT, rating=1, limits=frozenset(LIMITS)))


def test_a_form_in_one_line():
    form = changed(replace(SUPPORT, limits=frozenset({"low_quality"})), nose=("different", "bridge wider"))

    assert feature_form.in_words(form) == "+2: 3 similar, 1 different, 14 not visible; different: nose: bridge wider; limits: low quality"
    assert feature_form.in_words(NOTHING) == "0: 3 not comparable, 15 not visible"
    assert feature_form.differences(form) == ("nose: bridge wider",)


def test_the_lists_are_titles_in_the_order_of_the_face():
    assert list(FEATURES)[:3] == ["skin", "outline", "composition"]
    assert len(FEATURES) == 18
    assert len(FOUND) == 4
    assert "" not in NOTHING_BECAUSE
