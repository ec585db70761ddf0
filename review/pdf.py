"""Pages as PDF/UA, where this machine can draw one; else a page stays HTML alone, and the log of the process says why."""

import logging
from collections.abc import Callable, Mapping
from functools import cache

log = logging.getLogger(__name__)


@cache
def _drawer() -> Callable[..., bytes] | None:
    """Return what draws. It is loaded once and only where something is drawn: it costs a second."""
    try:
        from review.tagged_pdf import drawn
    except ImportError as trouble:
        log.warning("no page is drawn as PDF: %s", trouble)
        return None
    return drawn


def can_draw() -> bool:
    """Whether a PDF can be drawn here."""
    return _drawer() is not None


def accessible(html: str, *, files: Mapping[str, bytes], one_page: bool = False) -> bytes | None:
    """Return the page as PDF/UA-1, or None where nothing on this machine draws it. ``one_page``: in the largest letters in which it fits on one."""
    draw = _drawer()
    return draw(html, files=files, one_page=one_page) if draw else None
