"""The law in force at the acts: what it asks of a request, what it shuts, with which rule, and that it never opens what the floor shuts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cases.acts.search import search
from cases.law import case_facts, rows
from cases.law.case_facts import Moment
from cases.law.in_force import law_in_force
from cases.law.schema import BY_NAME
from cases.matching.reference import reference_engine
from cases.models import ProbeRefused, Refused, Screening, SearchGround
from cases.rules.finding import Permit, Refusal
from ledger.clock import house_now
from review import facts, law_facts
from review.acts.check_probe import check_probe
from review.acts.confirm_offence import ReadInReport, confirm_offence
from review.acts.request_search import request_search
from review.models import Countersignature
from review.rules.probe_fitness import Grade
from review.rules.wanted import GroundSaid
from tests import world

pytestmark = pytest.mark.django_db


def pack(folder, name, **rules):
    """A pack of one's own: rule type -> parameters, at the last gate of the type."""
    rows = [f'id = "{name}"', 'title = "Own"', 'layer = "city"', 'status = "in_force"', 'source = "test"', "effective_from = 2020-01-01"]
    for type_, said in rules.items():
        rows += ["[[rule]]", f'id = "{type_}"', f'type = "{type_}"', f'gate = "{BY_NAME[type_].gates[-1]}"', 'sentence = "As it says."']
        rows += ['citation = "Own 1"', 'source = "test"', "verify = false", "[rule.parameters]", said]
    path = folder / f"{name}.toml"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def tried(**changes):
    picture = world.probe_of("p012")
    return request_search(
        by=world.person("dana"), at=house_now(), wanted=world.wanted(**changes), picture=picture, engine=reference_engine()
    )


def confirmed(case, code="120", statute="", **read):
    finding = confirm_offence(
        by=world.person("aris"),
        at=house_now(),
        case_ref=case.ref,
        code=code,
        statute=statute,
        report_reference="p. 1",
        read=ReadInReport(**read),
    )
    world.must(finding)
    world.run_jobs()
    return world.again(case)


def newest(case):
    return Screening.objects.filter(case=case).latest("id")


def test_an_ordinary_request_is_asked_nothing_besides():
    case = world.requested()

    said = SearchGround.objects.get(case=case)
    assert (said.purpose, said.channel, said.uses, said.exigent) == ("", "desktop", None, None)
    assert world.screened(case).state == "ELIGIBLE"


def test_what_the_law_in_force_asks_is_missed_by_name_and_citation():
    world.in_force("nlc-2021", "us-mi-detroit-307-5")

    finding, ref = tried()

    assert isinstance(finding, Refusal)
    assert ref is None
    said = {reason.sentence: reason.source for reason in finding.reasons}
    assert set(said) == {
        "Say the ground of suspicion: the law in force asks for it.",
        "Say the grounds: the law in force asks for it.",
        "Say what else it is for: the law in force asks for it.",
        "Say whether it touches protected activity or traits: the law in force asks for it.",
    }
    assert all("307.5" in source for source in said.values())
    assert Refused.objects.filter(act="request_search").exists()


def test_what_was_said_reaches_the_rules_and_each_refusing_rule_is_on_file():
    world.in_force("nlc-2021", "us-mi-detroit-307-5")
    sound = confirmed(world.requested("25-1", ground=world.GROUND))
    forbidden = confirmed(world.requested("25-2", "p014", ground=replace(world.GROUND, uses=("immigration_status",))))
    weak = confirmed(world.requested("25-3", "p016", ground=replace(world.GROUND, suspicion="allegation_or_information")))

    assert (sound.state, newest(sound).refused_by) == ("ELIGIBLE", [])
    assert (forbidden.state, newest(forbidden).reasons) == ("INELIGIBLE", ["law_forbidden_use"])
    assert newest(forbidden).refused_by == ["us-mi-detroit-307-5/forbidden"]
    assert (newest(weak).reasons, newest(weak).refused_by) == (["law_suspicion"], ["us-mi-detroit-307-5/suspicion"])


def test_an_offence_off_the_list_keeps_its_code_and_names_the_rule():
    case = world.screened(world.requested(), "23C")

    assert (case.state, newest(case).reasons, newest(case).refused_by) == ("INELIGIBLE", ["offence_not_listed"], ["nlc-2021/serious-crime"])


def test_an_attempt_counts_where_the_law_says_so_and_nowhere_else(tmp_path):
    listed = confirmed(world.requested("25-1"), attempt=True)
    world.in_force("nlc-2021", pack(tmp_path, "own", offence='codes = ["120"]'))
    unsaid = confirmed(world.requested("25-2", "p014"), attempt=True)

    assert listed.state == "ELIGIBLE"
    assert newest(unsaid).refused_by == ["own/offence"]


def test_an_offence_of_another_state_needs_its_equal_here():
    case = confirmed(world.requested("25-1"), out_of_state=True)

    assert newest(case).refused_by == ["nlc-2021/serious-crime"]


@pytest.mark.parametrize(("track", "purpose"), [("missing", ""), ("victim_or_witness", "witness"), ("unidentified", "deceased")])
def test_a_purpose_off_the_suspect_track_is_not_crossed_with_the_offences(track, purpose):
    assert world.screened(world.requested(track=track, ground=GroundSaid(purpose=purpose)), "23C").state == "ELIGIBLE"


def test_the_exact_purpose_is_asked_only_where_the_law_tells_the_purposes_of_a_track_apart():
    finding, _ = tried(track="victim_or_witness")

    assert [str(reason) for reason in finding.reasons] == ["Say what the search is for, more exactly: the law in force asks for it."]


def test_a_purpose_that_the_law_does_not_name_lets_nothing_through():
    case = world.screened(world.requested(track="victim_or_witness", ground=GroundSaid(purpose="undercover_safety")), "23C")

    assert newest(case).refused_by == ["nlc-2021/other-purposes", "nlc-2021/serious-crime"]


def test_a_search_is_not_made_on_a_day_on_which_the_law_says_no(tmp_path):
    own = pack(tmp_path, "own", training='courses = ["bias"]')
    own.write_text(own.read_text(encoding="utf-8").replace('gate = "review"', 'gate = "before_search"'), encoding="utf-8")
    world.in_force("nlc-2021", own)
    case = world.screened(world.requested())
    said = {"grade": Grade.FIT, "depicts": "him", "role_shown_by": "the film"}
    world.must(check_probe(by=world.person("aris"), at=house_now(), case_ref=case.ref, **said))

    with world.the_machine():
        search(case_ref=case.ref, at=house_now() + timedelta(days=1000), engine=reference_engine())  # his training has run out

    refused = ProbeRefused.objects.get(case=case)
    assert refused.code == "law"
    assert "Somebody's training is not valid on that day: bias." in refused.sentence
    assert not hasattr(world.again(case), "search")


def test_the_gate_is_open_and_the_law_says_no_so_nothing_is_signed(tmp_path):
    captains = 'sign_offs = 2\nrank = "captain"\nacts = ["search_warrant", "arrest_warrant"]'
    world.in_force("nlc-2021", pack(tmp_path, "own", authority=captains))
    lead = world.a_lead()
    world.an_item(lead)
    asked = world.asked(lead, "search_warrant")

    finding = world.signed(asked)

    assert isinstance(finding, Refusal)
    assert finding.codes == ("law_authority",)
    assert "2 sign-off(s) needed of the rank of captain or above." in finding.reasons[0].sentence
    assert "own/authority" in finding.reasons[0].source
    assert Countersignature.objects.get(ref=asked).state == "ASKED"


def test_a_refusal_of_the_gate_stands_with_the_rules_that_ask_the_same():
    lead = world.a_lead()
    finding = world.signed(world.asked(lead))

    assert isinstance(finding, Refusal)
    said = [(reason.code, reason.source) for reason in finding.reasons if "nlc-2021/" in reason.source]
    assert [code for code, _ in said] == ["exculpatory_untested", "nothing_stands_apart"]


def test_who_acted_stands_in_the_facts_by_part_and_never_by_name():
    lead = world.a_lead()
    law = law_in_force()
    assert law is not None
    reviewed = law_facts.reviews([lead.pk])[lead.pk]
    row = law_facts.row_of(lead.case, law=law, people=reviewed.reviewers)

    seen = law_facts.review(row, reviewed)

    assert seen.people == ("reviewer 1", "reviewer 2")
    assert (seen.requester, seen.operator, seen.blind, seen.all_viewed) == ("whoever asked", "the analyst", True, True)
    assert {each.course for each in seen.courses or ()} == {"face_comparison", "bias", "limits"}
    assert seen.supervisor_approved is None


def test_what_nobody_knows_stays_unknown():
    case = world.requested()
    row = rows.read([case.pk])[case.pk]

    seen = case_facts.intake(row, Moment(house_now()))

    assert (seen.code, seen.attempt, seen.decided_from_report, seen.uses, seen.protected_activity) == (None, None, None, None, None)
    assert seen.grounds == {"narrative", "other_means_tried", "active_case", "unknown_person_did_it"}
    assert "order_copy" not in (seen.request_fields or ())


def test_facts_are_those_of_the_moment():
    case = world.screened(world.requested())
    row = rows.read([case.pk])[case.pk]
    now = house_now()

    assert case_facts.intake(row, Moment(now)).courses
    assert case_facts.intake(row, Moment(now + timedelta(days=400))).courses == ()


def test_many_cases_are_read_with_as_many_statements_as_one(django_assert_num_queries):
    keys = [world.screened(world.requested(f"25-{number}", f"p01{number}")).pk for number in (2, 4, 6)]

    with django_assert_num_queries(4):
        assert len(rows.read(keys)) == 3
    with django_assert_num_queries(4):
        rows.read(keys[:1])


def test_the_facts_of_a_legal_act_are_those_that_the_gate_weighed():
    lead, _ = world.ready_to_sign()
    law = law_in_force()
    assert law is not None
    row = law_facts.row_of(lead.case, law=law)

    seen = law_facts.warrant_or_arrest(row, facts.gate(lead), Moment(house_now()), action="arrest")

    assert (seen.act, seen.independent_items, seen.other_items, seen.papers_cite_result) == ("arrest", 1, 1, True)
    assert seen.tests_closed == set(world.CODES)
    assert ("arrest_papers", "search_used") in (seen.told or ())
    assert seen.independent_and_sufficient is None


def test_a_sound_arrest_is_still_signed():
    _, asked = world.ready_to_sign()

    assert isinstance(world.signed(asked), Permit)
