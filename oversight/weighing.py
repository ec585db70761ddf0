"""The re-check's own weighing of items: each cause runs forward from where it begins to everything that rests on it.

Written from docs/independence.md alone; neither of the two gates is read or imported. A circle or an edge to nowhere does not stop it.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

FACE, PROBE = "face_result", "probe"
End = int | str  # an item's number, or one of the two things outside the items


@dataclass(frozen=True, slots=True)
class Item:
    """One item as it stood: what was fixed of it, what was written down, and what it rests on."""

    id: int
    channel: str
    traits: frozenset[str]
    shown: bool
    sharp: bool
    links_to: str
    against: bool
    before: bool
    exposed: bool
    written_down: bool
    usable: bool
    mine: bool
    edges: tuple[tuple[str, End], ...] = ()


@dataclass(slots=True)
class Weight:
    """Why an item weighs nothing, whether it counts, and everything it rests on."""

    why: set[str] = field(default_factory=set)
    counts: bool = False
    identity: bool = False
    before: bool = False
    statement: bool = False
    rests_on: frozenset[End] = frozenset()


class _Spreading:
    def __init__(self, items: dict[int, Item]) -> None:
        self.items = items
        self.why: dict[int, set[str]] = {number: set() for number in items}
        self.above: dict[End, list[tuple[str, int]]] = defaultdict(list)  # what rests on this, and how
        for item in items.values():
            for kind, end in item.edges:
                self.above[end if end in items or end == PROBE else FACE].append((kind, item.id))
        self.picked: set[int] = set()
        self.filmed: set[int] = set()
        self.held: set[int] = set()
        self.waiting: deque[tuple[str, End]] = deque()

    def run(self) -> None:
        self.waiting.append(("bad", FACE))
        for item in self.items.values():
            for code in _by_itself(item):
                self._bad(item, code)
        for kind, number in self.above[PROBE]:
            if kind == "content_from":
                self._filmed(self.items[number])
        self._drain()
        for item in self.items.values():
            powers = [end for kind, end in item.edges if kind == "authorised_by" and end != PROBE]
            if ("needs_authority" in item.traits and not powers) or any(self._is_bad(end) for end in powers):
                self._hold(item)
        self._drain()

    def _drain(self) -> None:
        while self.waiting:
            cause, end = self.waiting.popleft()
            for kind, number in self.above[end]:
                self._arrives(cause, kind, self.items[number])

    def _arrives(self, cause: str, kind: str, item: Item) -> None:
        if cause == "held":
            if kind in ("authorised_by", "content_from"):
                self._hold(item)
        elif kind == "selected_by" and cause in ("bad", "picked"):
            self._picked(item)
        elif cause == "bad" and kind == "content_from":
            self._bad(item, "T1")
        elif cause == "bad" and kind == "exposed_to" and "judgement" in item.traits:
            self._bad(item, "T2")
        elif cause == "filmed" and kind == "content_from":
            self._filmed(item)

    def _bad(self, item: Item, code: str) -> None:
        if "root" in item.traits:
            code = "ROOT"
        if not self.why[item.id]:
            self.waiting.append(("bad", item.id))
        self.why[item.id].add(code)

    def _picked(self, item: Item) -> None:
        if "root" in item.traits or item.id in self.picked:
            return
        self.picked.add(item.id)
        self.waiting.append(("picked", item.id))
        if item.channel == "appearance":
            self._bad(item, "T3")

    def _filmed(self, item: Item) -> None:
        if "root" in item.traits or item.id in self.filmed:
            return
        self.filmed.add(item.id)
        self.waiting.append(("filmed", item.id))
        if item.channel == "appearance":
            self._bad(item, "T4")

    def _hold(self, item: Item) -> None:
        if "root" in item.traits or item.usable or item.id in self.held:
            return
        self.held.add(item.id)
        self.waiting.append(("held", item.id))

    def _is_bad(self, end: End) -> bool:
        return bool(self.why[end]) if isinstance(end, int) and end in self.why else end != PROBE


def _by_itself(item: Item) -> Iterator[str]:
    if "root" in item.traits:
        yield "ROOT"
        return
    sourceless = (
        item.channel == "unknown"
        or not item.shown
        or ("passes_on" in item.traits and all(kind != "content_from" for kind, _ in item.edges))
    )
    if sourceless:
        yield "T0"
    if "judgement" in item.traits and item.exposed:
        yield "T2"
    if "judgement" in item.traits and not item.written_down:
        yield "T2u"
    if "tip" in item.traits and not item.before and not sourceless:
        yield "T4"


def weigh(found: Iterable[Item]) -> dict[int, Weight]:
    """Return every item weighed, by its number."""
    items = {item.id: item for item in found}
    spreading = _Spreading(items)
    spreading.run()
    return {number: _weight(item, spreading) for number, item in items.items()}


def _weight(item: Item, spreading: _Spreading) -> Weight:
    why = set(spreading.why[item.id])
    if not why:
        why |= set() if item.sharp else {"T5"}
        why |= {"T6"} if item.id in spreading.held else set()
    weighs = item.mine and not why and item.against and item.channel not in ("appearance", "unknown") and "tip" not in item.traits
    return Weight(
        why=why,
        counts=weighs and item.links_to == "offence",
        identity=weighs and item.links_to == "identity",
        before=item.before,
        statement=item.channel == "statement",
        rests_on=_rests_on(item, spreading.items),
    )


def _rests_on(item: Item, items: dict[int, Item]) -> frozenset[End]:
    """Itself and everything above it, the probe included, as far as a face result."""
    if "root" in item.traits:
        return frozenset()
    seen: set[End] = {item.id}
    ahead = [item]
    while ahead:
        for _, end in ahead.pop().edges:
            if end in seen or end == FACE:
                continue
            if end == PROBE:
                seen.add(PROBE)
            elif isinstance(end, int) and end in items and "root" not in items[end].traits:
                seen.add(end)
                ahead.append(items[end])
    return frozenset(seen)


def stand_apart(weights: Iterable[Weight], *, as_many_as: int) -> int:
    """Return how many counting items share nothing they rest on, as far as is asked."""
    lines = sorted((w.rests_on for w in weights if w.counts), key=len)
    most = 0

    def choose(begin: int, used: frozenset[End], chosen: int) -> None:
        nonlocal most
        most = max(most, chosen)
        for place in range(begin, len(lines)):
            if most >= as_many_as or chosen + len(lines) - place <= most:
                return
            if not lines[place] & used:
                choose(place + 1, used | lines[place], chosen + 1)

    choose(0, frozenset(), 0)
    return most
