"""Each safeguard refuses for its own reason alone; and no facts without evidence that stands apart ever open the gate."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.rules.act import Act
from cases.rules.eligibility import ListedOffences
from cases.rules.finding import Permit, Refusal
from review.rules.actions import ACTIONS
from review.rules.disclosure import PapersFacts
from review.rules.gate import SAFEGUARDS, GateFacts, ask_gate, may_act
from review.rules.graph import EdgeKind, Item
from review.rules.kinds import KINDS
from review.rules.line_up import LineUpFacts

PRINT = Item("E1", KINDS["fingerprint"], True, True, "offence", True, ((EdgeKind.SELECTED_BY, "face_result"),))
SOUND = GateFacts(
    lead="L1",
    track="suspect",
    screened_eligible=True,
    screening_in_force=True,
    offence_code="120",
    listed=ListedOffences(frozenset({"120"})),
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
    papers=dict.fromkeys(ACTIONS, PapersFacts((), (), stale=False)),
)


FORM = LineUpFacts("He had a limp", "Print LP-1", "Officer of another station", 5, True, True, True, True, True)


def ask(facts: GateFacts, action: str = "arrest"):
    return may_act(facts, action=action, about=Act.COUNTERSIGN, subject="CS-1")


def codes(facts: GateFacts, action: str = "arrest") -> tuple[str, ...]:
    finding = ask(facts, action)
    return finding.codes if isinstance(finding, Refusal) else ()


def test_opens_when_everything_is_on_file():
    finding = ask(SOUND)

    assert isinstance(finding, Permit)
    assert finding.rests_on == ("E1",)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"listed": None}, "no_policy"),
        ({"listed": None, "policy_ended": True}, "policy_ended"),
        ({"offence_code": "220"}, "offence_not_listed"),
        (
            {"offence_code": "120", "statute": "MCL 750.110", "listed": ListedOffences(frozenset(), frozenset({("MCL 750.110", "220")}))},
            "offence_not_listed",
        ),
        ({"case_over": True}, "case_over"),
        ({"screened_eligible": False}, "not_screened"),
        ({"screening_in_force": False}, "screening_outdated"),
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
    second = replace(PRINT, ref="E2", kind=KINDS["phone_location"])
    assert isinstance(ask(replace(SOUND, items=(PRINT, second)), "arrest_out_of_state"), Permit)


def test_a_line_up_needs_an_item_that_stands_apart_first():
    finding = ask(replace(SOUND, items=(), line_up_form=FORM), "line_up")

    assert isinstance(finding, Refusal)
    assert finding.codes == ("nothing_stands_apart",)
    assert isinstance(ask(replace(SOUND, line_up_form=FORM), "line_up"), Permit)


@pytest.mark.parametrize("field", [f.name for f in fields(LineUpFacts)])
def test_a_line_up_needs_each_of_its_nine_fields(field):
    empty = {str: " ", int: 4, bool: False}[type(getattr(FORM, field))]

    finding = ask(replace(SOUND, line_up_form=replace(FORM, **{field: empty})), "line_up")

    assert isinstance(finding, Refusal)
    assert finding.codes == ("line_up_form_incomplete",)


def test_a_line_up_without_a_form_is_refused():
    finding = ask(SOUND, "line_up")

    assert isinstance(finding, Refusal)
    assert finding.codes == ("no_line_up_form",)


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
            wanted = {"G1", "G2", "G2R", "G3", "G4", "G5", "G6", "G8", "G7W" if action.code == "execute_warrant" else "G7"}
            assert wanted <= set(action.demands) <= set(SAFEGUARDS), action


def test_process_for_an_account_waits_for_a_legal_adviser():
    assert codes(SOUND, "account_process") == ("legal_view_awaited",)
    assert codes(replace(SOUND, legal_views={"account_process": False}), "account_process") == ("legal_view_against",)
    assert codes(replace(SOUND, legal_views={"account_process": True}), "account_process") == ()


@pytest.mark.parametrize("action", ["custodial_interrogation", "custody_extension"])
def test_what_follows_custody_waits_for_the_re_check(action):
    assert codes(SOUND, action) == ("recheck_not_made",)
    assert codes(replace(SOUND, recheck="not_possible"), action) == ("recheck_not_made",)
    assert codes(replace(SOUND, recheck="other_person"), action) == ("recheck_failed",)
    assert codes(replace(SOUND, recheck="same_person"), action) == ()


def test_only_statements_that_nothing_fixed_before_count_twice_or_not_at_all():
    named = replace(PRINT, kind=KINDS["eyewitness_names_known_person"], edges=())
    assert codes(replace(SOUND, items=(named,))) == ("too_few_stand_apart",)
    assert codes(replace(SOUND, items=(replace(named, fixed_before=True),))) == ()
    assert codes(replace(SOUND, items=(named, replace(named, ref="E2")))) == ()


WARRANT = Item("E1", KINDS["existing_warrant"], True, True, "offence", True, fixed_before=True)
CHECK = Item("E2", KINDS["custody_identity_check"], True, True, "identity", True)
FUGITIVE = replace(SOUND, items=(WARRANT, CHECK), warrants=frozenset({"E1"}))


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({}, ()),
        ({"items": (WARRANT,)}, ("identity_not_shown",)),
        ({"items": (CHECK,)}, ("no_warrant_before",)),
        ({"warrants": frozenset()}, ("no_warrant_before",)),
        ({"items": (replace(WARRANT, fixed_before=False), CHECK)}, ("no_warrant_before",)),
        ({"items": (WARRANT, replace(CHECK, kind=KINDS["photo_lineup_identification"]))}, ("line_up_too_early", "identity_not_shown")),
        ({"items": (replace(WARRANT, kind=KINDS["criminal_history"]), CHECK)}, ("no_warrant_before",)),
        ({"items": (WARRANT, replace(CHECK, edges=((EdgeKind.CONTENT_FROM, "face_result"),)))}, ("identity_not_shown",)),
    ],
)
def test_a_warrant_says_what_was_done_and_never_who_the_person_is(change, wanted):
    facts = replace(FUGITIVE, **change, line_up_on_file=False)
    assert codes(facts, "execute_warrant") == tuple(code for code in wanted if code != "line_up_too_early")


@pytest.mark.parametrize(
    ("papers", "code"),
    [
        (None, "no_papers"),
        (PapersFacts(("probe",), (), stale=False), "papers_incomplete"),
        (PapersFacts((), ("match",), stale=False), "papers_wording"),
        (PapersFacts((), (), stale=True), "papers_stale"),
    ],
)
def test_the_papers_say_what_they_must(papers, code):
    assert codes(replace(SOUND, papers={"arrest": papers} if papers else {"arrest_warrant": SOUND.papers["arrest"]})) == (code,)


def test_a_policy_may_accept_only_a_fit_probe():
    second = replace(PRINT, ref="E2", kind=KINDS["phone_location"])
    limited = replace(SOUND, probe_grade="limited", items=(PRINT, second))
    assert codes(limited) == ()
    assert codes(replace(limited, limited_accepted=False)) == ("probe_only_limited",)
    assert codes(replace(limited, limited_accepted=False), "interview") == ()


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
        items=(replace(PRINT, kind=KINDS["photo_lineup_identification"]),),
    )

    assert isinstance(ask(facts, action), Refusal)
