"""Two implementations, one rule: Python and SQL weigh the same items the same way and give the same reasons."""

import random

import pytest
from django.db import connection

from ledger.asking import ask_database
from review import facts
from review.models import Edge, Evidence, Fixing
from review.rules.actions import ACTIONS
from review.rules.gate import ask_gate
from review.rules.graph import ROOTS, EdgeKind, independent, weigh
from review.rules.kinds import KINDS
from tests import world

pytestmark = pytest.mark.django_db
GRAPHS = 150


def grow(lead, rng: random.Random) -> None:
    """Write a random graph as the pages' login might, straight into the tables."""
    dana, cora = world.person("dana"), world.person("cora")
    items: list[Evidence] = []
    for n in range(rng.randint(1, 6)):
        item = Evidence.objects.create(
            ref=f"X{lead.pk}-{rng.random()}-{n}",
            lead=lead,
            kind_id=rng.choice(sorted(KINDS)),
            direction=rng.choice(["incriminating", "incriminating", "exculpatory"]),
            description="x",
            source_document=rng.choice(["doc", "doc", "doc", ""]),
            entered_by=dana,
        )
        if rng.random() < 0.85:
            Fixing.objects.create(
                item=item,
                by=cora,
                kind_id=rng.choice(sorted(KINDS)),
                links_to=rng.choice(["offence", "offence", "identity"]),
                discriminates=rng.random() < 0.8,
                one_in=1,
                source_document_seen=rng.random() < 0.9,
            )
        for _ in range(rng.randint(0, 3)):
            parent = rng.choice([*sorted(ROOTS), *items])
            Edge.objects.create(
                item=item,
                kind=rng.choice(list(EdgeKind)),
                parent=parent if isinstance(parent, Evidence) else None,
                root="" if isinstance(parent, Evidence) else parent,
            )
        items.append(item)


def test_on_random_graphs_items_weigh_the_same_and_the_gate_says_the_same():
    rng = random.Random(20260301)
    lead = world.a_lead()
    differ = []
    for number in range(GRAPHS):
        point = f"g{number}"
        with connection.cursor() as cursor:
            cursor.execute(f"savepoint {point}")
        grow(lead, rng)
        weighed = weigh(facts.items(lead))
        rows = {
            ref: (set(taints), counts, set(ancestors))
            for ref, taints, counts, ancestors in _rows(
                "select e.ref, w.taints, w.counts, array(select x.ref from review_evidence x where x.id = any(w.ancestors)) "
                "from items_weighed(%s) w join review_evidence e on e.id = w.item_id",
                lead.pk,
            )
        }
        mine = {ref: ({t.value for t in w.taints}, w.counts, set(w.ancestors)) for ref, w in weighed.items()}
        if rows != mine:
            differ.append((number, rows, mine))
        for action in ("arrest", "arrest_out_of_state", "line_up"):
            python = {r.code for answer in ask_gate(facts.gate(lead), action=action) for r in answer.reasons}
            if python != set(ask_database("select gate_reasons(%s, %s)", lead.pk, action)):
                differ.append((number, action, independent(weighed)))
        with connection.cursor() as cursor:
            cursor.execute(f"rollback to savepoint {point}")
    assert differ == []


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_the_tables_of_actions_are_equal(action):
    (row,) = _rows("select demands, standing_apart, arrest_like from review_action where action = %s", action)
    here = ACTIONS[action]
    assert row == (list(here.demands), here.standing_apart, here.arrest_like)


def test_the_tables_of_kinds_are_equal():
    rows = {kind: (channel, judgement, passes) for kind, channel, judgement, passes in _rows("select * from review_evidencekind")}
    assert rows == {k.name: (k.channel.value, k.judgement, k.passes_on) for k in KINDS.values()}


def test_a_pages_gate_that_says_yes_too_early_is_caught_by_the_databases(monkeypatch):
    """If the Python gate were broken, nothing would be signed and the alarm would stand in the record."""
    lead = world.a_lead()
    request = world.asked(lead)
    sol = world.person("sol")

    answer = ask_database("select countersign(%s, %s, true, 'I would', '{}', '{}')", request, sol.pk)

    assert answer == {"state": "ASKED", "reasons": ["gates_disagree"]}
    assert _rows("select count(*) from ledger_entry where kind = 'gates_disagree' and subject = %s", request) == [(1,)]


def _rows(sql: str, *params: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
