"""Draws where evidence comes from: boxes in columns, arrows from what an item depends on. The table beside it says the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from review.rules.graph import FACE_RESULT, PROBE, EdgeKind, Item, Weighed
from review.rules.kinds import Trait
from review.sheets.words import KIND_WORDS

BOX_WIDTH, BOX_HEIGHT, COLUMN, ROW, MARGIN = 190, 56, 310, 84, 16
WORDS = {
    EdgeKind.CONTENT_FROM: "content",
    EdgeKind.EXPOSED_TO: "shown or told",
    EdgeKind.SELECTED_BY: "looked for",
    EdgeKind.AUTHORISED_BY: "legal power",
}


@dataclass(frozen=True, slots=True)
class Box:
    """One thing: where it stands, what it is called, and the shape of its border. Numbers are pixels."""

    x: int
    y: int
    title: str
    line: str
    shape: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """From what is depended on, to what depends; ``path`` is SVG path data. Selection alone is dotted: it taints appearance only."""

    path: str
    label: str
    x: int
    y: int
    dotted: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole picture; ``said`` is its description for those who cannot see it."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    said: str


def draw(items: Sequence[Item], weighed: Mapping[str, Weighed], standing: Mapping[str, tuple[str, str]]) -> Drawing | None:
    """Return the drawing of a lead's items, or None where there is nothing to draw. ``standing``: reference -> (words, shape)."""
    shown = [item for item in items if item.mine]
    if not shown:
        return None
    known = {item.ref for item in shown}
    columns: dict[str, int] = {PROBE: 0, FACE_RESULT: 1}
    for item in sorted(shown, key=lambda each: len(weighed[each.ref].ancestors)):
        above = [columns[parent] for _, parent in item.edges if parent in columns and parent in known]
        columns[item.ref] = 1 if Trait.ROOT in item.kind else max([2, *(each + 1 for each in above)])
    rows: dict[int, int] = {}
    places: dict[str, tuple[int, int]] = {}
    for name in (PROBE, FACE_RESULT, *(item.ref for item in shown)):
        column = columns[name]
        rows[column] = rows.get(column, 0) + 1
        places[name] = (MARGIN + column * COLUMN, MARGIN + (rows[column] - 1) * ROW)
    boxes = [
        Box(*places[PROBE], "Probe", "the image that was searched", "source"),
        Box(*places[FACE_RESULT], "Face result", "the root", "root"),
    ]
    for item in shown:
        words, shape = standing[item.ref]
        boxes.append(Box(*places[item.ref], _short(item), words, "root" if Trait.ROOT in item.kind else shape))
    arrows = [_arrow(places[PROBE], places[FACE_RESULT], "searched", dotted=False)]
    for item in shown:
        arrows += [
            _arrow(places[parent], places[item.ref], WORDS[kind], dotted=kind is EdgeKind.SELECTED_BY)
            for kind, parent in item.edges
            if parent in places
        ]
        if item.exposed:
            arrows.append(_arrow(places[FACE_RESULT], places[item.ref], WORDS[EdgeKind.EXPOSED_TO], dotted=False))
    width = MARGIN * 2 + max(x for x, _ in places.values()) + BOX_WIDTH
    height = MARGIN * 2 + max(y for _, y in places.values()) + BOX_HEIGHT
    return Drawing(width, height, tuple(boxes), tuple(arrows), f"{len(shown)} items and what they depend on; the table below says the same")


def _short(item: Item) -> str:
    words = f"{item.ref.rsplit('-', 1)[1]} {KIND_WORDS.get(item.kind.name, item.kind.name)}"
    return words if len(words) <= 24 else words[:23] + "…"


def _arrow(start: tuple[int, int], end: tuple[int, int], label: str, *, dotted: bool) -> Arrow:
    (x1, y1), (x2, y2) = (start[0] + BOX_WIDTH, start[1] + BOX_HEIGHT // 2), (end[0], end[1] + BOX_HEIGHT // 2)
    if end[0] <= start[0]:  # in one column, or back: round the left side
        x1, x2 = start[0], end[0]
        bend = min(x1, x2) - 28
        path = f"M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}"
        return Arrow(path, label, bend, (y1 + y2) // 2, dotted)
    middle = (x1 + x2) // 2
    return Arrow(f"M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}", label, middle, (y1 + y2) // 2 - 5, dotted)
