"""The PDF of a bundle, where this machine can draw one; else the bundle has its page as HTML alone, and the log of the process says why."""

import logging
from collections.abc import Callable, Mapping

CANNOT = ""
_draw: Callable[..., bytes] | None
try:
    from oversight.tagged_pdf import drawn as _draw
except ImportError as trouble:
    _draw, CANNOT = None, str(trouble)

log = logging.getLogger(__name__)


def accessible(html: str, *, files: Mapping[str, bytes]) -> bytes | None:
    """Return the page as PDF/UA-1, or None where nothing on this machine draws it."""
    if _draw is None:
        log.warning("a bundle is made without its PDF: %s", CANNOT)
        return None
    return _draw(html, files=files)
