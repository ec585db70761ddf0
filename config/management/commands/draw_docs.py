"""Write the pages of ``docs/`` that come from code: the state tables with their picture, and every reason."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cases.law.shipped import shipped_packs
from cases.law.table import law_page
from cases.states import MOVES, Mover, State
from review.rules.actions import ACTIONS, ALWAYS_OPEN
from review.rules.gate import SAFEGUARDS
from review.states import COUNTERSIGNATURE_MOVES

PLACES: dict[State, tuple[int, int]] = {
    State.RECEIVED: (90, 60),
    State.ELIGIBLE: (290, 60),
    State.FIT: (490, 60),
    State.DISPUTED: (690, 60),
    State.LEAD: (890, 60),
    State.INELIGIBLE: (190, 190),
    State.UNFIT: (360, 190),
    State.NO_CANDIDATES: (540, 190),
    State.NO_LEAD: (730, 190),
    State.CLOSED: (490, 320),
    State.DESTROYED: (730, 320),
}
BOX = (132, 38)


class Command(BaseCommand):
    """``manage.py draw_docs``; a test fails while the pages differ from the code."""

    help = __doc__

    def handle(self, **_: Any) -> None:
        for name, text in pages().items():
            (Path(settings.ROOT) / "docs" / name).write_text(text, encoding="utf-8")
            self.stdout.write(f"docs/{name}")


def pages() -> dict[str, str]:
    """Return each generated page by its name."""
    return {"states.md": _states(), "states.svg": _picture(), "rules.md": _rules(), "law.md": law_page(shipped_packs())}


def _states() -> str:
    rows = [f"| {m.act.value} | {m.source.value} | {m.target.value} | {m.mover.value} |" for m in MOVES]
    signs = [f"| {m.act.value} | {m.source.value} | {m.target.value} | person |" for m in COUNTERSIGNATURE_MOVES]
    return "\n".join(
        [
            "# States",
            "",
            "Written by `manage.py draw_docs` from `cases/states.py` and `review/states.py`; the database holds the same rows.",
            "UNFIT, INELIGIBLE and NO_LEAD are permitted moves. A refusal means no move, and is recorded with its reasons.",
            "",
            "![The states of a case](states.svg)",
            "",
            "## A case",
            "",
            "| act | from | to | by |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
            "## A countersignature",
            "",
            "Whether a signed one still holds is computed each time it is asked, never stored.",
            "",
            "| act | from | to | by |",
            "| --- | --- | --- | --- |",
            *signs,
            "",
        ]
    )


def _picture() -> str:
    said = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 980 370" role="img" aria-label="The states of a case and the moves between them">',
        '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse">'
        '<path d="M0 0L10 5L0 10z" fill="#3d4551"/></marker></defs>',
        '<rect width="980" height="370" fill="#fff"/>',
    ]
    drawn = set()
    for move in MOVES:
        pair = (move.source, move.target, move.mover)
        if pair in drawn or (move.target is State.CLOSED and move.mover is Mover.PERSON):
            continue
        drawn.add(pair)
        said.append(_arrow(PLACES[move.source], PLACES[move.target], dashed=move.mover is Mover.MACHINE))
    for state, (x, y) in PLACES.items():
        left, top = x - BOX[0] // 2, y - BOX[1] // 2
        said.append(f'<rect x="{left}" y="{top}" width="{BOX[0]}" height="{BOX[1]}" rx="4" fill="#f0f4f8" stroke="#1b1b1b"/>')
        said.append(
            f'<text x="{x}" y="{y + 5}" text-anchor="middle" font-family="sans-serif" font-size="14" fill="#1b1b1b">{state.value}</text>'
        )
    note = "dashed: a machine moves; solid: a person. Any state but the last two may also be closed by a person."
    said.append(f'<text x="20" y="360" font-family="sans-serif" font-size="13" fill="#3d4551">{note}</text>')
    return "\n".join([*said, "</svg>", ""])


def _arrow(start: tuple[int, int], end: tuple[int, int], *, dashed: bool) -> str:
    (x1, y1), (x2, y2) = _edge(start, end), _edge(end, start)
    dash = ' stroke-dasharray="5 4"' if dashed else ""
    if start[1] == end[1] and abs(start[0] - end[0]) > 260:  # over the boxes between
        over = start[1] - BOX[1] // 2
        bend = f"M{start[0]} {over}C{start[0]} {over - 34} {end[0]} {over - 34} {end[0]} {over}"
    else:
        bend = f"M{x1} {y1}L{x2} {y2}"
    return f'<path d="{bend}" fill="none" stroke="#3d4551"{dash} marker-end="url(#tip)"/>'


def _edge(of: tuple[int, int], towards: tuple[int, int]) -> tuple[int, int]:
    dx, dy = towards[0] - of[0], towards[1] - of[1]
    scale = min(BOX[0] / 2 / abs(dx) if dx else 9, BOX[1] / 2 / abs(dy) if dy else 9)
    return round(of[0] + dx * scale), round(of[1] + dy * scale)


def _rules() -> str:
    said = [
        "# Rules",
        "",
        "Written by `manage.py draw_docs` from the code. Pages say the sentences; the codes stay in code, in the record and in the API.",
        "",
        "## What an action demands",
        "",
        f"Always open, on any case: {', '.join(name for _, name in ALWAYS_OPEN)}.",
        "",
        "| action | safeguards | items that stand apart, at least |",
        "| --- | --- | --- |",
        *(f"| {a.name} | {', '.join(SAFEGUARDS[d].name for d in a.demands)} | {a.standing_apart} |" for a in ACTIONS.values()),
        "",
        "## Every reason",
        "",
        "| code | sentence | source | file |",
        "| --- | --- | --- | --- |",
    ]
    seen = set()
    for path, code, sentence, source in sorted(_reasons(), key=lambda row: (row[0], row[1])):
        if (path, code) not in seen:
            seen.add((path, code))
            said.append(f"| `{code}` | {sentence} | {source} | `{path}` |")
    return "\n".join([*said, ""])


def _reasons() -> Iterator[tuple[str, str, str, str]]:
    for folder in ("cases/rules", "review/rules"):
        for path in sorted((Path(settings.ROOT) / folder).glob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            named = {
                each.targets[0].id: each.value.value
                for each in tree.body
                if isinstance(each, ast.Assign) and isinstance(each.targets[0], ast.Name) and isinstance(each.value, ast.Constant)
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason":
                    words = [
                        a.value if isinstance(a, ast.Constant) else named.get(getattr(a, "id", ""), "“…” must be said.") for a in node.args
                    ]
                    if not isinstance(node.args[0], ast.Constant):
                        continue  # a fault of a list, named in cases/rules/arrival.py
                    yield f"{folder}/{path.name}", str(words[0]), str(words[1]), str(words[2])
