"""Another case of the very same picture is one with this one. Until the machine has linked them, what is on file there shuts every gate."""

from datetime import timedelta
from typing import Any

import pytest

from cases import jobs
from cases.acts import link as linking
from cases.keystore import SealBroken
from cases.models import Case, InvestigationLink, Job, Refused
from cases.rules.act import Act
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from oversight.gatecheck import gatecheck
from review import facts
from review.acts import countersign as signing_act
from review.acts import record_without_face as recording
from review.acts import start as starting
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.close_exculpatory import close_exculpatory
from review.acts.record_without_face import record_without_face
from review.acts.start import start
from review.acts.try_job_again import try_job_again
from review.models import Countersignature, Lead, OutsideGate
from review.rules import gate
from review.rules.actions import ACTIONS
from review.sheets import prosecution
from tests import world
from tests.acts.test_locks_in_order import Beside
from tests.database import login
from tests.oversight.test_gatecheck import past_the_walls, sentences
from tests.pages.signing import signed_in
from tests.world import must, person
from workers.effects import EFFECTS

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "auditor"])
ALIBI = ItemWanted("location_alibi", "Was at work until midnight", "Time card", exculpatory=True, exculpatory_code="whereabouts")
SHUT, UNLINKED = "same_picture_not_linked", "a case with the very same picture was not linked, and what was on file there was not asked"


def another(agency_case: str = "25-2") -> Case:
    """Another case of the picture of ``world.a_lead``; the job that will link it waits."""
    return world.requested(agency_case, repeats_because="another copy of the film")


def an_alibi(case: Case) -> str:
    finding, item = add_evidence(by=person("dana"), at=house_now(), case_ref=case.ref, item=ALIBI)
    must(finding)
    return str(item)


def codes(lead: Lead, action: str = "arrest") -> set[str]:
    """What both gates say, which say the same."""
    said = gate.may_act(facts.gate(lead), action=action, about=Act.COUNTERSIGN, subject=lead.ref)
    pages = set(getattr(said, "codes", ()))
    assert pages == set(ask_database("select gate_reasons(%s, %s)", lead.pk, action))
    return pages


def given_up(case: Case) -> Job:
    with login("owner") as owner:
        owner.execute("update cases_job set given_up_at = now(), attempts = 8 where kind = 'link' and case_id = %s", [case.pk])
    return Job.objects.get(kind="link", case=case)


def test_while_the_job_that_links_them_waits_the_gate_is_shut_and_then_asks_what_is_there():
    lead, request = world.ready_to_sign("25-1")
    assert codes(lead) == set()
    item = an_alibi(another())
    assert codes(lead) == {SHUT}
    page = signed_in("dana").get(f"/cases/{lead.case.ref}").content.decode()
    assert gate.SAME_PICTURE_NOT_LINKED.sentence in page
    assert world.signed(request).codes == (SHUT,)

    world.run_jobs()
    assert codes(lead) == {"exculpatory_open", "papers_stale"}
    must(close_exculpatory(by=person("cora"), at=house_now(), item_ref=item, how="tested_does_not", because="another man's card"))
    world.papers_filed(lead)
    must(world.signed(world.asked(lead)))
    assert gatecheck(using="auditor").wrong == ()


def test_where_the_job_was_given_up_it_stays_shut_until_a_manager_has_it_tried_again():
    lead, request = world.ready_to_sign("25-1")
    other = another()
    an_alibi(other)
    job = given_up(other)
    assert world.run_jobs() == []
    assert codes(lead) == {SHUT}
    assert world.signed(request).codes == (SHUT,)
    assert try_job_again(by=person("mia"), at=house_now(), job_id=job.pk)
    assert world.run_jobs() == ["done"]
    assert SHUT not in codes(lead)


def test_a_signature_holds_no_more_and_nothing_starts():
    lead, request = world.ready_to_sign("25-1")
    must(world.signed(request))
    another()
    assert not facts.holds(request)
    assert start(by=person("dana"), at=house_now(), ref=request).codes == ("does_not_hold",)
    world.run_jobs()
    world.papers_filed(lead)
    assert facts.holds(request)
    must(start(by=person("dana"), at=house_now(), ref=request))
    assert gatecheck(using="auditor").wrong == ()


def test_one_that_comes_between_the_two_gates_is_refused_without_an_alarm_and_the_request_waits(monkeypatch: pytest.MonkeyPatch):
    _, request = world.ready_to_sign("25-1")
    own = signing_act.gate.may_act

    def meanwhile(*args: Any, **said: Any) -> Any:
        answer, beside = own(*args, **said), Beside(another)
        beside.thread.start()
        assert len(beside.ended()) == 1  # it waits for nobody
        return answer

    monkeypatch.setattr(signing_act.gate, "may_act", meanwhile)
    assert world.signed(request).codes == (SHUT,)
    monkeypatch.undo()
    assert Countersignature.objects.get(ref=request).state == "ASKED"
    assert Refused.objects.latest("id").reasons == [SHUT]
    assert not Entry.objects.filter(kind="gates_disagree").exists()
    world.run_jobs()
    assert "papers_stale" in world.signed(request).codes
    assert gatecheck(using="auditor").wrong == ()


def test_one_that_comes_as_an_action_starts_is_refused(monkeypatch: pytest.MonkeyPatch):
    _, request = world.ready_to_sign("25-1")
    must(world.signed(request))
    own = starting.signing.may_start

    def meanwhile(**said: Any) -> Any:
        beside = Beside(another)
        beside.thread.start()
        assert len(beside.ended()) == 1
        return own(**said)

    monkeypatch.setattr(starting.signing, "may_start", meanwhile)
    assert start(by=person("dana"), at=house_now(), ref=request).codes == ("does_not_hold",)
    assert Countersignature.objects.get(ref=request).state == "SIGNED"
    assert Refused.objects.latest("id").reasons == ["does_not_hold"]


def test_of_what_was_started_a_prosecutor_is_told_only_what_the_other_case_brings():
    """That nobody has asked yet is no fact: the defence is owed nothing for it, and is told once there is something."""
    lead, request = world.ready_to_sign("25-1")
    must(world.signed(request))
    must(start(by=person("dana"), at=house_now(), ref=request))
    other = another()
    assert not fallen()
    an_alibi(other)
    assert not fallen()
    world.run_jobs()
    assert fallen() == [f"/prosecution/leads/{lead.ref}"]


def fallen() -> list[str]:
    """What a prosecutor finds under what was started and does not hold any more."""
    duties = {each.name: each.lines for each in prosecution.duties(person("pia"), at=house_now())}
    return [line.address for line in duties["Started, and does not hold any more"]]


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_every_action_waits(action: str):
    """An exclusion, or somebody's part, may be on file there as well as an alibi."""
    lead = world.a_lead("25-1")
    before = codes(lead, action)
    another()
    assert codes(lead, action) == {*before, SHUT}


def test_nor_does_an_action_stand_without_the_face():
    lead = world.a_lead("25-1")
    world.an_item(lead)
    another()
    now = house_now()
    said = {"action": "arrest", "happened_at": now, "description": "On the prints", "checked_by": person("cody"), "search_disclosed": True}
    assert record_without_face(by=person("dana"), at=now, lead_ref=lead.ref, **said).codes == (SHUT,)
    assert ask_database("select without_face_reasons(%s, null)", lead.case_id) == ["rests_on_the_face", SHUT]
    world.run_jobs()
    must(record_without_face(by=person("dana"), at=now, lead_ref=lead.ref, **said))
    assert gatecheck(using="auditor").wrong == ()


def test_a_picture_of_another_agency_is_asked_about_and_of_a_case_that_is_only_linked():
    lead = world.a_lead("25-1")
    linked = world.requested("25-2", "p014")
    world.run_jobs()
    with login("owner") as owner:
        ids = sorted([lead.case.investigation_id, linked.investigation_id])
        owner.execute("insert into cases_investigationlink(one_id, other_id, because) values (%s, %s, 'same_event')", ids)
    theirs = world.requested("25-3", "p014", repeats_because="another copy")
    lakeside = "(select id from people_agency where ori = 'XX0020000')"
    past_the_walls(
        ("insert into people_agency(ori, name, time_zone) values ('XX0020000', 'Lakeside Police', 'UTC')", {}),
        (f"update cases_investigation set agency_id = {lakeside} where id = {theirs.investigation_id}", {}),
        (f"update cases_case set agency_id = {lakeside} where id = {theirs.pk}", {}),
    )
    assert SHUT in codes(lead)
    with world.the_machine():
        assert linking.link(case_ref=theirs.ref, at=house_now(), engine=None) == 1
    assert SHUT not in codes(lead)


def test_of_its_own_investigation_and_of_another_picture_nothing_is_awaited():
    lead = world.a_lead("25-1")
    another("25-1")
    world.requested("25-2", "p014")
    assert SHUT not in codes(lead)


def test_a_case_whose_pictures_are_destroyed_is_linked_all_the_same():
    """A job that was given up may come after them; it would fail for ever, and the gate be shut for ever."""
    lead = world.a_lead("25-1")
    other = another()
    job = given_up(other)
    past_the_walls((f"update cases_case set state = 'DESTROYED' where id = {other.pk}", {}))
    assert SHUT in codes(lead)
    assert try_job_again(by=person("mia"), at=house_now(), job_id=job.pk)
    with world.the_machine():
        assert jobs.run(job_id=job.pk, effects=EFFECTS) == "done"
    assert InvestigationLink.objects.count() == 1
    assert SHUT not in codes(lead)


# -- the re-check ---------------------------------------------------------------------------------------------------


def came(case: Case, before: timedelta, ref: str) -> None:
    """Let a case have come so long before a request was answered."""
    earlier = "(select d.at from review_decision d join review_countersignature s on s.id = d.countersignature_id where s.ref = %(ref)s)"
    past_the_walls(
        (
            f"update cases_probe set added_at = {earlier} - interval '{before.total_seconds()} seconds' where case_id = {case.pk}",
            {"ref": ref},
        )
    )


def test_the_re_check_finds_a_signature_and_a_start_beside_a_case_that_was_not_linked():
    _, request = world.ready_to_sign("25-1")
    must(world.signed(request))
    must(start(by=person("dana"), at=house_now(), ref=request))
    other = another()
    came(other, timedelta(minutes=10), request)
    found = {f"When it was signed, {UNLINKED}.", f"When it was started, {UNLINKED}."}
    assert sentences(gatecheck(using="auditor"), request) == found
    world.run_jobs()  # what is linked later was not linked then
    assert sentences(gatecheck(using="auditor"), request) == found
    came(other, timedelta(seconds=5), request)  # it may have been under way, and seen by nobody
    assert gatecheck(using="auditor").wrong == ()


def test_a_reason_left_out_or_made_up_is_found():
    _, request = world.ready_to_sign("25-1")
    other = another()
    assert world.signed(request).codes == (SHUT,)
    assert gatecheck(using="auditor").wrong == ()
    came(other, timedelta(minutes=10), request)
    assert gatecheck(using="auditor").wrong == ()
    taken = "where countersignature_id = (select id from review_countersignature where ref = %(ref)s)"
    past_the_walls((f"update review_decision set reasons = '{{no_papers}}' {taken}", {"ref": request}))
    assert f"When it was refused, {UNLINKED}; that reason was left out." in sentences(gatecheck(using="auditor"), request)
    past_the_walls(
        (f"update review_decision set reasons = '{{{SHUT}}}' {taken}", {"ref": request}),
        (f"update cases_probe set added_at = added_at + interval '1 day' where case_id = {other.pk}", {}),
    )
    assert f"It was refused because {UNLINKED}; when it was decided, that was not so." in sentences(gatecheck(using="auditor"), request)


def test_one_that_comes_as_an_action_without_the_face_is_recorded_is_refused(monkeypatch: pytest.MonkeyPatch):
    lead = world.a_lead("25-1")
    world.an_item(lead)
    own = recording.filing.may_record_without_face

    def meanwhile(**said: Any) -> Any:
        beside = Beside(another)
        beside.thread.start()
        assert len(beside.ended()) == 1
        return own(**said)

    monkeypatch.setattr(recording.filing, "may_record_without_face", meanwhile)
    now = house_now()
    said = {"action": "arrest", "happened_at": now, "description": "On the prints", "checked_by": person("cody"), "search_disclosed": True}
    assert record_without_face(by=person("dana"), at=now, lead_ref=lead.ref, **said).codes == (SHUT,)
    assert not OutsideGate.objects.exists()
    assert Refused.objects.latest("id").reasons == [SHUT]


def test_it_is_linked_though_what_is_nearly_the_same_cannot_be_looked_for(monkeypatch: pytest.MonkeyPatch):
    """A print that does not open, or a picture that the engine stumbles over, in one agency shuts no gate of another for ever."""
    lead = world.a_lead("25-1")
    other = another()

    def stumbles(*_: Any, **__: Any) -> set[int]:
        raise SealBroken("sealed bytes do not open")

    with monkeypatch.context() as moment:
        moment.setattr(linking, "near_to", stumbles)
        with world.the_machine():
            job = Job.objects.get(kind="link", case=other)
            assert jobs.run(job_id=job.pk, effects=EFFECTS) == "done"
        assert SHUT not in codes(lead)
        later = Job.objects.get(kind="link_near", case=other)
        with world.the_machine():
            assert jobs.run(job_id=later.pk, effects=EFFECTS) == "put off", "tried again, and a manager sees it"
    with world.the_machine():
        assert jobs.run(job_id=later.pk, effects=EFFECTS) == "done"
