"""Each safeguard refuses for its own reason alone; and no facts without evidence that stands apart ever open the gate."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.act import Act
from cases.rules.finding import Permit, Refusal
from review.rules.actions import ACTIONS
from review.rules.gate import SAFEGUARDS, GateFacts, ask_gate, may_act
from review.rules.graph import EdgeKind, Item

PRINT = Item("E1", "fingerprint", True, True, True, "offence", True, ((EdgeKind.SELECTED_BY, "face_result"),))
SOUND = GateFacts(
    lead="L1",
    track="suspect",
    screened_eligible=True,
    offence_code="120",
    listed=frozenset({"120"}),
    probe_grade="fit",
    checker_saw_candidates=False,
    role_shown=True,
    reviewers_needed=2,
    ratings=((1, True, 2), (2, True, 1)),
    ratings_elsewhere=(2, 1),
    lead_ended=False,
    other_open_leads=0,
    line_up_on_file=False,
    exculpatory_listed=frozenset({"prints"}),
    exculpatory=(("prints", "tested_does_not"),),
    standing_apart_needed=1,
    items=(PRINT,),
)


def ask(facts: GateFacts, action: str = "arrest"):
    return may_act(facts, action=action, about=Act.COUNTERSIGN, subject="CS-1")


def test_opens_when_everything_is_on_file():
    finding = ask(SOUND)

    assert isinstance(finding, Permit)
    assert finding.rests_on == ("E1",)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"listed": None}, "no_policy"),
        ({"screened_eligible": False}, "not_screened"),
        ({"offence_code": "23C"}, "offence_not_listed"),
        ({"offence_code": None}, "offence_not_listed"),
        ({"track": "missing"}, "no_arrest_on_this_track"),
        ({"probe_grade": None}, "probe_not_checked"),
        ({"probe_grade": "unfit"}, "probe_unfit"),
        ({"checker_saw_candidates": True}, "checker_saw_candidates"),
        ({"role_shown": False}, "role_not_shown"),
        ({"reviewers_needed": 3, "ratings": ((1, True, 2), (2, True, 1), (3, True, 0))}, "conclusions_do_not_support"),
        ({"ratings_elsewhere": (2, 1, -2)}, "exclusion_stands"),
        ({"lead_ended": True}, "lead_ended"),
        ({"exculpatory": (("prints", None),)}, "exculpatory_open"),
        ({"exculpatory": ()}, "exculpatory_untested"),
        ({"exculpatory": (("prints", "tested_excludes"),)}, "exculpatory_holds"),
        ({"other_open_leads": 1}, "other_lead_open"),
        ({"items": ()}, "nothing_stands_apart"),
        ({"standing_apart_needed": 2}, "too_few_stand_apart"),
        ({"probe_grade": "limited"}, "too_few_stand_apart"),
    ],
)
def test_refuses_for_this_one_reason(change, code):
    finding = ask(replace(SOUND, **change))

    assert isinstance(finding, Refusal)
    assert finding.codes == (code,)


def test_refuses_when_a_reviewer_is_not_apart():
    finding = ask(replace(SOUND, ratings=((1, True, 2), (2, False, 1))))

    assert isinstance(finding, Refusal)
    assert finding.codes == ("too_few_reviewers", "reviewer_not_apart")


def test_the_same_reviewer_twice_is_one():
    finding = ask(replace(SOUND, ratings=((1, True, 2), (1, True, 2))))

    assert isinstance(finding, Refusal)
    assert finding.codes == ("too_few_reviewers", "conclusions_do_not_support")


def test_a_line_up_held_too_early_is_named_and_no_longer_once_something_stands_apart():
    early = ask(replace(SOUND, line_up_on_file=True, items=()))

    assert isinstance(early, Refusal)
    assert early.codes == ("line_up_too_early", "nothing_stands_apart")
    assert isinstance(ask(replace(SOUND, line_up_on_file=True)), Permit)


def test_no_policy_lowers_the_floor_of_two_reviewers_and_one_item():
    finding = ask(replace(SOUND, reviewers_needed=1, standing_apart_needed=0, ratings=((1, True, 2),), items=()))

    assert isinstance(finding, Refusal)
    assert {"too_few_reviewers", "conclusions_do_not_support", "nothing_stands_apart"} == set(finding.codes)


def test_another_state_needs_two_items_that_stand_apart():
    assert isinstance(ask(SOUND, "arrest_out_of_state"), Refusal)
    second = replace(PRINT, ref="E2", kind="phone_location")
    assert isinstance(ask(replace(SOUND, items=(PRINT, second)), "arrest_out_of_state"), Permit)


def test_a_line_up_needs_an_item_that_stands_apart_first():
    finding = ask(replace(SOUND, items=()), "line_up")

    assert isinstance(finding, Refusal)
    assert finding.codes == ("nothing_stands_apart",)


def test_every_safeguard_answers_even_when_the_first_is_shut():
    empty = replace(SOUND, listed=None, screened_eligible=False, probe_grade=None, role_shown=False, ratings=(), items=(), exculpatory=())

    shut = [answer.code for answer in ask_gate(empty, action="arrest") if answer.reasons]

    assert shut == ["G1", "G2", "G2R", "G3", "G4", "G6", "G7"]


def test_each_reason_carries_its_source():
    for answer in ask_gate(replace(SOUND, items=(), exculpatory=()), action="arrest"):
        for reason in answer.reasons:
            assert reason.source
            assert reason.sentence.endswith(".")


def test_every_arrest_like_action_demands_every_safeguard_there_is():
    for action in ACTIONS.values():
        if action.arrest_like:
            assert set(action.demands) == set(SAFEGUARDS)


ratings = st.lists(st.tuples(st.integers(1, 4), st.booleans(), st.integers(-3, 3)), max_size=4).map(tuple)


@given(
    ratings=ratings,
    elsewhere=st.lists(st.integers(-3, 3), max_size=4).map(tuple),
    grade=st.sampled_from([None, "fit", "limited", "unfit"]),
    needed=st.integers(-1, 3),
    apart=st.integers(-1, 3),
    action=st.sampled_from(sorted(code for code, action in ACTIONS.items() if action.arrest_like)),
)
def test_no_facts_without_an_item_that_stands_apart_ever_yield_a_permit(ratings, elsewhere, grade, needed, apart, action):
    facts = replace(
        SOUND,
        ratings=ratings,
        ratings_elsewhere=elsewhere,
        probe_grade=grade,
        reviewers_needed=needed,
        standing_apart_needed=apart,
        items=(replace(PRINT, kind="photo_lineup_identification"),),
    )

    assert isinstance(ask(facts, action), Refusal)
