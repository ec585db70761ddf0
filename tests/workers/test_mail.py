"""A mail says that something is new, by case numbers; once a notice, however often the job runs and whatever the server does."""

import pytest
from django.core import mail
from psycopg.errors import UniqueViolation

from ledger.clock import house_now
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.close import close
from review.acts.read_notices import read_notices
from tests import world
from tests.database import login
from workers import app
from workers.mail import mail_new_notices

pytestmark = pytest.mark.django_db(transaction=True)
HOUSE = "https://countersign.example/"


@pytest.fixture(autouse=True)
def a_server(settings):
    settings.EMAIL_HOST, settings.DEFAULT_FROM_EMAIL, settings.HOUSE_ADDRESS = "mail.example", "house@countersign.example", HOUSE


def has_address(name: str, address: str = "reader@mail.example") -> None:
    """The administrator writes it; no process of the house could."""
    with login("owner") as owner:
        owner.execute("update people_person set mail = %s where username = %s", [address, name])


def the_round() -> int:
    with world.the_machine():
        return mail_new_notices(at=house_now())


def text(*cases: str) -> str:
    return f"There is something new about {', '.join(cases)}.\n\nSign in to read it: {HOUSE}\n"


def test_a_mail_says_case_numbers_and_the_house_and_nothing_else():
    has_address("dana")
    lead, ref = world.ready_to_sign("QX-99172")
    world.must(world.signed(ref))

    assert the_round() == 1

    (sent,) = mail.outbox
    assert (sent.subject, sent.body, sent.to) == ("Countersign: something is new", text(lead.case.ref), ["reader@mail.example"])
    whole = str(sent.message()).lower()
    for canary in (
        "dana",
        "ortiz",
        "haddad",
        "qx-99172",
        "robbery",
        "arrest",
        "countersigned",
        "refused",
        "lead",
        "p012",
        "riverside",
        "html",
    ):
        assert canary not in whole, canary


def test_a_notice_is_mailed_once_and_the_next_one_alone():
    has_address("dana")
    first = world.screened(world.requested("25-1"))
    assert [the_round(), the_round()] == [1, 0]
    second = world.screened(world.requested("25-2", repeats_because="another camera"))

    assert [the_round(), the_round()] == [1, 0]

    assert [sent.body for sent in mail.outbox] == [text(first.ref), text(second.ref)]


def test_the_database_takes_a_notice_once():
    has_address("dana")
    world.screened(world.requested())
    the_round()

    with login("worker") as worker, pytest.raises(UniqueViolation, match="a_notice_is_mailed_once"):
        worker.execute("insert into review_noticemailed(person_id, digest) select person_id, digest from review_noticemailed")


def test_a_server_that_is_away_is_asked_again(settings, caplog):
    has_address("dana")
    case = world.screened(world.requested())
    kept = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1", 1
    assert the_round() == 0
    assert "was not taken" in caplog.text
    assert "reader@" not in caplog.text

    settings.EMAIL_BACKEND = kept

    assert the_round() == 1
    assert [sent.body for sent in mail.outbox] == [text(case.ref)]


def test_an_address_that_is_none_keeps_nobody_else_from_his_mail():
    has_address("dana", "dana\nBcc: everybody@mail.example")
    has_address("sol")
    lead, ref = world.ready_to_sign()
    world.must(world.signed(ref))
    world.must(an_open_item(lead))

    assert the_round() == 1

    assert [sent.to for sent in mail.outbox] == [["reader@mail.example"]]


def an_open_item(lead):
    finding, _ = add_evidence(
        by=world.person("dana"), at=house_now(), lead_ref=lead.ref, item=ItemWanted("alibi_lead", "He was elsewhere", "Till receipt", exculpatory=True, exculpatory_code="whereabouts"),
    )  # fmt: skip
    return finding


def test_a_supervisor_is_told_that_his_signature_does_not_hold_though_he_had_read_his_notices():
    has_address("sol")
    lead, ref = world.ready_to_sign()
    world.must(world.signed(ref))
    read_notices(by=world.person("sol"))
    assert the_round() == 0

    world.must(an_open_item(lead))

    assert [the_round(), the_round()] == [1, 0]
    assert mail.outbox[0].body == text(lead.case.ref)


def test_nothing_is_sent_without_an_address_nor_what_was_read_nor_without_a_server(settings):
    world.screened(world.requested())
    assert the_round() == 0
    has_address("dana")
    settings.EMAIL_HOST = ""
    assert the_round() == 0
    settings.EMAIL_HOST = "mail.example"
    read_notices(by=world.person("dana"))

    assert the_round() == 0

    assert not mail.outbox
    with login("worker") as worker:
        assert worker.execute("select count(*) from review_noticemailed").fetchone() == (0,)


def test_a_reviewer_is_mailed_nothing():
    has_address("ada")
    world.a_lead()

    assert the_round() == 0


def test_every_task_of_the_timetable_exists():
    assert {each["task"] for each in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_a_signer_is_told_nothing_between_an_adoption_and_the_screening_under_it_and_then_what_is_so():
    """One mail is all that there is for a signature: told too early, he would not be told when it is so."""
    has_address("sol")
    lead, ref = world.ready_to_sign("25-1")
    world.must(world.signed(ref))
    world.in_force("nlc-2021")
    assert the_round() == 0
    world.run_jobs()
    world.run_jobs()
    assert the_round() == 0, "it holds again"
    item = ItemWanted("alibi_lead", "He was at work", "Time sheet", exculpatory=True)
    world.must(add_evidence(by=world.person("dana"), at=house_now(), lead_ref=lead.ref, item=item)[0])
    assert the_round() == 1


def test_of_a_closed_case_which_no_policy_has_screened_again_he_is_told():
    has_address("sol")
    lead, ref = world.ready_to_sign("25-1")
    world.must(world.signed(ref))
    world.must(close(by=world.person("dana"), at=house_now(), case_ref=lead.case.ref, disposition="withdrawn", note="over"))
    world.in_force("nlc-2021")
    assert the_round() == 1


def test_when_the_policy_ends_a_signer_is_told_because_nothing_is_screened_again():
    has_address("sol")
    _, ref = world.ready_to_sign("25-1")
    world.must(world.signed(ref))
    assert the_round() == 0
    with login("owner") as owner:
        owner.execute("alter table cases_policy disable trigger user")
        owner.execute("update cases_policy set holds_until = house_today()")
        owner.execute("alter table cases_policy enable trigger user")
    assert the_round() == 1
