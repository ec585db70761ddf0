"""Stepping back: a fresh reviewer takes the turn, what was locked stays out, and an auditor alone reads why."""

import psycopg
import pytest
from django.db import connection

from cases.models import InvestigationLink
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from oversight.record_search import Asked, search
from oversight.rederiving import Asking, Picture
from people.roles import Role
from review import access, facts, papers
from review.access import NotVisible
from review.acts.conclude import conclude
from review.acts.read_sealed_reasons import read_sealed_reasons
from review.acts.recuse import recuse
from review.acts.report_contact import report_contact
from review.acts.sort_candidates import sort_candidates
from review.acts.take_next import take_next
from review.models import Conclusion, ConclusionSetAside, Drawn, Lead, Recusal
from review.rules.gate import ask_gate
from review.sheets import case_file, notices
from tests import world
from tests.database import login
from tests.oversight.test_three_gates import file_and_lead

pytestmark = pytest.mark.django_db


def steps_back(case, name, ground="knows_person", words="She lives in my street"):
    return recuse(by=world.person(name), at=house_now(), case_ref=case.ref, ground=ground, words=words)


def turns(case):
    return list(Drawn.objects.filter(case=case).order_by("id").values_list("reviewer__username", "turn", "attempt"))


def test_a_fresh_reviewer_takes_the_turn_and_who_stepped_back_is_not_drawn_again():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    world.must(steps_back(case, "ada"))

    assert take_next(by=world.person("ada"), at=house_now()) is None
    assert "reviewer" in facts.parts_of(world.person("ada"), case.investigation_id)
    world.drawn(case, "cleo")
    assert turns(case) == [("ada", 1, 1), ("ben", 2, 1), ("cleo", 1, 2)]
    for name in ("ben", "cleo"):
        world.sorted_by(case, name, ("p012",))
    for name in ("ben", "cleo"):
        world.concluded(case, name, {"p012": 2})
    assert world.again(case).state == "LEAD"


def test_a_sorting_locked_before_it_was_settled_stays_out():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    world.sorted_by(case, "ada", ("p013",))
    world.must(steps_back(case, "ada"))
    world.sorted_by(case, "ben", ("p012",))
    assert facts.sorting(case) == (False, frozenset())

    world.drawn(case, "cleo")
    world.sorted_by(case, "cleo", ("p012",))
    settled, kept = facts.sorting(case)
    assert settled
    assert len(kept) == 1


def test_once_settled_the_faces_stay_and_a_locked_conclusion_leaves(as_role):
    case = world.searched()
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    world.concluded(case, "ada", {"p012": -3})
    before = facts.sorting(case)
    world.must(steps_back(case, "ada"))

    assert facts.sorting(case) == before
    assert not Conclusion.objects.filter(by__username="ada").exists()
    as_role("auditor")
    assert ConclusionSetAside.objects.get().rating == -3
    as_role("app")
    world.concluded(case, "ben", {"p012": 2})
    assert world.again(case).state == "FIT"
    world.drawn(case, "cleo")
    world.concluded(case, "cleo", {"p012": 1})
    assert world.again(case).state == "LEAD"


def test_in_a_dispute_the_turn_is_drawn_again_beside_the_third():
    case = world.examined(world.searched(), (2, 0))
    assert case.state == "DISPUTED"
    world.must(steps_back(case, "ada"))
    world.drawn(case, "cleo", "remy")
    assert turns(case)[2:] == [("cleo", 1, 2), ("remy", 3, 1)]
    world.concluded(case, "cleo", {"p012": 1})
    assert world.again(case).state == "DISPUTED"
    world.concluded(case, "remy", {"p012": 1})
    assert world.again(case).state == "LEAD"


def test_whoever_stepped_back_answers_nothing_more():
    case = world.searched()
    world.drawn(case, "ada")
    world.must(steps_back(case, "ada"))
    answers = dict.fromkeys(world.tokens(case).values(), (False, "chin"))

    refused = sort_candidates(by=world.person("ada"), at=house_now(), case_ref=case.ref, answers=answers)
    assert "recused" in refused.codes
    assert "recused" in conclude(by=world.person("ada"), at=house_now(), case_ref=case.ref, answers={}).codes
    assert steps_back(case, "ada").codes == ("already_recused",)
    assert ask_database("select recuse(%s, %s, 'saw_case', 'x', '{}')", case.ref, world.person("ada").pk) == ["already_recused"]


@pytest.mark.parametrize(("ground", "words", "code"), [("knows_person", " ", "no_words"), ("because", "x", "unknown_ground")])
def test_a_reason_is_owed(ground, words, code):
    case = world.searched()
    world.drawn(case, "ada")

    assert steps_back(case, "ada", ground, words).codes == (code,)
    assert ask_database("select recuse(%s, %s, %s, %s, '{}')", case.ref, world.person("ada").pk, ground, words) == [code]
    assert not Recusal.objects.exists()


def test_nobody_steps_back_from_what_was_not_drawn_for_him():
    case = world.searched()

    with pytest.raises(NotVisible):
        steps_back(case, "cleo")
    assert ask_database("select recuse(%s, %s, 'saw_case', 'x', '{}')", case.ref, world.person("cleo").pk) == ["not_drawn"]


def test_after_the_case_is_decided_the_lead_that_rests_on_him_is_shut_by_all_three_gates():
    lead, _ = world.ready_to_sign()
    assert not facts_shut(lead)
    connection.check_constraints()  # the case was decided in a transaction of its own
    world.must(steps_back(lead.case, "ada"))

    assert Conclusion.objects.filter(candidate=lead.candidate, by__username="ada").exists()
    assert {"too_few_reviewers", "reviewer_not_apart"} <= facts_shut(lead)
    assert {"too_few_reviewers", "reviewer_not_apart"} <= set(ask_database("select gate_reasons(%s, 'arrest')", lead.pk))
    assert {"too_few_reviewers", "reviewer_not_apart"} <= by_the_auditor(lead)


def test_an_exclusion_is_not_taken_away_by_stepping_back():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    world.concluded(case, "ada", {"p012": -3})
    world.must(steps_back(case, "ada"))
    world.concluded(case, "ben", {"p012": 2})
    world.drawn(case, "cleo")
    world.concluded(case, "cleo", {"p012": 2})

    lead = Lead.objects.get()
    assert "exclusion_stands" in facts_shut(lead)
    assert "exclusion_stands" in ask_database("select gate_reasons(%s, 'arrest')", lead.pk)
    assert "exclusion_stands" in by_the_auditor(lead)


def facts_shut(lead):
    return {reason.code for answer in ask_gate(facts.gate(lead), action="arrest") for reason in answer.reasons}


def by_the_auditor(lead):
    file, case, row = file_and_lead(lead)
    return set(Asking(Picture(file, case, house_now()), row, "arrest").all())


def test_it_is_disclosed_by_number():
    case = world.searched()
    world.drawn(case, "ada")
    world.must(steps_back(case, "ada"))
    world.drawn(case, "cleo", "ben")
    for name in ("cleo", "ben"):
        world.sorted_by(case, name, ("p012",))
    for name in ("cleo", "ben"):
        world.concluded(case, name, {"p012": 2})
    lead = Lead.objects.select_related("case", "candidate").get(case=case)

    said = {each.code: each.sentence for each in papers.statements(lead)}
    assert "stepped back from the examination: 1" in said["stepped_back"]
    assert "street" not in said["stepped_back"]
    assert "stepped back" in case_file.lead_sheet(lead, action="arrest").stepped_back


def test_a_contact_goes_to_the_auditor_alone_and_the_examination_goes_on():
    case = world.searched()
    world.drawn(case, "ada")
    said = {"ground": "of_the_answer", "words": "The sergeant asked how soon"}
    world.must(report_contact(by=world.person("ada"), at=house_now(), case_ref=case.ref, **said))
    world.sorted_by(case, "ada", ())

    otto, now = world.person("otto"), house_now()
    assert any("was spoken to" in each.what for each in told_to(otto))
    for name in ("dana", "sol", "mia", "pia", "petra", "ada"):
        who = world.person(name)
        assert not any("spoken to" in each.what for each in told_to(who)), name
    ((ref, who, about, ground, words, _),) = read_sealed_reasons(by=otto, at=now)
    assert (ref, who, about, ground, words) == (case.ref, world.person("ada").display_name, "spoken_to", *said.values())
    assert Entry.objects.filter(kind="read_sealed_reasons").count() == 1
    assert all(b"sergeant" not in bytes(each.body) for each in Entry.objects.all())


def told_to(person):
    return notices.of(person, at=house_now(), roles=access.roles_on(person, house_now().date()))


def appointed(name, role):
    """Give a person one more role, as the administrator does."""
    with login("owner") as owner:
        owner.execute("insert into people_roleheld(person_id, role, from_on) values (%s, %s, house_today())", [world.person(name).pk, role])


@pytest.mark.django_db(transaction=True)
def test_an_auditor_who_is_a_reviewer_of_the_same_case_does_not_read_it():
    """Else the one learns who stepped back from what he has before him, and why."""
    case = world.searched()
    world.drawn(case, "ada", "ben")
    now = house_now()
    appointed("ben", Role.AUDITOR)
    world.must(steps_back(case, "ada"))

    assert len(read_sealed_reasons(by=world.person("otto"), at=now)) == 1
    assert read_sealed_reasons(by=world.person("ben"), at=now) == []


@pytest.mark.django_db(transaction=True)
def test_a_reviewer_reads_no_case_that_is_linked_to_his_own():
    """Who examines one probe, and may read as a detective, does not see what others found of the same face next door."""
    mine = world.searched("25-1")
    appointed("ada", Role.DETECTIVE)
    ada, on = world.person("ada"), house_now().date()
    assert access.cases_for_reading(ada, on=on).filter(pk=mine.pk).exists()
    world.drawn(mine, "ada")
    beside = world.searched("25-2", repeats_because="another copy of the film")
    assert InvestigationLink.objects.exists()

    assert not access.cases_for_reading(ada, on=on).exists()
    for case in (mine, beside):
        with pytest.raises(NotVisible):
            access.case_for_reading(ada, case.ref, on=on)
    appointed("ada", Role.AUDITOR)
    found = search(Asked(), ori=ada.agency.ori, auditor=ada.pk, before=None, at_most=500)
    assert found
    assert not [each for each in found if each.case]
    with login("owner") as owner:
        assert owner.execute("select review_reads(%s, %s)", [ada.pk, beside.pk]).fetchone() == (False,)
        assert owner.execute("select review_reads(%s, %s)", [world.person("dana").pk, beside.pk]).fetchone() == (True,)


def test_nobody_but_an_auditor_reads_it():
    with pytest.raises(NotVisible):
        read_sealed_reasons(by=world.person("sol"), at=house_now())


@pytest.mark.django_db(transaction=True)
def test_attacked_from_below_the_seal_and_the_wall_hold():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    world.concluded(case, "ben", {"p012": 2})
    world.must(steps_back(case, "ada"))
    candidate, ada = "(select id from cases_candidate where subject_ref = 'p012')", "(select id from people_person where username = 'ada')"
    row = f"values ({candidate}, {ada}, 3, 'x')"
    for who, sql, code in [
        ("app", "select words from review_sealedreason", "42501"),
        ("app", "select ground from review_sealedreason", "42501"),
        ("worker", "select at from review_sealedreason", "42501"),
        ("app", "insert into review_recusal(drawn_id, sorting_stays) select id, true from review_drawn limit 1", "42501"),
        ("app", "delete from review_conclusion", "42501"),
        ("app", f"select * from sealed_reasons_told({world.person('sol').pk}, '{{}}')", "CS008"),
        ("owner", f"insert into review_conclusion(candidate_id, by_id, rating, grounds) {row}", "CS014"),
        ("owner", "delete from review_conclusion", "CS003"),
        ("owner", "update review_conclusion set rating = 3", "CS003"),
        ("owner", "delete from review_recusal", "CS003"),
        ("owner", "update review_sealedreason set words = 'y'", "CS003"),
    ]:
        with login(who) as below, pytest.raises(psycopg.Error) as told:
            below.execute(sql)
        assert told.value.sqlstate == code, sql


@pytest.mark.django_db(transaction=True)
def test_the_case_does_not_move_without_the_fresh_reviewer():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    world.concluded(case, "ben", {"p012": -2})
    world.must(steps_back(case, "ada"))

    with login("app") as app, pytest.raises(psycopg.Error) as told:
        app.execute("select person_move(%s, 'join', 'NO_LEAD', %s, '{}')", (case.ref, world.person("ben").pk))
    assert told.value.sqlstate == "CS013"


def test_a_lead_that_a_late_step_back_shut_is_examined_afresh_in_a_new_case():
    """The case itself stays as it was decided: what comes after an end is a new case, in which two others examine."""
    lead, _ = world.ready_to_sign()
    connection.check_constraints()  # the case was decided in a transaction of its own
    world.must(steps_back(lead.case, "ada"))
    assert take_next(by=world.person("cleo"), at=house_now()) is None, "a decided case is drawn for nobody"

    again = world.searched(repeats_because="A reviewer stepped back after the case was decided", earlier_search=lead.case.ref)
    assert again.investigation_id == lead.case.investigation_id
    world.drawn(again, "cleo", "remy")
    for name in ("cleo", "remy"):
        world.sorted_by(again, name, ("p012",))
    for name in ("cleo", "remy"):
        world.concluded(again, name, {"p012": 2})
    fresh = Lead.objects.select_related("case", "candidate").get(case=again)
    shut = facts_shut(fresh) & {"too_few_reviewers", "reviewer_not_apart"}
    assert shut == set()
    assert shut == {"too_few_reviewers", "reviewer_not_apart"} & set(ask_database("select gate_reasons(%s, 'arrest')", fresh.pk))
    assert shut == {"too_few_reviewers", "reviewer_not_apart"} & by_the_auditor(fresh)
    assert {"too_few_reviewers"} <= facts_shut(lead), "the first one stays shut"
