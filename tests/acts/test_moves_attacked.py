"""What a fresh eye tried with people who are moved: by an old picture of the data, without a stay, by the clock, by the owner's hand, at the same time."""

import psycopg
import pytest

from cases.rules.finding import Refusal
from ledger.asking import ask_database
from oversight.gatecheck import gatecheck
from tests import world
from tests.acts.test_moved_to_another_unit import HOME, SIGNERS, database_says, three_gates
from tests.database import login
from tests.units import moved, while_moved

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "auditor"])


# ---- a person without a stay


def without_stays() -> None:
    with login("owner") as owner:
        owner.execute("truncate people_unitheld")


def test_whoever_has_no_stay_on_file_counts_as_of_every_unit():
    lead, ref = world.ready_to_sign()
    without_stays()

    assert three_gates(lead) == [{"reviewer_not_apart", "too_few_reviewers"}] * 3
    assert database_says(ref, "sol") == ["signer_of_the_unit"]
    finding = world.signed(ref)
    assert isinstance(finding, Refusal)
    assert finding.codes == ("signer_of_the_unit",)


def test_the_recheck_takes_nobody_for_apart_whose_stays_are_lost():
    _, ref = world.ready_to_sign()
    world.must(world.signed(ref))
    without_stays()

    found = {finding.code for each in gatecheck(using="auditor").wrong for finding in each.findings}
    assert {"signer_of_the_unit", "reviewer_not_apart"} <= found


# ---- an old picture of the data


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_nobody_acts_on_a_picture_from_before_a_move(level):
    case = world.searched()
    world.drawn(case, "ada")
    with login("app") as app:
        app.execute(f"begin isolation level {level}")
        app.execute("select count(*) from cases_case").fetchone()
        moved("ada", HOME)
        with pytest.raises(psycopg.Error) as no:
            app.execute("select sort_candidates(%s, %s, '{}', '{}')", [case.ref, world.person("ada").pk])
    assert no.value.sqlstate == "CS012"


# ---- at the same time


def test_whoever_is_moved_while_he_answers_is_told_why_he_is_refused():
    case = world.searched()
    world.drawn(case, "ada")

    said = while_moved("ada", HOME, lambda: world.sorted_by(case, "ada", ("p012",)))

    assert isinstance(said, AssertionError), said  # world.must
    assert "of_requesters_unit" in str(said)


# ---- the owner's own hand

THEIRS = "(select u.id from people_unit u join people_agency a on a.id = u.agency_id where a.ori = 'YY0020000')"


def swapped(table: str, named_by: str, *two: str) -> list[str]:
    """Two rows that change their numbers: when the transaction ends, every key that pointed to the one points to the other."""
    both = f"{named_by} in ('{two[0]}', '{two[1]}')"
    return [
        f"create temporary table was on commit drop as select id, {named_by} from {table} where {both}",
        f"update {table} set id = id + 90000 where {both}",
        f"update {table} x set id = was.id from was where x.{both} and was.{named_by} <> x.{named_by}",
    ]


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        (
            [
                "create temporary table was on commit drop as select * from people_person where username = 'sol'",
                "delete from people_person where username = 'sol'",
                "insert into people_person(id, username, password, display_name, agency_id, unit_id, is_active, mail) overriding system value "
                f"select was.id, 'sol', 'x', 'Sol', u.agency_id, u.id, true, '' from was, people_unit u where u.id = {THEIRS}",
            ],
            "nobody is taken off file",
        ),
        (swapped("people_unit", "name", "Robbery", "Theirs"), "a unit stays what it is"),
        (swapped("people_person", "username", "sol", "rex"), "a person stays who he is"),
    ],
    ids=["taken off file and entered anew", "a unit becomes another", "a person becomes another"],
)
def test_the_owner_lets_nobody_leave_his_agency_under_another_number(statements, says):
    with login("owner") as owner:
        owner.execute("insert into people_agency(ori, name, time_zone) values ('YY0020000', 'Lakeside', 'UTC')")
        owner.execute("insert into people_unit(agency_id, name) select id, 'Theirs' from people_agency where ori = 'YY0020000'")
    with login("owner") as owner, pytest.raises(psycopg.Error, match=says), owner.transaction():
        for statement in statements:
            owner.execute(statement)


# ---- the clock


def clock(ahead: str) -> None:
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = %s::interval", [ahead])


@pytest.fixture
def clock_right_again():
    yield
    clock("0")


@pytest.mark.usefixtures("clock_right_again")
def test_what_was_asked_while_the_clock_was_ahead_is_not_after_a_move_that_came_later():
    clock("9 days")
    _, ref = world.ready_to_sign()
    clock("0")
    moved("rex", SIGNERS)

    assert database_says(ref, "rex") == ["signer_of_the_unit"]


@pytest.mark.usefixtures("clock_right_again")
def test_what_was_decided_while_the_clock_was_ahead_is_not_changed_by_a_move_that_came_later():
    clock("9 days")
    lead, ref = world.ready_to_sign()
    world.must(world.signed(ref))
    clock("0")
    for name in ("ada", "ben", "sol"):
        moved(name, HOME)

    assert ask_database("select gate_reasons(%s, 'arrest')", lead.pk) == []
    assert not {"signer_of_the_unit", "reviewer_not_apart"} & {f.code for each in gatecheck(using="auditor").wrong for f in each.findings}
