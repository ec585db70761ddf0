"""The house at more and more cases: rows written by COPY, then what its queries touch. Buffers are counted, so they are the same on every machine."""

import hashlib
import json
import os
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from bench.pages import as_page
from bench.run import peak_mib
from cases.audit import details
from cases.models import Case
from ledger.asking import ask_database
from review.acts import take_next
from review.models import Drawn
from tests import world
from tests.database import login

TITLE = "Scale: the same house at more and more cases"
SIZES = tuple(int(size) for size in os.environ.get("BENCH_SIZES", "100000,1000000").split(","))
HEAD = f"| what | {' | '.join(f'{size:,} cases' for size in SIZES)} | growth |\n| --- |{' ---: |' * len(SIZES)} --- |"
ASKED_FOR, CHUNK = 60, 20_000
BARRED = 2_000  # so many of the oldest that wait are barred to Remy, who has a part in each
FIRST = 10_000_000  # the numbers of the rows begin here; no walked row has one as high
BEGAN = datetime(2019, 1, 1, tzinfo=UTC)
# one in twenty-five waits to be examined, one in a hundred is disputed; nearly all others are over, as in a house of some years
STATES = ("FIT", *["LEAD"] * 2, *["NO_LEAD"] * 2, *["CLOSED"] * 20)
TABLES = {
    "cases_investigation": "id, agency_id, agency_case",
    "cases_case": "id, ref, agency_id, investigation_id, state, track, door, searched_before_screening, requested_by_id, received_at",
    "cases_searchrequest": "id, case_id, by_id, gallery_id, offence_code, purpose, tried_before, persons_named, repeats_because, earlier_search, armed",
    "cases_candidatelist": "id, case_id, engine_name, engine_version, template_version, score_scale, gallery_name, gallery_revision, number, not_reported",
    "cases_candidate": "id, list_id, case_id, token, subject_ref, image_sha256",
    "cases_job": "id, kind, key, case_id, details, attempts, last_error, not_before, done_at",
    "review_waiting": "case_id, agency_id, received_at, state, drawn, parts, asked",
    "review_drawn": "id, case_id, reviewer_id, turn, seed, code, attempt, at",
    "review_notewords": "case_id, words",
    "ledger_entry": "seq, at, kind, subject, body, leaf",
}
KINDS = ("request_search", "screen", "check_probe")
PAGES = (
    ("dana", "/", "desk of a detective"),
    ("aris", "/", "desk of an analyst"),
    ("ada", "/", "desk of a reviewer"),
    ("sol", "/turns", "who examines what"),
    ("mia", "/house", "the house"),
    ("otto", "/audit/", "the record"),
    ("dana", "/cases", "case list"),
    ("dana", "/cases?q=0004711", "case list, searched by the end of a number"),
    ("dana", "/cases?notes=umbrella", "case list, searched by a word of one note in a thousand"),
    ("dana", "/cases?notes=coat", "case list, searched by a word of one note in eight"),
    ("dana", "/cases?notes=nowhere", "case list, searched by a word of no note"),
    ("dana", "/cases/FR-2019-0000101", "a case"),
)
MOST_SECONDS = 20.0  # no page is asked for longer than that, however slow it is


def growth() -> list[str]:
    """Grow the house from one size to the next and measure at each; one row a question, one column a size."""
    found: list[dict[str, Any]] = []
    with login("owner") as owner:
        there = 0
        for size in SIZES:
            began = time.perf_counter()
            written = fill(owner, there, size)
            seconds = time.perf_counter() - began
            there = size
            said = {"rows written by COPY": f"{written:,} in {seconds:.0f} s", **measured(owner)}
            found.append({**said, "peak memory of this process": f"{peak_mib():.0f} MiB"})
    return [f"| {what} | {' | '.join(str(each[what]) for each in found)} | {_grown([each[what] for each in found])} |" for what in found[0]]


def fill(owner: "psycopg.Connection[Any]", first: int, last: int) -> int:
    """Write what cases of these numbers have, entries and drawn examinations with them, past the promises; return how many rows."""
    shared = _shared(owner)
    written = 0
    for table in TABLES:
        owner.execute(f"alter table {table} disable trigger user")  # type: ignore[call-overload]
    for begin in range(first, last, CHUNK):
        with owner.transaction():  # a chunk each: what a commit still has to check is kept in memory
            numbers = range(begin, min(begin + CHUNK, last))
            for table, columns in TABLES.items():
                text, rows = _text(table, numbers, shared)
                with owner.cursor().copy(f"copy {table}({columns}) from stdin") as copy:  # type: ignore[call-overload]
                    copy.write(text)
                written += rows
    for table in TABLES:
        owner.execute(f"alter table {table} enable trigger user")  # type: ignore[call-overload]
    owner.execute("vacuum analyze")
    return written


def _shared(owner: "psycopg.Connection[Any]") -> dict[str, int]:
    row = owner.execute(
        "select p.agency_id, p.id, (select min(id) from cases_gallery), (select id from people_person where username = 'ben'), "
        "(select id from people_person where username = 'cleo'), "
        "(select id from people_person where username = 'remy') from people_person p where username = 'dana'"
    ).fetchone()
    assert row is not None
    return dict(zip(("agency", "dana", "gallery", "ben", "cleo", "remy"), row, strict=True))


def _text(table: str, numbers: range, shared: dict[str, int]) -> tuple[str, int]:
    lines = ["\t".join(map(str, row)) for n in numbers for row in _rows(table, n, shared)]
    return "".join(f"{line}\n" for line in lines), len(lines)


def _rows(table: str, n: int, shared: dict[str, int]) -> Iterator[tuple[object, ...]]:
    """What case number n has in a table."""
    key, ref = FIRST + n, f"FR-2019-{n:07}"
    at = BEGAN + timedelta(minutes=n)
    state = STATES[n % len(STATES)]
    match table:
        case "cases_investigation":
            yield key, shared["agency"], f"19-{n:07}"
        case "cases_case":
            yield key, ref, shared["agency"], key, state, "suspect", "person", "f", shared["dana"], at
        case "cases_searchrequest":
            yield key, key, shared["dana"], shared["gallery"], "120", "x", "x", "{}", "", "", ""
        case "cases_candidatelist":
            yield key, key, "", "", "", "", "", "", 1, "{}"
        case "cases_candidate":
            yield key, key, key, hashlib.md5(ref.encode(), usedforsecurity=False).hexdigest(), f"S{n}", ""
        case "cases_job":
            yield key, "link", f"link:{ref}", key, "{}", 1, "", at, at
        case "review_waiting":
            if state == "FIT":
                had = (shared["remy"],) if n < BARRED * len(STATES) else ()
                parts = ",".join(map(str, (shared["dana"], *had)))
                yield key, shared["agency"], at, state, 2 if n % 3 == 0 else 0, f"{{{parts}}}", f"{{{shared['dana']}}}"
        case "review_drawn":
            for turn, who in enumerate(("ben", "cleo"), start=1) if state != "FIT" or n % 3 == 0 else ():
                yield key * 2 + turn, key, shared[who], turn, n, f"{n:09X}{turn}", 1, at
        case "review_notewords":
            further = [*(["coat"] if n % 8 == 0 else []), *(["umbrella"] if n % 1000 == 0 else [])]
            yield key, " ".join(f"'{word}':{place}" for place, word in enumerate(["find", "quay", f"camera{n % 900}", *further], start=1))
        case "ledger_entry":
            for place, kind in enumerate(KINDS):
                body = json.dumps({"kind": kind, "subject": ref, "at": at.isoformat(), "by": "x" * 150}).encode()
                leaf = hashlib.sha256(b"\0" + body).hexdigest()
                yield (n - 10**9) * 4 + place, at, kind, ref, f"\\\\x{body.hex()}", f"\\\\x{leaf}"


def measured(owner: "psycopg.Connection[Any]") -> dict[str, Any]:
    """What each question touches and takes at this size: buffers of its plan, and the median of its time."""
    ada = world.person("ada")
    newest = Case.objects.order_by("-pk")
    deep = newest[Case.objects.count() * 9 // 10].pk
    found: dict[str, Any] = {}
    for what, who in (("", ada), (f", barred from the first {BARRED:,}", world.person("remy"))):
        _waiting(who)  # a session's first call reads the catalogue too
        found[f"next task: the 200 oldest that this reviewer may examine{what}: buffers"] = _waiting(who)[0]
        found[f"next task{what}: ms"] = round(statistics.median(_waiting(who)[1] for _ in range(ASKED_FOR)), 1)
    for what, rows in (
        ("page of 50 cases, newest first", newest[:50]),
        ("page of 50 cases, nine tenths down, by key", newest.filter(pk__lt=deep)[:50]),
        ("examinations of one reviewer, newest 50", Drawn.objects.filter(reviewer__username="ben").order_by("-id")[:50]),
    ):
        plan = json.loads(rows.explain(format="json", analyze=True, buffers=True))
        found[f"{what}: buffers"] = _buffers(plan)
        found[f"{what}: ms"] = _median(lambda rows=rows: list(rows.all()))  # type: ignore[misc]
    claims = [_claim(ada) for _ in range(20)]
    found["claim of one case: buffers"] = statistics.median(buffers for buffers, _ in claims)
    found["claim of one case: ms"] = round(statistics.median(ms for _, ms in claims), 1)
    ref = newest[1000].ref
    found["entries of one case: buffers"] = _asked(owner, "select seq from ledger_entry where subject = %s order by seq", ref)
    found["the house's clock: buffers"] = _asked(owner, "select at from ledger_entry order by seq desc limit 1")
    found["jobs that are due: buffers"] = _asked(
        owner,
        "select id from cases_job where done_at is null and given_up_at is null and not_before <= now() order by not_before, id limit 500",
    )
    return found | {f"page: {said}: ms": _page(name, path) for name, path, said in PAGES}


def _page(name: str, path: str) -> float:
    """The median of the server's own time for a page, of as many as fit into the seconds."""
    ask = as_page(name, path)
    ask()
    times: list[float] = []
    end = time.perf_counter() + MOST_SECONDS
    while len(times) < ASKED_FOR // 3 and (not times or time.perf_counter() < end):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(times), 1)


def _claim(ada: Any) -> tuple[int, float]:
    """Draw the oldest that waits, and take it back: buffers of the statement, and its milliseconds."""
    case = ask_database(take_next.WAITING, ada.pk, 1)
    asked = [case, ada.pk, secrets.randbits(62), secrets.token_hex(5).upper(), Jsonb(details(by=ada))]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("explain (analyze, buffers, format json) select draw(%s, %s, %s, %s, %s)", asked)
        (plan,) = cursor.fetchone()
        transaction.set_rollback(True)
    return _seen(plan)


def _waiting(who: Any) -> tuple[int, float]:
    """Ask for the cases among which this reviewer is drawn: buffers of the statement, and its milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, buffers, format json) {take_next.WAITING}", [who.pk, take_next.LOOK_AT])
        (plan,) = cursor.fetchone()
    return _seen(plan)


def _seen(plan: Any) -> tuple[int, float]:
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return _buffers(plan), float(plan[0]["Execution Time"])


def _asked(owner: "psycopg.Connection[Any]", sql: str, *params: object) -> int:
    row = owner.execute(f"explain (analyze, buffers, format json) {sql}", params).fetchone()  # type: ignore[call-overload]
    return _buffers(row[0])


def _buffers(plan: Any) -> int:
    top = plan[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def _median(do: Callable[[], object]) -> float:
    times = []
    for _ in range(ASKED_FOR):
        began = time.perf_counter()
        do()
        times.append((time.perf_counter() - began) * 1000)
    return round(statistics.median(times), 1)


def _grown(figures: list[Any]) -> str:
    first, last = figures[0], figures[-1]
    if isinstance(first, str):
        return ""
    return f"{last - first:+.0f}" if isinstance(first, int) else f"x{last / max(first, 0.1):.1f}"
