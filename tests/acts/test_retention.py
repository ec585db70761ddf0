"""A case closes by time, its pictures are destroyed with a receipt, and a legal hold keeps them: by the acts, and from below."""

import hashlib

import pytest
from django.db import DatabaseError, connection, transaction

from cases import images, jobs
from cases.acts.destroy import destroy
from cases.acts.destroy_keys import destroy_keys
from cases.acts.expire import expire
from cases.acts.retain import retain
from cases.keystore import KeyDestroyed
from cases.models import Destruction, Job, KeysDestroyed, LegalHold, Probe, StoredImage
from cases.rules.finding import Refusal
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from review.acts.close import close
from review.acts.lift_legal_hold import lift_legal_hold
from review.acts.set_legal_hold import set_legal_hold
from review.acts.start import start
from review.sheets import retention as sheet
from tests import world
from tests.acts.test_road import the_owner_says
from tests.stages import stage
from workers.effects import EFFECTS

pytestmark = pytest.mark.django_db
AHEAD = "update ledger_clock set ahead_by = interval '{} days'"


def days_later(days: int):
    return the_owner_says(AHEAD.format(days), AHEAD.format(0))


@stage
def closed(case, disposition="withdrawn"):
    world.must(close(by=world.person("dana"), at=house_now(), case_ref=case.ref, disposition=disposition, note="over"))
    return world.again(case)


def looked_through() -> None:
    """What the clock does once a day, and every job that follows from it."""
    with world.the_machine():
        retain(day=house_now().date().isoformat(), after=0, at=house_now())
    while world.run_jobs():
        pass


def test_a_case_that_ended_closes_after_the_time_and_its_pictures_are_destroyed_with_a_receipt():
    case = world.examined(world.searched(), (0, 0))
    assert case.state == "NO_LEAD"
    pictures = list(StoredImage.objects.filter(case=case).order_by("stored_sha256").values_list("stored_sha256", flat=True))
    keys = set(StoredImage.objects.filter(case=case).values_list("key_id", flat=True))

    with days_later(29):
        looked_through()
        assert world.again(case).state == "NO_LEAD"
    with days_later(31):
        looked_through()
        assert world.again(case).state == "CLOSED", "NLC 2021: irrelevant pictures go as soon as the case is closed"
    with days_later(33):
        looked_through()

        assert world.again(case).state == "DESTROYED"
        receipt = Destruction.objects.get(case=case)
        assert (receipt.pictures, receipt.digest) == (len(pictures), hashlib.sha256("".join(pictures).encode()).hexdigest())
        assert receipt.rules == ["nlc-2021/delete-irrelevant"]
        assert KeysDestroyed.objects.filter(destruction=receipt).exists()
        assert not any(images.keystore().exists(key) for key in keys)
        assert list(Entry.objects.filter(subject=case.ref, kind__in=("expire", "destroy", "keys_destroyed")).order_by("seq").values_list("kind", flat=True)) == ["expire", "destroy", "keys_destroyed"]  # fmt: skip
        with pytest.raises(KeyDestroyed):
            images.look(image_id=Probe.objects.get(case=case).image_id, by=world.person("dana"), purpose="case page")


def test_a_closed_case_with_a_lead_is_kept_for_the_policys_time():
    case = closed(world.a_lead().case, "lead_ended")
    with days_later(364):
        looked_through()
        assert world.again(case).state == "CLOSED"
        assert "at the latest" in sheet.of(case, None).said
    with days_later(366):
        looked_through()
        assert world.again(case).state == "DESTROYED"


def test_an_action_that_started_holds_the_pictures_until_a_legal_adviser_lifts_it():
    lead, ref = world.ready_to_sign()
    world.must(world.signed(ref))
    world.must(start(by=world.person("dana"), at=house_now(), ref=ref))
    case = closed(lead.case, "arrest")

    assert set(LegalHold.objects.filter(case=case).values_list("because", flat=True)) == {"custody", "action_started"}
    with days_later(400):
        looked_through()
        with world.the_machine():
            assert destroy(case_ref=case.ref, at=house_now()).codes == ("legal_hold",)
        assert world.again(case).state == "CLOSED"

        held = {hold.because: hold.pk for hold in LegalHold.objects.filter(case=case)}
        lea = world.person("lea")
        world.must(lift_legal_hold(by=lea, at=house_now(), number=held["action_started"], document="Disposition of 3 May"))
        still = lift_legal_hold(by=lea, at=house_now(), number=held["custody"], document="Disposition of 3 May")
        assert isinstance(still, Refusal)
        assert still.codes == ("in_custody",)
        looked_through()
        assert world.again(case).state == "CLOSED", "one hold is enough"


def test_a_hold_on_a_linked_case_keeps_the_pictures_of_all():
    one, other = closed(world.searched("25-1")), world.searched("25-2", repeats_because="A second report of the same film")
    world.must(set_legal_hold(by=world.person("lea"), at=house_now(), case_ref=other.ref, document="Order of 2 May"))
    assert ask_database("select investigation_set(%s)", one.investigation_id) == sorted([one.investigation_id, other.investigation_id])

    with days_later(400), world.the_machine():
        assert destroy(case_ref=one.ref, at=house_now()).codes == ("legal_hold",)


def test_a_keystore_that_is_away_is_asked_again_and_the_receipt_says_not_yet(monkeypatch, settings, tmp_path):
    case = closed(world.searched())
    with days_later(2):
        with world.the_machine():
            world.must(destroy(case_ref=case.ref, at=house_now()))
        images.keystore.cache_clear()
        settings.MASTER_KEY_FILE, settings.KEYSTORE_PATH = str(tmp_path / "none"), str(tmp_path / "no" / "store")
        job = Job.objects.get(kind="destroy_keys")
        with world.the_machine():
            assert jobs.run(job_id=job.pk, effects=EFFECTS) == "waiting"
        images.keystore.cache_clear()
        assert dict(sheet.of(world.again(case), None).receipt)["Keys gone from the keystore"].startswith("not yet")
    images.keystore.cache_clear()


def test_a_key_that_another_case_needs_stays_until_the_last_of_them():
    one, other = world.searched("25-1"), world.searched("25-2", "p013")
    shared = Probe.objects.get(case=one).image.key_id
    with world.the_machine():
        StoredImage.objects.create(case=other, shows="attachment", key_id=shared, sealed=b"", width=0, height=0)
    closed(one)
    with days_later(2):
        with world.the_machine():
            world.must(destroy(case_ref=one.ref, at=house_now()))
            destroy_keys(case_ref=one.ref)
        assert images.keystore().exists(shared)
        closed(other)
        with world.the_machine():
            world.must(destroy(case_ref=other.ref, at=house_now()))
            destroy_keys(case_ref=other.ref)
        assert not images.keystore().exists(shared)


def refused_below(sql: str, *params: object) -> str:
    """Try it as the worker would by hand; return what the database said."""
    with world.the_machine(), pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)
        cursor.execute("set constraints all immediate")
    return str(caught.value)


def test_from_below_nothing_is_destroyed_under_a_hold_without_its_receipt_or_with_a_false_one():
    case = closed(world.searched())
    move = "select machine_move(%s, 'destroy', 'DESTROYED', '{\"by\": \"machine\"}')"
    assert "without its receipt" in refused_below(move, case.ref)

    receipt = "insert into cases_destruction(case_id, pictures, digest, keys, rules) values (%s, %s, %s, %s, '{}')"
    assert "does not say what there was" in refused_below(receipt, case.pk, 0, "x", [])
    with world.the_machine(), connection.cursor() as cursor:
        cursor.execute("select * from pictures_of_case(%s)", [case.pk])
        true = cursor.fetchone()
    assert "without its move" in refused_below(receipt, case.pk, *true)

    world.must(set_legal_hold(by=world.person("lea"), at=house_now(), case_ref=case.ref, document="Order of 2 May"))
    with_receipt = f"with r as ({receipt} returning 1) select machine_move(%s, 'destroy', 'DESTROYED', '{{\"by\": \"machine\"}}') from r"
    assert "a legal hold stands" in refused_below(with_receipt, case.pk, *true, case.ref)


def test_from_below_a_case_does_not_close_before_its_time():
    case = world.examined(world.searched(), (0, 0))
    assert "has not run" in refused_below("select machine_move(%s, 'expire', 'CLOSED', '{\"by\": \"machine\"}')", case.ref)
    with world.the_machine():
        assert expire(case_ref=case.ref, at=house_now()).codes == ("time_not_run",)


def test_from_below_a_hold_is_set_and_lifted_by_a_legal_adviser_alone():
    case = world.searched()
    for name in ("dana", "ada", "sol", "mia"):
        with pytest.raises(DatabaseError, match="only a legal adviser"), transaction.atomic():
            ask_database("select set_legal_hold(%s, %s, 'Order', '{}')", case.ref, world.person(name).pk)
    world.must(set_legal_hold(by=world.person("lea"), at=house_now(), case_ref=case.ref, document="Order of 2 May"))
    hold = LegalHold.objects.get(case=case)
    with pytest.raises(DatabaseError, match="only a legal adviser"), transaction.atomic():
        ask_database("select lift_legal_hold(%s, %s, 'It is over', '{}')", hold.pk, world.person("dana").pk)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("insert into cases_legalholdlifted(hold_id, document, by_id, entry) values (%s, 'x', 1, 1)", [hold.pk])
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ask_database("select put_on_hold(%s, 'order', '', null, '{}')", case.pk)
    assert "permission denied" in refused_below("select set_legal_hold(%s, 1, 'Order', '{}')", case.ref)
