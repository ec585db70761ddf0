"""Two implementations, one rule: Python and the database weigh every small graph alike, and many larger ones.

What is exhausted. A graph's answer is the answers of its items, and an item's answer depends on what lies under it alone; so it is
enough to ask of every item that stands on top of everything else in its graph. Graphs are therefore written as bottoms, and on each
bottom every item that could be laid on it; a graph is counted once for each top. Items are named with parents first; kinds that no line
of the rule tells apart stand for each other (``BEHAVIOURS``).
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product

from review.rules.actions import ACTIONS
from review.rules.gate import SAFEGUARDS, GateFacts
from review.rules.graph import FACE_RESULT, PROBE, EdgeKind, Item, Weighed, independent, weigh
from review.rules.kinds import BY_PERSONS, KINDS, Channel, Kind
from tests.proof import corpus
from tests.proof.corpus import Owner
from tests.proof.table import Proof

Edges = tuple[tuple[EdgeKind, str], ...]
BATCH = 300
SWEPT_EVERY = 20  # batches: what is undone leaves dead rows, and each question would wade through them
NONE: tuple[Edges, ...] = ((),)
LINKS = tuple(EdgeKind)


def _by_behaviour() -> dict[object, Kind]:
    """One kind for each way in which the rule can treat it: channel as far as it matters, and traits."""
    told_apart = (Channel.APPEARANCE, Channel.STATEMENT, Channel.UNKNOWN)
    found: dict[object, Kind] = {}
    for kind in KINDS.values():
        found.setdefault((kind.channel if kind.channel in told_apart else None, kind.traits), kind)
    return found


BEHAVIOURS: tuple[Kind, ...] = tuple(_by_behaviour().values())
# of these the weighing itself tells apart only eight; line-up, warrant, ridge and confession matter to other questions
EIGHT = tuple(
    KINDS[name]
    for name in (
        "fr_search_result",
        "officer_recognition",
        "eyewitness_statement",
        "informant_tip",
        "bulletin",
        "phone_location",
        "device_search",
        "unknown",
    )
)


def item(ref: str, kind: Kind, edges: Edges = (), **changes: object) -> Item:
    return replace(Item(ref, kind, True, True, "offence", True, edges), **changes)  # type: ignore[arg-type]


# -- the families ------------------------------------------------------------------------------------------------------

OUTSIDE_ONE: tuple[Edges, ...] = ((), *(((kind, root),) for root in (FACE_RESULT, PROBE) for kind in LINKS))
OUTSIDE_BOTH: tuple[Edges, ...] = (*OUTSIDE_ONE, *(((a, FACE_RESULT), (b, PROBE)) for a in LINKS for b in LINKS))


def alone() -> Iterator[tuple[list[Item], list[Item]]]:
    """One item: every behaviour and every flag, at most one edge outside; where nothing else is wrong, one to the face result and one to the probe."""
    flags = product(
        (True, False), (True, False), ("offence", "identity"), (True, False), (True, False),
        ((False, True), (True, True), (False, False)), (True, False), (True, False),
    )  # fmt: skip
    for number, (shown, sharp, links_to, incriminating, before, (exposed, written), used, mine) in enumerate(flags):
        tops = [
            Item("T", kind, shown, sharp, links_to, incriminating, edges, before, exposed, written, used, mine)
            for kind in BEHAVIOURS
            for edges in (OUTSIDE_ONE if number else OUTSIDE_BOTH)
        ]
        yield [], [top for top in tops if corpus.possible(top)]


STATES: tuple[dict[str, object], ...] = (
    {},
    {"source_shown": False},
    {"exposed": True},
    {"exposure_written_down": False},
    {"may_be_used": True},
    {"fixed_before": True},
)


def two() -> Iterator[tuple[list[Item], list[Item]]]:
    """Two items: the lower of eight behaviours in six states with at most one edge outside; the upper rests on it by every set of edges."""
    sets = [tuple((kind, "E1") for n, kind in enumerate(LINKS) if chosen >> n & 1) for chosen in range(1, 16)]
    for kind, edges, state in product(EIGHT, OUTSIDE_ONE, STATES):
        tops = [item("T", upper, on, may_be_used=used) for upper in EIGHT for on in sets for used in (False, True)]
        yield [item("E1", kind, edges, **state)], tops


LOWEST: tuple[tuple[Kind, Edges, dict[str, object]], ...] = (
    (KINDS["fr_search_result"], (), {}),
    (KINDS["unknown"], (), {}),
    (KINDS["phone_location"], (), {}),
    (KINDS["phone_location"], ((EdgeKind.SELECTED_BY, FACE_RESULT),), {}),
    (KINDS["phone_location"], ((EdgeKind.AUTHORISED_BY, FACE_RESULT),), {}),
    (KINDS["phone_location"], ((EdgeKind.CONTENT_FROM, PROBE),), {}),
    (KINDS["officer_recognition"], ((EdgeKind.CONTENT_FROM, PROBE),), {}),
    (KINDS["eyewitness_statement"], (), {"exposed": True}),
)  # one for each thing that can come from below: nothing, dependence, selection, a hold, the probe


def _edges_to(below: Sequence[str]) -> Iterator[Edges]:
    """At most one edge to each."""
    for chosen in product((None, *LINKS), repeat=len(below)):
        yield tuple((kind, ref) for kind, ref in zip(chosen, below, strict=True) if kind is not None)


def _reaches_all(bottom: Sequence[Item], edges: Edges) -> bool:
    by_ref = {each.ref: each for each in bottom}
    seen: set[str] = set()
    ahead = [ref for _, ref in edges]
    while ahead:
        ref = ahead.pop()
        if ref in by_ref and ref not in seen:
            seen.add(ref)
            ahead.extend(parent for _, parent in by_ref[ref].edges)
    return len(seen) == len(by_ref)


def three() -> Iterator[tuple[list[Item], list[Item]]]:
    """Three items: the lowest in eight states, two above of eight behaviours each, at most one edge between two."""
    for (kind, edges, state), middle, on in product(LOWEST, EIGHT, list(_edges_to(["E1"]))):
        bottom = [item("E1", kind, edges, **state), item("E2", middle, on)]
        yield bottom, [item("T", k, e) for e in _edges_to(["E1", "E2"]) if _reaches_all(bottom, e) for k in EIGHT]


def four() -> Iterator[tuple[list[Item], list[Item]]]:
    """Four items: the lowest a face result, something held, or something picked; three above, each appearance or a plain trace."""
    plain, looks = KINDS["phone_location"], KINDS["officer_recognition"]
    lowest = [LOWEST[0], LOWEST[3], LOWEST[4]]
    for (kind, edges, state), second, third in product(lowest, (plain, looks), (plain, looks)):
        for on_second, on_third in product(list(_edges_to(["E1"])), list(_edges_to(["E1", "E2"]))):
            bottom = [item("E1", kind, edges, **state), item("E2", second, on_second), item("E3", third, on_third)]
            yield bottom, [item("T", k, e) for e in _edges_to(["E1", "E2", "E3"]) if _reaches_all(bottom, e) for k in (plain, looks)]


FAMILIES = (alone, two, three, four)


# -- asking both -------------------------------------------------------------------------------------------------------


def _renamed(each: Item, prefix: str, top: str = "") -> Item:
    edges = tuple((kind, to if to in (FACE_RESULT, PROBE) else prefix + to) for kind, to in each.edges)
    return replace(each, ref=prefix + (top or each.ref), edges=edges)


def batches(graphs: Iterator[tuple[list[Item], list[Item]]]) -> Iterator[tuple[int, list[Item]]]:
    """Gather graphs to batches of rows: how many graphs (tops), and all their items under names of their own."""
    number, tops_here, gathered = 0, 0, []
    for bottom, tops in graphs:
        prefix = f"{number}."
        gathered += [_renamed(each, prefix) for each in bottom]
        gathered += [_renamed(top, prefix, f"T{n}") for n, top in enumerate(tops)]
        number, tops_here = number + 1, tops_here + len(tops)
        if len(gathered) >= BATCH:
            yield tops_here, gathered
            tops_here, gathered = 0, []
    if gathered:
        yield tops_here, gathered


def differing(owner: Owner, items: Sequence[Item]) -> list[str]:
    """Weigh a batch twice and return where the answers differ; nothing stays written."""
    (place,) = corpus.open_places(owner, ["fit"])
    numbers = corpus.write(owner, place, items)
    theirs = corpus.weighed_by_database(owner, place, numbers, items)
    owner.rollback()
    ours = {ref: corpus.as_answer(each) for ref, each in weigh(items).items()}
    by_ref = {each.ref: each for each in items}
    return [f"{by_ref[ref]}: python {ours[ref]}, database {theirs.get(ref)}" for ref in ours if ours[ref] != theirs.get(ref)]


def both_gates(full: bool) -> Iterator[Proof]:
    """Ask both of every graph of each family (of one bottom in 211 in part), and of random larger ones."""
    with corpus.throw_away("graphs") as owner, corpus.triggers_off(owner):
        for family in FAMILIES:
            proof = Proof(f"both gates weigh alike: {(family.__doc__ or '').split(':')[0].strip().lower()}, exhaustively")
            for number, (graphs, items) in enumerate(batches(islice(family(), 0, None, 1 if full else 211)), 1):
                proof.tried += graphs
                proof.faults += differing(owner, items)
                if number % SWEPT_EVERY == 0:
                    corpus.sweep(owner)
            yield proof
        yield larger(owner, number=10_000 if full else 100)


# of weighed items w: their numbers, and on what each rests
ITEMS_AND_LINES = (
    "coalesce(array_agg(w.item_id order by w.item_id), '{}'), coalesce(jsonb_object_agg(w.item_id::text, to_jsonb(w.ancestors)), '{}')"
)

# -- larger graphs, and the questions asked of them --------------------------------------------------------------------

# counting items by number, and which two of them rest on one thing: in these a hasty search finds one too few
CLASHES = (
    (7, ((0, 1), (0, 4), (0, 5), (0, 6), (1, 3), (1, 6), (2, 4), (2, 5), (3, 4), (3, 5), (3, 6), (4, 5))),
    (10, ((0, 4), (0, 6), (0, 7), (0, 9), (1, 3), (1, 6), (1, 7), (2, 3), (2, 4), (2, 5), (2, 8), (2, 9), (3, 8), (4, 5), (4, 7), (5, 7),
          (5, 8), (6, 9), (7, 9))),
    (8, ((0, 2), (0, 4), (0, 5), (0, 6), (1, 3), (1, 4), (1, 7), (2, 5), (3, 5), (3, 6), (3, 7), (4, 7), (5, 6), (5, 7), (6, 7))),
    (7, ((0, 2), (0, 3), (0, 5), (0, 6), (1, 2), (1, 5), (1, 6), (2, 4), (2, 6), (3, 4), (3, 5), (3, 6), (5, 6))),
)  # fmt: skip


def clashing(number: int, pairs: Sequence[tuple[int, int]], own: Sequence[tuple[int, int]] = ()) -> list[Item]:
    """Counting items of which these pairs rest on a thing of their own that does not count, and some on so many more that nobody shares."""
    plain = KINDS["phone_location"]
    under = [(f"P{a}.{b}", (a, b)) for a, b in pairs] + [(f"O{n}.{each}", (n,)) for n, many in own for each in range(many)]
    below = [item(ref, plain, incriminating=False) for ref, _ in under]
    return below + [item(f"E{n}", plain, tuple((EdgeKind.CONTENT_FROM, ref) for ref, by in under if n in by)) for n in range(number)]


def hasty(copies: int) -> list[Item]:
    """Of each three the first clashes with both others and rests on least: whoever takes it first finds one where two stand apart."""
    pairs = [(first, first + n) for first in range(0, 3 * copies, 3) for n in (1, 2)]
    return clashing(3 * copies, pairs, [(other, 2) for _, other in pairs])


FROM_THE_FACE: tuple[tuple[Item, ...], ...] = (
    (item("T", KINDS["officer_recognition"], ((EdgeKind.SELECTED_BY, FACE_RESULT),)),),
    (item("T", KINDS["phone_location"], ((EdgeKind.CONTENT_FROM, FACE_RESULT),)),),
)  # each alone in its investigation
PROBE_BELOW: tuple[tuple[Item, ...], ...] = (
    (item("T", KINDS["officer_recognition"], ((EdgeKind.CONTENT_FROM, PROBE),)),),
    (
        item("R", KINDS["fr_search_result"], ((EdgeKind.CONTENT_FROM, PROBE),)),
        item("T", KINDS["officer_recognition"], ((EdgeKind.CONTENT_FROM, "R"),)),
    ),
    (
        item("E", KINDS["phone_location"], ((EdgeKind.CONTENT_FROM, PROBE),)),
        item("R", KINDS["fr_search_result"], ((EdgeKind.CONTENT_FROM, "E"),)),
        item("T", KINDS["officer_recognition"], ((EdgeKind.CONTENT_FROM, "R"),)),
    ),
)  # each alone in its investigation: at a face result every path ends, also one to the probe

ASKED = ("arrest", "arrest_out_of_state", "search_warrant", "interview")
AS_FAR_AS = 12


def random_graph(rng: random.Random, most: int) -> list[Item]:
    """A random graph; a third of them with few faults, so that several items count and have to be told apart."""
    sound, kinds, found = rng.random() < 0.5, list(BY_PERSONS.values()), []
    for n in range(rng.randint(1, most)):
        parents = [FACE_RESULT, PROBE, *(each.ref for each in found)]
        if sound:
            parents = [each.ref for each in found] or [PROBE]
        edges = [(rng.choice(LINKS), rng.choice(parents)) for _ in range(rng.choice([0, 0, 1, 1, 2] if sound else [0, 1, 2, 3]))]
        shown = rng.random() < 0.95
        fixed = shown or rng.random() < 0.5
        written = rng.random() < 0.85
        each = Item(
            f"E{n}",
            rng.choice(EIGHT[5:6] if sound and rng.random() < 0.7 else kinds),
            shown,
            fixed and rng.random() < 0.9,
            rng.choice(["offence", "offence", "offence", "identity", "presence", "character"]) if fixed else "",
            rng.random() < 0.9,
            tuple(edges),
            fixed and rng.random() < 0.3,
            written and rng.random() < 0.15,
            written,
            rng.random() < 0.2,
            rng.random() < 0.9,
        )
        found.append(each if corpus.possible(each) else replace(each, discriminates=False))
    return found


def _ours(items: Sequence[Item], weighed: dict[str, Weighed], grade: str, policy: int, warrants: frozenset[str]) -> list[list[str]]:
    facts = GateFacts(
        lead="L", track="suspect", screened_eligible=True, screening_in_force=True, offence_code=None, listed=None, probe_grade=grade, checker_saw_candidates=False,
        role_shown=True, reviewers_needed=2, ratings=(), ratings_elsewhere=(), lead_ended=False, other_open_leads=0,
        line_up_on_file=False, exculpatory_listed=frozenset(), exculpatory=(), standing_apart_needed=policy, items=tuple(items), warrants=warrants,
    )  # fmt: skip
    answers = [SAFEGUARDS["G7"].ask(facts, ACTIONS[action], weighed) for action in ASKED]
    answers.append(SAFEGUARDS["G7W"].ask(facts, ACTIONS["execute_warrant"], weighed))
    return [[reason.code for reason in answer] for answer in answers]


def larger(owner: Owner, *, number: int, seed: int = 20260301, batch: int = 50, most: int = 12) -> Proof:
    """Random graphs, each in an investigation of its own: every item, the number that counts, and what corroboration answers."""
    rng, differ = random.Random(seed), []
    for start in range(0, number, batch):
        graphs = [random_graph(rng, most) for _ in range(min(batch, number - start))]
        grades = [rng.choice(["fit", "fit", "limited"]) for _ in graphs]
        policy = rng.choice([1, 1, 2, 3])
        owner.execute("delete from cases_policynumber where name = 'items_that_stand_apart'")
        owner.execute(
            "insert into cases_policynumber(policy_id, name, value, citation) values (policy_in_force(), 'items_that_stand_apart', %s, '')",
            (policy,),
        )
        places = corpus.open_places(owner, grades)
        rows: dict[int, tuple[int, str]] = {}
        for n, (place, items) in enumerate(zip(places, graphs, strict=True)):
            written = corpus.write(owner, place, items, first=1_000_000 + n * 100, lead=place.case, rng=rng)
            rows |= {row: (n, ref) for ref, row in written.items()}
        theirs = _theirs(owner, rows, [place.case for place in places])
        warrants = {row[0] for row in owner.execute("select item_id from review_existingwarrant where search_used = 'no'")}
        owner.rollback()
        if start // batch % SWEPT_EVERY == SWEPT_EVERY - 1:
            corpus.sweep(owner)
        for n, (items, grade) in enumerate(zip(graphs, grades, strict=True)):
            weighed = weigh(items)
            mine = {each.ref for each in items if each.mine}
            no_search = frozenset(ref for row, (graph, ref) in rows.items() if graph == n and row in warrants and ref in mine)
            ours = (
                {ref: corpus.as_answer(each) for ref, each in weighed.items()},
                min(len(independent(weighed)), AS_FAR_AS),
                _ours(items, weighed, grade, policy, no_search),
            )
            if ours != theirs[n]:
                differ.append(f"graph {start + n} of seed {seed}: {items}: python {ours}, database {theirs[n]}")
    return Proof(f"both gates weigh and count alike: random graphs of up to {most} items", number, differ)


def _theirs(owner: Owner, rows: dict[int, tuple[int, str]], leads: list[int]) -> list[tuple[object, int, list[list[str]]]]:
    names = {row: ref for row, (_, ref) in rows.items()} | {0: PROBE}
    answers: list[dict[str, object]] = [{} for _ in leads]
    asked = owner.execute(
        "select w.* from unnest(%s::bigint[]) lead cross join lateral items_weighed(lead) w",
        (leads,),
    )
    for row in asked:
        n, ref = rows[row[0]]  # type: ignore[index]
        answers[n][ref] = (frozenset(row[1]), *row[2:6], frozenset(names[a] for a in row[6]))  # type: ignore[arg-type,union-attr]
    numbers = owner.execute(
        f"""select (select apart_from_each_other({ITEMS_AND_LINES}, %s) from items_weighed(lead) w where w.counts),
                  array(select g7_stands_apart(lead, action)::text from unnest(%s::text[]) with ordinality a(action, n) order by n)
                  || g7w_warrant_and_identity(lead)::text
             from unnest(%s::bigint[]) with ordinality l(lead, n) order by l.n""",
        (AS_FAR_AS, list(ASKED), leads),
    ).fetchall()
    return [
        (answer, row[0], [[code for code in said.strip("{}").split(",") if code] for said in row[1]])  # type: ignore[attr-defined]
        for answer, row in zip(answers, numbers, strict=True)
    ]  # type: ignore[misc]
