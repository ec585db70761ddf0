"""Two implementations, one rule: Python and SQL weigh the same items the same way and give the same reasons."""

import random
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from cases.images import look
from ledger.asking import ask_database
from ledger.clock import house_now
from review import facts
from review.models import Edge, Evidence, Fixing, HoldDecision, Statement
from review.rules.actions import ACTIONS
from review.rules.gate import ask_gate
from review.rules.graph import OUTSIDE_THE_ITEMS, PROBE, EdgeKind, independent, weigh
from review.rules.kinds import BY_PERSONS, KINDS
from tests import world
from tests.database import login

pytestmark = pytest.mark.django_db
GRAPHS = 80


def grow(lead, rng: random.Random) -> None:
    """Write a random graph as the pages' login might, straight into the tables."""
    dana, cora, ada = (world.person(name) for name in ("dana", "cora", "ada"))
    long_ago, now = house_now() - timedelta(days=900), house_now()
    items: list[Evidence] = []
    for n in range(rng.randint(1, 7)):
        item = Evidence.objects.create(
            ref=f"X{lead.pk}-{rng.random()}-{n}",
            case=lead.case,
            lead=lead if rng.random() < 0.9 else None,
            kind_id=rng.choice(sorted(BY_PERSONS)),
            direction=rng.choice(["incriminating", "incriminating", "exculpatory"]),
            description="x",
            source_document=rng.choice(["doc", "doc", "doc", ""]),
            earlier=rng.choice(items) if items and rng.random() < 0.2 else None,
            entered_by=dana,
        )
        for number in range(1, rng.choice([1, 2, 2, 2, 3])):
            outside = rng.random() < 0.2
            Fixing.objects.create(
                item=item,
                number=number,
                by=cora,
                second=None if number == 1 else world.person("cody"),
                because="" if number == 1 else "read again",
                kind_id=rng.choice(sorted(BY_PERSONS)),
                links_to=rng.choice(["offence", "offence", "identity"]),
                discriminates=rng.random() < 0.8,
                one_in=1,
                source_document_seen=rng.random() < 0.9,
                outside_system="reader" if outside else "",
                outside_at=rng.choice([long_ago, now]) if outside else None,
                earlier_agrees=rng.random() < 0.3,
            )
        if rng.random() < 0.7:
            named_by = rng.choice(["nobody", "witness", "taker"])
            Statement.objects.create(
                item=item,
                by=dana,
                author=rng.choice([None, None, None, ada]),
                taken_by=rng.choice([cora, ada, dana]),
                present=rng.choice([[], [], [ada.pk]]),
                taken_at=rng.choice([now, long_ago]),
                recorded=rng.random() < 0.5,
                name_unprompted=named_by == "witness",
                named_first_by=rng.choice(["nobody", "witness", "witness", "taker"]),
                shown=rng.choice(["nothing", "nothing", "nothing", "probe", "candidate"]),
                told_of_search=rng.random() < 0.15,
                warned=rng.random() < 0.5,
                detail_not_public=rng.random() < 0.5,
            )
        for _ in range(rng.randint(0, 3)):
            parent = rng.choice([*sorted(OUTSIDE_THE_ITEMS), *items])
            Edge.objects.create(
                item=item,
                kind=rng.choice(list(EdgeKind)),
                parent=parent if isinstance(parent, Evidence) else None,
                root="" if isinstance(parent, Evidence) else parent,
            )
        items.append(item)
    for item in items:
        for _ in range(rng.choice([0, 0, 1, 2])):
            decide_if_held(item, rng)
    for place, item in enumerate(items):  # what is entered since asks for a decision again
        if rng.random() < 0.2:
            parent = rng.choice([*sorted(OUTSIDE_THE_ITEMS), *items[:place]])
            of_items = isinstance(parent, Evidence)
            Edge.objects.create(
                item=item, kind=EdgeKind.AUTHORISED_BY, parent=parent if of_items else None, root="" if of_items else parent
            )


def decide_if_held(item: Evidence, rng: random.Random) -> None:
    """The database takes a legal decision of what Python holds or what was decided before, and of nothing else."""
    weighed = weigh(facts.items(item.case, mine=frozenset()))[item.ref]
    awaits = weighed.held or HoldDecision.objects.filter(item=item).exists()
    said = HoldDecision(
        item=item, may_be_used=rng.random() < 0.6, grounds="x", court=rng.choice(["", "", "County"]), by=world.person("lea")
    )
    with nullcontext() if awaits else pytest.raises(DatabaseError, match="awaits no legal decision"), transaction.atomic():
        said.save()


def test_on_random_graphs_items_weigh_the_same_and_the_gate_says_the_same():
    rng = random.Random(20260301)
    lead = world.a_lead()
    look(image_id=lead.candidate.image_id, by=world.person("ada"), purpose="examination")
    differ = []
    for number in range(GRAPHS):
        point = f"g{number}"
        with connection.cursor() as cursor:
            cursor.execute(f"savepoint {point}")
        grow(lead, rng)
        of_lead = frozenset(Evidence.objects.filter(lead=lead).values_list("pk", flat=True))
        weighed = weigh(facts.items(lead.case, mine=of_lead))
        rows = {
            ref: (set(taints), counts, identity, before, statement, set(ancestors) | ({PROBE} if from_probe else set()))
            for ref, taints, counts, identity, before, statement, ancestors, from_probe in _rows(
                "select e.ref, w.taints, w.counts, w.shows_identity, w.fixed_before, w.statement, "
                "array(select x.ref from review_evidence x where x.id = any(w.ancestors)), 0 = any(w.ancestors) "
                "from items_weighed(%s) w join review_evidence e on e.id = w.item_id",
                lead.pk,
            )
        }
        mine = {
            ref: ({t.value for t in w.taints}, w.counts, w.shows_identity, w.fixed_before, w.statement, set(w.ancestors))
            for ref, w in weighed.items()
        }
        if rows != mine:
            differ.append(
                (
                    number,
                    {
                        k: (rows[k], mine[k], [i for i in facts.items(lead.case, mine=of_lead) if i.ref == k])
                        for k in rows
                        if rows[k] != mine[k]
                    },
                )
            )
        for action in ("arrest", "arrest_out_of_state", "line_up", "execute_warrant"):
            python = {r.code for answer in ask_gate(facts.gate(lead), action=action) for r in answer.reasons}
            if python != set(ask_database("select gate_reasons(%s, %s)", lead.pk, action)):
                differ.append((number, action, independent(weighed)))
        with connection.cursor() as cursor:
            cursor.execute(f"rollback to savepoint {point}")
    assert not differ, repr(differ)


@pytest.mark.parametrize("action", sorted(ACTIONS))
def test_the_tables_of_actions_are_equal(action):
    (row,) = _rows("select demands, standing_apart, arrest_like, takes_into_custody from review_action where action = %s", action)
    here = ACTIONS[action]
    assert row == (list(here.demands), here.standing_apart, here.arrest_like, here.takes_into_custody)


def test_the_tables_of_kinds_are_equal():
    rows = {kind: (channel, set(traits)) for kind, channel, traits in _rows("select kind, channel, traits from review_evidencekind")}
    assert rows == {k.name: (k.channel.value, set(k.traits)) for k in KINDS.values()}


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


@pytest.mark.django_db
def test_what_stands_apart_is_counted_however_much_is_on_file():
    apart = "select apart_from_each_other(array(select n::bigint from generate_series(1, {0}) n), (select jsonb_object_agg(n::text, {1}) from generate_series(1, {0}) n), 9)"
    with login("owner") as owner:
        owner.execute("set statement_timeout = '60s'")  # every set of nine of two hundred would take for ever
        assert owner.execute(apart.format(200, "jsonb_build_array(n)")).fetchone() == (9,)
        assert owner.execute(apart.format(200, "jsonb_build_array(n, 0)")).fetchone() == (1,)
        assert owner.execute(apart.format(12, "jsonb_build_array(n, (n - 1) / 2 + 100)")).fetchone() == (6,)
        # the one that rests on least shares it with two that stand apart
        assert owner.execute(
            'select apart_from_each_other(array[1, 2, 3], \'{"1": [7, 8], "2": [1, 2, 7], "3": [3, 4, 8]}\', 9)'
        ).fetchone() == (2,)
