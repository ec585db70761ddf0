"""Which items depend on the face result, which stand apart, and how many count. Computed, never an editable flag.

Source: ``docs/independence.md`` (look-alike counterfactual: would an innocent look-alike be likelier to yield this item
than an innocent person picked at random?). Unknown is read as dependent; nothing that is missing ever helps.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from review.rules.kinds import Channel, Kind, Trait


class EdgeKind(StrEnum):
    """From an item to what it depends on."""

    CONTENT_FROM = "content_from"  # copied, compared, computed, quoted, summarised
    EXPOSED_TO = "exposed_to"  # its author had seen or been told it before the statement was fixed
    SELECTED_BY = "selected_by"  # this person, place or object was examined because of it
    AUTHORISED_BY = "authorised_by"  # legal power rested on it


FACE_RESULT = "face_result"  # the search of this lead itself
PROBE = "probe"  # the capture that was searched: no face result, but what comes from it shares it
OUTSIDE_THE_ITEMS = frozenset({FACE_RESULT, PROBE})


class Taint(StrEnum):
    """Why an item weighs nothing. On pages: depends on the face result, source not shown, legal decision awaited."""

    ROOT = "ROOT"  # a face result itself
    T0 = "T0"  # source not shown
    T1 = "T1"  # its content comes from the face result, or from something that depends on it
    T2 = "T2"  # a judgement by somebody who had seen or been told of it
    T2U = "T2u"  # a judgement, and nobody wrote down what its author had seen
    T3 = "T3"  # appearance, of somebody who was picked by it
    T4 = "T4"  # appearance drawn from the probe itself, or a tip that nothing fixes before the face result
    T5 = "T5"  # stands apart, but would fit too many innocent people
    T6 = "T6"  # stands apart, but the power by which it was got rested on the face result: a legal decision is awaited


NO_TAINT = frozenset({Taint.T5, Taint.T6})


@dataclass(frozen=True, slots=True)
class Item:
    """One item of evidence. Kind, link and weight are what the corroboration officer fixed from the source document.

    ``fixed_before``: an outside record system's time, or our own earlier entry, lies before the first face result.
    ``exposed``: its author or taker had looked at a candidate, or showed a picture or said a name first.
    ``exposure_written_down``: a statement record says who took it and what was shown. ``may_be_used``: a legal adviser or
    a judge decided a hold so. ``mine``: it speaks of the lead that is asked about.
    """

    ref: str
    kind: Kind
    source_shown: bool
    discriminates: bool
    links_to: str
    incriminating: bool
    edges: tuple[tuple[EdgeKind, str], ...] = ()
    fixed_before: bool = False
    exposed: bool = False
    exposure_written_down: bool = True
    may_be_used: bool = False
    mine: bool = True


@dataclass(frozen=True, slots=True)
class Weighed:
    """An item and what was computed of it. ``ancestors``: itself and everything it rests on, as far as a face result."""

    ref: str
    taints: frozenset[Taint]
    counts: bool
    shows_identity: bool
    fixed_before: bool
    statement: bool
    ancestors: frozenset[str]

    @property
    def tainted(self) -> bool:
        return bool(self.taints - NO_TAINT)

    @property
    def held(self) -> bool:
        return Taint.T6 in self.taints


def weigh(items: Iterable[Item]) -> dict[str, Weighed]:
    """Return every item weighed. Raises ValueError on an edge to nowhere or a circle: then the graph is no graph."""
    by_ref = {item.ref: item for item in items}
    order = _parents_first(by_ref)
    graph = _Graph(by_ref)
    for ref in order:
        graph.look_at(by_ref[ref])
    return {ref: graph.weighed(by_ref[ref]) for ref in by_ref}


def independent(weighed: Mapping[str, Weighed]) -> tuple[str, ...]:
    """Return a largest set of counting items of which no two share an ancestor (themselves and the probe included, face results not)."""
    counting = sorted((w for w in weighed.values() if w.counts), key=lambda w: w.ref)
    clashes = [
        sum(1 << j for j, other in enumerate(counting) if i != j and each.ancestors & other.ancestors) for i, each in enumerate(counting)
    ]
    chosen = _largest((1 << len(counting)) - 1, clashes)
    return tuple(each.ref for i, each in enumerate(counting) if chosen >> i & 1)


def line_of(items: Iterable[Item], ref: str) -> tuple[str, ...]:
    """Return an item and everything that it rests on, by edges of any kind, each once and the nearest first."""
    by_ref = {item.ref: item for item in items}
    line = {ref: None}
    todo = [ref]
    for below in todo:
        above = [parent for _, parent in by_ref[below].edges if parent not in OUTSIDE_THE_ITEMS and parent not in line]
        line |= dict.fromkeys(above)
        todo += dict.fromkeys(above)
    return tuple(line)


def _largest(left: int, clashes: list[int]) -> int:
    """Return a largest subset of ``left`` (a bit set of places) without a clash: take what clashes with at most one, branch on the rest."""
    chosen = 0
    while left:
        places = [i for i in range(len(clashes)) if left >> i & 1]
        degree = {i: (clashes[i] & left).bit_count() for i in places}
        easy = min(places, key=lambda i: (degree[i], i))
        if degree[easy] <= 1:
            chosen |= 1 << easy
            left &= ~(clashes[easy] | 1 << easy)
            continue
        hard = max(places, key=lambda i: degree[i])
        with_it = 1 << hard | _largest(left & ~(clashes[hard] | 1 << hard), clashes)
        without = _largest(left & ~(1 << hard), clashes)
        return chosen | (with_it if with_it.bit_count() > without.bit_count() else without)
    return chosen


class _Graph:
    """What is known of the items looked at so far; parents come before children."""

    def __init__(self, by_ref: Mapping[str, Item]) -> None:
        self.by_ref = by_ref
        self.taints: dict[str, frozenset[Taint]] = {}
        self.picked: set[str] = set()
        self.from_probe: set[str] = set()
        self.held: set[str] = set()
        self.ancestors: dict[str, frozenset[str]] = {}

    def look_at(self, item: Item) -> None:
        parents = {kind: [parent for edge, parent in item.edges if edge is kind] for kind in EdgeKind}
        if Trait.ROOT in item.kind:
            self.taints[item.ref] = frozenset({Taint.ROOT})
            self.ancestors[item.ref] = frozenset()  # a path ends at a face result
            return
        content = parents[EdgeKind.CONTENT_FROM]
        if any(self._bad(parent) or parent in self.picked for parent in parents[EdgeKind.SELECTED_BY]):
            self.picked.add(item.ref)
        if any(parent == PROBE or parent in self.from_probe for parent in content):
            self.from_probe.add(item.ref)
        self.taints[item.ref] = frozenset(self._taints(item, parents))
        power = parents[EdgeKind.AUTHORISED_BY]
        if not item.may_be_used and (
            (Trait.NEEDS_AUTHORITY in item.kind and all(parent == PROBE for parent in power))  # a film gives nobody a power
            or any(self._bad(parent) or parent in self.held for parent in power)
            or any(parent in self.held for parent in content)
        ):
            self.held.add(item.ref)
        above = [self.ancestors.get(parent, frozenset({PROBE}) if parent == PROBE else frozenset()) for _, parent in item.edges]
        self.ancestors[item.ref] = frozenset({item.ref}).union(*above)

    def _taints(self, item: Item, parents: Mapping[EdgeKind, list[str]]) -> set[Taint]:
        kind, content = item.kind, parents[EdgeKind.CONTENT_FROM]
        found: set[Taint] = set()
        if kind.channel is Channel.UNKNOWN or not item.source_shown or (Trait.PASSES_ON in kind and not content):
            found.add(Taint.T0)
        if any(self._bad(parent) for parent in content):
            found.add(Taint.T1)
        if Trait.JUDGEMENT in kind:
            if item.exposed or any(self._bad(parent) for parent in parents[EdgeKind.EXPOSED_TO]):
                found.add(Taint.T2)
            if not item.exposure_written_down:
                found.add(Taint.T2U)
        if kind.channel is Channel.APPEARANCE:
            if item.ref in self.picked:
                found.add(Taint.T3)
            if item.ref in self.from_probe:
                found.add(Taint.T4)
        if Trait.TIP in kind and not item.fixed_before and Taint.T0 not in found:
            found.add(Taint.T4)
        return found

    def _bad(self, parent: str) -> bool:
        """Whether a parent is a face result, or an item that depends on one or has no shown source."""
        return parent == FACE_RESULT or bool(self.taints.get(parent))

    def weighed(self, item: Item) -> Weighed:
        taints = set(self.taints[item.ref])
        if not taints:
            taints |= {Taint.T5} if not item.discriminates else set()
            taints |= {Taint.T6} if item.ref in self.held else set()
        channel = item.kind.channel
        weighs = (
            item.mine
            and not taints
            and item.incriminating
            and channel not in (Channel.APPEARANCE, Channel.UNKNOWN)
            and Trait.TIP not in item.kind
        )
        return Weighed(
            ref=item.ref,
            taints=frozenset(taints),
            counts=weighs and item.links_to == "offence",
            shows_identity=weighs and item.links_to == "identity",
            fixed_before=item.fixed_before,
            statement=channel is Channel.STATEMENT,
            ancestors=self.ancestors[item.ref],
        )


def _parents_first(by_ref: Mapping[str, Item]) -> list[str]:
    """Return the references in an order in which nothing comes before what it depends on."""
    state: dict[str, int] = {}
    order: list[str] = []
    for start in by_ref:
        if state.get(start) == 2:
            continue
        stack = [(start, iter(by_ref[start].edges))]
        while stack:
            here, edges = stack[-1]
            state[here] = 1
            step = next(edges, None)
            if step is None:
                state[here] = 2
                order.append(here)
                stack.pop()
                continue
            parent = step[1]
            if parent in OUTSIDE_THE_ITEMS or state.get(parent) == 2:
                continue
            if parent not in by_ref:
                raise ValueError(f"{here} has an edge to {parent}, which is not on file")
            if state.get(parent) == 1:
                raise ValueError(f"{here} and {parent} depend on each other")
            stack.append((parent, iter(by_ref[parent].edges)))
    return order
