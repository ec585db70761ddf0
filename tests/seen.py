"""What was made of a picture before in this run of the tests is remembered: a case is searched, linked and shown by the same few pictures.

Its faces and their templates, which the engine's own tests have found anew, and the bar that says that a face is rendered. So is which files
the pages are made with: each client of the tests would look for them in every folder again.
"""

import sys
from collections.abc import Callable
from functools import lru_cache, wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from whitenoise.middleware import WhiteNoiseMiddleware

if TYPE_CHECKING:  # a run of the rules alone loads no network
    from cases.matching.interface import Face, Picture
    from cases.matching.reference import ReferenceEngine

_anew = False


def begin(item: pytest.Item) -> None:
    global _anew
    _anew = item.path.parent.name == "matching"


def remember() -> None:
    """From here on, where the tests that were found use the engine, or show pictures, at all."""
    if loaded := sys.modules.get("cases.matching.reference"):
        loaded.ReferenceEngine.find_faces = _remembered(loaded.ReferenceEngine.find_faces)
        loaded.ReferenceEngine.template = _remembered(loaded.ReferenceEngine.template)
    if shown := sys.modules.get("cases.images"):
        shown.label_demo = lru_cache(maxsize=200)(shown.label_demo)
    files: dict[str, Any] = {}

    def as_found(served: WhiteNoiseMiddleware) -> None:
        if not files:
            look(served)
            files.update(served.files)
        served.files.update(files)

    look, WhiteNoiseMiddleware.add_files_from_finders = WhiteNoiseMiddleware.add_files_from_finders, as_found


def _remembered(ask: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[tuple[object, ...], Any] = {}

    @wraps(ask)
    def asked(engine: "ReferenceEngine", picture: "Picture", *of: "Face") -> Any:
        if _anew:
            return ask(engine, picture, *of)
        seen = sha256(picture.tobytes()).digest(), picture.shape, *of
        if seen not in known:
            known[seen] = ask(engine, picture, *of)
        return known[seen]

    return asked
