"""What was made of a picture before in this run of the tests is remembered: a case is searched, linked and shown by the same few pictures.

So are the template of a face, which the engine's own tests have made anew, and the bar that says that a face is rendered.
"""

import sys
from collections.abc import Callable
from functools import lru_cache, wraps
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # a run of the rules alone loads no network
    from cases.matching.interface import Face, Picture, Template
    from cases.matching.reference import ReferenceEngine

_anew = False


def begin(item: pytest.Item) -> None:
    global _anew
    _anew = item.path.parent.name == "matching"


def remember() -> None:
    """From here on, where the tests that were found use the engine, or show pictures, at all."""
    if loaded := sys.modules.get("cases.matching.reference"):
        loaded.ReferenceEngine.template = _remembered(loaded.ReferenceEngine.template)
    if shown := sys.modules.get("cases.images"):
        shown.label_demo = lru_cache(maxsize=200)(shown.label_demo)


def _remembered(ask: "Callable[[ReferenceEngine, Picture, Face], Template]") -> "Callable[[ReferenceEngine, Picture, Face], Template]":
    known: dict[tuple[bytes, tuple[int, ...], Face], Template] = {}

    @wraps(ask)
    def template(engine: "ReferenceEngine", picture: "Picture", face: "Face") -> "Template":
        if _anew:
            return ask(engine, picture, face)
        seen = sha256(picture.tobytes()).digest(), picture.shape, face
        if seen not in known:
            known[seen] = ask(engine, picture, face)
        return known[seen]

    return template
