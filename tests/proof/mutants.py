"""Mutants of both gates: every small change has to be noticed by the answers of the other one. What survives is explained in docs/proof.md."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from review.rules.graph import independent, weigh
from tests.proof import changed_facts, corpus, mutants_python, mutants_sql
from tests.proof.mutants_python import Questions
from tests.proof.mutants_sql import Standing
from tests.proof.table import Proof

EXPLAINED = Path(__file__).resolve().parent.parent.parent / "docs" / "proof.md"
IN_PART = {"database": 317, "rules": 97}


def of_both_gates(full: bool) -> Iterator[Proof]:
    """Ask both gates of leads that differ from a sound one in one fact; then change each gate, and ask again."""
    with corpus.throw_away("mutants") as owner, mutants_sql.ready(owner) as standing:
        yield _both(standing)
        changed = mutants_sql.all_mutants()[:: 1 if full else IN_PART["database"]]
        red = [(mutant.name, mutants_sql.is_red(owner, standing, mutant)) for mutant in changed]
        yield _told("mutants of the database's gate, each noticed", [(name, found) for name, found in red if found is not None])
        asked = _questions(standing)
    rules = mutants_python.all_mutants()[:: 1 if full else IN_PART["rules"]]
    yield _told("mutants of the rules, each noticed", [(mutant.name, mutants_python.is_red(mutant, asked)) for mutant in rules])


def _both(standing: Standing) -> Proof:
    proof = Proof("both gates give the same reasons: leads that differ from a sound one in one fact")
    for asked, read in standing.facts.items():
        ours = changed_facts.answered(read, asked[2])
        proof.check(ours == standing.whole[asked], f"{asked}: pages {ours}, database {standing.whole[asked]}")
    proof.check(standing.graphs == standing.by_python, "the graphs among them are weighed otherwise")
    numbers = {case: len(independent(weigh(items))) for case, items in standing.counted.items()}
    least = {case: tuple(min(number, most) for most in mutants_sql.AS_FAR_AS) for case, number in numbers.items()}
    proof.check(standing.numbers == least, "what stands apart is counted otherwise")
    return proof


def _questions(standing: Standing) -> Questions:
    """What Python is asked, with what the database answered of the same rows."""
    weighed = [weigh(items) for items in standing.items]
    return Questions(
        graphs=standing.items,
        weighed=tuple({ref: corpus.as_answer(each) for ref, each in found.items()} for found in weighed),
        numbers=tuple(len(independent(found)) for found in weighed),
        leads=tuple((read, asked[2]) for asked, read in standing.facts.items()),
        reasons=tuple(standing.whole[asked] for asked in standing.facts),
    )


def _told(what: str, red: Sequence[tuple[str, bool]]) -> Proof:
    known = explained()
    unnoticed = [name for name, found in red if not found]
    proof = Proof(what, len(red), [name for name in unnoticed if name not in known])
    proof.note = f"{len(red) - len(unnoticed)} noticed, {len(unnoticed) - len(proof.faults)} change nothing that is answered"
    return proof


def explained() -> frozenset[str]:
    """Return the names of the survivors for which docs/proof.md gives a reason."""
    return frozenset(re.findall(r"^- `(.+?)`: ", EXPLAINED.read_text(encoding="utf-8"), re.M))
