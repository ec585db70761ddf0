"""The house at more and more cases: what its pages and queries touch and take at each size, and the smallest house and the largest in turns.

``BENCH_SIZES=100000,1000000 python -m bench.run scale``; with ``BENCH_LISTS=1`` only what the next task, the lists and the searches read is
written, so that ten million cases are a matter of minutes. Buffers are pages of the database that statements look at: exact, and the same on
every machine. Milliseconds are of this machine; where growth is a goal, both houses are asked in turns, in one run.
"""

import json
import os
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.types.json import Jsonb

from bench import counts, years
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
FACES = ("p012", "p005", "p008")  # whom one more case at each size searches for
TABLES = years.LISTS if os.environ.get("BENCH_LISTS") else tuple(years.TABLES)
ASKED_FOR = 60
IN_TURNS, TURNS = 25, 40  # so often in a row, and so many times, is each house asked in turns
CLAIMS = 2_000  # taken back again: each leaves the dead row that a claim leaves
PAGES = (
    ("dana", "/", "desk of a detective"),
    ("aris", "/", "desk of an analyst"),
    ("ada", "/", "desk of a reviewer"),
    ("cora", "/", "desk of a corroboration officer"),
    ("sol", "/", "desk of a supervisor"),
    ("sol", "/turns", "who examines what"),
    ("mia", "/house", "the house"),
    ("otto", "/audit/", "the record"),
    ("otto", "/audit/?case=FR-2019-0000101", "the record, of a case"),
    ("otto", "/audit/?kind=screen", "the record, of a kind that every case has"),
    ("otto", "/audit/?kind=witness_refused", "the record, of a kind that there is not"),
    ("otto", "/audit/?since=2019-01-02&until=2019-01-03", "the record, of two days long ago"),
    ("otto", "/audit/?until=2019-01-03", "the record, up to a day long ago"),
    ("otto", "/audit/?person=cora", "the record, of a person who did little"),
    ("otto", "/audit/?outcome=refused", "the record, of what was refused"),
    ("otto", "/audit/?question=looks-without-a-task", "the record, asked who looked without a task"),
    ("otto", "/audit/?question=outside-the-gate", "the record, asked what was done outside the gate"),
    ("otto", "/audit/disseminations", "what left the agency"),
    ("pia", "/prosecution", "leads of a prosecutor"),
    ("pia", "/prosecution/duties", "what is owed to the defence"),
    ("dana", "/notices", "notices"),
    ("dana", "/cases", "case list"),
    ("dana", "/cases?q=0004711", "case list, searched by the end of a number"),
    ("dana", "/cases?q=FR-2019-000", "case list, searched by the begin of the ten thousand oldest numbers"),
    ("dana", "/cases?track=missing", "case list, of a track that no case is on"),
    ("dana", "/cases?notes=umbrella", "case list, searched by a word of one note in a thousand"),
    ("dana", "/cases?notes=coat", "case list, searched by a word of one note in eight"),
    ("dana", "/cases?notes=nowhere", "case list, searched by a word of no note"),
    ("dana", "/cases?q=120", "case list, searched by the offence of all"),
    ("dana", "/cases/FR-2019-0000101", "a case"),
)
MOST_SECONDS = 20.0  # no page is asked for longer than that, however slow it is
LISTED = "select id, ref, state from cases_case where agency_id = %s and id < %s order by id desc limit 50"


def growth() -> list[str]:
    """Grow the house from one size to the next and measure at each; then ask the smallest and the largest in turns. One row a question."""
    found: list[dict[str, Any]] = []
    live = connection.settings_dict["NAME"]
    world.examined(world.searched("25-warm", "p001"), face="p001")
    for before, size in zip((0, *SIZES), SIZES, strict=False):
        with login("owner") as owner:
            owner.execute("set maintenance_work_mem = '1GB'")
            began = time.perf_counter()
            written = years.fill(owner, before, size, only=TABLES)
            seconds = time.perf_counter() - began
            said = {"rows written by COPY": f"{written:,} in {seconds:,.0f} s", **measured(owner, size), **the_road(size)}
            found.append({**said, "peak memory of this process": f"{peak_mib():.0f} MiB"})
        print(json.dumps(found[-1], indent=1), flush=True)
        if size == SIZES[0] != SIZES[-1]:
            _copied(live, f"{live}_small")
    lines = [
        f"| {what} | {' | '.join(str(each[what]) for each in found)} | {_grown([each[what] for each in found])} |" for what in found[0]
    ]
    return lines + (in_turns(f"{live}_small", live) if len(SIZES) > 1 else [])


def measured(owner: "psycopg.Connection[Any]", size: int) -> dict[str, Any]:
    """What each question touches and takes at this size: buffers of its plan, and the median of its time."""
    ada = world.person("ada")
    newest = Case.objects.order_by("-pk")
    found: dict[str, Any] = {}
    for what, who in (("", ada), (f", barred from the first {years.BARRED:,}", world.person("remy"))):
        _waiting(who)  # a session's first call reads the catalogue too
        found[f"next task: the 200 oldest that this reviewer may examine{what}: buffers"] = _waiting(who)[0]
        found[f"next task{what}: ms"] = round(statistics.median(_waiting(who)[1] for _ in range(ASKED_FOR)), 1)
    for what, rows in (
        ("page of 50 cases, newest first", newest[:50]),
        ("page of 50 cases, nine tenths down, by key", newest.filter(pk__lt=years.FIRST + size // 10)[:50]),
        ("examinations of one reviewer, newest 50", Drawn.objects.filter(reviewer__username=f"staff{years.STAFF}").order_by("-id")[:50]),
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
    for name, path, said in PAGES:
        found[f"page: {said}: buffers"], found[f"page: {said}: ms"] = _page(name, path)
    return found


def the_road(size: int) -> dict[str, Any]:
    """Walk one more case from its request to an action that starts, as ``bench.counts`` does; what each act touches and takes, commit and all."""

    agency_case, found = f"26-{size}", {}
    for count in counts.of_the_road(agency_case, FACES[SIZES.index(size)], take=drawn_at_once(agency_case)):
        if not count.what.startswith("take_next"):
            found[f"act: {count.what}: buffers"], found[f"act: {count.what}: ms"] = count.buffers, round(count.ms, 1)
    return found


def drawn_at_once(agency_case: str) -> Callable[..., None]:
    """Return what draws a reviewer for this one case, past the lot among all that wait."""

    def take(*, by: Any, at: Any) -> None:
        case = Case.objects.get(investigation__agency_case=agency_case)
        told = Jsonb(details(by=by))
        assert ask_database("select draw(%s, %s, %s, %s, %s)", case.pk, by.pk, secrets.randbits(62), secrets.token_hex(5).upper(), told)

    return take


def in_turns(small: str, large: str) -> list[str]:
    """P12 and P14 to P17: the smallest and the largest house asked in turns, and the questions within the largest."""
    ada, remy, dana = (world.person(name) for name in ("ada", "remy", "dana"))
    every = "".join(" |" for _ in SIZES[1:])

    def line(what: str, figure: str, goal: str) -> str:
        return f"| {what} | {figure} |{every} {goal} |"

    def asked(who: int) -> Callable[["psycopg.Connection[Any]"], None]:
        return lambda session: session.execute(take_next.WAITING, [who, take_next.LOOK_AT]).fetchall() and None

    with _session(small) as little, _session(large) as big:
        few, many = _times([(asked(ada.pk), little), (asked(ada.pk), big)])
        barred, free = _times([(asked(remy.pk), big), (asked(ada.pk), big)])
        deep, first = _times(
            [(lambda s, under=under: s.execute(LISTED, [dana.agency_id, under]).fetchall(), big)  # type: ignore[misc]
             for under in (years.FIRST + SIZES[-1] // 10, 2**62)]
        )  # fmt: skip
    fresh, after = _claims(ada)
    house = _house_in_turns(small, large)
    return [
        line("P12 next task, largest / smallest house in turns: p50, p99",
             f"**{_p(many, 50) / _p(few, 50):.2f}**, **{_p(many, 99) / _p(few, 99):.2f}**", "p99 at most 1.5, floor 3"),
        line(f"P14 claim after {CLAIMS:,} claims / fresh, p50", f"**{after / fresh:.2f}**", "at most 1.5, floor 3"),
        line("P15 next task of one barred from the first 2,000 / of one who is not, in the largest",
             f"**{_p(barred, 50) / _p(free, 50):.2f}**", "at most 5, floor 15"),
        line("P16 the page of the house, largest / smallest in turns", f"**{house:.2f}**", "at most 1.2, floor 2"),
        line("P17 page of 50 nine tenths down / first page, in the largest", f"**{_p(deep, 50) / _p(first, 50):.2f}**", "at most 2, floor 8"),
    ]  # fmt: skip


def _times(sides: "list[tuple[Callable[[psycopg.Connection[Any]], object], psycopg.Connection[Any]]]") -> list[list[float]]:
    """Ask the sides in turns, each side first as often as last; return the milliseconds of each."""
    found: list[list[float]] = [[] for _ in sides]
    for number in range(-2, TURNS):  # two turns warm up
        for place in range(len(sides)) if number % 2 else reversed(range(len(sides))):
            ask, session = sides[place]
            for _ in range(IN_TURNS):
                began = time.perf_counter()
                ask(session)
                if number >= 0:
                    found[place].append((time.perf_counter() - began) * 1000)
    return found


def _p(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def _claims(ada: Any) -> tuple[float, float]:
    """The median of a claim, fresh and after many that were taken back: nothing is swept in between."""
    with login("owner") as owner:
        owner.execute("alter table review_waiting set (autovacuum_enabled = false)")
        owner.execute("alter table review_drawn set (autovacuum_enabled = false)")
    fresh = statistics.median(_claim(ada)[1] for _ in range(40))
    for _ in range(CLAIMS):
        _claim(ada)
    return fresh, statistics.median(_claim(ada)[1] for _ in range(40))


def _house_in_turns(small: str, large: str) -> float:
    """The ratio of a manager's page in the large house to the same in the small, in turns."""
    ratios = []
    for number in range(10):
        times = {}
        for name in (small, large) if number % 2 else (large, small):
            with _living_in(name):
                times[name] = _page("mia", "/house")[1]
        ratios.append(times[large] / times[small])
    return statistics.median(ratios)


@contextmanager
def _living_in(name: str) -> Iterator[None]:
    """Let every alias speak to this database."""
    kept = {each.alias: each.settings_dict["NAME"] for each in connections.all()}
    for each in connections.all():
        each.close()
        each.settings_dict["NAME"] = name
    try:
        yield
    finally:
        for each in connections.all():
            each.close()
            each.settings_dict["NAME"] = kept[each.alias]


@contextmanager
def _session(name: str) -> Iterator["psycopg.Connection[Any]"]:
    """A session of the app's own login in a database."""
    s = connections["app"].settings_dict
    with psycopg.connect(host=s["HOST"], user=s["USER"], password=s["PASSWORD"], dbname=name, autocommit=True) as session:
        yield session


def _copied(source: str, target: str) -> None:
    """Copy a database; nobody may be in it."""
    for each in connections.all():
        each.close()
    s = connections["owner"].settings_dict
    with psycopg.connect(host=s["HOST"], user=s["USER"], password=s["PASSWORD"], dbname="postgres", autocommit=True) as owner:
        owner.execute(f'create database "{target}" template "{source}" strategy file_copy')  # type: ignore[call-overload]


def _page(name: str, path: str) -> tuple[int, float]:
    """What the statements of a page touch, and the median of the server's own time for it, of as many as fit into the seconds."""
    ask = as_page(name, path)
    ask()
    with CaptureQueriesContext(connection) as captured:
        ask()
    touched = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for query in captured:
            if query["sql"].lstrip("( \n").upper().startswith(("SELECT", "WITH")):
                cursor.execute(f"explain (analyze, buffers, format json) {query['sql']}")
                touched += _seen(cursor.fetchone()[0])[0]
        transaction.set_rollback(True)
    times: list[float] = []
    end = time.perf_counter() + MOST_SECONDS
    while len(times) < ASKED_FOR // 3 and (not times or time.perf_counter() < end):
        began = time.perf_counter()
        ask()
        times.append((time.perf_counter() - began) * 1000)
    return touched, round(statistics.median(times), 1)


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
    return f"{last - first:+,.0f}" if isinstance(first, int) else f"x{last / max(first, 0.1):.1f}"
