"""What the measures share: two things done in turns, the row that says how they compare, and rows to do them with."""

import hashlib
import statistics
import time
from collections.abc import Callable
from typing import Any

import psycopg

SLICE, ROUNDS = 0.25, 14
KEY = "bench-key"
KEY_HASH = hashlib.sha256(KEY.encode()).hexdigest()


def in_turns(*do: Callable[[], object], seconds: float = SLICE, rounds: int = ROUNDS) -> list[list[float]]:
    """Do each for a slice, in an order that turns round after every round; return the rates of each, one a round. The first round warms up."""
    rates: list[list[float]] = [[] for _ in do]
    for number in range(-1, rounds):
        for place in range(len(do)) if number % 2 else reversed(range(len(do))):
            began, done = time.perf_counter(), 0
            while time.perf_counter() < began + seconds:
                do[place]()
                done += 1
            if number >= 0:
                rates[place].append(done / (time.perf_counter() - began))
    return rates


def ratios(a: list[float], b: list[float]) -> list[float]:
    """Return the ratio of each round."""
    return [x / y for x, y in zip(a, b, strict=True)]


def row(name: str, found: list[float], goal: str) -> str:
    """Return the row of a ratio: its median and its quartiles."""
    low, middle, high = statistics.quantiles(found, n=4)
    return f"| {name} | **{middle:.2f}** | {low:.2f} - {high:.2f} | {goal} |"


def a_source(owner: "psycopg.Connection[Any]") -> None:
    """Register who sends the results."""
    owner.execute(
        "insert into cases_sourcesystem(agency_id, name, key_sha256, active_until) "
        "select id, 'bench', %s, 'infinity' from people_agency on conflict do nothing",
        [KEY_HASH],
    )


def cases_to_move(owner: "psycopg.Connection[Any]", number: int = 12_000) -> list[str]:
    """Receive so many results without a picture; return the numbers of their cases, which wait to be screened."""
    a_source(owner)
    owner.execute(
        f"do $$ declare r jsonb; n int; s text := (select min(key_sha256) from cases_sourcesystem); begin for n in 1..{number} loop "
        "r := receive_result(s, jsonb_build_object('external_id', 'm' || n, 'idempotency_key', 'mkey-' || n, 'agency_case', '25-move', "
        "'track', 'suspect', 'list', jsonb_build_object('not_reported', '[]'::jsonb), 'candidates', '[]'::jsonb), 'x' || n, '[]', '{}', '{}'); "
        "end loop; end $$"  # type: ignore[arg-type]
    )
    asked = "select ref from cases_case where state = 'RECEIVED' order by id desc limit %s"
    return [str(ref) for (ref,) in owner.execute(asked, [number])]


def bare_tables(owner: "psycopg.Connection[Any]") -> None:
    """Make what the bare three-statement transaction reads and writes."""
    owner.execute("create table if not exists bench_bare (id bigint primary key, state text, n int)")
    owner.execute("create table if not exists bench_log (id bigserial primary key, what text, at timestamptz default now())")
    owner.execute("insert into bench_bare select g, 'A', 0 from generate_series(1, 1000) g on conflict do nothing")
    owner.execute(
        "grant select, update on bench_bare to worker; grant insert on bench_log to worker; grant usage on bench_log_id_seq to worker"
    )
