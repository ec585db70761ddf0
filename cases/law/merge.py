"""Merges layers of law: every rule of every pack is asked, so the strictest holds; what collides is reported, not settled.

For a search made for another agency both agencies' packs are merged: the requester's and the performer's.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cases.law.compile import compiled, offence_lists
from cases.law.conflicts import Conflict, Settlement, conflicts_among, settled
from cases.law.load import Pack, why_not_adoptable
from cases.law.offences import OffenceList
from cases.law.schema import Rule
from cases.law.words import LAYERS, Gate

NEEDED = (  # what no adoption goes without
    ("offence", "no pack lists the serious crimes for which a face may be searched"),
    ("human_review", "no pack asks people to look at what a search returns"),
)


class MergeWrong(ValueError):
    """Packs that cannot stand together: the message says which and why."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Where a rule comes from: the pack, its exact text, and whose law it is."""

    pack: str
    title: str
    layer: str
    status: str
    digest: str
    sides: tuple[str, ...]  # requester, performer


@dataclass(frozen=True, slots=True)
class Merged:
    """The law of one request: all rules with their provenance, what collides, and what was settled."""

    layers: tuple[Layer, ...]
    rules: tuple[Rule, ...]
    conflicts: tuple[Conflict, ...]
    settlements: tuple[Settlement, ...]
    digest: str
    packs: tuple[Pack, ...] = field(repr=False, compare=False)
    offences: OffenceList = field(repr=False, compare=False)
    by_gate: tuple[tuple[Gate, tuple[Rule, ...]], ...] = field(repr=False, compare=False)

    @property
    def open_conflicts(self) -> tuple[Conflict, ...]:
        """What a named person has still to settle, in writing, before this can be adopted."""
        done = {settlement.conflict for settlement in self.settlements}
        return tuple(conflict for conflict in self.conflicts if conflict.id not in done)

    @property
    def pack(self) -> str:
        return " + ".join(layer.pack for layer in self.layers)

    def rules_at(self, gate: Gate) -> tuple[Rule, ...]:
        return dict(self.by_gate)[gate]

    def layer_of(self, rule: Rule) -> Layer:
        return next(layer for layer in self.layers if layer.pack == rule.pack)

    def why_not_adoptable(self, *, on: date) -> tuple[str, ...]:
        """Return every reason why this cannot be adopted on this day; none means it can.

        Packs that neither list serious crimes nor ask people to look are shown as warnings; alone they protect nobody.
        """
        against = [why for pack in self.packs if (why := why_not_adoptable(pack, on=on)) is not None]
        if not self.rules:
            against.append(f"{self.pack}: has no rules; adopt another pack beside it")
        elif not against:
            asked = {rule.type for rule in self.rules if rule.holds_on(on) and not (rule.type == "offence" and rule.says("only_channels"))}
            against += [f"{self.pack}: {words}; adopt another pack beside it" for type_, words in NEEDED if type_ not in asked]
        against += [f"not settled: {conflict.sentence} ({' against '.join(conflict.rules)})" for conflict in self.open_conflicts]
        return tuple(against)

    def leaves_nothing(self, *, on: date) -> tuple[str, ...]:
        """Say where lists cut each other down to nothing: no offence, no searching body, no gallery is left."""
        holding = [rule for rule in self.rules if rule.holds_on(on)]
        said = []
        if offence_lists(holding) and not (rows := compiled(holding, self.offences))["offences"] and not rows["statutes"]:
            said.append("No offence stands on every list.")
        for type_, name, words in (
            ("who_searches", "performers", "No body may run the search under every pack."),
            ("gallery", "kinds", "No kind of gallery is allowed by every pack."),
        ):
            lists = [rule.words(name) for rule in holding if rule.type == type_ and rule.says(name) is not None]
            if lists and not frozenset.intersection(*lists):
                said.append(words)
        return tuple(said)

    def compiled(self, *, on: date) -> dict[str, Any]:
        """Return the rows that the database reads on this day. Raises MergeWrong while a conflict is open."""
        if self.open_conflicts:
            raise MergeWrong("; ".join(f"not settled: {conflict.sentence}" for conflict in self.open_conflicts))
        return compiled([rule for rule in self.rules if rule.holds_on(on)], self.offences)

    def stands_until(self, *, on: date) -> date | None:
        """Return the first day after ``on`` on which what the database enforces would change: a rule begins or ends there.

        What was adopted is judged by the rows of one day, so on that day it ends and the board adopts anew.
        """
        edges = {day for rule in self.rules for day in (rule.effective_from, rule.effective_until) if day is not None and day > on}
        now = _enforced(self.compiled(on=on))
        return next((day for day in sorted(edges) if _enforced(self.compiled(on=day)) != now), None)


def _enforced(rows: dict[str, Any]) -> dict[str, Any]:
    """Leave out who is quoted and what binds people outside: neither opens nor shuts a gate."""
    return {
        table: [{name: value for name, value in row.items() if name not in ("citation", "rule")} for row in found]
        for table, found in rows.items()
        if table != "obligations"
    }


def merge(packs: Sequence[Pack], *, performer: Sequence[Pack] = (), settlements: Sequence[Settlement] = ()) -> Merged:
    """Merge layers; the order in which they are given means nothing. Raises MergeWrong, SettlementWrong."""
    if not packs:
        raise MergeWrong("there is no policy, so nothing may be searched")
    known: dict[str, Pack] = {}
    sides: dict[str, set[str]] = {}
    for side, given in (("requester", packs), ("performer", performer)):
        for pack in given:
            if known.setdefault(pack.id, pack).digest != pack.digest:
                raise MergeWrong(f"two different texts are called “{pack.id}”: {known[pack.id].digest[:12]} and {pack.digest[:12]}")
            if pack.offences.digest != packs[0].offences.digest:
                raise MergeWrong(f"“{pack.id}” was read with another list of offences")
            sides.setdefault(pack.id, set()).add(side)
    ordered = sorted(known.values(), key=lambda pack: (LAYERS.index(pack.layer), pack.id))
    rules = [rule for pack in ordered for rule in sorted(pack.rules, key=lambda rule: rule.id)]
    conflicts = conflicts_among(rules)
    done = tuple(sorted(set(settlements), key=lambda each: each.conflict))
    if len({each.conflict for each in done}) < len(done):
        raise MergeWrong("one conflict is settled twice")
    kept = settled(rules, conflicts, done)
    spoken = [f"offences {packs[0].offences.digest}"]
    spoken += [f"{pack.id} {pack.digest} {','.join(sorted(sides[pack.id]))}" for pack in ordered]
    spoken += [f"{each.conflict} {each.goes_first} {each.by} {each.in_writing}" for each in done]
    return Merged(
        layers=tuple(Layer(p.id, p.title, p.layer, p.status, p.digest, tuple(sorted(sides[p.id]))) for p in ordered),
        rules=kept,
        conflicts=conflicts,
        settlements=done,
        digest=hashlib.sha256("\n".join(spoken).encode()).hexdigest(),
        packs=tuple(ordered),
        offences=ordered[0].offences,
        by_gate=tuple((gate, tuple(rule for rule in kept if gate in rule.gates)) for gate in Gate),
    )
