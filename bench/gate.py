"""A gate decision: the act countersign, from its call to its commit, against a bare three-statement transaction."""

import itertools
import random
import statistics
import time
from typing import Any
from unittest.mock import patch

import psycopg
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.rules.finding import Permit
from ledger.clock import house_now
from ledger.worded import Words
from review.acts.add_edge import add_edge
from review.acts.ask import ask
from review.models import Edge, Evidence, Lead
from review.rules.graph import EdgeKind
from tests import world

TITLE = "A gate decision"
ITEMS, EDGES, DECISIONS, BARE, ROUNDS = 50, 200, 2, 40, 14
WALLS = "select tgname from pg_trigger where tgrelid = 'review_countersignature'::regclass and not tgisinternal"
LINKS = tuple(EdgeKind)


def decision(owner: "psycopg.Connection[Any]", bare: "psycopg.Connection[Any]") -> list[str]:
    """Return the rows: the ratio of the times in paired alternating slices, and the statements of one decision."""
    lead = with_a_large_graph(owner)
    at = itertools.count()

    def decided() -> float:
        return statistics.median(_one_decision(owner, lead) for _ in range(DECISIONS))

    def three_statements() -> float:
        return statistics.median(_one_bare(bare, next(at) % 1000 + 1) for _ in range(BARE))

    decided(), three_statements()
    ratios, times = [], []
    for number in range(ROUNDS):
        y = three_statements() if number % 2 else 0.0
        x = decided()
        y = y or three_statements()
        ratios.append(x / y)
        times.append((x, y))
    low, middle, high = statistics.quantiles(ratios, n=4)
    ours, theirs = (statistics.median(each) * 1000 for each in zip(*times, strict=True))
    return [
        f"| gate decision over {ITEMS} items and {EDGES} edges, `countersign` from act to commit / a bare three-statement transaction "
        f"| **{middle:.1f}** | {low:.1f} - {high:.1f} | goal at most 3 |",
        f"| (times of this run, for the curious) | {ours:.1f} ms and {theirs:.2f} ms | | no goal |",
        f"| the database's half alone, `gate_reasons` | {_alone(owner, lead):.1f} ms | | median of 20 |",
        _words(owner, lead),
        f"| statements of one decision, counted | {_statements(owner, lead)} | | savepoints included |",
    ]


def with_a_large_graph(owner: "psycopg.Connection[Any]") -> Lead:
    """A lead that may be signed, with 50 items and 200 edges: what counts stands among items that rest on it and on each other."""
    lead = world.a_lead("25-gate")
    counting = [world.an_item(lead), world.an_item(lead, "phone_location", document="Report T-1")]
    world.cleared_tests(lead)
    while Evidence.objects.filter(case=lead.case).count() < ITEMS:
        counting.append(world.an_item(lead, "phone_location", document="Report T-1"))
    refs = list(Evidence.objects.filter(case=lead.case).order_by("id").values_list("ref", flat=True))
    rng, pairs = random.Random(7), set()
    while Edge.objects.filter(item__case=lead.case).count() < EDGES:
        below, above = sorted(rng.sample(range(ITEMS), 2))
        if (below, above) not in pairs:
            pairs.add((below, above))
            edge = {"kind": rng.choice(LINKS), "parent": refs[below]}
            world.must(add_edge(by=world.person("dana"), at=house_now(), item_ref=refs[above], **edge))
    owner.execute("analyze")
    world.papers_filed(lead)
    return lead


def _one_decision(owner: "psycopg.Connection[Any]", lead: Lead) -> float:
    """Ask, sign by the act, and take the time of the signature alone; then the owner puts the request aside."""
    finding, ref = ask(by=world.person("dana"), at=house_now(), lead_ref=lead.ref, action="arrest", place="Riverside", because="")
    world.must(finding)
    began = time.perf_counter()
    answer = world.signed(str(ref))
    taken = time.perf_counter() - began
    assert isinstance(answer, Permit), answer
    _put_aside(owner, str(ref))
    return taken


def _put_aside(owner: "psycopg.Connection[Any]", ref: str) -> None:
    """Make room for the next request, as no login of the house could: at most one is live."""
    walls = [name for (name,) in owner.execute(WALLS)]
    with owner.transaction():
        owner.execute("alter table review_countersignature disable trigger user")
        owner.execute("update review_countersignature set state = 'REFUSED' where ref = %s", [ref])
        for name in walls:
            owner.execute(f"alter table review_countersignature enable always trigger {name}")


def _one_bare(bare: "psycopg.Connection[Any]", row: int) -> float:
    began = time.perf_counter()
    with bare.transaction():
        bare.execute("select state from bench_bare where id = %s for update", [row])
        bare.execute("update bench_bare set n = n + 1 where id = %s", [row])
        bare.execute("insert into bench_log(what) values ('decided')")
    return time.perf_counter() - began


def _words(owner: "psycopg.Connection[Any]", lead: Lead) -> str:
    """The row that says what it spares that Django finds the words of a query once (``ledger/worded.py``): processor time of this process."""
    kept, anew, ratios = Words.answer, Words.anew, []
    for number in range(ROUNDS):
        times = {}
        for answer in (kept, anew) if number % 2 else (anew, kept):
            with patch.object(Words, "answer", answer):
                began = time.process_time()
                _one_decision(owner, lead)
                times[answer] = time.process_time() - began
        ratios.append(times[kept] / times[anew])
    low, middle, high = statistics.quantiles(ratios, n=4)
    return f"| processor time of asking and signing, words of queries kept / found anew each time | **{middle:.2f}** | {low:.2f} - {high:.2f} | |"


def _alone(owner: "psycopg.Connection[Any]", lead: Lead) -> float:
    times = []
    for _ in range(20):
        began = time.perf_counter()
        owner.execute("select gate_reasons(%s, 'arrest')", [lead.pk])
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def _statements(owner: "psycopg.Connection[Any]", lead: Lead) -> int:
    with transaction.atomic():
        ref = world.asked(lead)
        with CaptureQueriesContext(connection) as queries:
            world.must(world.signed(ref))
        transaction.set_rollback(True)
    return len(queries)
