"""Exact counts of each act: statements, round trips, WAL. They are the same on every machine, so they gate CI; a ratio of times only alarms."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import django
import psycopg
from psycopg import pq

django.setup()

from django.db import connections
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from cases import jobs, log_keys
from cases.api.batch import search_results_batch
from cases.api.views import search_results
from cases.matching.reference import reference_engine
from cases.models import Case, Job
from ledger.clock import house_now
from ledger.sequencer import step
from review import faces, papers
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.ask import ask
from review.acts.check_probe import check_probe
from review.acts.close_exculpatory import close_exculpatory
from review.acts.conclude import conclude
from review.acts.confirm_offence import confirm_offence
from review.acts.countersign import countersign
from review.acts.file_papers import file_papers
from review.acts.fix_evidence import ReadInDocument, fix_evidence
from review.acts.request_search import request_search
from review.acts.sort_candidates import sort_candidates
from review.acts.start import start
from review.acts.take_next import take_next
from review.models import Countersignature, Lead
from review.replay.forms import looked, scripted
from review.rules.feature_form import CLOSER_LOOK
from review.rules.probe_fitness import Grade
from tests import world
from tests.database import login
from workers.effects import EFFECTS

TITLE = "Counts of each act"
HEAD = "| what | statements | round trips | WAL records | WAL bytes | buffers |\n| --- | ---: | ---: | ---: | ---: | ---: |"
BATCH, KEY = 500, "key-of-the-counts"
SIGNED = "If the face result vanished I would still act."


@dataclass(frozen=True, slots=True)
class Count:
    """What something cost: statements and round trips of the application, what the database wrote to its log for them, the pages it looked at, and time."""

    what: str
    statements: int
    round_trips: int
    wal_records: int
    wal_bytes: int
    buffers: int
    ms: float

    def line(self) -> str:
        return f"| {self.what} | {self.statements} | {self.round_trips} | {self.wal_records:,} | {self.wal_bytes:,} | {self.buffers:,} |"


# what may not be exceeded: statements and round trips exactly, WAL records by more than a tenth, because pages split
MOST: dict[str, tuple[int, int, int]] = {
    "request_search": (9, 9, 87),
    "confirm_offence": (11, 11, 24),
    "check_probe": (17, 17, 45),
    "take_next": (11, 11, 52),
    "take_next, the last": (11, 11, 52),
    "sort_candidates": (23, 23, 64),
    "sort_candidates, the last": (26, 26, 64),
    "conclude": (29, 29, 26),
    "conclude, the last: joins and opens the lead": (40, 40, 97),
    "add_evidence": (11, 11, 64),
    "fix_evidence": (10, 10, 28),
    "close_exculpatory": (9, 9, 28),
    "file_papers": (30, 30, 25),
    "ask": (8, 8, 36),
    "countersign": (33, 33, 45),
    "start": (30, 30, 73),
    "a result received": (1, 1, 73),
    "a batch of 500 results received": (3, 3, 33_835),
    "500 entries placed and signed": (6, 6, 2_034),
}


def of_the_road(agency_case: str = "25-count", face: str = "p012", *, take: Callable[..., Any] = take_next) -> list[Count]:
    """Walk one road from a request to an action that starts, each act counted from its call to its commit."""
    counts: list[Count] = []
    at, who = house_now(), {name: world.person(name) for name in ("dana", "aris", "ada", "ben", "cora", "sol")}
    picture, engine = world.probe_of(face), reference_engine()

    def act(what: str, do: Callable[[], Any]) -> Any:
        with counting(what, counts):
            return do()

    wanted = world.wanted(agency_case)
    _, ref = act("request_search", lambda: request_search(by=who["dana"], at=at, wanted=wanted, picture=picture, engine=engine))
    confirmed = {"code": "120", "statute": "", "report_reference": "p. 1"}
    act("confirm_offence", lambda: confirm_offence(by=who["aris"], at=at, case_ref=ref, **confirmed))
    world.run_jobs()
    said = {"grade": Grade.FIT, "depicts": "him", "role_shown_by": "the film"}
    act("check_probe", lambda: check_probe(by=who["aris"], at=at, case_ref=ref, **said))
    world.run_jobs()
    case = Case.objects.get(ref=ref)
    _examined(case, face, act, take, who, at)
    lead = Lead.objects.select_related("case", "candidate").get(case=case)
    _to_the_start(lead, act, who, at)
    return counts


Act = Callable[[str, Callable[[], Any]], Any]


def _examined(case: Case, face: str, act: Act, take: Callable[..., Any], who: dict[str, Any], at: datetime) -> None:
    found = world.tokens(case)
    for name, last in (("ada", ""), ("ben", ", the last")):
        by = who[name]
        act(f"take_next{last}", lambda by=by: take(by=by, at=at))  # type: ignore[misc]
        sorted_ = {
            token: (subject == face, CLOSER_LOOK if subject == face else "ears") for subject, token in found.items()
        } | dict.fromkeys(faces.non_mates(by, case), (False, "chin"))
        looked(by, case)
        act(f"sort_candidates{last}", lambda by=by, s=sorted_: sort_candidates(by=by, at=at, case_ref=case.ref, answers=s))  # type: ignore[misc]
    for name, last in (("ada", ""), ("ben", ", the last: joins and opens the lead")):
        by = who[name]
        rated = {found[face]: scripted(2, "ear, brow")} | {
            token: scripted(-2, "jaw") for token, again in faces.non_mates(by, case).items() if again
        }
        looked(by, case)
        act(f"conclude{last}", lambda by=by, r=rated: conclude(by=by, at=at, case_ref=case.ref, answers=r))  # type: ignore[misc]


def _to_the_start(lead: Lead, act: Act, who: dict[str, Any], at: datetime) -> None:
    item = ItemWanted("fingerprint", "a fingerprint", "Report LP-1")
    _, ref = act("add_evidence", lambda: add_evidence(by=who["dana"], at=at, lead_ref=lead.ref, item=item))
    read = ReadInDocument("fingerprint", "offence", 1_000_000, source_document_seen=True)
    act("fix_evidence", lambda: fix_evidence(by=who["cora"], at=at, item_ref=ref, read=read))
    first, *others = world.CODES
    tested = ItemWanted("alibi_lead", first, "Worksheet", exculpatory=True, exculpatory_code=first)
    _, test = add_evidence(by=who["dana"], at=at, lead_ref=lead.ref, item=tested)
    how = {"how": "tested_does_not", "because": "compared"}
    act("close_exculpatory", lambda: close_exculpatory(by=who["cora"], at=at, item_ref=str(test), **how))
    world.cleared_tests(lead, tuple(others))
    text = "\n".join(each.sentence for each in papers.statements(lead))
    act("file_papers", lambda: file_papers(by=who["dana"], at=at, lead_ref=lead.ref, action="arrest", text=text))
    asked = {"lead_ref": lead.ref, "action": "arrest", "place": "Riverside", "because": ""}
    act("ask", lambda: ask(by=who["dana"], at=at, **asked))
    ref = Countersignature.objects.get(lead=lead).ref
    world.must(act("countersign", lambda: countersign(by=who["sol"], at=at, ref=ref, sign=True, sentence=f"{SIGNED} {ref}")))
    world.must(act("start", lambda: start(by=who["dana"], at=at, ref=ref)))


def of_the_machine() -> list[Count]:
    """One result, a batch, what its jobs cost in messages, and a step of the sequencer."""
    counts: list[Count] = []
    with login("owner") as owner:
        owner.execute(
            "insert into cases_sourcesystem(agency_id, name, key_sha256, active_until) "
            "select id, 'Counts', encode(sha256(%s::bytea), 'hex'), 'infinity' from people_agency", [KEY.encode()],
        )  # fmt: skip
    for number in range(20):
        _one(f"first-{number}")
    with counting("a result received", counts, using="intake"):
        _one("alone")
    _many("warm")
    with counting(f"a batch of {BATCH} results received", counts, using="intake"):
        _many("counted")
    with world.the_machine():
        log_keys.make_keys()
        signer = log_keys.signer("log")
        while (found := step(signer=signer)) and found.waiting_since:
            continue
    _many("to place")
    with world.the_machine(), counting(f"{BATCH} entries placed and signed", counts):
        step(signer=signer)
    return counts


def messages() -> int:
    """How many messages a sweep sends for the jobs that a batch left: one for all quick ones, and one for each slow one."""
    kinds = list(Job.objects.filter(done_at__isnull=True).order_by("-id").values_list("kind", flat=True)[:BATCH])
    return sum(kind in jobs.SLOW for kind in kinds) + any(kind not in jobs.SLOW for kind in kinds)


def _result(name: str) -> bytes:
    candidates = [{"subject_ref": f"S{n}", "rank": n, "score": 100.0 - n} for n in range(1, 4)]
    return json.dumps({"external_id": name, "agency_case": "25-counts", "track": "suspect", "candidates": candidates}).encode()


def _one(name: str) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": f"count-{name}"}
    answer = search_results(
        RequestFactory().post("/api/v1/search-results", _result(name), content_type="application/json", headers=headers)
    )
    assert answer.status_code == 201, answer.content


def _many(name: str) -> None:
    raw = b"\n".join(_result(f"{name}-{number}") for number in range(BATCH))
    headers = {"Authorization": f"Bearer {KEY}"}
    answer = search_results_batch(
        RequestFactory().post("/api/v1/search-results/batch", raw, content_type="application/x-ndjson", headers=headers)
    )
    assert answer.content.count(b'"outcome":"new"') == BATCH, answer.content[:500]


@contextmanager
def counting(what: str, counts: list[Count], *, using: str = "default") -> Iterator[None]:
    """Count what this connection asks: every answer of the server that it is ready ends a round trip."""
    wrapped = connections[using]
    wrapped.ensure_connection()
    raw = wrapped.connection
    before = _spent(raw)
    with tempfile.TemporaryFile() as traced:
        raw.pgconn.trace(traced.fileno())
        raw.pgconn.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS)
        began = time.perf_counter()
        with CaptureQueriesContext(wrapped) as queries:
            yield
        took = (time.perf_counter() - began) * 1000
        raw.pgconn.untrace()
        traced.seek(0)
        trips = sum(b"ReadyForQuery" in line for line in traced)
    records, size, buffers = (after - was for after, was in zip(_spent(raw), before, strict=True))
    counts.append(Count(what, len(queries), trips, records, size, buffers, took))


def _spent(raw: "psycopg.Connection[Any]") -> tuple[int, int, int]:
    """WAL records and bytes and looks at pages of this session so far; a session of its own reads them, once they are given out."""
    raw.execute("select pg_stat_force_next_flush()")
    with login("owner") as owner:
        found = owner.execute(
            "select wal_records, wal_bytes::bigint, (select sum(hits + reads)::bigint from pg_stat_get_backend_io(%s) where object = 'relation') "
            "from pg_stat_get_backend_wal(%s)", [raw.info.backend_pid] * 2,
        ).fetchone()  # fmt: skip
    assert found is not None
    return int(found[0]), int(found[1]), int(found[2])


def exceeded(counts: list[Count]) -> list[str]:
    """What costs more than it may."""
    said = []
    for count in counts:
        statements, trips, records = MOST.get(count.what, (0, 0, 0))
        if count.statements > statements or count.round_trips > trips or count.wal_records > records * 1.1:
            said.append(f"{count.line()} at most {statements}, {trips} and {records}")
    return said


def main() -> int:
    """Count in this database, which nothing else uses; write the rows where the page waits for them, or say what costs more than it may."""
    while due := jobs.due():
        with world.the_machine():
            for job_id in due:
                assert jobs.run(job_id=job_id, effects=EFFECTS) == "done"
    world.examined(world.searched("25-warm", "p001"), face="p001")  # what is read once a process has been read
    counts = [*of_the_road(), *of_the_machine()]
    lines = [count.line() for count in counts]
    print("\n".join([HEAD, *lines, f"messages of a sweep for {BATCH} results: {messages()}"]), flush=True)
    if page := os.environ.get("BENCH_COUNTS"):
        Path(page).write_text("\n".join(lines), encoding="utf-8")
    too_much = exceeded(counts) + ([] if messages() <= 1 else ["more than one message for a batch of results"])
    if too_much and "--gate" in sys.argv:
        print("\n".join(["more than it may cost (bench/counts.py, MOST):", *too_much]), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
