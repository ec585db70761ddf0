"""In a house of some years no act of the road and no page reads a whole table that grows with the cases: what is sought is found by index."""

from typing import Any

import psycopg
import pytest
from django.db import connection

from bench import counts, years
from bench.pages import as_page
from bench.scale import PAGES, drawn_at_once
from tests.database import login

pytestmark = pytest.mark.django_db(transaction=True)

CASES = 10_000
MOST = CASES * 9 // 10  # so many rows of one table may an act or a page look at
LOOKED_AT = """
  select t.relname::text, t.seq_tup_read + coalesce(sum(i.idx_tup_read), 0)
    from pg_stat_user_tables t left join pg_stat_user_indexes i using (relid) where t.n_live_tup >= %s group by t.relname, t.seq_tup_read"""


def looked_at(owner: "psycopg.Connection[Any]") -> dict[str, int]:
    """How many rows of each table that grows were looked at so far, by every session."""
    with connection.cursor() as cursor:  # a session tells what it did once a second, unless it is asked
        cursor.execute("select pg_stat_force_next_flush()")
    owner.execute("select pg_stat_force_next_flush()")
    owner.execute("select pg_stat_clear_snapshot()")
    return {name: int(number) for name, number in owner.execute(LOOKED_AT, [CASES])}


def test_no_act_and_no_page_reads_a_whole_table():
    with login("owner") as owner:
        years.fill(owner, 0, CASES, unchecked=False)
        seen: dict[str, dict[str, int]] = {}
        before = looked_at(owner)
        assert {"cases_case", "cases_moved", "cases_move", "ledger_entry", "review_drawn", "cases_job"} <= set(before)

        def since(what: str) -> None:
            nonlocal before
            now = looked_at(owner)
            seen[what] = {name: number - before[name] for name, number in now.items() if number - before[name] > MOST}
            before = now

        counts.of_the_road("26-1", take=drawn_at_once("26-1"))
        since("the road")
        for name, path, said in PAGES:
            as_page(name, path)()
            since(said)
    assert {what: tables for what, tables in seen.items() if tables} == {}
