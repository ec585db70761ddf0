"""What waits is one small row a case that says nothing but what the file says; taking the next reads no more because the house is large."""

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from cases.matching.reference import reference_engine
from cases.models import Case, Refused
from ledger.clock import house_now
from people.appoint import Appointment, appoint
from people.models import Person
from people.roles import Role
from review.acts import take_next as taking
from review.acts.close import close
from review.acts.confirm_offence import confirm_offence
from review.acts.recuse import recuse
from review.acts.request_search import request_search
from review.acts.take_next import LOOK_AT, WAITING
from tests import world
from tests.database import as_owner, login, write_past_the_promises

pytestmark = pytest.mark.django_db(transaction=True)

# the file read whole, by the owner
TRUTH = """
  select c.ref, c.state, (select count(*) from review_drawn d where d.case_id = c.id and counts_as_drawn(d)),
         array(select distinct username::text from parts_in(investigation_set(c.investigation_id)) x join people_person p on p.id = x.person_id order by 1),
         array(select distinct username::text from parts_in(investigation_set(c.investigation_id)) x join people_person p on p.id = x.person_id
                where x.part = 'detective' order by 1)
    from cases_case c join cases_candidatelist l on l.case_id = c.id where c.state in ('FIT', 'DISPUTED') and l.number > 0 order by 1"""
ROWS = """
  select c.ref, w.state, w.drawn, array(select username::text from people_person where id = any (w.parts) order by 1),
         array(select username::text from people_person where id = any (w.asked) order by 1)
    from review_waiting w join cases_case c on c.id = w.case_id order by 1"""


def rows() -> list[tuple[object, ...]]:
    with login("owner") as owner:
        found = owner.execute(ROWS).fetchall()
        assert found == owner.execute(TRUTH).fetchall()
    return found


def steps() -> Iterator[str]:
    """Walk two cases down the road, and stop where a row must have changed."""
    first = world.searched("25-1")
    yield "one waits"
    world.drawn(first, "ada")
    yield "one is drawn"
    world.must(recuse(by=world.person("ada"), at=house_now(), case_ref=first.ref, ground="saw_case", words="On the news"))
    yield "she stepped back"
    world.drawn(first, "ben", "cleo")
    world.searched("25-2", repeats_because="another copy of the film")
    yield "a second of the same face is linked"
    for name in ("ben", "cleo"):
        world.sorted_by(first, name, ("p012",))
    world.concluded(first, "ben", {"p012": 2}, non_mate=1)
    yield "a set was set aside"
    world.concluded(first, "cleo", {"p012": 2})
    world.must(close(by=world.person("dana"), at=house_now(), case_ref=first.ref, disposition="withdrawn", note="Solved otherwise"))
    yield "the first is closed"


SENT = """select count(receive_result(%s, jsonb_build_object('external_id', n, 'idempotency_key', n, 'agency_case', '25-same', 'track', 'suspect',
  'list', '{"not_reported": []}'::jsonb, 'candidates', '[]'::jsonb), n, '[]', '{}', '{"by": "machine"}')) from (select 'r' || g n from generate_series(%s::int, %s::int) g) x"""
KEY = "lists"


def sent(by: "psycopg.Connection[Any]", first: int, last: int) -> int:
    """Send results of one investigation; return the pages of the database that were looked at."""
    ((told,),) = by.execute(f"explain (analyze, buffers, format json) {SENT}", [KEY, first, last]).fetchall()
    return int(told[0]["Plan"]["Shared Hit Blocks"])


def a_source() -> None:
    with login("owner") as owner:
        owner.execute(
            "insert into cases_sourcesystem(agency_id, name, key_sha256, active_until) select id, 'S', %s, 'infinity' from people_agency order by id limit 1",
            [KEY],
        )


def test_a_result_waits_for_no_other_of_its_investigation_and_reads_no_more_because_there_are_many():
    a_source()
    with login("intake") as one, login("intake") as other, login("owner") as owner:
        sent(one, 1, 180)
        owner.execute("analyze")  # how a house of either size is read, not how one is that was empty when it was planned
        few = sent(one, 181, 200)
        sent(one, 201, 1_500)
        owner.execute("analyze")
        many = sent(one, 1_501, 1_520)
        with one.transaction():
            sent(one, 2_001, 2_001)
            other.execute("set lock_timeout = '2s'")
            sent(other, 2_002, 2_002)

    assert many < 1.3 * few


def test_a_case_comes_to_be_examined_while_results_of_its_investigation_are_open():
    a_source()
    case = world.screened(world.requested("25-same"))
    with login("intake") as one, login("intake") as other:
        sent(one, 1, 1)
        one.execute("begin")
        sent(one, 2, 2)
        world.checked(case)
        other.execute("begin")
        sent(other, 3, 3)
        world.drawn(case, "ada")
        other.execute("commit")
        one.execute("commit")

    assert [(ref, drawn) for ref, _, drawn, _, _ in rows()] == [(case.ref, 1)]


def test_what_waits_is_never_computed_from_an_older_picture():
    case = world.requested()
    with pytest.raises(DatabaseError, match="what waits is computed from what is committed now"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("set transaction isolation level repeatable read")
        said = {"code": "120", "statute": "", "report_reference": "Report p. 1"}
        confirm_offence(by=world.person("aris"), at=house_now(), case_ref=case.ref, **said)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_who_asks_in_a_sibling_is_noted_at_once():
    with as_owner():
        dirk = Appointment("dirk", "Dirk", "Patrol", (Role.DETECTIVE,), ("bias", "face_comparison"))
        appoint(agency=world.person("dana").agency, appointments=(dirk,), passwords={}, on=house_now().date())
    world.searched("25-1")
    film = world.probe_of("p014")
    finding, _ = request_search(
        by=world.person("dirk"), at=house_now(), wanted=world.wanted("25-1"), picture=film, engine=reference_engine()
    )
    world.must(finding)

    assert [row[3:] for row in rows()] == [(["aris", "dana", "dirk"], ["dana", "dirk"])]


def test_a_row_says_what_the_file_says_at_every_step():
    seen = {step: rows() for step in steps()}

    asked, ada = ["dana"], {"ada"}
    assert [row[2:] for row in seen["one waits"]] == [(0, ["aris", "dana"], asked)]
    assert [row[2] for row in seen["one is drawn"]] == [1]
    assert [row[2] for row in seen["she stepped back"]] == [0]
    assert ada <= set(seen["she stepped back"][0][3])
    assert len(seen["a second of the same face is linked"]) == 2
    assert all(ada <= set(row[3]) for row in seen["a second of the same face is linked"])
    assert sorted(row[2] for row in seen["a set was set aside"]) == [0, 1]
    assert len(seen["the first is closed"]) == 1


def test_no_login_writes_what_waits():
    world.searched()
    for who in ("app", "worker", "auditor", "intake"):
        for sql in ("delete from review_waiting", "update review_waiting set drawn = 0", "select note_waiting(1)"):
            with login(who) as below, pytest.raises(psycopg.errors.InsufficientPrivilege):
                below.execute(sql)


def fill(first: int, last: int, barred: Person) -> None:
    """Have the owner write what waits, past the promises: of the first 2,000 this person has a part in all."""
    with login("owner") as owner, owner.transaction():
        for table in ("cases_investigation", "cases_case"):
            owner.execute(f"alter table {table} disable trigger user")  # type: ignore[call-overload]
        numbers = (
            "generate_series(%(first)s::bigint, %(last)s::bigint) n, (select id, agency_id from people_person where username = 'dana') d"
        )
        for sql in (
            f"insert into cases_investigation(id, agency_id, agency_case) overriding system value select 10000000 + n, agency_id, 'n' || n from {numbers}",
            "insert into cases_case(id, ref, agency_id, investigation_id, state, track, door, searched_before_screening, requested_by_id, received_at) "
            "overriding system value select 10000000 + n, 'FR-2019-' || n, agency_id, 10000000 + n, 'FIT', 'suspect', 'person', false, d.id, "
            f"timestamptz '2019-01-01' + n * interval '1 minute' from {numbers}",
            "insert into review_waiting(case_id, agency_id, received_at, state, drawn, parts, asked) select 10000000 + n, agency_id, "
            "timestamptz '2019-01-01' + n * interval '1 minute', 'FIT', 0, case when n <= 2000 then array[d.id, %(barred)s] else array[d.id] end, "
            f"array[d.id] from {numbers}",
        ):
            owner.execute(sql, {"first": first, "last": last, "barred": barred.pk})  # type: ignore[arg-type]
        owner.execute("set constraints all immediate")
        for table in ("cases_investigation", "cases_case"):
            owner.execute(f"alter table {table} enable trigger user")  # type: ignore[call-overload]


def buffers(person: Person) -> int:
    """Return how many pages of the database taking the next looks at: the same on every machine."""
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, buffers, format json) {WAITING}", [person.pk, LOOK_AT])
        (plan,) = cursor.fetchone()
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    assert top["Actual Rows"] == LOOK_AT
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def test_taking_the_next_reads_no_more_because_more_waits():
    ada, ben = world.person("ada"), world.person("ben")
    fill(1, 3_000, ben)
    buffers(ada)
    small = buffers(ada)
    fill(3_001, 30_000, ben)
    buffers(ada)
    large = buffers(ada)

    assert large <= 1.5 * small
    assert buffers(ben) <= 5 * large
    assert Case.objects.filter(state="FIT").count() == 30_000


def lent_to_a_borrower_whose_cases_wait(number: int) -> list[int]:
    """Have an agency without a pool borrow reviewers, and have older cases of its own wait."""
    named = f"generate_series(1, {number}) n, (select id from people_agency where ori = 'XX0030000') b"
    with login("owner") as owner:
        owner.execute("insert into people_agency(ori, name, time_zone) values ('XX0030000', 'Borrower', 'UTC')")
        owner.execute(
            "insert into people_agreement(lender_id, borrower_id, roles, from_on, until_on, terms) select l.id, b.id, '{reviewer}', current_date - 9, current_date + 9, 't' "
            "from people_agency l, people_agency b where l.ori = 'XX0010000' and b.ori = 'XX0030000'"
        )
        rows = [
            f"insert into cases_investigation(id, agency_id, agency_case) overriding system value select 10000000 + n, b.id, 'n' || n from {named}",
            "insert into cases_case(id, ref, agency_id, investigation_id, state, track, door, searched_before_screening, received_at) overriding system value "
            f"select 10000000 + n, 'FR-2019-' || n, b.id, 10000000 + n, 'FIT', 'suspect', 'machine', false, '2019-01-01' from {named}",
            f"insert into review_waiting(case_id, agency_id, received_at, state, drawn, parts, asked) select 10000000 + n, b.id, '2019-01-01', 'FIT', 0, '{{}}', '{{}}' from {named}",
        ]
        write_past_the_promises(owner, ("cases_investigation", "cases_case"), rows)
    return [10000000 + n for n in range(1, number + 1)]


def test_cases_of_a_borrower_without_a_pool_keep_nobody_from_those_that_can_be_drawn(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(taking, "LOOK_AT", 3)
    case = world.searched("25-1")
    older = lent_to_a_borrower_whose_cases_wait(3)
    assert taking.take_next(by=world.person("ada"), at=house_now()) == case.ref
    assert not Refused.objects.filter(act="take_next").exists()

    assert taking.take_next(by=world.person("ada"), at=house_now()) is None
    refused = Refused.objects.filter(act="take_next", case__in=older)
    assert {tuple(each.reasons) for each in refused} == {("no_non_mates",)}, "where nothing else waits, it is on record why"
    assert refused.count() == len(older)
