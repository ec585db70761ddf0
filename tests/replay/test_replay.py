"""Every documented scenario comes out as its file expects; and a proper case without what carried it is blocked."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings

from review.replay.house import ThrowAwayHouse
from review.replay.outcome import Replayed, differences
from review.replay.scenario import Scenario, load
from review.replay.walk import replay
from review.rules.graph import EdgeKind

DOCUMENTED = {each.id: each for each in load(Path(settings.ROOT) / "demo" / "scenarios" / "documented.json")}


def played(scenario: Scenario, house: ThrowAwayHouse) -> Replayed:
    with house.clone() as stage:
        return replay(scenario, stage)


@pytest.mark.parametrize("name", sorted(DOCUMENTED))
def test_a_documented_scenario_comes_out_as_its_file_expects(name, house):
    assert differences(DOCUMENTED[name], played(DOCUMENTED[name], house)) == []


@pytest.mark.parametrize("name", [name for name, each in sorted(DOCUMENTED.items()) if each.expected_outcome == "allowed"])
def test_a_proper_case_without_what_carried_it_is_blocked(name, house):
    sound = DOCUMENTED[name]
    carried = {ref for ref, item in sound.expected_items.items() if item["counts"]}
    left = tuple(item for item in sound.items if item.id not in carried)
    left = tuple(replace(item, edges=tuple(edge for edge in item.edges if edge[1] not in carried)) for item in left)

    found = played(replace(sound, items=left), house)

    assert found.blocking_gates == ("G7_CORROBORATION",)


@pytest.mark.parametrize(("change", "gate"), [({"supports": False}, "G4"), ({"reviewers": 1}, "G3"), ({"blind": False}, "G3")])
def test_reviewers_who_exclude_or_are_not_apart_block_a_proper_case(change, gate, house):
    found = played(replace(DOCUMENTED["S04"], **change), house)

    assert [name.split("_")[0] for name in found.blocking_gates] == [gate]


def test_an_exculpatory_test_that_holds_ends_the_lead(house):
    open_item = DOCUMENTED["S08"]
    confirmed = tuple(replace(i, closed_as="tested_excludes") if not i.incriminating else i for i in open_item.items)

    found = played(replace(open_item, items=confirmed), house)

    assert found.blocking_gates == ("G6_EXCULPATORY",)
    assert {"exculpatory_holds", "lead_ended"} <= set(found.codes)


def test_two_items_of_one_kind_may_differ_in_what_is_a_judgement(house):
    sound = DOCUMENTED["S03"]
    (named,) = [item for item in sound.items if item.kind == "eyewitness_names_known_person"]
    told = replace(named, id="E2", judgement=False, fixed_before=False, edges=((EdgeKind.EXPOSED_TO, "FR1"),))
    judged = replace(told, id="E3", judgement=True)

    found = {item.id: item for item in played(replace(sound, items=(*sound.items, told, judged)), house).evidence}

    assert found["E2"].reasons == ()
    assert found["E3"].reasons == ("T2",)
