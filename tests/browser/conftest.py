"""A real Chromium (Debian's), and people who walk: every page they come to is checked before they act on it."""

import os
import shutil
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.world import run_jobs

WCAG = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    "preload": False,  # of the style sheets, which one rule alone reads; they are the same on every page (test_style_sheets.py)
}
PIECES = (Path(__file__).parent / "pieces.js").read_text(encoding="utf-8")
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 400, "height": 860}


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, where it is there the one without windows, which is quicker. Without either these tests are skipped, unless the run needs them."""
    found = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if not found:
        absent = "chromium is not installed: apt-get install chromium-headless-shell"
        if os.environ.get("COUNTERSIGN_NEEDS_CHROMIUM"):
            pytest.fail(absent)
        pytest.skip(absent)
    # Playwright keeps a loop in this thread, and under a loop Django keeps other connections than before it. What is open on either
    # side of that border would be lost from sight, and the test database could not be copied for as long as it stays open.
    connections.close_all()
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        # letters as wide as the browser with windows draws them, also on paper
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"]
        )
        yield browser
        browser.close()
        connections.close_all()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


TOO_WIDE = """[...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth)
  .map(e => e.tagName + "." + e.className + ": " + e.textContent.trim().slice(0, 40)).slice(0, 12)"""


class Passed:
    """The pieces of pages that axe has passed in this run of the tests (pieces.js); those who test side by side keep one record."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.known: set[str] = set()

    def lacks(self, pieces: list[str]) -> list[str]:
        """Return those that have not passed."""
        marks = {sha256(piece.encode()).hexdigest() for piece in pieces}
        self.known |= {mark for mark in marks - self.known if (self.folder / mark).exists()}
        return sorted(marks - self.known)

    def add(self, marks: list[str]) -> None:
        for mark in marks:
            (self.folder / mark).touch()


class Walker:
    """One person at one browser of his own. Whatever page comes up must pass axe, log nothing and be reported for nothing."""

    def __init__(
        self, browser: Browser, address: str, pictures: Path | None, passed: Passed, *, scripts: bool = True, width: dict[str, int] = WIDE
    ) -> None:
        self.context = browser.new_context(base_url=address, viewport=width, java_script_enabled=scripts)  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.pictures, self.passed, self.scripts = pictures, passed, scripts
        self.faults: list[str] = []
        self.seen: set[str] = set()
        self.page.on("console", lambda message: self._note(f"console {message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))

    def _note(self, said: str) -> None:
        if "the server responded with a status of 4" not in said:  # a refusal is an answer, not a fault
            self.faults.append(said)

    def be(self, name: str) -> "Walker":
        """Sign in as a persona of the demonstration."""
        self.go("/demo")
        with self.page.expect_navigation():
            self.page.locator(f"input[value={name}] ~ button").click()
        return self.check()

    def go(self, path: str) -> "Walker":
        self.page.goto(path)
        return self.check()

    def press(self, name: str, *, role: Any = "button", nth: int = 0) -> "Walker":
        """Press a button or follow a link, and check where that leads."""
        with self.page.expect_navigation():
            self.page.get_by_role(role, name=name).nth(nth).click()
        return self.check()

    def follow(self, name: str, *, nth: int = 0) -> "Walker":
        return self.press(name, role="link", nth=nth)

    def fill(self, **said: str) -> "Walker":
        """Fill form fields by their names."""
        for name, value in said.items():
            field: Locator = self.page.locator(f"[name={name}]")
            kind = field.first.evaluate("e => e.tagName + ':' + (e.type || '')") if self.scripts else self._kind(field)
            if "usa-combo-box__select" in (field.first.get_attribute("class") or ""):
                self.page.locator(f".usa-combo-box__input#id_{name}").fill(value)
                self.page.keyboard.press("ArrowDown")
                self.page.keyboard.press("Enter")
            elif kind.startswith("SELECT"):
                field.select_option(value)
            elif kind.endswith("radio"):
                self.choose(name, value)
            elif kind.endswith("checkbox"):
                self.page.locator(f"label[for={field.get_attribute('id')}]").click()
            elif kind.endswith("file"):
                field.set_input_files(value)
            else:
                field.fill(value)
        return self

    def choose(self, name: str, value: str) -> None:
        """Choose a radio by its label, as a hand would: USWDS draws the label and hides the circle."""
        known = self.page.locator(f"[name={name}][value='{value}']").get_attribute("id")
        self.page.locator(f"label[for={known}]").click()

    def _kind(self, field: Locator) -> str:
        if field.first.get_attribute("class") == "usa-select":
            return "SELECT"
        return f"INPUT:{field.first.get_attribute('type') or 'text'}"

    def check(self) -> "Walker":
        """No violation, no message, no sideways scroll."""
        self.page.wait_for_load_state()
        assert not self.faults, (self.page.url, self.faults)
        if self.scripts:
            if new := self.passed.lacks(self.pieces()):
                found = Axe().run(self.page, options=WCAG)
                assert not found.violations_count, f"{self.page.url}\n{found.generate_report()}"
                self.passed.add(new)
            wider = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, f"{self.page.url} scrolls sideways by {wider} px: {self.page.evaluate(TOO_WIDE)}"
        return self

    def pieces(self) -> list[str]:
        """Return what axe judges this page by."""
        found: list[str] = self.page.evaluate(PIECES)
        return found

    def says(self, text: str) -> "Walker":
        assert text in " ".join(self.page.locator("body").inner_text().split()), f"{self.page.url} does not say “{text}”"
        return self

    def picture(self, name: str) -> "Walker":
        """Look at the page narrow too; keep both pictures where asked for."""
        self.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        self.check()
        self._keep(f"{name}-400.png")
        self.page.set_viewport_size(WIDE)  # type: ignore[arg-type]
        self._keep(f"{name}-1280.png")
        return self

    def _keep(self, name: str) -> None:
        if self.pictures:
            self.page.mouse.wheel(0, 9000)  # pictures further down load when they come into sight
            self.page.wait_for_load_state("networkidle")
            self.page.mouse.wheel(0, -9000)
            self.page.screenshot(path=self.pictures / name, full_page=True)


@pytest.fixture(scope="session")
def passed(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Passed:
    own = tmp_path_factory.getbasetemp()
    return Passed((own if worker_id == "master" else own.parent) / "passed-by-axe")


@pytest.fixture
def walker(
    chromium: Browser, live_server: Any, settings: Any, request: pytest.FixtureRequest, passed: Passed
) -> Iterator[Callable[..., Walker]]:
    """Make walkers; the worker's jobs are done between their steps by ``the_worker``."""
    settings.DEMO = True
    kept = request.config.getoption("--pictures")
    opened: list[Walker] = []

    def make(name: str = "", **options: Any) -> Walker:
        one = Walker(chromium, live_server.url, Path(kept) if kept else None, passed, **options)
        opened.append(one)
        return one.be(name) if name else one

    yield make
    for one in opened:
        one.context.close()  # all of them, before any is found at fault: what stays open holds the database of the next test
    faults = [fault for one in opened for fault in one.faults]
    assert not faults, faults


@pytest.fixture
def the_worker() -> Callable[[], list[str]]:
    return run_jobs
