"""Notes are found by their words, by whoever reads the case page and by nobody else; what the page does not show is not found either."""

import re
from html import unescape

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from ledger.clock import house_now
from people.appoint import Appointment, appoint
from people.models import Agency
from people.roles import Role
from review.acts.record_outside_gate import record_outside_gate
from review.acts.recuse import recuse
from review.acts.save_draft import save_draft
from review.management.commands.demo_setup import TESTED
from review.models import Drawn
from tests import world
from tests.database import as_owner, login
from tests.pages.signing import client_of

pytestmark = pytest.mark.django_db

READ_IT = ("dana", "aris", "sol", "rex", "lea", "otto")  # not drawn in it, with a role that reads case pages
DO_NOT = ("ada", "ben", "cleo", "remy", "cora", "mia", "pia", "petra", "vera", "dex", "ivy")
BOTH = ("face_comparison", "bias")


# Vera reads case pages and examines; Dex and Ivy are of another agency
HERE = (Appointment("vera", "Vera Stone", "Image analysis", (Role.ANALYST, Role.REVIEWER), BOTH, tested=TESTED),)
ELSEWHERE = (
    Appointment("dex", "Det. Dex Howe", "Robbery", (Role.DETECTIVE,)),
    Appointment("ivy", "Ivy Everyrole", "All", tuple(Role), BOTH, tested=TESTED),
)


@pytest.fixture
def two_agencies(db: None) -> None:
    with as_owner():
        today = house_now().date()
        lakeside = Agency.objects.create(ori="XX0020000", name="Lakeside Police", time_zone="UTC")
        appoint(agency=Agency.objects.get(ori="XX0010000"), appointments=HERE, passwords={}, on=today)
        appoint(agency=lakeside, appointments=ELSEWHERE, passwords={}, on=today)


def found(name: str, words: str, **more: str) -> set[str]:
    page = client_of(name).get("/cases", {"notes": words, **more}).content.decode()
    return {ref for ref in Case.objects.values_list("ref", flat=True) if f"/cases/{ref}" in page}


NOTES = {
    "purpose": "Zephyr purpose",
    "earlier_search": "Quartz earlier",
    "repeats_because": "Another copy of the film",
    "armed": "Machete reported",
    "place": "Wharfside 14",
    "source": "Lens 2",
    "first_description": "Gaunt, in green",
}


def a_lead_with_notes():
    lead = world.a_lead("25-1", **NOTES)
    world.an_item(lead)
    world.an_item(lead, "phone_location", document="Carrier report Obsidian")
    world.cleared_tests(lead)
    world.papers_filed(lead)
    world.must(world.signed(world.asked(lead)))
    now = house_now()
    world.must(
        record_outside_gate(
            by=world.person("dana"), at=now, lead_ref=lead.ref, action="arrest", happened_at=now, description="Seen at the quarry"
        )
    )
    return lead


def test_every_kind_of_note_is_found_and_is_on_the_page():
    lead = a_lead_with_notes()
    world.requested("26-1", "p014")

    for words in (
        "zephyr",
        "quartz",
        "machetes",
        "wharfside",
        "lens 2",
        "gaunt green",
        "obsidian carriers",
        "quarry",
        '"seen at the quarry"',
        "compared",
    ):
        assert found("dana", words) == {lead.case.ref}, words
    assert found("dana", "zephyr -purpose") == found("dana", "zephyr quarry") == set(), "all words stand in one note"
    assert found("dana", "zephyr or till") == {lead.case.ref}
    assert found("dana", "zephyr", q=lead.case.ref) == {lead.case.ref}
    assert found("dana", "zephyr", state="CLOSED") == set()
    text = unescape(re.sub(r"<[^>]*>", " ", client_of("dana").get(f"/cases/{lead.case.ref}").content.decode()))
    with connection.cursor() as cursor:
        cursor.execute(
            "select case_id, tsvector_to_array(words) <@ tsvector_to_array(to_tsvector('english', %s)) from review_notewords where case_id = %s",
            [text, lead.case.pk],
        )
        assert {shown for _, shown in cursor.fetchall()} == {True}, "each word of each note stands on the page"


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_only_whoever_reads_the_case_page_finds_it(two_agencies):
    case = world.searched("25-1", **NOTES)
    assert found("vera", "zephyr") == {case.ref}, "as an analyst she reads it, as long as she is not drawn in it"
    world.drawn(case, "ada", "vera")

    for name in READ_IT:
        assert found(name, "zephyr") == {case.ref}, name
    for name in DO_NOT:
        assert found(name, "zephyr") == set(), name
    repeated = world.searched("25-2", **NOTES)
    assert found("dana", "zephyr") == {case.ref, repeated.ref}
    assert found("vera", "zephyr") == set(), "nor a case that is linked to what she examines"


def test_nothing_is_said_of_a_case_that_is_not_found():
    case = world.searched("25-1", **NOTES)
    world.drawn(case, "ada")
    ada = client_of("ada")
    ada.get("/cases")
    first, second = (ada.get("/cases", {"notes": words}).content.decode().replace(words, "") for words in ("zephyr", "nothing"))

    assert first == second


def test_what_the_page_does_not_show_is_not_found():
    case = world.searched(
        "25-1", tried_before="Canvass Larkspur", target_because="Only person Juniper", persons_named=("Quillfeather Ortolan",)
    )
    world.drawn(case, "ada", "ben")
    drawn = Drawn.objects.get(case=case, reviewer__username="ada")
    save_draft(by=world.person("ada"), at=house_now(), code=drawn.code, step="sort", based_on=0, given={"note": "Hollyhock"})
    world.sorted_by(case, "ben", ("p012",))
    world.must(recuse(by=world.person("ada"), at=house_now(), case_ref=case.ref, ground="saw_case", words="Told by Foxglove"))
    world.drawn(case, "cleo")
    world.sorted_by(case, "cleo", ("p012",))
    world.concluded(case, "ben", {"p012": 2})

    for words in ("larkspur", "juniper", "quillfeather", "ortolan", "hollyhock", "foxglove", "brow", "ortiz", "whitfield"):
        assert [name for name in READ_IT if found(name, words)] == [], words


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("the", "Name a word"),
        ('"" - or', "Name a word"),
        ("-zephyr", "Name a word"),
        ("zephyr or -quarry", "Name a word"),
        ("a" * 201, "Shorten the words of the notes to 200 characters; these are 201."),
    ],
)
def test_what_cannot_be_searched_is_refused_with_what_to_do(words, says):
    world.requested("25-1", **NOTES)
    answer = client_of("dana").get("/cases", {"notes": words})

    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert "/cases/FR-" not in answer.content.decode()


@pytest.mark.parametrize("words", ["", "  ", "\x00", "%", "'; drop table cases_case; --", "a:*b & (", "zephyr" * 33, '"', "🙂"])
def test_no_input_breaks_it(words):
    world.requested("25-1", **NOTES)

    assert client_of("dana").get("/cases", {"notes": words}).status_code in (200, 422)


def test_it_asks_the_database_once_more_and_never_more_for_more_cases():
    world.requested("25-1", **NOTES)
    dana = client_of("dana")
    dana.get("/cases")

    def statements(words: str) -> int:
        with CaptureQueriesContext(connection) as counted:
            dana.get("/cases", {"notes": words})
        return len(counted)

    without, once = statements(""), statements("zephyr")
    for number in range(4):
        world.requested(f"25-1{number}", f"p01{number + 4}", **NOTES)
    assert (once - without, statements("zephyr") - once) == (1, 0)
    assert len(found("dana", "zephyr")) == 5


def test_no_login_writes_the_words():
    world.requested("25-1", **NOTES)
    for who in ("app", "worker", "auditor", "intake"):
        for sql in (
            "delete from review_notewords",
            "update review_notewords set words = ''",
            "insert into review_notewords(case_id, words) values (1, '')",
        ):
            with login(who) as below, pytest.raises(psycopg.errors.InsufficientPrivilege):
                below.execute(sql)
    for who in ("worker", "intake", "auditor"):
        with login(who) as below, pytest.raises(psycopg.errors.InsufficientPrivilege):
            below.execute("select words from review_notewords")
