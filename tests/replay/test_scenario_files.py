"""A file that cannot be replayed is refused with file, scenario, field and what is allowed."""

import json
from copy import deepcopy
from pathlib import Path

import pytest

from review.replay.scenario import ScenarioWrong, load

SOUND = {
    "policy_profiles": {"strict_violent": {"eligible": "offence_category.eligible", "min_independent_items": 1}},
    "scenarios": [
        {
            "id": "X1",
            "offence_category": {"code": "120", "eligible": True},
            "probe": {"quality": "high", "depicts": "offender_presumed"},
            "modelled_reviews": {"count": 2, "blind": True, "conclusion": "support"},
            "action_attempted": "arrest",
            "policy_profile": "strict_violent",
            "evidence": [
                {"id": "FR1", "kind": "fr_search_result", "derived_from": [{"ref": "PROBE", "edge": "content_from"}]},
                {"id": "E1", "kind": "fingerprint", "derived_from": [{"ref": "FR1", "edge": "selected_by"}]},
            ],
        }
    ],
}


def written(tmp_path: Path, said: object) -> Path:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(said) if not isinstance(said, str) else said, encoding="utf-8")
    return path


def changed(path: str, value: object) -> object:
    said = deepcopy(SOUND)
    here: object = said
    *steps, last = path.split(".")
    for step in steps:
        here = here[int(step)] if isinstance(here, list) else here[step]  # type: ignore[index]
    here[int(last) if isinstance(here, list) else last] = value  # type: ignore[index]
    return said


def test_what_is_not_mentioned_is_on_file_and_in_order(tmp_path):
    (scenario,) = load(
        written(tmp_path, {**SOUND, "scenarios": [{"id": "X", "action_attempted": "arrest", "policy_profile": "strict_violent"}]})
    )

    assert scenario.eligible is True
    assert (scenario.grade, scenario.role_shown, scenario.reviewers, scenario.omissions, scenario.items) == ("fit", True, 2, 0, ())


def test_null_and_unknown_are_unknown(tmp_path):
    (scenario,) = load(written(tmp_path, changed("scenarios.0.probe", {"quality": None, "depicts": "unknown"})))

    assert (scenario.grade, scenario.quality_unknown, scenario.role_shown, scenario.role_unknown) == ("limited", True, False, True)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("scenarios", {}, "field “scenarios” must be a list"),
        ("scenarios.0", "x", "scenario 1: must be an object"),
        ("scenarios.0.id", "", "field “id” must be a text"),
        ("scenarios.0.action_attempted", "shoot", "X1: field “action_attempted” is “shoot”; allowed are"),
        ("scenarios.0.policy_profile", "lenient", "X1: field “policy_profile” is “lenient”; allowed are strict_violent"),
        ("scenarios.0.probe.quality", "fine", "X1: field “probe.quality” is “fine”; allowed are high, medium, low, unknown"),
        ("scenarios.0.offence_category.eligible", "maybe", "X1: field “offence_category.eligible” is “maybe”"),
        ("scenarios.0.modelled_reviews.count", "two", "X1: field “modelled_reviews.count” must be a whole number"),
        (
            "scenarios.0.modelled_reviews.conclusion",
            "perhaps",
            "field “modelled_reviews.conclusion” is “perhaps”; allowed are support, exclude",
        ),
        ("scenarios.0.affidavit_omissions", "none", "X1: field “affidavit_omissions” must be a list"),
        ("scenarios.0.evidence.1.kind", "hunch", "X1: evidence E1: field “kind” is “hunch”; allowed are"),
        ("scenarios.0.evidence.1.kind", [], "X1: evidence E1: field “kind” is “[]”"),
        ("scenarios.0.probe.quality", ["high"], "X1: field “probe.quality” is"),
        ("scenarios.0.evidence.1.direction", "both", "X1: evidence E1: field “direction” is “both”"),
        ("scenarios.0.evidence.1.links_to", "luck", "X1: evidence E1: field “links_to” is “luck”"),
        ("scenarios.0.evidence.1.discriminating", "very", "X1: evidence E1: field “discriminating” is “very”"),
        ("scenarios.0.evidence.1.derived_from", [{"ref": "E9", "edge": "content_from"}], "names “E9”, which is not in the scenario"),
        ("scenarios.0.evidence.1.derived_from", [{"ref": "E1", "edge": "content_from"}], "E1 and E1 depend on each other"),
        ("scenarios.0.evidence.0.derived_from", [{"ref": "E1", "edge": "content_from"}], "depend on each other"),
        ("scenarios.0.evidence.1.derived_from", [{"ref": "FR1", "edge": "rumoured_by"}], "field “edge” is “rumoured_by”"),
        ("scenarios.0.evidence.1.id", "FR1", "field “evidence” names an id twice"),
        ("scenarios.0.evidence.1.id", "PROBE", "PROBE is the probe itself"),
        ("policy_profiles.strict_violent.appearance_channel_counts", True, "appearance never counts"),
        ("policy_profiles.strict_violent.min_independent_items", 0, "must be a whole number from 1"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path, path, value, said):
    with pytest.raises(ScenarioWrong) as trouble:
        load(written(tmp_path, changed(path, value)))

    assert str(trouble.value).startswith("cases.json: ")
    assert said in str(trouble.value)


def test_the_state_of_what_speaks_for_the_person_is_one_of_the_list(tmp_path):
    item = {"id": "X9", "kind": "alibi_lead", "direction": "exculpatory", "state": "forgotten"}

    with pytest.raises(
        ScenarioWrong, match="X1: evidence X9: field “state” is “forgotten”; allowed are ignored, open, untested, confirmed"
    ):
        load(written(tmp_path, changed("scenarios.0.evidence.1", item)))


def test_two_scenarios_of_one_id_and_a_broken_file_are_refused(tmp_path):
    with pytest.raises(ScenarioWrong, match="stands there twice"):
        load(written(tmp_path, {**SOUND, "scenarios": SOUND["scenarios"] * 2}))
    with pytest.raises(ScenarioWrong, match="cannot be read"):
        load(written(tmp_path, '{"scenarios": ['))
    with pytest.raises(ScenarioWrong, match="cannot be read"):
        load(tmp_path / "nothing.json")
