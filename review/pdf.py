"""Pages as PDF/UA, where this machine can draw one; else a page stays HTML alone, and the log of the process says why."""

import logging
from collections.abc import Callable, Mapping

CANNOT = ""
_draw: Callable[..., bytes] | None
try:
    from review.tagged_pdf import drawn as _draw
except ImportError as trouble:
    _draw, CANNOT = None, str(trouble)

log = logging.getLogger(__name__)


def can_draw() -> bool:
    """Whether a PDF can be drawn here."""
    return _draw is not None


def accessible(html: str, *, files: Mapping[str, bytes], one_page: bool = False) -> bytes | None:
    """Return the page as PDF/UA-1, or None where nothing on this machine draws it. ``one_page``: in the largest letters in which it fits on one."""
    if _draw is None:
        log.warning("a page is not drawn as PDF: %s", CANNOT)
        return None
    return _draw(html, files=files, one_page=one_page)
