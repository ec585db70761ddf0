"""Which unit a person belongs to, and since when, is written by no running process, and by the owner in one way only."""

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import connection

from tests import world
from tests.database import login
from tests.units import moved

pytestmark = pytest.mark.django_db(transaction=True)
ROBBERY = "(select id from people_unit where name = 'Robbery')"
SOL = "(select id from people_person where username = 'sol')"
OF_ANOTHER = "(select u.id from people_unit u join people_agency a on a.id = u.agency_id where a.ori = 'YY0020000')"
WRITES = (
    "insert into people_unitheld(person_id, unit_id) values (1, 1)",
    f"insert into people_unitheld(person_id, unit_id, from_at) select id, {ROBBERY}, '2020-01-01' from people_person where username = 'sol'",
    "update people_unitheld set from_at = '2020-01-01'",
    f"update people_unitheld set unit_id = {ROBBERY}",
    "delete from people_unitheld",
    "truncate people_unitheld",
    f"update people_person set unit_id = {ROBBERY} where username = 'sol'",
    "update people_person set agency_id = 1",
    "insert into people_unit(agency_id, name) select id, 'X' from people_agency",
    "update people_unit set agency_id = agency_id",
    "select one_is_moved()",
    "select people_begins_to_stay()",
    "select were_of_one_unit(1, 2, now(), now())",
    "alter table people_unitheld disable trigger all",
)


def on_file() -> list[tuple[object, ...]]:
    with login("owner") as owner:
        return [
            *owner.execute("select person_id, unit_id, from_at from people_unitheld order by id").fetchall(),
            *owner.execute("select id, agency_id, unit_id from people_person order by id").fetchall(),
            *owner.execute("select id, agency_id, name from people_unit order by id").fetchall(),
        ]


@pytest.mark.parametrize("role", ["app", "intake", "worker", "auditor"])
def test_no_running_process_moves_anybody(role):
    before = on_file()
    with login(role) as attacker:
        for sql in WRITES:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                attacker.execute(sql)
    assert on_file() == before


@pytest.mark.parametrize(("role", "reads"), [("app", False), ("intake", False), ("worker", False), ("auditor", True)])
def test_the_recheck_alone_reads_the_stays(role, reads):
    with login(role) as reader:
        if reads:
            assert reader.execute("select count(*) from people_unitheld").fetchone() == (len(world.Person.objects.all()),)
        else:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute("select 1 from people_unitheld")


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        (f"update people_person set unit_id = {ROBBERY} where username = 'sol'", "is moved by a stay that begins"),
        (f"update people_person set unit_id = {OF_ANOTHER} where username = 'sol'", "is moved by a stay that begins"),
        ("update people_person set agency_id = (select id from people_agency where ori = 'YY0020000') where username = 'sol'", "to another agency"),
        (f"update people_person set unit_id = {OF_ANOTHER}, agency_id = (select id from people_agency where ori = 'YY0020000')", "to another agency"),
        (f"insert into people_unitheld(person_id, unit_id) values ({SOL}, {OF_ANOTHER})", "a unit of his own agency"),
        (f"insert into people_unitheld(person_id, unit_id) select {SOL}, unit_id from people_person where username = 'sol'", "this unit already"),
        ("update people_unitheld set from_at = '2020-01-01'", "rows stay as they are"),
        ("delete from people_unitheld", "rows stay as they are"),
        (f"update people_unit set agency_id = (select id from people_agency where ori = 'YY0020000') where id = {ROBBERY}", "stays in its agency"),
        ("insert into people_person(username, password, display_name, agency_id, unit_id, is_active, mail) "
         f"select 'dee', 'x', 'Dee', agency_id, {OF_ANOTHER}, true, '' from people_person where username = 'sol'", "a unit of his own agency"),
    ],
)  # fmt: skip
def test_the_owner_moves_by_a_stay_alone(sql, says):
    with login("owner") as owner:
        owner.execute("insert into people_agency(ori, name, time_zone) values ('YY0020000', 'Lakeside', 'UTC')")
        owner.execute("insert into people_unit(agency_id, name) select id, 'Theirs' from people_agency where ori = 'YY0020000'")
    before = on_file()
    with login("owner") as owner, pytest.raises(psycopg.Error, match=says):
        owner.execute(sql)
    assert on_file() == before


def test_a_stay_begins_when_it_is_written_whatever_is_said_and_the_column_follows():
    moved("sol", "Robbery")
    with login("owner") as owner:
        owner.execute(
            "insert into people_unitheld(person_id, unit_id, from_at) select p.id, u.id, '2020-01-01' from people_person p, people_unit u "
            "where p.username = 'sol' and u.name = 'Evidence'"
        )
        stays = owner.execute(
            "select u.name, h.from_at from people_unitheld h join people_unit u on u.id = h.unit_id where h.person_id = %s order by h.id",
            [world.person("sol").pk],
        ).fetchall()
    assert [name for name, _ in stays] == ["Major crimes", "Robbery", "Evidence"]
    times = [at for _, at in stays]
    assert times == sorted(times)
    assert times[-1] > datetime(2026, 1, 1, tzinfo=UTC)
    assert world.person("sol").unit.name == "Evidence"


def test_no_stay_begins_before_the_last_one_nor_before_what_is_in_the_record():
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = interval '9 days'")
        try:
            moved("sol", "Robbery")
            owner.execute("select ledger_write('move', 'agency:XX0010000', '{}')")
            owner.execute("update ledger_clock set ahead_by = interval '0'")
            moved("sol", "Evidence")
        finally:
            owner.execute("update ledger_clock set ahead_by = interval '0'")
        last, before, newest = owner.execute(
            "select max(from_at), min(from_at), (select max(at) from ledger_entry) from people_unitheld "
            "where person_id = (select id from people_person where username = 'sol') and unit_id <> (select id from people_unit where name = 'Major crimes')"
        ).fetchone()
    assert before < newest < last
    assert world.person("sol").unit.name == "Evidence"


def test_everybody_has_a_first_stay_where_he_was_appointed():
    with login("owner") as owner, connection.cursor():
        assert owner.execute(
            "select count(*) from people_person p left join people_unitheld h on h.person_id = p.id and h.unit_id = p.unit_id where h.id is null"
        ).fetchone() == (0,)


def test_two_who_move_the_same_person_go_one_after_the_other():
    sql = "insert into people_unitheld(person_id, unit_id) select p.id, u.id from people_person p, people_unit u where p.username = 'sol' and u.name = %s"
    with login("owner") as one, login("owner") as other:
        with one.transaction():
            one.execute(sql, ["Robbery"])
            other.execute("set lock_timeout = '200ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute(sql, ["Evidence"])
        other.execute(sql, ["Evidence"])
    assert world.person("sol").unit.name == "Evidence"
