"""Pictures that somebody has a duty to keep are attacked: through siblings, by timing, by false words, and from below as the worker."""

from threading import Thread
from time import sleep

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from cases import images
from cases.acts.destroy import destroy
from cases.acts.destroy_keys import destroy_keys
from cases.keystore import KeyDestroyed
from cases.models import KeysDestroyed, LegalHold, Probe, StoredImage
from ledger.clock import house_now
from review.acts.lift_legal_hold import lift_legal_hold
from review.acts.record_outside_gate import record_outside_gate
from review.acts.start import start
from review.acts.take_discovery import Asked, take_discovery
from review.models import Countersignature
from review.sheets import retention as sheet
from tests import world
from tests.acts.test_retention import closed, days_later
from tests.database import login

alone = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)
STOPPED = {"action": "stop_or_detention", "description": "Stopped at the bus station", "lead_known": "unknown"}


def destroyed(case):
    with world.the_machine():
        world.must(destroy(case_ref=case.ref, at=house_now()))
    return world.again(case)


def refused(case) -> tuple[str, ...]:
    with world.the_machine():
        return getattr(destroy(case_ref=case.ref, at=house_now()), "codes", ())


def gone_beside_a_sibling():
    """Two cases of one investigation, both closed; the first one's pictures are destroyed."""
    one, other = world.searched("25-1"), world.searched("25-1", repeats_because="A better frame was found")
    closed(one), closed(other)
    return one, other


def stopped(**changes: object):
    now = house_now()
    return record_outside_gate(by=world.person("dana"), at=now, happened_at=now, **(STOPPED | changes))


def asked_by_court(case, cause: str = "26-CR-1"):
    wanted = Asked("District Court", cause, "Counsel", world.today(), ("All searches",))
    return world.must(take_discovery(by=world.person("lea"), at=house_now(), case_ref=case.ref, asked=wanted)[0])


# -- what happens to a person keeps what is left of the investigation, whichever of its cases it is written on ------------


@alone
def test_an_action_outside_the_gate_on_a_destroyed_case_keeps_its_siblings():
    one, other = gone_beside_a_sibling()
    with days_later(2):
        destroyed(one)
        world.must(stopped(case_ref=one.ref))
        assert "legal_hold" in refused(other)


@alone
def test_a_court_that_asks_in_a_destroyed_case_keeps_its_siblings():
    one, other = gone_beside_a_sibling()
    with days_later(2):
        destroyed(one)
        asked_by_court(one)
        assert "legal_hold" in refused(other)


@alone
def test_an_action_outside_the_gate_keeps_every_case_that_has_a_lead_on_the_person():
    lead = world.a_lead("25-1")
    elsewhere = closed(world.searched("25-2", "p013"))
    case = closed(lead.case, "lead_ended")
    world.must(stopped(case_ref=elsewhere.ref, subject_ref=lead.candidate.subject_ref))
    assert LegalHold.objects.filter(case=elsewhere).exists()
    with days_later(400):
        assert "legal_hold" in refused(case), "the lead is linked, in another investigation"


@alone
def test_each_event_has_a_hold_of_its_own():
    case = closed(world.searched())
    asked_by_court(case, "26-CR-1")
    asked_by_court(case, "26-CR-2")
    first = LegalHold.objects.filter(case=case).order_by("id").first()
    world.must(lift_legal_hold(by=world.person("lea"), at=house_now(), number=first.pk, document="26-CR-1 is over"))
    with days_later(2):
        assert "legal_hold" in refused(case), "the other court has its answer still to come"


@alone
def test_what_may_still_start_keeps_the_whole_set():
    _, ref = world.ready_to_sign()
    other = closed(world.searched("25-1", "p013", repeats_because="Another frame"))
    with days_later(2):
        assert "legal_hold" in refused(other), "an arrest is asked for in this investigation"
    world.must(world.signed(ref))
    with days_later(2):
        assert "legal_hold" in refused(other), "it may start at any moment"
    with days_later(5):
        assert Countersignature.objects.get(ref=ref).state == "SIGNED"
        assert refused(other) == (), "nobody acted, and nobody may any more"


@alone
def test_what_started_keeps_it_on():
    _, ref = world.ready_to_sign()
    other = closed(world.searched("25-1", "p013", repeats_because="Another frame"))
    world.must(world.signed(ref))
    world.must(start(by=world.person("dana"), at=house_now(), ref=ref))
    with days_later(30):
        assert "legal_hold" in refused(other)


# -- what is said to be gone is gone, and is not shown before that ---------------------------------------------------------


@alone
def test_a_destroyed_picture_is_not_shown_while_its_key_is_still_there():
    case = closed(world.searched())
    probe = Probe.objects.select_related("image").get(case=case)
    with days_later(2):
        destroyed(case)
        assert images.keystore().exists(probe.image.key_id), "the job has not run"
        with pytest.raises(KeyDestroyed):
            images.look(image_id=probe.image_id, by=world.person("dana"), purpose="case page")
        for opens in (images.for_the_engine, images.for_a_bundle):
            with pytest.raises(KeyDestroyed):
                opens(StoredImage.objects.get(pk=probe.image_id))
        assert "their keys are gone" not in sheet.of(world.again(case), None).said
        world.run_jobs()
        assert "their keys are gone" in sheet.of(world.again(case), None).said


@alone
def test_keys_are_said_to_be_gone_when_all_of_them_are():
    one, other = world.searched("25-1"), world.searched("25-2", "p013")
    shared = Probe.objects.get(case=one).image.key_id
    with world.the_machine():
        StoredImage.objects.create(case=other, shows="attachment", key_id=shared, sealed=b"", width=0, height=0)
    closed(one)
    with days_later(2):
        destroyed(one)
        with world.the_machine():
            destroy_keys(case_ref=one.ref)
        assert images.keystore().exists(shared)
        assert not KeysDestroyed.objects.exists(), "one of them is still there"
        closed(other)
        destroyed(other)
        with world.the_machine():
            destroy_keys(case_ref=other.ref)
        assert not images.keystore().exists(shared)
        assert {row.destruction.case_id for row in KeysDestroyed.objects.all()} == {one.pk, other.pk}


# -- from below ------------------------------------------------------------------------------------------------------------

BY_HAND = """
with there as (select * from pictures_of_case(%(case)s)),
  r as (insert into cases_destruction(case_id, pictures, digest, keys, rules) select %(case)s, pictures, digest, keys, %(rules)s from there returning 1)
select machine_move(%(ref)s, 'destroy', 'DESTROYED', '{"by": "machine"}') from r
"""


def by_hand(case, rules: list[str]) -> None:
    with world.the_machine(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BY_HAND, {"case": case.pk, "ref": case.ref, "rules": rules})


@alone
@pytest.mark.parametrize("rules", [[], ["nlc-2021/nothing-of-the-kind"], ["another-pack/delete-irrelevant"]])
def test_the_worker_does_not_destroy_before_the_time_but_by_a_rule_of_the_law_in_force(rules):
    case = closed(world.searched())
    with pytest.raises(DatabaseError, match="has not run"):
        by_hand(case, rules)
    with days_later(366):
        by_hand(case, [])


@committed
def test_a_hold_that_waits_for_a_destruction_does_not_stand_on_what_is_gone():
    case = closed(world.searched())
    lea, said = world.person("lea").pk, []
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = interval '366 days'")
    with login("worker") as worker:
        with worker.transaction():
            worker.execute(BY_HAND, {"case": case.pk, "ref": case.ref, "rules": []})

            def holds() -> None:
                with login("app") as app:
                    try:
                        said.append(app.execute("select set_legal_hold(%s, %s, 'Order', '{}')", [case.ref, lea]).fetchone())
                    except psycopg.Error as trouble:
                        said.append(trouble.sqlstate)

            waits = Thread(target=holds)
            waits.start()
            sleep(1)
            assert not said
        waits.join()
    assert said == ["CS020"], "the adviser is told that nothing is left"
