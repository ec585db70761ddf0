"""Examined again, attacked once more by a fresh eye: each attack here once got through."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from django.db.models import F

from cases.matching.reference import reference_engine
from cases.models import Case, Move
from ledger.clock import house_now
from people.roles import Role
from review.acts.file_outside_result import file_outside_result
from review.acts.record_outside_gate import record_outside_gate
from review.acts.request_search import request_search
from review.models import Evidence, ReexaminationResult
from review.rules.filing import NOT_FIXED_BY_PERSONS, OTHER_PART
from review.sheets import notices
from tests import world
from tests.acts.test_doors import FILED
from tests.acts.test_reexamination_attacked import gate, two_more_reviewers
from tests.database import login
from tests.examined_again import a_pool_lends, examined_again, one_in, rated_again, sorted_again, taken_again
from tests.pages.test_moved import moved
from tests.units import employed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def pool():
    """Every joined case is examined again, by Cleo or Remy of the pool."""
    a_pool_lends()
    one_in(1)


# -- the exclusion is put on file, whatever the pages' login wrote before -----------------------------------------------

BEFOREHAND = {
    "the item itself": ("E99", "examined_again", "Examination again of {case}"),
    "its source on another": ("E99", "alibi_lead", "Examination again of {case}"),
    "its number": ("E{next}", "alibi_lead", "A letter"),
}


@pytest.mark.parametrize("how", BEFOREHAND)
def test_an_exclusion_is_not_closed_before_it_was_found(pool, how):
    lead, _ = world.ready_to_sign()
    number, kind, source = BEFOREHAND[how]
    ref = f"{lead.ref}-{number.format(next=2 + Evidence.objects.filter(lead=lead).count())}"
    with login("app") as app, suppress(psycopg.Error), app.transaction():
        app.execute("select ledger_append('add_evidence', %s, '{}')", [ref])
        app.execute(
            "insert into review_evidence(ref, case_id, lead_id, kind, direction, description, source_document, exculpatory_code) "
            "values (%s, %s, %s, %s, 'exculpatory', 'They exclude him', %s, '')",
            [ref, lead.case_id, lead.pk, kind, source.format(case=lead.case.ref)],
        )
    for item in Evidence.objects.filter(lead=lead, direction="exculpatory", closing__isnull=True):
        said = {"at": house_now(), "item_ref": item.ref, "how": "tested_does_not", "because": "It was another light"}
        world.must(world.close_exculpatory(by=world.person("cora"), **said))

    examined_again(lead.case, -2)

    (item,) = Evidence.objects.filter(lead=lead, kind="examined_again")
    assert ReexaminationResult.objects.get().items == [item.ref]
    assert "exculpatory_open" in gate(lead)


def test_nobody_fixes_it_as_something_else(pool):
    """Its kind is what another agency did: fixed as another, page and bundle would say that somebody at home noticed a difference."""
    lead, _ = world.ready_to_sign()
    examined_again(lead.case, -2)
    (item,) = Evidence.objects.filter(lead=lead, kind="examined_again")

    assert world.fixed(item.ref, "physical_difference").codes == (NOT_FIXED_BY_PERSONS.code,)
    with login("owner") as owner, pytest.raises(psycopg.Error) as told:
        owner.execute(
            "insert into review_fixing(item_id, number, by_id, because, kind, links_to, discriminates, one_in, tested_on, source_document_seen, outside_system, earlier_agrees) "
            "select %s, 1, id, '', 'physical_difference', 'offence', true, 1000000, 1, true, '', false from people_person where username = 'cora'",
            [item.pk],
        )
    assert told.value.sqlstate == "CS014", told.value


# -- who examined it again does nothing else there --------------------------------------------------------------------


def test_whoever_moved_opens_no_case_in_the_investigation(pool):
    lead = world.a_lead()
    examined_again(lead.case, 2)
    moved("cleo", Role.DETECTIVE)
    cleo, at, before = world.person("cleo"), house_now(), Case.objects.count()
    filed = replace(FILED, agency_case="25-1", they_sent_at=at - timedelta(days=1))
    asked = {"picture": world.probe_of("p014"), "engine": reference_engine()}

    finding, ref = request_search(by=cleo, at=at, wanted=world.wanted("25-1 "), **asked)
    assert (finding.codes, ref) == ((OTHER_PART.code,), None)
    finding, ref = file_outside_result(by=cleo, at=at, filed=filed, faces=())
    assert (finding.codes, ref) == ((OTHER_PART.code,), None)
    assert Case.objects.count() == before

    world.must(request_search(by=cleo, at=at, wanted=world.wanted("25-8"), **asked)[0])


DOORS = {
    "receive_request": {"agency_case": "25-1", "track": "suspect", "offence_code": "120", "purpose": "p", "tried_before": "t"},
    "receive_outside": {
        "agency_case": "25-1", "track": "suspect", "sender": "s", "sender_ori": "XX0099999", "their_number": "7",
        "they_sent_at": "2020-01-01T00:00Z", "list": {"not_reported": []}, "candidates": [],
    },
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
def test_nor_past_the_program(pool, door):
    lead = world.a_lead()
    examined_again(lead.case, 2)
    moved("cleo", Role.DETECTIVE)
    before = Case.objects.count()
    gallery = lead.case.request.gallery_id
    said = DOORS[door] | {"gallery": gallery, "probe": {"image": str(lead.case.probes.get().image_id)}}
    if door == "receive_outside":
        del said["probe"]
    with login("app") as app, pytest.raises(psycopg.Error) as told:
        app.execute(f"select {door}(%s, %s, '[]', '{{}}'::bytea[], '{{}}')", [world.person("cleo").pk, json.dumps(said)])
    assert told.value.sqlstate == "CS008", told.value
    assert Case.objects.count() == before


@pytest.mark.parametrize(
    ("role", "row"),
    [
        (Role.DETECTIVE, "insert into review_edge(item_id, kind, root, written_by_id) select id, 'prompted_by', 'face_result', %(who)s from review_evidence limit 1"),
        (Role.DETECTIVE, "insert into review_disposition(case_id, disposition, note, by_id) select id, 'withdrawn', '', %(who)s from cases_case limit 1"),
    ],
)  # fmt: skip
def test_he_neither_ties_nor_closes_past_the_program(pool, role, row):
    lead, _ = world.ready_to_sign()
    examined_again(lead.case, 2)
    moved("cleo", role)
    with login("app") as app, pytest.raises(psycopg.Error) as told, app.transaction():
        app.execute(row, {"who": world.person("cleo").pk})
    assert told.value.sqlstate == "CS008", told.value


def test_whoever_left_the_lender_for_a_third_agency_answers_no_more(pool):
    """The result would say that somebody of the lender examined it, and no agreement lends whom the third agency employs."""
    lead = world.a_lead()
    code = taken_again(lead.case).code
    world.must(sorted_again("cleo"))
    with login("owner") as owner:
        owner.execute("insert into people_agency(ori, name, time_zone) values ('XX0030000', 'A third', 'UTC')")
        employed(owner, "XX0030000", "Third", "cleo")

    assert rated_again("cleo", {"p012": 2}).codes == ("left_the_lender",)
    with login("app") as app:
        who = world.person("cleo").pk
        assert "left_the_lender" in app.execute("select conclude_again(%s, %s, '{}', '{}', '{}')", [who, code]).fetchone()[0]
    assert not ReexaminationResult.objects.exists()


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.AUDITOR, Role.PROSECUTOR])
def test_no_notice_tells_him_which_case_it_was(pool, role):
    lead, _ = world.ready_to_sign()
    examined_again(lead.case, -2)
    now = house_now()
    outside = {"action": "arrest", "happened_at": now, "description": "At the shop", "lead_known": "yes"}
    world.must(record_outside_gate(by=world.person("dana"), at=now, lead_ref=lead.ref, **outside))
    moved("cleo", role)

    found = notices.of(world.person("cleo"), at=house_now(), roles=frozenset({role}))
    assert lead.case.ref not in {notice.case for notice in found}


def test_nor_does_the_list_of_turns(pool):
    two_more_reviewers()
    lead = world.a_lead()
    examined_again(lead.case, 2)
    case = world.searched("25-1", repeats_because="A better frame")
    world.drawn(case, "uma")
    moved("cleo", Role.SUPERVISOR)

    for name, seen in (("sol", True), ("cleo", False)):
        with login("app") as app:
            found = app.execute("select of_case from open_turns(%s)", [world.person(name).pk]).fetchall()
        assert ((case.ref,) in found) is seen, name


# -- who is told ------------------------------------------------------------------------------------------------------


def test_a_move_tells_whoever_asked_for_the_case_and_nobody_else(pool):
    world.ready_to_sign()

    assert Move.objects.exists()
    assert not Move.objects.exclude(told=F("case__requested_by")).exists()
