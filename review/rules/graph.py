"""Which items depend on the face result, which stand apart, and how many count. Computed, never an editable flag.

Source: ``docs/independence.md`` (look-alike counterfactual: would an innocent look-alike be likelier to yield this item
than an innocent person picked at random?). Unknown is read as dependent; nothing that is missing ever helps.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import combinations

from review.rules.kinds import KINDS, Channel


class EdgeKind(StrEnum):
    """From an item to what it depends on."""

    CONTENT_FROM = "content_from"
    EXPOSED_TO = "exposed_to"
    SELECTED_BY = "selected_by"
    AUTHORISED_BY = "authorised_by"


FACE_RESULT = "face_result"
PROBE = "probe"
ROOTS = frozenset({FACE_RESULT, PROBE})


class Taint(StrEnum):
    """Why an item weighs nothing. On pages: depends on the face result, source not shown, does not discriminate."""

    T0 = "T0"  # source not shown
    T1 = "T1"  # its content comes from the face result, or from something that does
    T2 = "T2"  # a judgement by somebody who had seen or been told of it
    T3 = "T3"  # appearance, of somebody who was picked by it
    T4 = "T4"  # appearance, drawn from the probe itself
    T5 = "T5"  # stands apart, but would fit too many innocent people


@dataclass(frozen=True, slots=True)
class Item:
    """One item of evidence. ``kind``, ``links_to`` and ``discriminates`` are what the corroboration officer fixed."""

    ref: str
    kind: str
    fixed: bool
    source_shown: bool
    discriminates: bool
    links_to: str
    incriminating: bool
    edges: tuple[tuple[EdgeKind, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Weighed:
    """An item and what was computed of it."""

    ref: str
    taints: frozenset[Taint]
    counts: bool
    ancestors: frozenset[str] = field(default_factory=frozenset)

    @property
    def stands_apart(self) -> bool:
        return not self.taints - {Taint.T5}


def weigh(items: Iterable[Item]) -> dict[str, Weighed]:
    """Return every item weighed. Raises ValueError on an edge to nowhere or a cycle: then the graph is no graph."""
    by_ref = {item.ref: item for item in items}
    _must_be_acyclic(by_ref)
    taints: dict[str, frozenset[Taint]] = {}
    picked: dict[str, bool] = {}
    weighed = {}
    for ref in by_ref:
        found = _taints(ref, by_ref, taints, picked)
        item = by_ref[ref]
        counts = (
            not found
            and item.incriminating
            and item.fixed
            and item.links_to == "offence"
            and KINDS[item.kind].channel not in (Channel.APPEARANCE, Channel.UNKNOWN)
            and item.kind != "informant_tip"
        )
        weighed[ref] = Weighed(ref, found, counts, _ancestors(ref, by_ref))
    return weighed


def independent(weighed: Mapping[str, Weighed]) -> tuple[str, ...]:
    """Return the largest set of counting items of which no two share an ancestor (themselves included, roots not)."""
    counting = sorted(w.ref for w in weighed.values() if w.counts)
    for size in range(len(counting), 0, -1):
        for chosen in combinations(counting, size):
            if all(not weighed[a].ancestors & weighed[b].ancestors for a, b in combinations(chosen, 2)):
                return chosen
    return ()


def _taints(ref: str, by_ref: Mapping[str, Item], done: dict[str, frozenset[Taint]], picked: dict[str, bool]) -> frozenset[Taint]:
    if ref in done:
        return done[ref]
    item = by_ref[ref]
    kind = KINDS.get(item.kind)
    found: set[Taint] = set()
    bad = {parent for _, parent in item.edges if parent == FACE_RESULT or (parent not in ROOTS and _depends(parent, by_ref, done, picked))}
    content = {parent for edge, parent in item.edges if edge is EdgeKind.CONTENT_FROM}
    if kind is None or kind.channel is Channel.UNKNOWN or not item.source_shown or (kind.passes_on and not content):
        found.add(Taint.T0)
    if content & bad:
        found.add(Taint.T1)
    if kind is not None and kind.judgement and any(e is EdgeKind.EXPOSED_TO and p in bad for e, p in item.edges):
        found.add(Taint.T2)
    if kind is not None and kind.channel is Channel.APPEARANCE:
        if _picked(ref, by_ref, done, picked):
            found.add(Taint.T3)
        if _reaches_probe(ref, by_ref):
            found.add(Taint.T4)
    if not found and not item.discriminates:
        found.add(Taint.T5)
    done[ref] = frozenset(found)
    return done[ref]


def _depends(ref: str, by_ref: Mapping[str, Item], done: dict[str, frozenset[Taint]], picked: dict[str, bool]) -> bool:
    return bool(_taints(ref, by_ref, done, picked) - {Taint.T5})


def _picked(ref: str, by_ref: Mapping[str, Item], done: dict[str, frozenset[Taint]], picked: dict[str, bool]) -> bool:
    """Whether the item's subject was selected by the face result, directly or through a relay."""
    if ref not in picked:
        parents = [parent for edge, parent in by_ref[ref].edges if edge is EdgeKind.SELECTED_BY]
        picked[ref] = any(
            parent == FACE_RESULT
            or (parent not in ROOTS and (_depends(parent, by_ref, done, picked) or _picked(parent, by_ref, done, picked)))
            for parent in parents
        )
    return picked[ref]


def _reaches_probe(ref: str, by_ref: Mapping[str, Item]) -> bool:
    parents = [parent for edge, parent in by_ref[ref].edges if edge is EdgeKind.CONTENT_FROM]
    return any(parent == PROBE or (parent not in ROOTS and _reaches_probe(parent, by_ref)) for parent in parents)


def _ancestors(ref: str, by_ref: Mapping[str, Item]) -> frozenset[str]:
    """The item and everything it depends on by any edge; a path ends at a root."""
    seen: set[str] = set()
    todo = [ref]
    while todo:
        here = todo.pop()
        if here in seen or here in ROOTS:
            continue
        seen.add(here)
        todo.extend(parent for _, parent in by_ref[here].edges)
    return frozenset(seen)


def _must_be_acyclic(by_ref: Mapping[str, Item]) -> None:
    state: dict[str, int] = {}
    for start in by_ref:
        stack = [(start, iter(by_ref[start].edges))]
        while stack:
            here, edges = stack[-1]
            state[here] = 1
            step = next(edges, None)
            if step is None:
                state[here] = 2
                stack.pop()
                continue
            parent = step[1]
            if parent in ROOTS or state.get(parent) == 2:
                continue
            if parent not in by_ref:
                raise ValueError(f"{here} has an edge to {parent}, which is not on file")
            if state.get(parent) == 1:
                raise ValueError(f"{here} and {parent} depend on each other")
            stack.append((parent, iter(by_ref[parent].edges)))
