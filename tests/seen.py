"""The template of a face that the network was given before in this run of the tests is remembered: a case is searched, and linked, by the same few pictures.

The engine's own tests give it each face anew.
"""

import sys
from collections.abc import Callable
from functools import wraps
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
    """From here on, where the tests that were found use the engine at all."""
    if loaded := sys.modules.get("cases.matching.reference"):
        loaded.ReferenceEngine.template = _remembered(loaded.ReferenceEngine.template)


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
