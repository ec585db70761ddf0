"""Intake over the wire and in batches, against PostgreSQL itself: P2 to P4. The house's own server with two workers, and eight hands that ask."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from django.test import RequestFactory
from psycopg.types.json import Jsonb

from bench import entries
from bench.pairs import KEY, KEY_HASH, in_turns, ratios, row
from bench.run import ROOT
from bench.servers import NUMBER, answers, free_port, gunicorn, slice_of
from cases.acts.receive_result import DOOR, MANY, what_is_said
from cases.api.batch import read_line, search_results_batch
from ledger.clock import house_now
from tests.database import login

TITLE = "Intake over the wire and in batches"
SECONDS, ROUNDS, MADE = 2, 10, 120
JSON = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"}
NDJSON = {**JSON, "Content-Type": "application/x-ndjson"}


def over_the_wire() -> list[str]:
    """P2 and P3: results a second over HTTP, one at a time and 500 at a time, to what pgbench's eight clients insert with the same function."""
    one = json.dumps(_result(NUMBER)).encode()
    many = b"\n".join(json.dumps(_result(f"{NUMBER}-{n}")).encode() for n in range(MANY))
    found: dict[str, list[float]] = {"one": [], "many": [], "raw": []}
    with tempfile.TemporaryDirectory() as folder, _server() as port, get_context("fork").Pool(1) as hands:
        script = Path(folder) / "raw"
        script.write_text(entries.BODY.format(function=entries.WITH, key=KEY_HASH))

        def slice_(what: str, number: int) -> float:
            if what == "raw":
                return entries.pgbench(script, seconds=SECONDS) / SECONDS
            path, body, headers = ("", one, JSON) if what == "one" else ("/batch", many, NDJSON)
            took = hands.apply(slice_of, (port, f"/api/v1/search-results{path}", body, headers, f"{what}{number}", SECONDS))
            return len(took) / SECONDS * (1 if what == "one" else MANY)

        for number in range(-1, ROUNDS):
            for what in sorted(found, reverse=number % 2 == 0):
                rate = slice_(what, number)
                if number >= 0:
                    found[what].append(rate)
    return [
        row("P2 one result a request over HTTP, two workers / the same function by pgbench", ratios(found["one"], found["raw"]), "goal 0.35, floor 0.15"),
        row(f"P3 results in batches of {MANY} over HTTP / single results by pgbench", ratios(found["many"], found["raw"]), "goal 6, floor 2.5"),
        _batch_in_process(),
    ]  # fmt: skip


def _batch_in_process() -> str:
    """P4: a batch through the door in-process, against the same rows handed to the same function by psycopg."""
    raw, factory = login("intake"), RequestFactory()
    sent = [_lines(f"door-{n}") for n in range(MADE)]
    read = [_as_the_door_reads(_lines(f"straight-{n}")) for n in range(MADE)]

    def door() -> None:
        request = factory.post(
            "/api/v1/search-results/batch", sent.pop(), content_type=NDJSON["Content-Type"], headers={"Authorization": f"Bearer {KEY}"}
        )
        answer = search_results_batch(request)
        assert answer.content.count(b'"outcome":"new"') == MANY, answer.content[:300]

    def straight() -> None:
        (told,) = raw.execute("select receive_results(%s, %s, '{}', false)", [KEY_HASH, Jsonb(read.pop())]).fetchone() or ("",)
        assert all(each["status"] == 201 for each in told)

    found = ratios(*in_turns(door, straight, seconds=0.5, rounds=ROUNDS))
    return row(
        f"P4 batch of {MANY} through the door in-process / the same rows to the same function by psycopg", found, "goal 0.80, floor 0.6"
    )


def _lines(name: str) -> bytes:
    return b"\n".join(json.dumps(_result(f"{name}-{n}")).encode() for n in range(MANY))


def _as_the_door_reads(body: bytes) -> list[dict[str, Any]]:
    now = house_now(using=DOOR)
    found = [read_line(raw, number, key_hash=KEY_HASH, now=now).received for number, raw in enumerate(body.splitlines())]
    return [
        {
            "result": dict(each.result),
            "body_sha256": each.body_sha256,
            "pictures": [],
            "details": what_is_said(each.result, each.body_sha256),
        }
        for each in found
        if each
    ]


def _result(name: str) -> dict[str, Any]:
    faces = [{"subject_ref": f"S{n}", "rank": n, "score": 1000.0 - n} for n in range(1, 4)]
    return {"external_id": name, "agency_case": f"25-{name}", "track": "suspect", "candidates": faces}


@contextmanager
def _server() -> Iterator[int]:
    port = free_port()
    environment = {**os.environ, "COUNTERSIGN_PROCESS": "web", "DJANGO_SETTINGS_MODULE": "config.settings.local"}
    process = subprocess.Popen([sys.executable, "-m", *gunicorn(port)], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        answers(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)
