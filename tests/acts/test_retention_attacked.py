"""Pictures that somebody has a duty to keep are attacked: through siblings, by timing, by false words, and from below as the worker."""

import json
from threading import Thread
from time import sleep
from uuid import uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from cases import images
from cases.acts.destroy import destroy, facts_of
from cases.acts.destroy_keys import destroy_keys
from cases.acts.expire import expire
from cases.keystore import KeyDestroyed
from cases.models import Case, Destruction, Gallery, Job, KeysDestroyed, LegalHold, Probe, StoredImage
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from review.acts.lift_legal_hold import lift_legal_hold
from review.acts.record_outside_gate import record_outside_gate
from review.acts.start import start
from review.acts.take_discovery import Asked, take_discovery
from review.models import Countersignature
from review.sheets import retention as sheet
from tests import world
from tests.acts.test_retention import closed, days_later, looked_through
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
select machine_move(%(ref)s, 'destroy', 'DESTROYED',
  jsonb_build_object('by', 'machine', 'pictures', pictures, 'digest', digest, 'rules', coalesce(%(says)s, %(rules)s::text[]))) from there, r
"""


def by_hand(case, rules: list[str], *, says: list[str] | None = None) -> None:
    with world.the_machine(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BY_HAND, {"case": case.pk, "ref": case.ref, "rules": rules, "says": says})


@alone
def test_the_worker_does_not_destroy_before_the_time_but_by_a_rule_of_the_law_in_force():
    case = closed(world.searched())
    with pytest.raises(DatabaseError, match="has not run"):
        by_hand(case, [])
    with days_later(366):
        by_hand(case, [])


@alone
@pytest.mark.parametrize("days", [2, 366])
@pytest.mark.parametrize(
    "named",
    [
        "nlc-2021/nothing-of-the-kind",
        "another-pack/delete-irrelevant",
        "nlc-2021/no-indefinite",  # in force, and wants nothing gone
        "nlc-2021/delete-irrelevant",  # in force, and does not speak of a lead
    ],
)
def test_the_worker_names_no_rule_falsely_whether_the_time_has_run_or_not(days, named):
    case = closed(world.a_lead().case, "lead_ended")
    with days_later(days), pytest.raises(DatabaseError, match=f"no rule {named} of the law in force"):
        by_hand(case, [named])


@alone
@pytest.mark.parametrize("named", [[None], [None, "nlc-2021/delete-irrelevant"], [""]])
def test_a_rule_without_a_name_is_none(named):
    """It was neither true nor false, and still counted as named: then nobody asked whether the time of the policy had run."""
    case = closed(world.a_lead().case, "lead_ended")
    with pytest.raises(DatabaseError, match="no rule .* of the law in force"):
        by_hand(case, named)
    assert world.again(case).state == "CLOSED"


@alone
def test_a_true_rule_does_not_carry_a_false_one():
    case = closed(world.searched())
    with days_later(2):
        with pytest.raises(DatabaseError, match="no rule nlc-2021/no-indefinite"):
            by_hand(case, ["nlc-2021/delete-irrelevant", "nlc-2021/no-indefinite"])
        by_hand(case, ["nlc-2021/delete-irrelevant"])


@alone
@pytest.mark.parametrize("says", [[], ["nlc-2021/delete-irrelevant", "nlc-2021/no-indefinite"]])
def test_the_entry_says_what_the_receipt_says(says):
    case = closed(world.searched())
    with days_later(2), pytest.raises(DatabaseError, match="does not say what its receipt says"):
        by_hand(case, ["nlc-2021/delete-irrelevant"], says=says)


OF_A_HOUSE = """
[[rule]]
id = "{id}"
type = "retention"
gate = "close"
sentence = "As this house has it."
citation = "Order 7"
source = "seed0"
verify = false
[rule.parameters]
{parameters}
"""


def a_law_that_says(tmp_path, **rules: str):
    """The model law of 2021, with rules on retention of a house of its own."""
    text = (settings.ROOT / "policies" / "nlc-2021.toml").read_text(encoding="utf-8")
    if "keeps" in rules:
        text = text.replace('["probe_image", "footage", "candidate_images"]', '["footage"]')  # else they contradict each other
    path = tmp_path / "nlc-2021.toml"
    path.write_text(text + "".join(OF_A_HOUSE.format(id=name, parameters=said) for name, said in rules.items()), encoding="utf-8")
    return world.in_force(path)


HOUSE_RULES = {
    "two-weeks": 'delete = ["probe_image", "footage"]\ndelete_when = "always"\ndelete_within_days = 14',
    "after-closing": "destroy_after_days = 20",
    "no-lead": 'delete = ["candidate_images"]\ndelete_when = "irrelevant"\ndelete_within_days = 3',
    "refused": 'delete = ["probe_image"]\ndelete_when = "refused"',
    "not-known-here": 'delete = ["probe_image"]\ndelete_when = "found_innocent"',
    "missing-people": 'delete = ["probe_image"]\ndelete_when = "always"\nonly_purposes = ["missing"]',
    "but-suspects": 'delete = ["probe_image"]\ndelete_when = "always"\nexcept_purposes = ["suspect"]',
    "live": 'delete = ["probe_image"]\ndelete_when = "always"\nonly_channels = ["live"]',
    "lists": 'delete = ["candidate_list"]\ndelete_when = "always"',
}


@alone
@pytest.mark.parametrize("led", [False, True])
def test_the_database_and_the_clock_read_the_same_rules(tmp_path, led):
    a_law_that_says(tmp_path, **HOUSE_RULES)
    case = closed(world.a_lead().case, "lead_ended") if led else closed(world.searched())
    keys = [f"nlc-2021/{name}" for name in (*HOUSE_RULES, "delete-irrelevant", "no-indefinite")]
    seen = set()
    for days in (0, 1, 2, 3, 4, 14, 15, 20, 21):
        with days_later(days):
            with world.the_machine():
                _, due = facts_of(world.again(case), at=house_now())
            assert [key for key in keys if taken(case, key)] == [key for key in keys if key in due], days
            seen |= set(due)
    common = {"nlc-2021/two-weeks", "nlc-2021/after-closing"}
    assert seen == common if led else seen == common | {"nlc-2021/no-lead", "nlc-2021/delete-irrelevant"}


def taken(case, key: str) -> bool:
    """Whether the database takes a receipt that names this rule, and undo it."""
    try:
        with transaction.atomic():
            by_hand(case, [key])
            raise Undone
    except DatabaseError as trouble:
        if "of the law in force wants" not in str(trouble):
            raise
        return False
    except Undone:
        return True


class Undone(Exception):
    """Nothing went wrong."""


@alone
def test_the_worker_does_not_destroy_what_a_rule_keeps(tmp_path):
    a_law_that_says(tmp_path, keeps='keep = ["probe_image"]\nkeep_at_least_days = 400', short="destroy_after_days = 1")
    case = closed(world.a_lead().case, "lead_ended")
    for days in (2, 399):
        with days_later(days), pytest.raises(DatabaseError, match="keeps the pictures"):
            by_hand(case, ["nlc-2021/short"])
    with days_later(401):
        by_hand(case, ["nlc-2021/short"])


@alone
def test_the_worker_says_of_no_key_falsely_that_it_is_gone():
    one, other = world.searched("25-1"), world.searched("25-2", "p013")
    shared = Probe.objects.get(case=one).image.key_id
    with world.the_machine():
        StoredImage.objects.create(case=other, shows="attachment", key_id=shared, sealed=b"", width=0, height=0)
    closed(one), closed(other)
    with days_later(2):
        with pytest.raises(DatabaseError, match="nothing of .* was destroyed"):
            keys_said_gone(one.ref)
        with pytest.raises(DatabaseError, match="nothing of FR-0 was destroyed"):
            keys_said_gone("FR-0")
        destroyed(one)
        with pytest.raises(DatabaseError, match="another case still needs a key"):
            keys_said_gone(one.ref)
        destroyed(other)
        keys_said_gone(one.ref, keys=999)
        with pytest.raises(DatabaseError, match="was said once"):
            keys_said_gone(one.ref)
    said = json.loads(bytes(Entry.objects.get(kind="keys_destroyed").body))
    assert said["keys"] == len(Destruction.objects.get(case=one).keys), "counted by the database"


def keys_said_gone(ref: str, **said: object) -> None:
    with world.the_machine(), transaction.atomic():
        ask_database("select note_keys_destroyed(%s, %s)", ref, json.dumps({"by": "machine", **said}))


# -- what nobody settled --------------------------------------------------------------------------------------------------


@alone
def test_a_dispute_that_is_closed_before_a_third_reviewer_settled_it_is_kept_as_a_lead_is():
    case = world.examined(world.searched(), (2, 0))
    assert case.state == "DISPUTED"
    closed(case)
    with days_later(364):
        assert refused(case) == ("time_not_run",), "it may show that the wrong person was named"
        with pytest.raises(DatabaseError, match="no rule nlc-2021/delete-irrelevant"):
            by_hand(case, ["nlc-2021/delete-irrelevant"])
    with days_later(366):
        destroyed(case)


@alone
def test_a_dispute_that_was_settled_without_a_lead_shows_nobody_who_matters():
    case = world.examined(world.searched(), (2, 0))
    world.drawn(case, "cleo")
    world.concluded(case, "cleo", {"p012": -2})
    assert world.again(case).state == "NO_LEAD"
    closed(case)
    with days_later(2):
        destroyed(case)


# -- what the page says ---------------------------------------------------------------------------------------------------


@alone
def test_the_page_says_that_an_asked_or_signed_action_keeps_the_pictures():
    lead, ref = world.ready_to_sign()
    other = closed(world.searched("25-1", "p013", repeats_because="Another frame"))
    assert f"arrest {ref} is asked for" in sheet.of(other, None).said
    world.must(world.signed(ref))
    assert f"arrest {ref} is signed and may still start" in sheet.of(other, None).said
    with days_later(5):
        assert "are destroyed on" in sheet.of(other, None).said, "nobody acted, and nobody may any more"


@alone
def test_the_entry_of_a_case_that_closed_late_names_the_rule(tmp_path):
    a_law_that_says(tmp_path, soon="close_after_days = 5", later="close_after_days = 9")
    case = world.examined(world.searched(), (0, 0))
    with days_later(4), world.the_machine():
        assert expire(case_ref=case.ref, at=house_now()).codes == ("time_not_run",)
    with days_later(7), world.the_machine():
        world.must(expire(case_ref=case.ref, at=house_now()))
    said = json.loads(bytes(Entry.objects.get(kind="expire", subject=case.ref).body))
    assert said["overdue_by"] == ["nlc-2021/soon"]


@committed
def test_a_hold_that_waits_for_a_destruction_does_not_stand_on_what_is_gone():
    case = closed(world.searched())
    lea, said = world.person("lea").pk, []
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = interval '366 days'")
    with login("worker") as worker:
        with worker.transaction():
            worker.execute(BY_HAND, {"case": case.pk, "ref": case.ref, "rules": [], "says": None})

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


@committed
def test_one_case_that_nobody_can_read_keeps_no_other():
    """A time that Python cannot hold: the machine that looks once a day met it and looked at no other. Such times are refused since."""
    with login("owner") as owner:
        owner.execute("alter table cases_searchground drop constraint authority_granted_at_of_these_centuries")
    with login("app") as app:
        gallery = Gallery.objects.get(agency=world.person("dana").agency, name=world.GALLERY).pk
        said = {"agency_case": "25-0", "track": "suspect", "gallery": gallery, "offence_code": "120", "purpose": "x", "tried_before": "x"}
        picture = {
            "id": str(uuid4()),
            "shows": "probe",
            "key_id": "x",
            "original_sha256": "x",
            "stored_sha256": "x",
            "media_type": "image/png",
        }
        said |= {"persons_named": [], "ground": {"authority_granted_at": "infinity"}, "probe": {"image": picture["id"]}}
        ask = "select receive_request(%s, %s, %s, array['x'::bytea], '{}') ->> 'ref'"
        pictures = json.dumps([{**picture, "width": 1, "height": 1}])
        (ref,) = app.execute(ask, [world.person("dana").pk, json.dumps(said), pictures]).fetchone()
    closed(Case.objects.get(ref=ref))
    case = closed(world.searched("25-1"))

    with days_later(400):
        looked_through()

    assert world.again(case).state == "DESTROYED"
    job = Job.objects.get(case__ref=ref, kind="destroy")
    assert "infinity" in job.last_error
    assert not job.done_at
