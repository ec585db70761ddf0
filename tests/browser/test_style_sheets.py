"""What axe asks of the style sheets, which are the same on every page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from tests.browser.conftest import Walker

pytestmark = pytest.mark.django_db(transaction=True)
ORIENTATION = {"runOnly": {"type": "rule", "values": ["css-orientation-lock"]}}
PALE = "main h1 { color: #c6c9cc }"
LOCKED = "@media (orientation: portrait) { html { transform: rotate(90deg) } }"


def test_no_page_is_locked_to_one_orientation(walker: Callable[..., Walker]) -> None:
    page = walker("dana").page
    assert Axe().run(page, options=ORIENTATION).violations_count == 0
    page.route("**/countersign.css", lambda route: route.fulfill(body=LOCKED, content_type="text/css"))
    page.reload()
    assert Axe().run(page, options=ORIENTATION).violations_count == 1


def test_a_colour_too_pale_is_seen_where_the_page_has_passed_before(walker: Callable[..., Walker]) -> None:
    dana = walker("dana")
    dana.check()
    dana.page.route("**/countersign.css", lambda route: route.fulfill(body=route.fetch().text() + PALE, content_type="text/css"))
    dana.page.reload()
    with pytest.raises(AssertionError, match="color-contrast"):
        dana.check()


def test_every_page_has_these_style_sheets() -> None:
    sheets = {path.name: "".join(sorted(_sheets(path))) for path in Path(settings.ROOT, "templates").rglob("*.html") if _sheets(path)}
    assert set(sheets) == {"base.html", "bare.html"}
    assert len(set(sheets.values())) == 1


def _sheets(path: Path) -> list[str]:
    return [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if 'rel="stylesheet"' in line]
