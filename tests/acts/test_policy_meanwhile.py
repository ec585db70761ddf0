"""A policy that is adopted while a machine screens or searches: what ends under the old one is found by the new one's own job."""

from typing import Any

import psycopg
import pytest

from cases import jobs
from cases.acts import rescreen as rescreening
from cases.acts import screen as screening
from cases.acts import search as searching
from cases.matching.reference import reference_engine
from cases.models import Case, Job, Refused, Screening
from cases.rules.eligibility import ScreeningFacts
from cases.rules.finding import Refusal
from ledger.asking import ask_database
from ledger.clock import house_now
from review import facts
from review.acts.check_probe import check_probe
from review.acts.confirm_offence import confirm_offence
from review.acts.start import start
from review.acts.try_job_again import try_job_again
from review.rules.gate import ask_gate
from review.rules.probe_fitness import Grade
from tests import world
from tests.acts.test_locks_in_order import Beside
from tests.acts.test_policy import shorter
from tests.database import login
from tests.oversight import roads
from workers.effects import EFFECTS

pytestmark = pytest.mark.django_db(transaction=True)


def confirmed() -> Case:
    case = world.requested("25-1")
    world.run_jobs()
    said = {"code": "120", "statute": "", "report_reference": "Report p. 1"}
    world.must(confirm_offence(by=world.person("aris"), at=house_now(), case_ref=case.ref, **said))
    return case


def to_search() -> Case:
    case = world.screened(world.requested("25-1"))
    said = {"grade": Grade.FIT, "depicts": "him", "role_shown_by": "the film"}
    world.must(check_probe(by=world.person("aris"), at=house_now(), case_ref=case.ref, **said))
    return case


def all_done() -> None:
    while world.run_jobs():
        pass


def test_a_first_screening_is_done_again_under_the_policy_that_waited_for_it(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    case, own = confirmed(), screening.eligibility.reasons_against
    beside = Beside(lambda: (world.in_force(shorter(tmp_path)), world.run_jobs()))

    def meanwhile(facts: ScreeningFacts) -> object:
        if not beside.thread.ident:
            beside.until_it_waits()
        return own(facts)

    monkeypatch.setattr(screening.eligibility, "reasons_against", meanwhile)
    world.run_jobs()
    beside.ended()
    all_done()
    assert list(Screening.objects.filter(case=case).order_by("id").values_list("eligible", flat=True)) == [True, False]
    assert world.again(case).state == "INELIGIBLE"


def test_a_first_search_that_found_no_policy_is_made_when_one_came_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    case, own = to_search(), searching.policy_in_force
    beside = Beside(lambda: (world.in_force("nlc-2021"), world.run_jobs()))

    def ended() -> object:
        if beside.thread.ident:
            return own()
        beside.thread.start()
        beside.ended()
        return None

    monkeypatch.setattr(searching, "policy_in_force", ended)
    all_done()
    assert world.again(case).candidate_list.number


def test_no_face_is_searched_for_what_left_the_list_while_the_engine_worked(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    case, own = to_search(), searching.rank
    beside = Beside(lambda: world.in_force(shorter(tmp_path)))

    def meanwhile(*args: Any, **said: Any) -> object:
        beside.thread.start()
        beside.ended()  # nobody who adopts waits for the engine
        return own(*args, **said)

    monkeypatch.setattr(searching, "rank", meanwhile)
    world.run_jobs()
    assert not hasattr(world.again(case), "candidate_list")
    assert Refused.objects.get(case=case, act="attach_list").reasons == ["screening_outdated"]
    all_done()
    assert world.again(case).state == "INELIGIBLE"


def test_no_face_is_searched_before_the_screening_under_a_new_policy(tmp_path: Any) -> None:
    case = to_search()
    world.in_force(shorter(tmp_path))
    with world.the_machine():
        found = searching.search(case_ref=case.ref, at=house_now(), engine=reference_engine())
    assert isinstance(found, Refusal)
    assert found.codes == ("screening_outdated",)
    all_done()
    assert (world.again(case).state, hasattr(world.again(case), "candidate_list")) == ("INELIGIBLE", False)


def test_a_list_says_under_which_policy_it_was_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Adopted while the engine worked: it is searched anew, under that one."""
    case, own = to_search(), searching.rank
    adopted: list[int] = []
    beside = Beside(lambda: adopted.append(world.in_force("nlc-2021")))

    def meanwhile(*args: Any, **said: Any) -> object:
        if not beside.thread.ident:
            beside.thread.start()
            beside.ended()
        return own(*args, **said)

    policies: list[int] = []
    attach = searching._attach
    monkeypatch.setattr(searching, "rank", meanwhile)
    monkeypatch.setattr(searching, "_attach", lambda *args, **said: policies.append(said["policy"].pk) or attach(*args, **said))
    all_done()
    assert policies == adopted
    assert list(Screening.objects.filter(case=case).order_by("id").values_list("policy", flat=True))[1:] == adopted, "screened first"
    assert world.again(case).candidate_list.number
    assert [row.reasons for row in Refused.objects.filter(case=case)] == [["screening_outdated"]]


def test_no_face_is_searched_that_the_law_adopted_meanwhile_lets_in_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its list holds the offence; what it asks at intake is not met, as the screening under it finds."""
    case, own = to_search(), searching.rank
    beside = Beside(lambda: world.in_force("us-mi-detroit-307-5"))

    def meanwhile(*args: Any, **said: Any) -> object:
        if not beside.thread.ident:
            beside.thread.start()
            beside.ended()
        return own(*args, **said)

    monkeypatch.setattr(searching, "rank", meanwhile)
    all_done()
    newest = Screening.objects.filter(case=case).latest("id")
    assert (newest.eligible, [code for code in newest.reasons if code == "offence_not_listed"]) == (False, [])
    assert (world.again(case).state, hasattr(world.again(case), "candidate_list")) == ("INELIGIBLE", False)


def test_what_a_search_found_out_of_date_is_searched_after_the_screening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Screened while the search that found it so waits to say it: neither leaves it to the other."""
    case, own = to_search(), searching.moves.store
    world.in_force("nlc-2021")
    beside = Beside(lambda: [world.run_jobs() for _ in range(2)])

    def meanwhile(*args: Any, **said: Any) -> object:
        if not beside.thread.ident:
            beside.until_it_waits()
        return own(*args, **said)

    with monkeypatch.context() as patched:
        patched.setattr(searching.moves, "store", meanwhile)
        world.run_jobs()
        beside.ended()
    all_done()
    assert world.again(case).candidate_list.number


def test_the_machine_attaches_no_list_under_another_policy_than_the_case_was_screened_under() -> None:
    case = to_search()
    world.in_force("nlc-2021")
    asked = "select attach_list(%s, '{}', '{}', '[]', '{}')"
    with login("worker") as worker, pytest.raises(psycopg.Error) as told:
        worker.execute(asked, [case.ref])
    assert told.value.sqlstate == "CS013"


@pytest.mark.parametrize("was_signed", [True, False])
@pytest.mark.parametrize("packs", [("nlc-2021",), ("us-mi-detroit-307-5",)])
def test_no_arrest_on_the_screening_under_an_older_policy(packs: tuple[str, ...], was_signed: bool) -> None:
    """Neither signed nor started between an adoption and the screening under it; opened again only where that one finds it eligible."""
    lead, request = world.ready_to_sign("25-1")
    if was_signed:
        world.must(world.signed(request))
    world.in_force(*packs)
    assert "screening_outdated" in ask_database("select gate_reasons(%s, 'arrest')", lead.pk)
    assert "screening_outdated" in {r.code for answer in ask_gate(facts.gate(lead), action="arrest") for r in answer.reasons}
    refused = start(by=world.person("dana"), at=house_now(), ref=request) if was_signed else world.signed(request)
    assert isinstance(refused, Refusal)
    assert refused.codes
    assert not facts.holds(request)
    all_done()
    eligible = Screening.objects.filter(case=lead.case).latest("id").eligible
    reasons = set(ask_database("select gate_reasons(%s, 'arrest')", lead.pk))
    assert "screening_outdated" not in reasons
    assert ("not_screened" in reasons) is not eligible
    assert eligible is (packs == ("nlc-2021",))
    if eligible:
        world.must(start(by=world.person("dana"), at=house_now(), ref=request) if was_signed else world.signed(world.asked(lead)))


def done(kind: str) -> None:
    with world.the_machine():
        assert jobs.run(job_id=Job.objects.filter(kind=kind).latest("id").pk, effects=EFFECTS) == "done"


def test_of_two_adoptions_in_a_row_the_second_has_what_waits_screened_and_searched_once() -> None:
    case = to_search()
    world.in_force("nlc-2021")
    done("search")  # too early: it waits for the screening, which the first adoption enqueues
    done("rescreen")
    second = world.in_force("nlc-2021")
    all_done()
    assert list(Screening.objects.filter(case=case).order_by("id").values_list("policy", flat=True))[1:] == [second]
    assert world.again(case).candidate_list.number
    assert Job.objects.filter(kind="search", case=case).count() == 2


def test_where_the_job_that_screens_again_was_given_up_all_stays_shut_until_a_manager_has_it_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rescreening, "BATCH", 1)
    lead, _ = roads.ready(1)
    case = to_search()
    world.in_force("nlc-2021")
    job = Job.objects.filter(kind="rescreen").latest("id")
    with login("owner") as owner:
        owner.execute("update cases_job set attempts = 8 where id = %s", [job.pk])
    with world.the_machine():
        assert jobs.run(job_id=job.pk, effects=EFFECTS) == "given up"
    all_done()
    assert "screening_outdated" in ask_database("select gate_reasons(%s, 'arrest')", lead.pk)
    assert try_job_again(by=world.person("mia"), at=house_now(), job_id=job.pk)
    all_done()
    assert "screening_outdated" not in ask_database("select gate_reasons(%s, 'arrest')", lead.pk)
    assert world.again(case).candidate_list.number
