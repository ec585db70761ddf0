"""Mutants of the database's gate: every small change to a function has to turn a corpus red whose answers were computed by Python.

The corpus stands in a throw-away database: leads that differ from a sound one in one fact (``changed_facts``), and graphs
(``graphs``). A mutant is installed in a savepoint, first asked the questions of its own file, then the whole gate, and undone. A mutant
that does not install was never a gate and is not counted; one that raises or runs on is red. What survives is explained in
``docs/proof.md``.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import psycopg

from review.rules.gate import GateFacts
from tests.proof import changed_facts, corpus, graphs, sql_text
from tests.proof.changed_facts import CHANGES, POLICIES, UNDER_OTHER_POLICIES
from tests.proof.corpus import Owner
from tests.proof.sql_text import Mutant

ROOT = Path(__file__).resolve().parent.parent.parent
GATE = tuple(sorted((ROOT / "review" / "sql" / "gate").glob("*.sql")))
LONGEST = "8s"
AS_FAR_AS = (1, 2, 3, 5, 12)
FEW = 60  # items: of larger graphs nobody is asked how many stand apart, or the question alone would take longer than a mutant may

# the questions of one file, asked of every lead; the whole gate comes after them
OWN_QUESTIONS = {
    "g1_eligible": ["g1_eligible(lead, true)", "g1_eligible(lead, false)"],
    "g2_probe_fit": ["g2_probe_fit(lead, true)", "g2_probe_fit(lead, false)", "g2r_role_shown(lead)"],
    "g3_reviewers_independent": ["g3_reviewers_independent(lead)"],
    "g4_conclusions_support": ["g4_conclusions_support(lead, true)", "g4_conclusions_support(lead, false)", "array[rival_leads(lead)]"],
    "g5_line_up_fair": ["g5_line_up_fair(lead)", "g5f_line_up_form(lead)"],
    "g6_exculpatory_closed": ["g6_exculpatory_closed(lead)"],
    "g7_stands_apart": [*(f"g7_stands_apart(lead, '{action}')" for action in graphs.ASKED), "g7w_warrant_and_identity(lead)"],
    "g8_disclosed": [
        "g8_disclosed(lead, 'arrest')",
        "array[last_fact_at(lead) > (select max(at) from review_papers where lead_id = lead)]",
    ],
    "g10_custody_rechecked": ["g10_custody_rechecked(lead)", "gl_legal_adviser_agrees(lead, 'account_process')"],
    "stands_without_the_face": [
        "without_face_reasons((select case_id from review_lead where id = lead), lead)",
        "without_face_reasons((select case_id from review_lead where id = lead), null)",
    ],
    "items_weighed": ["g7_stands_apart(lead, 'arrest')", "g7w_warrant_and_identity(lead)", "array[lead_family(lead)::text]"],
    "reasons": [],
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a mutant is asked, and what the gate as it is answers; ``facts`` and ``items`` are what Python is asked of the same rows."""

    leads: dict[str, int]
    own: dict[str, object]
    whole: changed_facts.Answers
    facts: dict[changed_facts.Asked, GateFacts]
    graphs: dict[str, corpus.Answer]
    items: tuple[tuple[graphs.Item, ...], ...]
    by_python: dict[str, corpus.Answer]
    investigations: tuple[int, ...]
    numbers: dict[int, tuple[int, ...]]

    @property
    def counted(self) -> dict[int, tuple[graphs.Item, ...]]:
        """The graphs, by investigation, of which it is asked how many items stand apart."""
        return _small(self.investigations, self.items)


def prepare(owner: Owner) -> Standing:
    """Write the corpus, have the gate as it is answer, and read what Python is asked."""
    leads = changed_facts.prepare(owner)
    with changed_facts.standing_in(owner):
        read = changed_facts.facts_of(leads)
    with corpus.triggers_off(owner):
        investigations, items, by_python = _write_graphs(owner)
        owner.execute("analyze")  # thousands of rows that no statistics know of yet
        whole = changed_facts.asked_of_database(owner, leads)
        own = {file: _asked(owner, leads, questions) for file, questions in OWN_QUESTIONS.items()}
        numbers = _numbers(owner, _small(investigations, items))
        return Standing(leads, own, whole, read, _weighed(owner, investigations), items, by_python, investigations, numbers)


def _write_graphs(owner: Owner) -> tuple[tuple[int, ...], tuple[tuple[graphs.Item, ...], ...], dict[str, corpus.Answer]]:
    """Some of every family of small graphs, and random ones said in many ways: their investigations, items, and what Python weighs."""
    rng = random.Random(7)
    batches: list[tuple[list[graphs.Item], random.Random | None]] = []
    for family, every in ((graphs.alone, 5), (graphs.two, 13), (graphs.three, 13), (graphs.four, 151)):
        gathered = [(bottom, tops if len(tops) <= 12 else rng.sample(tops, 12)) for bottom, tops in islice(family(), 0, None, every)]
        batches += [(items, None) for _, items in graphs.batches(iter(gathered))]
    batches += [(graphs.random_graph(rng, 12), rng) for _ in range(100)]
    batches += [(graphs.clashing(number, pairs), None) for number, pairs in graphs.CLASHES]
    batches += [(graphs.hasty(copies), None) for copies in (1, 2, 3)]
    batches += [(list(items), None) for items in (*graphs.PROBE_BELOW, *graphs.FROM_THE_FACE)]
    places = corpus.open_places(owner, ["fit"] * len(batches), first=700_000_000)
    expected: dict[str, corpus.Answer] = {}
    row = 710_000_000
    for place, (items, said) in zip(places, batches, strict=True):
        corpus.write(owner, place, items, first=row, lead=place.case, rng=said)
        names = {item.ref: f"{row + n}" for n, item in enumerate(items)} | {graphs.PROBE: "0"}
        for ref, weighed in graphs.weigh(items).items():
            *answer, ancestors = corpus.as_answer(weighed)
            expected[names[ref]] = (*answer, frozenset(names[a] for a in ancestors))  # type: ignore[assignment]
        row += len(items)
    return tuple(place.case for place in places), tuple(tuple(items) for items, _ in batches), expected


def _weighed(owner: Owner, investigations: Sequence[int]) -> dict[str, corpus.Answer]:
    asked = owner.execute(
        "select w.* from unnest(%s::bigint[]) i cross join lateral weigh_items(array[i], array(select id from review_evidence where lead_id = i)) w",
        (list(investigations),),
    )
    return {str(r[0]): (frozenset(r[1]), r[2], r[3], r[4], r[5], frozenset(map(str, r[6]))) for r in asked}  # type: ignore[arg-type,misc]


def _small(investigations: Sequence[int], items: Sequence[tuple[graphs.Item, ...]]) -> dict[int, tuple[graphs.Item, ...]]:
    return {case: each for case, each in zip(investigations, items, strict=True) if len(each) <= FEW}


def _numbers(owner: Owner, investigations: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Return, by investigation, how many items stand apart, as far as each of ``AS_FAR_AS`` asks."""
    asked = owner.execute(
        f"""select i, array(select apart_from_each_other(c.items, c.lines, needed) from unnest(%s::int[]) with ordinality a(needed, n) order by n)
              from unnest(%s::bigint[]) i cross join lateral (
                select {graphs.ITEMS_AND_LINES} from weigh_items(array[i], array(select id from review_evidence where lead_id = i)) w where w.counts
              ) c(items, lines)""",
        (list(AS_FAR_AS), list(investigations)),
    )
    return {case: tuple(numbers) for case, numbers in asked}


def _asked(owner: Owner, leads: dict[str, int], questions: Sequence[str]) -> list[object]:
    """Ask a file's own questions of every lead, and under every policy of some."""
    if not questions:
        return []
    said = ", ".join(f"array(select unnest({question}) order by 1)::text" for question in questions)
    answers: list[object] = []
    for policy, sql in POLICIES.items():
        asked = [leads[c.name] for c in CHANGES if policy == "as adopted" or c.name in UNDER_OTHER_POLICIES]
        owner.execute("savepoint policy")
        owner.execute(sql)  # type: ignore[arg-type]
        answers.append(owner.execute(f"select {said} from unnest(%s::bigint[]) with ordinality l(lead, n) order by n", (asked,)).fetchall())  # type: ignore[arg-type]
        owner.execute("rollback to savepoint policy")
    return answers


def is_red(owner: Owner, standing: Standing, mutant: Mutant) -> bool | None:
    """Install a mutant, ask, undo. True: something answers otherwise or raises; None: it does not even install."""
    owner.execute("savepoint mutant")
    try:
        try:
            owner.execute(mutant.sql)  # type: ignore[arg-type]
        except psycopg.Error:
            return None
        try:
            return _differs(owner, standing, mutant)
        except psycopg.Error:
            return True
    finally:
        owner.execute("rollback to savepoint mutant")


def _differs(owner: Owner, standing: Standing, mutant: Mutant) -> bool:
    questions = OWN_QUESTIONS[mutant.file]
    if mutant.file == "items_weighed" and (
        _weighed(owner, standing.investigations) != standing.graphs or _numbers(owner, standing.counted) != standing.numbers
    ):
        return True
    if questions and _asked(owner, standing.leads, questions) != standing.own[mutant.file]:
        return True
    if changed_facts.asked_of_database(owner, standing.leads, ("as adopted",)) != {
        k: v for k, v in standing.whole.items() if k[0] == "as adopted"
    }:
        return True
    return changed_facts.asked_of_database(owner, standing.leads) != standing.whole


def all_mutants() -> list[Mutant]:
    """Return every mutant of the gate's files; of those that are called alike the later ones bear a number."""
    found = [mutant for path in GATE for mutant in sql_text.mutants(path.stem, path.read_text(encoding="utf-8"))]
    called = Counter[str]()
    for n, mutant in enumerate(found):
        called[mutant.name] += 1
        if called[mutant.name] > 1:
            found[n] = replace(mutant, what=f"{mutant.what} ({called[mutant.name]})")
    return found


@contextmanager
def ready(owner: Owner) -> Iterator[Standing]:
    standing = prepare(owner)
    with corpus.triggers_off(owner):
        owner.execute(f"set statement_timeout = '{LONGEST}'")  # type: ignore[arg-type]
        yield standing
