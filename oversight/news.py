"""What is new in a bundle since the one before: entries by their place in the log, sections by the hash of their rows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from oversight.disclosure import Section


@dataclass(frozen=True, slots=True)
class Changed:
    """A section that tells something else than it did, and how many rows it had and has."""

    title: str
    had: int
    has: int


@dataclass(frozen=True, slots=True)
class News:
    """What the bundle of this number did not tell yet."""

    since: int
    entries: tuple[Mapping[str, Any], ...]
    changed: tuple[Changed, ...]


def mark(sections: Sequence[Section], entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what the entry of a bundle keeps, so that the next one can say what is new: how far the log was listed, and a hash of each section."""
    return {
        "listed": max((each["index"] + 1 for each in entries), default=0),
        "told": {section.title: [len(section.rows), _digest(section)] for section in sections},
    }


def news(before: Mapping[str, Any] | None, sections: Sequence[Section], entries: Sequence[Mapping[str, Any]]) -> News | None:
    """Return what is new since the bundle whose entry is ``before``; None for the first bundle. What it did not say counts as new."""
    if before is None:
        return None
    told = before.get("told", {})
    changed = (Changed(each.title, told.get(each.title, [0, ""])[0], len(each.rows)) for each in sections if _digest(each) != told.get(each.title, [0, ""])[1])  # fmt: skip
    listed = before.get("listed", 0)
    return News(int(before["bundle"]), tuple(each for each in entries if each["index"] >= listed), tuple(changed))


def _digest(section: Section) -> str:
    return sha256(json.dumps([section.columns, section.rows], ensure_ascii=False, default=str).encode()).hexdigest()
