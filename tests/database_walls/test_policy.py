"""No login puts in force what two members of the board did not adopt, nor anything under the house's floor."""

import json

import psycopg
import pytest

from cases.law.in_force import law_proposed
from tests import world
from tests.database import login

pytestmark = pytest.mark.django_db(transaction=True)

VOTE = {
    "governing_body": "Council",
    "voted_on": "2020-01-01",
    "votes_for": 2,
    "votes_against": 1,
    "votes_abstained": 0,
    "published_at": "Town hall",
    "review_on": "2100-01-01",
}
COPY = (
    "with first as (select * from cases_policyproposal order by id limit 1), again as ("
    "insert into cases_policyproposal(pack, title, digest, source, compiled, offence_list_id, stands_until, by_id) "
    "select pack, title, coalesce(%(digest)s, digest), source, coalesce(%(compiled)s::jsonb, compiled), offence_list_id, "
    "%(stands_until)s::date, by_id from first returning id), texts as ("
    "insert into cases_proposedpack(proposal_id, place, pack, title, layer, text_id, sides) "
    "select again.id, k.place, k.pack, k.title, k.layer, k.text_id, k.sides from again, cases_proposedpack k "
    "where k.proposal_id = (select id from first)) select id from again"
)


def proposed(app, *, digest=None, compiled=None, stands_until=None) -> int:
    said = {"digest": digest, "compiled": None if compiled is None else json.dumps(compiled), "stands_until": stands_until}
    return app.execute(COPY, said).fetchone()[0]


def adopt(app, proposal: int, by: str = "paul", **changes) -> None:
    app.execute("select adopt_policy(%s, %s, %s, '{}')", [proposal, world.person(by).pk, json.dumps({**VOTE, **changes})])


def compiled_with(app, **numbers: int) -> dict:
    (compiled,) = app.execute("select compiled from cases_policyproposal order by id limit 1").fetchone()
    return {**compiled, "numbers": [{**row, "value": numbers.get(row["name"], row["value"])} for row in compiled["numbers"]]}


def test_a_sound_copy_is_adopted_so_that_the_refusals_below_mean_something():
    with login("app") as app:
        adopt(app, proposed(app))
        assert app.execute("select count(*) from cases_policy").fetchone() == (2,)


@pytest.mark.parametrize(
    ("numbers", "wall"),
    [
        ({"reviewers": 1}, "two_reviewers_or_three"),
        ({"reviewers": 0}, "two_reviewers_or_three"),
        ({"items_that_stand_apart": 0}, "never_an_arrest_on_the_face_alone"),
        ({"items_that_stand_apart": -1}, "never_an_arrest_on_the_face_alone"),
    ],
)
def test_no_policy_lowers_the_floor(numbers, wall):
    with login("app") as app, pytest.raises(psycopg.errors.CheckViolation, match=wall):
        adopt(app, proposed(app, compiled=compiled_with(app, **numbers)))


@pytest.mark.parametrize("name", ["reviewers", "items_that_stand_apart"])
def test_no_policy_is_silent_about_the_floor(name):
    with login("app") as app:
        compiled = compiled_with(app)
        compiled["numbers"] = [row for row in compiled["numbers"] if row["name"] != name]
        with pytest.raises(psycopg.Error, match="how many reviewers conclude"):
            adopt(app, proposed(app, compiled=compiled))


@pytest.mark.parametrize(
    ("changes", "wall"),
    [
        ({"votes_for": 1}, "a_policy_was_voted_for"),
        ({"votes_against": -1}, "votes_are_counted_from_nought"),
        ({"governing_body": " "}, "a_policy_names_its_body"),
        ({"published_at": ""}, "a_policy_names_its_body"),
        ({"governing_body": None}, "governing_body"),
        ({"voted_on": None}, "voted_on"),
        ({"review_on": None}, "review_on"),
        ({"voted_on": "2100-01-01"}, "has not been taken yet"),
        ({"pilot_ends_on": "2020-01-02"}, "ended before it began"),
    ],
)
def test_no_policy_goes_without_its_vote(changes, wall):
    with login("app") as app, pytest.raises(psycopg.Error, match=wall):
        adopt(app, proposed(app), **changes)


def test_no_policy_is_adopted_after_its_own_end():
    with login("app") as app, pytest.raises(psycopg.Error, match="ended before it began"):
        adopt(app, proposed(app, stands_until="2020-01-01"))


@pytest.mark.parametrize("by", ["petra", "sol", "dana"])
def test_one_person_alone_or_no_member_of_the_board_adopts_nothing(by):
    with login("app") as app, pytest.raises(psycopg.Error) as refused:
        adopt(app, proposed(app), by=by)
    assert refused.value.sqlstate == "CS008"


def test_a_text_lies_under_its_own_digest_and_stays_as_it_is():
    with login("app") as app:
        (digest, text) = app.execute("select digest, text from cases_policytext limit 1").fetchone()
        with pytest.raises(psycopg.errors.CheckViolation, match="a_text_is_its_digest"):
            app.execute("insert into cases_policytext(digest, text) values (%s, %s)", ["0" * 64, text])
        with pytest.raises(psycopg.errors.UniqueViolation):
            app.execute("insert into cases_policytext(digest, text) values (%s, %s)", [digest, text])
        for sql in ("update cases_policytext set text = 'x'", "delete from cases_policytext", "truncate cases_policytext cascade"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(sql)


ADDED = pytest.mark.parametrize(
    "after",
    [
        "insert into cases_proposedpack(proposal_id, place, pack, title, layer, text_id, sides) "
        "select {0}, 9, 'other', 'x', 'state', text_id, sides from cases_proposedpack limit 1",
        "insert into cases_proposedsettlement(proposal_id, conflict, goes_first, settled_by, in_writing) values ({0}, 'a', 'b', 'c', 'd')",
    ],
)


@ADDED
def test_nothing_is_added_to_a_proposal_afterwards(after):
    with login("app") as app:
        proposal = proposed(app)
        with pytest.raises(psycopg.Error) as refused:
            app.execute(after.format(proposal))
        assert refused.value.sqlstate == "CS003"
        adopt(app, proposal)


@ADDED
def test_nothing_is_added_to_the_law_in_force(after):
    case = world.requested()
    law_proposed.cache_clear()  # a machine that begins anew reads the texts again
    with login("app") as app:
        with pytest.raises(psycopg.Error) as refused:
            app.execute(after.format("(select proposal_id from cases_policy order by id desc limit 1)"))
        assert refused.value.sqlstate == "CS003"
    assert world.screened(case).state == "ELIGIBLE"


def test_a_proposal_under_another_digest_is_not_adopted():
    with login("app") as app, pytest.raises(psycopg.Error, match="not those that were proposed"):
        adopt(app, proposed(app, digest="0" * 64))


def test_a_settlement_without_a_person_or_a_writing_is_none():
    with login("app") as app:
        proposal = proposed(app, digest="0" * 64)
        for who, writing in ((" ", "letter"), ("Counsel", "")):
            with pytest.raises(psycopg.errors.CheckViolation, match="names_person_and_writing"):
                app.execute(
                    "insert into cases_proposedsettlement(proposal_id, conflict, goes_first, settled_by, in_writing) "
                    "values (%s, 'a', 'b', %s, %s)",
                    [proposal, who, writing],
                )


@pytest.mark.parametrize(
    ("by", "key", "document", "code"),
    [
        ("petra", "nlc-2021/publish", "x", "CS008"),
        ("mia", "us-md-2024/report", "x", "CS007"),
        ("mia", "nlc-2021/publish", " ", "23514"),
    ],
)
def test_an_obligation_is_met_by_a_manager_with_a_document_under_the_newest_law(by, key, document, code):
    with login("app") as app, pytest.raises(psycopg.Error) as refused:
        app.execute("select meet_obligation(%s, null, %s, %s, '{}')", [key, document, world.person(by).pk])
    assert refused.value.sqlstate == code


def test_an_obligation_is_met_once_for_a_day():
    with login("app") as app:
        met = "select meet_obligation('nlc-2021/publish', null, 'Page', %s, '{}')"
        app.execute(met, [world.person("mia").pk])
        with pytest.raises(psycopg.errors.UniqueViolation):
            app.execute(met, [world.person("mia").pk])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("insert into cases_obligationmet(key, due_on, document, by_id) values ('x', null, 'x', 1)")
