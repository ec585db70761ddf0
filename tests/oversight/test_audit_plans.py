"""On a record of 200,000 entries each question of an auditor is found by its index, and reads few pages."""

import json
from collections.abc import Iterator

import pytest
from django.db import connection

from ledger.asking import ask_database
from oversight import record_search
from oversight.record_search import Asked, search
from tests import world
from tests.database import furnished_anew, login

pytestmark = pytest.mark.django_db
MANY = 200_000
FILL = """
insert into ledger_entry(xid, at, kind, subject, body, leaf)
select pg_current_xact_id(), now() - (%(many)s - n) * interval '10 seconds',
       case when n %% 2000 = 0 then 'refused' when n %% 1000 = 0 then 'record_outside_gate' when n %% 3 = 0 then 'sign_in' else 'look' end,
       case when n %% 3 = 0 then 'gallery' else 'FR-2026-' || (100000 + n %% 20000) end, convert_to(json_build_object('kind', 'look', 'subject', 'gallery', 'at', 'x', 'agency', 'XX0010000', 'by', 'person-' || n %% 5000)::text, 'UTF8'),
       sha256(n::text::bytea)
  from generate_series(1, %(many)s) n
"""
CASES = (
    "insert into cases_investigation(id, agency_id, agency_case) overriding system value select 10000000 + n, p.agency_id, 'n' || n from {numbers}",
    "insert into cases_case(id, ref, agency_id, investigation_id, state, track, door, searched_before_screening, requested_by_id) "
    "overriding system value select 10000000 + n, 'FR-2026-' || (100000 + n), p.agency_id, 10000000 + n, 'FIT', 'suspect', 'person', false, p.id from {numbers}",
)
TABLES = ("ledger_entry", "cases_investigation", "cases_case")
NUMBERS = "generate_series(1, 20000) n, people_person p where p.username = 'dana'"
# what is asked, and how many pages of 8 kB it may read
QUESTIONS = {
    "newest": (Asked(), 450),
    "kind": (Asked(kind="record_outside_gate"), 700),
    "outcome": (Asked(outcome="refused"), 700),
    "alarm": (Asked(outcome="alarm"), 150),
    "person": (Asked(person=("person-77",)), 700),
    "a person and his sign-in name": (Asked(person=("person-77", "name-77")), 700),
    "a person who did nothing": (Asked(person=("nobody", "no-name")), 50),
    "case": (Asked(case="FR-2026-000001"), 700),
    "question": (Asked(question="outside-the-gate"), 700),
}


@pytest.fixture(scope="module")
def grown(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), furnished_anew():
        with login("owner") as owner:
            for table in TABLES:
                owner.execute(f"alter table {table} disable trigger user")
            owner.execute(FILL, {"many": MANY})
            for sql in CASES:
                owner.execute(sql.format(numbers=NUMBERS))
            for table in TABLES:
                owner.execute(f"alter table {table} enable trigger user")
            owner.execute("analyze")
        with django_db_blocker.block():
            yield


def plan(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Return the plan of the very statement that the page sends."""
    otto = world.person("otto")
    with monkeypatch.context() as patch:
        patch.setattr(record_search, "FOUND", "explain (analyze, buffers, format json) " + record_search.FOUND)
        patch.setattr(record_search, "_entry", lambda *row: row)
        ((told,),) = search(asked, ori=otto.agency.ori, auditor=otto.pk, before=None, at_most=51)
    return dict((json.loads(told) if isinstance(told, str) else told)[0]["Plan"])


def nodes(of: dict[str, object]) -> Iterator[dict[str, object]]:
    yield of
    for each in of.get("Plans", []):
        yield from nodes(each)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_reads_no_whole_record(grown, monkeypatch, name):
    asked, most = QUESTIONS[name]
    found = plan(asked, monkeypatch)
    over_all = [each for each in nodes(found) if each["Node Type"] == "Seq Scan" and each.get("Relation Name") == "ledger_entry"]
    read = found["Shared Hit Blocks"] + found["Shared Read Blocks"]
    assert not over_all, found
    assert read <= most, (read, [(each["Node Type"], each.get("Index Name")) for each in nodes(found)])


def test_a_day_long_ago_is_found_by_its_index(grown, monkeypatch):
    (day,) = [ask_database("select (now() - interval '15 days')::date")]
    found = plan(Asked(since=day, until=day), monkeypatch)
    assert "entries_of_a_day" in {each.get("Index Name") for each in nodes(found)}
    read = found["Shared Hit Blocks"] + found["Shared Read Blocks"]
    assert read < ask_database("select relpages from pg_class where relname = 'ledger_entry'")


def test_the_index_on_a_person_holds_the_hash_and_no_name(grown):
    with connection.cursor() as cursor:
        cursor.execute("select indexdef from pg_indexes where indexname = 'entries_by_one_person'")
        assert "ledger_said" in cursor.fetchone()[0]
