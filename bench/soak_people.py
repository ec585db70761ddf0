"""Who drives the house in a soak: a person of the demonstration at a browser without JavaScript, and a machine at its own door.

Nothing here reads the database: what a person knows is what the pages showed.
"""

import io
import json
import random
import re
import secrets
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

from PIL import Image

from bench.run import ROOT

PATIENCE = 60.0  # seconds for one answer; whatever takes longer is an error
PEOPLE = ROOT / "demo" / "people"
NO_LEAD = 4  # of so many persons one is excluded, so that cases end without a lead too
SUPPORTS = ("2", "Ear lobe and ear rim agree", "similar", "")  # a rating, its grounds, what was found of the ears, and a note on them
EXCLUDES = ("-2", "The ear lobe is another", "different", "attached, not free")


@dataclass
class Book:
    """What was asked and how it was answered: milliseconds by kind, and every answer that should not have come."""

    times: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    done: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def asked(self, kind: str, ms: float) -> None:
        with self.lock:
            self.times.setdefault(kind, []).append(ms)

    def fault(self, said: str) -> None:
        with self.lock:
            self.faults.append(said)

    def count(self, what: str, number: int = 1) -> None:
        with self.lock:
            self.done[what] = self.done.get(what, 0) + number


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, where it was found, and what it says."""

    status: int
    address: str
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")


@dataclass
class Form:
    """One form as a browser would send it untouched, and what its choices offer."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    offers: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, **said: str) -> list[tuple[str, str]]:
        """Return the fields with these in place of theirs."""
        return [(name, value) for name, value in self.fields if name not in said] + list(said.items())


class Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.now = Form("")
        self.choice, self.chosen, self.area = "", "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        name, value = said.get("name", ""), said.get("value", "")
        if tag == "form":
            self.now = Form(said.get("action", ""))
            self.forms.append(self.now)
        elif tag == "input" and name and said.get("type") in ("radio", "checkbox"):
            self.now.offers.setdefault(name, []).append(value)
            if "checked" in said:
                self.now.fields.append((name, value))
        elif tag == "input" and name and said.get("type") != "file":
            self.now.fields.append((name, value))
        elif tag == "select":
            self.choice, self.chosen = name, ""
        elif tag == "option" and self.choice:
            offered = self.now.offers.setdefault(self.choice, [])
            offered.append(value)
            self.chosen = value if "selected" in said or len(offered) == 1 else self.chosen
        elif tag == "textarea":
            self.area = name

    def handle_data(self, data: str) -> None:
        if self.area:
            self.now.fields.append((self.area, data))
            self.area = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self.choice:
            self.now.fields.append((self.choice, self.chosen))
            self.choice = ""
        elif tag == "textarea":
            self.area = ""


def form_with(page: str, name: str) -> Form:
    """Return the form of a page in which this field is."""
    return next(form for form in Forms(page).forms if name in form.offers or name in dict(form.fields))


class Visitor:
    """Whoever asks the house over HTTP, with cookies of his own."""

    def __init__(self, house: str, book: Book) -> None:
        self.house, self.book, self.jar = house, book, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def cookies(self) -> str:
        """Return the cookies as a header."""
        return "; ".join(f"{each.name}={each.value}" for each in self.jar)

    def ask(
        self,
        kind: str,
        path: str,
        body: bytes | None = None,
        *,
        expects: tuple[int, ...] = (200,),
        since: float | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Ask once; the time counts from when it was due. Any other status than expected is a fault."""
        began = time.perf_counter() if since is None else since
        request = urllib.request.Request(f"{self.house}{path}", data=body, headers=dict(headers or {}))
        try:
            with self.opener.open(request, timeout=PATIENCE) as found:
                answer = Answer(found.status, found.url, found.read())
        except urllib.error.HTTPError as refused:
            answer = Answer(refused.code, path, refused.read())
        except OSError as trouble:
            answer = Answer(0, path, repr(trouble).encode())
        self.book.asked(kind, (time.perf_counter() - began) * 1000)
        if answer.status not in expects:
            self.book.fault(f"{kind}: {path} answered {answer.status} {_first(answer.text)}")
        return answer

    def send(self, kind: str, path: str, fields: list[tuple[str, str]], **more: object) -> Answer:
        """Send a form."""
        return self.ask(kind, path, urlencode(fields).encode(), **more)  # type: ignore[arg-type]

    def send_with_picture(self, kind: str, path: str, fields: list[tuple[str, str]], picture: Path) -> Answer:
        """Send a form with a file."""
        cut = secrets.token_hex(16)
        parts = [f'--{cut}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields]
        head = f'--{cut}\r\nContent-Disposition: form-data; name="picture"; filename="probe.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        body = b"".join([*parts, head.encode(), picture.read_bytes(), f"\r\n--{cut}--\r\n".encode()])
        return self.ask(kind, path, body, headers={"Content-Type": f"multipart/form-data; boundary={cut}"})


def _first(text: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<head>.*?</head>", "", text)).split())[:160]


class Persona(Visitor):
    """A person of the demonstration, signed in as the demonstration lets everybody sign in."""

    def __init__(self, house: str, book: Book, name: str) -> None:
        super().__init__(house, book)
        self.name = name
        token = dict(form_with(self.ask("sign in", "/demo").text, "persona").fields)["csrfmiddlewaretoken"]
        self.send("sign in", "/demo/be", [("csrfmiddlewaretoken", token), ("persona", name)])


class Machine(Visitor):
    """A source system with its key."""

    def __init__(self, house: str, book: Book, key: str) -> None:
        super().__init__(house, book)
        self.key, self.sent = key, 0

    def batch(self, number: int, *, since: float | None = None) -> list[str]:
        """Send so many new results; return their cases."""
        with self.book.lock:
            first, self.sent = self.sent, self.sent + number
        lines = [
            {
                "external_id": f"SOAK-{place}",
                "agency_case": f"SK-{place}",
                "track": "suspect",
                "engine": {"name": "Vendor", "version": "7.1"},
                "candidates": [{"subject_ref": f"S{place}", "rank": 1, "score": 1.5}],
            }
            for place in range(first, first + number)
        ]
        body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/x-ndjson"}
        answer = self.ask(f"intake: a batch of {number} results", "/api/v1/search-results/batch", body, since=since, headers=headers)
        told = [json.loads(line) for line in answer.text.splitlines()] if answer.status == 200 else []
        new = [line["case"] for line in told if line["outcome"] == "new"]
        if len(new) != number:
            self.book.fault(f"of a batch of {number} results {len(new)} were new")
        self.book.count("results acknowledged", len(new))
        return new


def person_in(picture: bytes) -> str:
    """Return whom a picture shows, as who knows the rendered people tells it; nothing where it is none of theirs."""
    return _album().get(_pixels(io.BytesIO(picture)), "")


@cache
def _album() -> dict[bytes, str]:
    return {_pixels(path): path.name.split("_")[0] for kind in ("cctv", "mugshot") for path in PEOPLE.glob(f"*_{kind}.jpg")}


def _pixels(picture: Path | io.BytesIO) -> bytes:
    """Return what a picture shows above the bar that says that it is of a demonstration; the pictures themselves are square."""
    with Image.open(picture) as opened:
        return opened.convert("RGB").crop((0, 0, opened.width, opened.width)).tobytes()


def examine(reviewer: Persona, code: str, chance: random.Random) -> None:
    """Do the next step of an examination as its pages ask for it: look at every face, answer each, check, lock."""
    path = f"/examinations/{code}"
    page = reviewer.ask("examination: a step", path).text
    faces = list(dict.fromkeys(re.findall(rf'{path}/faces/([^"/]+)"', page)))
    if "/target" not in page or not faces:
        return
    target, *shown = [_seen(reviewer, f"{path}/{each}") for each in ("target", *(f"faces/{face}" for face in faces))]
    same = faces[shown.index(target)] if target and target in shown else ""
    form = form_with(page, f"answer-{faces[0]}")
    sorting = "keep" in form.offers[f"answer-{faces[0]}"]
    given = _sorted(form, same or chance.choice(faces)) if sorting else _rated(form, same if _supported(target) else "")
    checked = reviewer.send("examination: the check page", path, form.filled(**given))
    reviewer.send("examination: the lock", f"{path}/lock", form_with(checked.text, "sent").fields)
    reviewer.book.count("sortings locked" if sorting else "conclusions locked")


def _seen(reviewer: Persona, address: str) -> str:
    found = reviewer.ask("examination: a picture", address)
    return person_in(found.content) if found.status == 200 else ""


def _supported(person: str) -> bool:
    """Whether both reviewers support this person's face; of the others no case becomes a lead."""
    return bool(person) and int(person[1:]) % NO_LEAD != 0


def _faces(form: Form) -> list[str]:
    return [name.removeprefix("answer-") for name in form.offers if name.startswith("answer-")]


def _sorted(form: Form, kept: str) -> dict[str, str]:
    """Keep one face, set all others aside."""
    faces = _faces(form)
    said = {f"answer-{face}": "keep" if face == kept else "aside" for face in faces}
    return said | {f"why-{face}": "" if face == kept else "ears" for face in faces}


def _rated(form: Form, supported: str) -> dict[str, str]:
    """Support this face and exclude every other, feature by feature."""
    said: dict[str, str] = {}
    for face in _faces(form):
        rating, why, ears, note = SUPPORTS if face == supported else EXCLUDES
        said |= {f"answer-{face}": rating, f"why-{face}": why}
        for name in form.offers:
            if name.startswith(f"found-{face}-"):
                of_the_ears = name.endswith("-ears")
                said[name] = ears if of_the_ears else "not_visible"
                said[name.replace("found-", "note-", 1)] = note if of_the_ears else ""
    return said


def review(reviewer: Persona, over: Callable[[], bool], pause: float, chance: random.Random) -> None:
    """Sit at a reviewer's desk: do what is open, take the next where little is, until it is over."""
    while not over():
        desk = reviewer.ask("page: the desk of a reviewer", "/").text
        open_ones = list(dict.fromkeys(re.findall(r'href="/examinations/([^"/]+)"', desk)))
        for code in open_ones:
            examine(reviewer, code, chance)
        if len(open_ones) < 3:
            token = dict(form_with(desk, "csrfmiddlewaretoken").fields)["csrfmiddlewaretoken"]
            taken = reviewer.send("examination: take the next", "/examinations/next", [("csrfmiddlewaretoken", token)])
            reviewer.book.count("examinations drawn", int("/examinations/" in taken.address and taken.address[-5:] != "/next"))
        time.sleep(pause)


def walk(dana: Persona, aris: Persona, picture: Path, agency_case: str) -> str:
    """Request a search, confirm the offence, check the probe: two people, until the machine searches. Return the case."""
    form = form_with(dana.ask("request: the form", "/requests/new").text, "agency_case")
    asked = form.filled(
        agency_case=agency_case,
        offence_code="120",
        track="suspect",
        purpose="Find out who held up the shop at the quay",
        target_because="The only person at the till when the drawer was opened",
        source="Shop camera 2",
        place="14 Quay Street",
        first_description="About 1.80 m, slim, dark jacket",
        tried_before="Area canvass: nothing",
        named="no",
        searched="no",
    )
    found = dana.send_with_picture("request: sent, with its picture", "/requests/new", asked, picture).address
    ref = found.rsplit("/", 1)[1]
    if not ref.startswith("FR-"):
        dana.book.fault(f"a request led to {found}")
        return ""
    said = {"code": "120", "report_reference": "Report of crime, page 1"}
    fill(aris, "analyst: the offence confirmed", f"/cases/{ref}/offence", "code", **said)
    if not _until(lambda: f"/cases/{ref}/probe" in aris.ask("analyst: the case", f"/cases/{ref}").text):
        dana.book.fault(f"{ref} was not screened in {PATIENCE:.0f} s")
        return ""
    checked = {
        "grade": "fit",
        "depicts": "The person at the till, one continuous shot",
        "role_shown_by": "The film shows the hand in the drawer",
    }
    fill(aris, "analyst: the probe checked", f"/cases/{ref}/probe", "grade", **checked)
    dana.book.count("cases sent to examination")
    return ref


def fill(who: Persona, kind: str, path: str, name: str, /, **said: str) -> Answer:
    """Open the form in which this field is, fill it in and send it."""
    form = form_with(who.ask(f"{kind}, the form", path).text, name)
    return who.send(kind, path, form.filled(**said))


def _until(true: Callable[[], bool]) -> bool:
    end = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(1)
    return True
