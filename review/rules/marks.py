"""Marks on features: where on which picture, in pixels of the original, and in words. Kept as W3C Web Annotations."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

MOST = 40  # on one pair
WORDS = 200
LINE = re.compile(r"^(target|face)\s+(\d{1,5})\s*,\s*(\d{1,5})\s*:\s*(\S.*)$")
HOW = "write one mark a line, as “target 120,80: words” or “face 120,80: words”"


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark. ``on``: target, or face."""

    on: str
    x: int
    y: int
    words: str


def read(text: str, *, sizes: dict[str, tuple[int, int]]) -> tuple[tuple[Mark, ...], list[str]]:
    """Return the marks of a text, one a line, and what is wrong with each line that is none. ``sizes``: of the two pictures."""
    marks: list[Mark] = []
    faults: list[str] = []
    for number, line in enumerate(filter(str.strip, text.splitlines()), 1):
        found = LINE.match(line.strip())
        if not found:
            faults.append(f"mark {number} cannot be read: {HOW}.")
            continue
        on, x, y, words = found[1], int(found[2]), int(found[3]), found[4]
        width, height = sizes[on]
        if x >= width or y >= height:
            faults.append(f"mark {number} lies outside its picture, which has {width} × {height} pixels.")
        elif len(words) > WORDS:
            faults.append(f"mark {number} has {len(words)} letters; at most {WORDS} are kept.")
        else:
            marks.append(Mark(on, x, y, words))
    if len(marks) > MOST:
        faults.append(f"{len(marks)} marks were set; at most {MOST} are kept.")
    return tuple(marks), faults


def annotations(marks: Sequence[Mark], *, sources: dict[str, str]) -> list[dict[str, object]]:
    """Return the marks as W3C Web Annotations; ``sources`` names the two pictures."""
    return [
        {
            "@context": "http://www.w3.org/ns/anno.jsonld",
            "type": "Annotation",
            "motivation": "commenting",
            "body": [
                {"type": "TextualBody", "purpose": "commenting", "value": mark.words, "format": "text/plain"},
                {"type": "TextualBody", "purpose": "tagging", "value": mark.on},
            ],
            "target": {
                "source": sources[mark.on],
                "selector": {
                    "type": "FragmentSelector",
                    "conformsTo": "http://www.w3.org/TR/media-frags/",
                    "value": f"xywh=pixel:{mark.x},{mark.y},1,1",
                },
            },
        }
        for mark in marks
    ]


def in_words(kept: Sequence[dict[str, Any]]) -> str:
    """Say annotations in one line, as they were marked."""
    said = []
    for each in kept:
        words, on = (body["value"] for body in each["body"])
        x, y, *_ = each["target"]["selector"]["value"].removeprefix("xywh=pixel:").split(",")
        said.append(f"{on} {x},{y}: {words}")
    return "; ".join(said)
