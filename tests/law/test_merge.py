"""Layers stand together: the strictest holds, provenance stays, what collides waits for a named person."""

from dataclasses import replace
from datetime import date

import pytest

from cases.law.conflicts import Settlement, SettlementWrong
from cases.law.evaluate import evaluate, refusals
from cases.law.load import load_pack
from cases.law.merge import MergeWrong, merge
from cases.law.words import ADOPTABLE, Gate
from tests.law.sound import DAY, PACKS, POLICIES, SOUND, asked, law, shut_by

PAPERS = "papers:us-mi-detroit-settlement/papers:us-va-2022/affidavit"
WRITING = {"by": "Counsel of the city", "in_writing": "letter of 3 March 2026"}


def numbers(merged) -> dict[str, int]:
    return {row["name"]: row["value"] for row in merged.compiled(on=DAY)["numbers"]}


def test_lists_of_offences_are_cut_to_what_both_allow():
    codes = {row["code"] for row in law("nlc-2021", "us-mi-detroit-307-5").compiled(on=DAY)["offences"]}

    assert codes == {"09A", "11A", "11B", "11C", "13A", "120"}


def test_a_code_that_needs_its_statute_is_never_listed_alone():
    rows = law("us-mi-detroit-307-5").compiled(on=DAY)

    assert "220" not in {row["code"] for row in rows["offences"]}
    assert {(row["statute"], row["code"]) for row in rows["statutes"]} == {("MCL 750.110a(2)", "220")}


def test_least_numbers_take_the_larger_and_most_numbers_the_smaller(tmp_path):
    path = tmp_path / "strict.toml"
    text = (POLICIES / "nlc-2021.toml").read_text().replace('id = "nlc-2021"', 'id = "strict"')
    for old, new in (
        ("reviewers = 2", "reviewers = 3"),
        ("hours = 72", "hours = 24"),
        ("candidates_at_most = 20", "candidates_at_most = 10"),
    ):
        text = text.replace(old, new)
    path.write_text(text.replace("\nitems = 1", "\nitems = 2"))
    merged = merge([PACKS["nlc-2021"], load_pack(path)])

    found = numbers(merged)
    assert (found["reviewers"], found["items_that_stand_apart"]) == (3, 2)
    assert (found["hours_to_act"], found["candidates_at_most"]) == (24, 10)
    decides = {row["name"]: row["rule"] for row in merged.compiled(on=DAY)["numbers"]}
    assert decides["reviewers"] == "strict/reviewers"


def test_where_no_pack_speaks_the_floor_of_the_house_stands():
    assert numbers(law("us-wa-43-386")) == {"reviewers": 2, "items_that_stand_apart": 1}


def test_each_rule_says_which_pack_and_whose_law_it_is():
    merged = merge([PACKS["us-me"], PACKS["nlc-2021"]], performer=[PACKS["us-fbi-ngi"], PACKS["nlc-2021"]])

    assert [(layer.pack, layer.sides) for layer in merged.layers] == [
        ("us-fbi-ngi", ("performer",)),
        ("us-me", ("requester",)),
        ("nlc-2021", ("performer", "requester")),
    ]
    assert merged.layer_of(merged.rules_at(Gate.PROBE_CHECK)[0]).digest == PACKS["us-fbi-ngi"].digest


def test_the_performers_law_binds_a_search_made_for_another_agency():
    ours = shut_by(law("nlc-2021"), Gate.BEFORE_SEARCH, performer="own_agency")
    theirs = shut_by(merge([PACKS["nlc-2021"]], performer=[PACKS["us-me"]]), Gate.BEFORE_SEARCH, performer="own_agency")

    assert ours == set()
    assert theirs == {"us-me/who"}


def test_saying_it_in_the_papers_against_not_saying_it_there_is_a_conflict():
    merged = law("us-mi-detroit-settlement", "us-va-2022")

    assert [conflict.id for conflict in merged.open_conflicts] == [PAPERS]
    assert merged.open_conflicts[0].rules == ("us-mi-detroit-settlement/papers", "us-va-2022/affidavit")
    with pytest.raises(MergeWrong, match="not settled: One demands that the papers say the search was made"):
        merged.compiled(on=DAY)
    assert any("not settled" in why for why in merged.why_not_adoptable(on=DAY))


def test_until_it_is_settled_both_duties_are_asked():
    merged = law("us-mi-detroit-settlement", "us-va-2022")

    assert shut_by(merged, Gate.WARRANT_OR_ARREST, act="search_warrant", papers_cite_result=True) == {"us-va-2022/affidavit"}
    assert "us-mi-detroit-settlement/papers" in shut_by(merged, Gate.WARRANT_OR_ARREST, act="search_warrant", told=frozenset())


def test_a_settlement_takes_out_the_one_duty_that_goes_second_and_nothing_else():
    settlement = Settlement(PAPERS, "us-mi-detroit-settlement/papers", **WRITING)
    merged = law("us-mi-detroit-settlement", "us-va-2022", settlements=[settlement])

    assert merged.open_conflicts == ()
    assert merged.conflicts[0].id == PAPERS
    assert shut_by(merged, Gate.WARRANT_OR_ARREST, act="search_warrant", papers_cite_result=True) == set()
    assert "us-va-2022/affidavit" in shut_by(merged, Gate.WARRANT_OR_ARREST, act="search_warrant", independent_and_sufficient=False)
    assert "us-va-2022/surveillance" in shut_by(merged, Gate.INTAKE, uses=frozenset({"surveillance"}))
    rule = next(rule for rule in merged.rules if rule.key == "us-va-2022/affidavit")
    assert rule.set_aside == ("Counsel of the city settled in letter of 3 March 2026: us-mi-detroit-settlement/papers goes first.",)


def test_the_other_side_may_go_first_too():
    merged = law("us-mi-detroit-settlement", "us-va-2022", settlements=[Settlement(PAPERS, "us-va-2022/affidavit", **WRITING)])

    assert shut_by(merged, Gate.WARRANT_OR_ARREST, act="search_warrant", papers_cite_result=True) == {"us-va-2022/affidavit"}
    assert "us-mi-detroit-settlement/papers" not in shut_by(merged, Gate.WARRANT_OR_ARREST, act="search_warrant", told=frozenset())


def test_keeping_against_deleting_is_a_conflict_and_either_side_may_go_first():
    name = "retention:us-md-2024/audit-file:uk-live/watchlist"
    pair = ("us-md-2024", "uk-live")
    at_a_day = {"outcomes": frozenset({"deployment_over"}), "held": frozenset({"watchlist"}), "age_days": 2}
    too_soon = {"destroyed": frozenset({"watchlist"}), "age_days": 2}

    assert [conflict.id for conflict in law(*pair).open_conflicts] == [name]
    kept = law(*pair, settlements=[Settlement(name, "us-md-2024/audit-file", **WRITING)])
    assert shut_by(kept, Gate.CLOSE, **at_a_day) == set()
    assert shut_by(kept, Gate.CLOSE, **too_soon) == {"us-md-2024/audit-file"}
    gone = law(*pair, settlements=[Settlement(name, "uk-live/watchlist", **WRITING)])
    assert shut_by(gone, Gate.CLOSE, **at_a_day) == {"uk-live/watchlist"}
    assert shut_by(gone, Gate.CLOSE, **too_soon) == set()


def test_a_line_up_with_the_searchs_picture_is_a_conflict_and_shut_until_settled():
    name = "search_picture:us-ut/fillers:us-mi-detroit-307-5/picture"
    pair = ("us-ut", "us-mi-detroit-307-5")

    assert [conflict.id for conflict in law(*pair).open_conflicts] == [name]
    assert shut_by(law(*pair), Gate.LINE_UP, search_picture=True) == {"us-mi-detroit-307-5/picture"}
    settled = law(*pair, settlements=[Settlement(name, "us-ut/fillers", **WRITING)])
    assert shut_by(settled, Gate.LINE_UP, search_picture=True) == set()


def test_a_public_log_against_a_confidential_one_is_a_conflict():
    name = "log:us-me/public-log:us-ma/quarterly"

    assert name in {conflict.id for conflict in law("us-me", "us-ma").open_conflicts}
    settled = law("us-me", "us-ma", settlements=[Settlement(name, "us-ma/quarterly", **WRITING)])
    assert shut_by(settled, Gate.OVERSIGHT, log_is_public=False) == set()
    settled = law("us-me", "us-ma", settlements=[Settlement(name, "us-me/public-log", **WRITING)])
    assert shut_by(settled, Gate.OVERSIGHT, log_is_public=True) == set()


def test_rules_that_never_held_at_the_same_time_do_not_collide():
    virginia = PACKS["us-va-2022"]
    later = replace(PACKS["us-mi-detroit-settlement"], rules=tuple(
        replace(rule, effective_from=date(2026, 7, 1)) for rule in PACKS["us-mi-detroit-settlement"].rules
    ))  # fmt: skip

    assert merge([virginia, later]).conflicts == ()


@pytest.mark.parametrize(
    ("settlement", "said"),
    [
        (Settlement("papers:a/b:c/d", "a/b", **WRITING), "there is no conflict “papers:a/b:c/d” among these packs"),
        (Settlement(PAPERS, "us-md-2024/trial", **WRITING), "“us-md-2024/trial” is no side of"),
        (Settlement(PAPERS, "us-va-2022/affidavit", " ", "letter"), "names a person and a writing"),
        (Settlement(PAPERS, "us-va-2022/affidavit", "Counsel", ""), "names a person and a writing"),
    ],
)
def test_a_settlement_that_settles_nothing_is_refused(settlement, said):
    with pytest.raises(SettlementWrong, match=said):
        law("us-mi-detroit-settlement", "us-va-2022", settlements=[settlement])


def test_one_conflict_is_settled_once():
    both = [Settlement(PAPERS, key, **WRITING) for key in ("us-va-2022/affidavit", "us-mi-detroit-settlement/papers")]

    with pytest.raises(MergeWrong, match="settled twice"):
        law("us-mi-detroit-settlement", "us-va-2022", settlements=both)


def test_two_texts_of_one_name_and_no_text_at_all_are_refused(tmp_path):
    path = tmp_path / "nlc-2021.toml"
    path.write_text((POLICIES / "nlc-2021.toml").read_text() + "\n# edited after adoption\n")

    with pytest.raises(MergeWrong, match="two different texts are called “nlc-2021”"):
        merge([PACKS["nlc-2021"], load_pack(path)])
    with pytest.raises(MergeWrong, match="there is no policy"):
        merge([])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("us-dhs-026-11", "status is “withdrawn”"),
        ("us-ma-bills", "status is “bill”"),
        ("us-va-2022", "status is “sunset”"),
        ("us-in", "has no rules"),
    ],
)
def test_what_is_no_law_cannot_be_adopted(name, said):
    assert any(said in why for why in law(name).why_not_adoptable(on=DAY))


def test_a_pack_of_the_future_waits_and_one_that_ended_is_over():
    assert law("nlc-2021").why_not_adoptable(on=DAY) == ()
    assert law("us-md-2024").why_not_adoptable(on=date(2024, 9, 30)) == (
        "us-md-2024: takes effect on 2024-10-01; it cannot be adopted before",
    )
    assert law("us-mi-detroit-settlement").why_not_adoptable(on=date(2028, 6, 28)) == ("us-mi-detroit-settlement: ended on 2028-06-28",)


def test_every_pack_is_adoptable_or_says_why_not():
    today = date(2026, 7, 2)
    shut = {name for name in PACKS if law(name).why_not_adoptable(on=today)}

    assert {"us-dhs-026-11", "us-ma-bills", "us-va-2022", "us-in"} <= shut
    assert all(pack.status in ADOPTABLE for name, pack in PACKS.items() if name not in shut)
    assert set(PACKS) - shut == {"nlc-2021", "us-md-2024", "us-mi-detroit-307-5", "us-mt", "us-ny-nypd", "us-ut"}


@pytest.mark.parametrize(
    ("names", "against"),
    [
        (("us-fl",), ("serious crimes", "asks people to look")),
        (("us-in",), ("has no rules",)),
        (("us-wa-43-386",), ("serious crimes",)),
        (("us-me",), ("asks people to look",)),
        (("eu-ai-act",), ("serious crimes", "asks people to look")),
        (("us-fl", "us-in", "nlc-2021"), ()),
        (("us-wa-43-386", "us-me"), ()),
    ],
)
def test_packs_that_protect_nobody_are_not_adopted_by_themselves(names, against):
    why = law(*names).why_not_adoptable(on=DAY)

    assert len(why) == len(against)
    assert all(words in said for words, said in zip(against, why, strict=True))


def test_an_adoption_ends_on_the_day_on_which_what_is_enforced_changes():
    assert law("nlc-2021").stands_until(on=DAY) is None
    assert law("nlc-2021", "us-mi-detroit-settlement").stands_until(on=DAY) == date(2028, 6, 28)
    assert law("us-md-2024").stands_until(on=date(2024, 9, 30)) == date(2024, 10, 1)


def test_the_digest_names_the_list_of_offences_too():
    other = replace(PACKS["nlc-2021"].offences, digest="0" * 64)

    assert merge([replace(PACKS["nlc-2021"], offences=other)]).digest != law("nlc-2021").digest
    with pytest.raises(MergeWrong, match="another list of offences"):
        merge([PACKS["us-md-2024"], replace(PACKS["nlc-2021"], offences=other)])


def test_rows_hold_from_the_first_day_of_a_rule_and_not_on_its_last():
    def rows(pack: str, on: date) -> set[str]:
        return {row["key"] for row in law(pack).compiled(on=on)["obligations"]}

    assert "eu-ai-act/annual" not in rows("eu-ai-act", date(2027, 12, 1))
    assert "eu-ai-act/annual" in rows("eu-ai-act", date(2027, 12, 2))
    assert "us-va-2022/report" in rows("us-va-2022", date(2026, 6, 30))
    assert "us-va-2022/report" not in rows("us-va-2022", date(2026, 7, 1))


def test_a_legal_hold_beats_deleting():
    overdue = {"held": frozenset({"footage"}), "age_days": 99}

    assert shut_by(law("uk-live"), Gate.CLOSE, **overdue, legal_hold=None) == {"uk-live/footage"}
    assert shut_by(law("uk-live"), Gate.CLOSE, **overdue, legal_hold=True) == set()


def test_lists_that_cut_each_other_to_nothing_say_so():
    assert law("us-ut", "us-me").leaves_nothing(on=DAY) == ("No body may run the search under every pack.",)
    assert law("nlc-2021").leaves_nothing(on=DAY) == ()


@pytest.mark.parametrize(("gate", "act"), [(Gate.LEAD_RELEASE, "lead"), (Gate.COURT, "trial"), (Gate.WARRANT_OR_ARREST, "arrest")])
def test_what_clears_a_person_is_never_held_back_by_any_pack(gate, act):
    everything = merge(list(PACKS.values()))
    nothing_known = type(SOUND[gate])(on=DAY, act=act)
    clearing = type(SOUND[gate])(on=DAY, act="exculpatory_release")

    assert refusals(evaluate(everything, gate=gate, facts=nothing_known))
    assert refusals(evaluate(everything, gate=gate, facts=clearing)) == ()


def test_a_rule_built_to_hold_it_back_is_overridden():
    maryland = PACKS["us-md-2024"]
    trial = next(rule for rule in maryland.rules if rule.id == "trial")
    barred = replace(maryland, rules=(replace(trial, parameters=(("banned", ("exculpatory_release",)),)),))

    assert refusals(asked(merge([barred]), Gate.COURT, act="exculpatory_release")) == ()


def test_the_gate_is_asked_with_its_own_facts():
    with pytest.raises(TypeError, match="IntakeFacts"):
        evaluate(law("nlc-2021"), gate=Gate.INTAKE, facts=SOUND[Gate.COURT])
