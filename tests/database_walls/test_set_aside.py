"""A set that was set aside carries nothing, and the pool holds no enrolled face: attacked from below, the owner's way too."""

import json

import psycopg
import pytest

from ledger.asking import ask_database
from review import faces
from review.models import Conclusion
from review.replay.forms import looked, scripted
from tests import world
from tests.database import login
from tests.database_walls.test_feature_form import sent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def case():
    """Ada has supported a known non-mate and, in the same set, p012; Ben supports p012."""
    found = world.searched()
    world.drawn(found, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(found, name, ("p012",))
    world.concluded(found, "ada", {"p012": 3}, non_mate=1)
    world.concluded(found, "ben", {"p012": 3})
    return found


def refused(sql, code):
    with login("owner") as owner, pytest.raises(psycopg.Error) as told:
        owner.execute(sql)
    assert told.value.sqlstate == code


P012 = "(select id from cases_candidate where subject_ref = 'p012')"
ADA = "(select id from people_person where username = 'ada')"


def test_no_row_brings_the_set_back(case):
    refused(f"insert into review_conclusion(candidate_id, by_id, rating, grounds) values ({P012}, {ADA}, 3, 'x')", "CS014")
    assert Conclusion.objects.filter(candidate__case=case).count() == 1


def test_what_was_set_aside_makes_no_lead(case):
    refused(
        f"insert into review_lead(candidate_id, case_id, ref) select {P012}, id, ref || '-L1' from cases_case where ref = '{case.ref}'",
        "CS010",
    )


def test_the_case_does_not_move_without_the_fresh_reviewer(case):
    with login("app") as app, pytest.raises(psycopg.Error) as told:
        app.execute("select person_move(%s, 'join', 'NO_LEAD', %s, '{}')", (case.ref, world.person("ben").pk))
    assert told.value.sqlstate == "CS013"


def test_a_set_aside_stays(case):
    refused("delete from review_setaside", "CS003")
    refused("update review_nonmaterating set rating = -3", "CS003")
    refused("update review_nonmateshown set again = not again", "CS003")


def test_he_does_not_answer_again_past_the_program(case):
    tokens = [t for t, again in faces.non_mates(world.person("ada"), case).items() if again]
    answers = {t: sent(scripted(-3, "x")) for t in [world.tokens(case)["p012"], *tokens]}

    reasons = ask_database("select conclude(%s, %s, %s::jsonb, '{}')", case.ref, world.person("ada").pk, json.dumps(answers))

    assert reasons == ["already_concluded"]


def test_the_pages_cannot_say_that_a_non_mate_was_not_supported():
    found = world.searched()
    world.drawn(found, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(found, name, ("p012",))
    answers = {world.tokens(found)["p012"]: sent(scripted(3, "x"))}
    looked(world.person("ada"), found)

    reasons = ask_database("select conclude(%s, %s, %s::jsonb, '{}')", found.ref, world.person("ada").pk, json.dumps(answers))

    assert reasons == ["not_every_face"]


def test_an_enrolled_face_enters_no_pool():
    refused(
        "insert into review_nonmate(agency_id, image_id, subject_ref, source, source_document, original_sha256) "
        "select g.agency_id, i.id, 'x', 'synthetic', 'x', i.original_sha256 from cases_storedimage i join cases_gallery g on g.id = i.gallery_id limit 1",
        "CS014",
    )


def test_a_non_mate_has_a_source():
    refused(
        "insert into review_nonmate(agency_id, image_id, subject_ref, source, source_document, original_sha256) "
        "select n.agency_id, n.image_id, 'x', 'found on the net', 'x', 'y' from review_nonmate n limit 1",
        "23514",
    )
