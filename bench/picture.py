"""The two pictures of ``docs/benchmarks.md``, drawn from its tables: how far each figure is from its goal, and what growth costs.

``python -m bench.picture`` draws them again; a test fails while they differ from the tables.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGE = "benchmarks.md"
NUMBER = r"[\d,]*\.?\d+"
GOAL = re.compile(rf"(?:^|goal |p99 )(?P<most>at most )?(?P<goal>{NUMBER})(?:[^,;|]*, floor (?P<floor>{NUMBER}))?")
SIZES = ("100,000 cases", "1,000,000 cases", "10,000,000 cases")
LEGEND = "disc: goal reached; ring: between floor and goal; cross: below both; stroke: the floor; pale bar: quartiles of the slices"
WIDTH, LEFT, RIGHT = 980, 20, 960
INK, GREY, PALE = "#1b1b1b", "#3d4551", "#c6cace"
FONT = 'font-family="sans-serif"'


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure with a goal. ``reached``: how many times as good as the goal; ``floor`` and ``quartiles`` in the same measure."""

    what: str
    said: str
    reached: float
    floor: float | None
    quartiles: tuple[float, ...]


@dataclass(slots=True)
class Grown:
    """The buffers of one question at each size."""

    what: str
    buffers: dict[str, float] = field(default_factory=dict)


def rows(page: str) -> Iterator[tuple[list[str], list[str]]]:
    """Yield (head, cells) of every row of every table."""
    head: list[str] = []
    for line in page.splitlines():
        if not line.startswith("|"):
            head = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not head:
            head = cells
        elif not set(line) <= set("|-: "):
            yield head, cells


def measured(page: str) -> list[Measured]:
    """Return every figure of the tables that has a number for its goal, in their order; of two houses of other sizes both."""
    found = []
    for head, cells in rows(page):
        aim = GOAL.search(cells[-1]) if len(cells) == 4 and re.search("goal|at most", cells[-1]) and "within" not in cells[-1] else None
        figure = _numbers(" ".join(re.findall(r"\*\*(.+?)\*\*", cells[1])) or cells[1]) if aim else []
        if not aim or not figure:
            continue
        goal, value = _number(aim["goal"]), figure[-1]
        most = bool(aim["most"])
        ends = tuple(sorted(_reached(each, goal, most=most) for each in _numbers(cells[2])[:2])) if " - " in cells[2] else ()
        found.append(
            Measured(
                cells[0] + (f" ({head[-2]})" if head[-1] == "growth" else ""),
                f"{value:,g} of {'at most ' if most else ''}{goal:,g}" + (f", floor {aim['floor']}" if aim["floor"] else ""),
                _reached(value, goal, most=most),
                _reached(_number(aim["floor"]), goal, most=most) if aim["floor"] else None,
                ends,
            )
        )
    return found


def grown(page: str) -> list[Grown]:
    """Return what each page and act looks at, at each size that was measured; of a size that was measured twice, the first."""
    found: dict[str, Grown] = {}
    for head, cells in rows(page):
        if head[-1] == "growth" and cells[0].endswith(": buffers"):
            each = found.setdefault(cells[0], Grown(cells[0].removesuffix(": buffers")))
            for size, cell in zip(head[1:-1], cells[1:-1], strict=True):
                each.buffers.setdefault(size, _number(cell))
    return [each for each in found.values() if len(each.buffers) > 1]


def drawn(page: str) -> dict[str, str]:
    """Return each picture by its name."""
    return {"benchmarks-goals.svg": _goals(measured(page)), "benchmarks-scale.svg": _scale(grown(page))}


def _goals(found: list[Measured]) -> str:
    low, high, step = 0.01, 100.0, 40
    top = 70

    def x(value: float) -> float:
        return LEFT + (RIGHT - LEFT) * math.log(min(max(value, low), high) / low) / math.log(high / low)

    height = top + step * len(found) + 30
    said = [
        _text(LEFT, 22, "How many times as good as its goal: right of the line the goal is reached", 15),
        _text(LEFT, 42, LEGEND, 12),
        *_axis([(x(at), f"{at:g}") for at in (0.01, 0.1, 1, 10, 100)], top - 8, height - 20, strong="1"),
    ]
    for number, each in enumerate(found):
        y = top + step * number + 12
        said.append(_text(LEFT, y, each.what, 12))
        said.append(_text(RIGHT, y + 18, each.said, 12, end=True))
        y += 14
        if each.quartiles:
            said.append(_line(x(each.quartiles[0]), y, x(each.quartiles[1]), y, INK, 5, 0.25))
        said.append(_line(x(1), y, x(each.reached), y, GREY, 1.5))
        if each.floor is not None:
            said.append(_line(x(each.floor), y - 6, x(each.floor), y + 6, GREY, 2))
        said.append(_mark(x(each.reached), y, each))
    return _svg(height, "Each measured figure beside its goal", said)


def _mark(x: float, y: float, each: Measured) -> str:
    if each.reached >= 1:
        return f'<circle cx="{x:.1f}" cy="{y}" r="5" fill="{INK}"/>'
    if each.floor is not None and each.reached >= each.floor:
        return f'<circle cx="{x:.1f}" cy="{y}" r="5" fill="#fff" stroke="{INK}" stroke-width="2"/>'
    return f'<path d="M{x - 5:.1f} {y - 5}l10 10m0 -10l-10 10" stroke="{INK}" stroke-width="2.5"/>'


def _scale(found: list[Grown]) -> str:
    low, high, step, left, right, top = 1.0, 1e6, 18, 500, 930, 70

    def x(value: float) -> float:
        return left + (right - left) * math.log(max(value, low) / low) / math.log(high / low)

    height = top + step * len(found) + 30
    said = [
        _text(LEFT, 22, "Pages of the database that a question looks at, as the house grows", 15),
        _text(LEFT, 42, f"ring: {SIZES[0]}; disc: {SIZES[1]}; square: {SIZES[2]}. A page of the database is 8 KiB.", 12),
        *_axis([(x(10**power), f"{10**power:,}") for power in range(7)], top - 8, height - 20),
    ]
    for number, each in enumerate(found):
        y = top + step * number + 8
        said.append(_text(left - 10, y + 4, each.what, 12, end=True))
        places = {size: x(buffers) for size, buffers in each.buffers.items()}
        said.append(_line(min(places.values()), y, max(places.values()), y, GREY, 1.5))
        for size, at in places.items():
            if size == SIZES[0]:
                said.append(f'<circle cx="{at:.1f}" cy="{y}" r="5.5" fill="#fff" stroke="{INK}" stroke-width="1.5"/>')
            elif size == SIZES[1]:
                said.append(f'<circle cx="{at:.1f}" cy="{y}" r="3.5" fill="{INK}"/>')
            else:
                said.append(f'<rect x="{at - 3:.1f}" y="{y - 3}" width="6" height="6" fill="{INK}"/>')
    return _svg(height, "Buffers of each page and act at each size of the house", said)


def _axis(ticks: list[tuple[float, str]], top: float, bottom: float, strong: str = "") -> list[str]:
    said = []
    for x, name in ticks:
        said.append(_line(x, top, x, bottom, INK if name == strong else PALE, 1))
        said.append(f'<text x="{x:.1f}" y="{bottom + 15}" text-anchor="middle" {FONT} font-size="11" fill="{GREY}">{name}</text>')
    return said


def _svg(height: float, label: str, said: list[str]) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">'
    return "\n".join([head, f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>', *said, "</svg>", ""])


def _text(x: float, y: float, words: str, size: int, *, end: bool = False) -> str:
    anchor = ' text-anchor="end"' if end else ""
    return f'<text x="{x:.1f}" y="{y}"{anchor} {FONT} font-size="{size}" fill="{INK}">{escape(words.replace("`", ""))}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, ink: str, width: float, opacity: float = 1) -> str:
    faint = f' stroke-opacity="{opacity}"' if opacity < 1 else ""
    return f'<path d="M{x1:.1f} {y1}L{x2:.1f} {y2}" stroke="{ink}" stroke-width="{width}"{faint}/>'


def _reached(value: float, goal: float, *, most: bool) -> float:
    return goal / value if most else value / goal


def _numbers(text: str) -> list[float]:
    return [_number(each) for each in re.findall(NUMBER, text)]


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def draw(page: Path = DOCS / PAGE) -> None:
    """Draw the pictures of a page beside it."""
    for name, picture in drawn(page.read_text(encoding="utf-8")).items():
        (page.parent / name).write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    draw()
