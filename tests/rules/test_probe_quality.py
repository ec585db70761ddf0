"""Raw values and flags by the thresholds in force; only a threshold that the policy sets lowers a grade, and none raises one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.rules import probe_quality
from review.rules.probe_fitness import Grade

GOOD = {"inter_eye_distance": 80.0, "head_pose_yaw_estimate": 0.1, "dynamic_range": 90.0, "under_exposure": 0.0, "over_exposure": 0.0, "illumination_uniformity": 0.9}  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "value", "codes"),
    [
        ("inter_eye_distance", 59.9, ["inter_eye_distance_limited"]),
        ("inter_eye_distance", 60.0, []),
        ("inter_eye_distance", 29.9, ["inter_eye_distance_unfit", "inter_eye_distance_limited"]),
        ("head_pose_yaw_estimate", -0.71, ["head_pose"]),
        ("head_pose_yaw_estimate", 0.70, []),
        ("dynamic_range", 39.0, ["dynamic_range"]),
        ("under_exposure", 0.26, ["under_exposure"]),
        ("over_exposure", 0.26, ["over_exposure"]),
        ("illumination_uniformity", 0.39, ["illumination"]),
    ],
)
def test_each_component_has_its_limit(measure, value, codes):
    assert [flag.code for flag in probe_quality.flags({**GOOD, measure: value}, {})] == codes


def test_a_house_threshold_forbids_nothing_and_the_policy_s_does():
    small = {**GOOD, "inter_eye_distance": 28.0}
    assert probe_quality.highest(probe_quality.flags(small, {})) is Grade.FIT
    assert probe_quality.highest(probe_quality.flags(small, {"probe_inter_eye_limited_below": 50})) is Grade.LIMITED
    assert probe_quality.highest(probe_quality.flags(small, {"probe_inter_eye_unfit_below": 30})) is Grade.UNFIT
    assert probe_quality.highest(probe_quality.flags(small, {"probe_inter_eye_unfit_below": 20})) is Grade.FIT


def test_a_tool_lowers_a_grade_and_never_raises_one():
    assert [probe_quality.allows(grade, Grade.LIMITED) for grade in (Grade.FIT, Grade.LIMITED, Grade.UNFIT)] == [False, True, True]


@given(
    st.dictionaries(st.sampled_from(list(GOOD)), st.floats(-1, 200)),
    st.dictionaries(st.sampled_from([t.number for t in probe_quality.THRESHOLDS]), st.integers(0, 100)),
)
def test_no_measure_makes_an_unfit_probe_fit(measures, numbers):
    best = probe_quality.highest(probe_quality.flags(measures, numbers))
    assert probe_quality.allows(Grade.UNFIT, best)
    assert "score" not in str(probe_quality.logged(measures, numbers, tool="x"))


def test_what_is_logged_holds_every_threshold():
    said = probe_quality.logged({**GOOD, "inter_eye_distance": 40.0}, {"probe_inter_eye_limited_below": 50}, tool="engine 1")
    assert said["thresholds"]["probe_inter_eye_limited_below"] == 50
    assert len(said["thresholds"]) == len(probe_quality.THRESHOLDS)
    assert said["flags"] == ["inter_eye_distance_limited"]
    assert said["measures"]["inter_eye_distance"] == 40.0
