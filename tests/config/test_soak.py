"""The soak finds what it is for: an answer that should not have come, memory that grows, an arrest on the face alone; and it reads a form as a browser would send it."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bench.soak import GROWS, _growth, _unlike
from bench.soak_leads import NOT_SIGNED, NOTHING_STANDS_APART, refused_on_the_face_alone
from bench.soak_people import PEOPLE, Book, Persona, Visitor, form_with, person_in
from cases.images import DEMO_LABEL
from cases.uploads import clean_upload, label_demo

PAGE = """<form action="/other"><input name="q"></form>
<form action="/here"><input type="hidden" name="token" value="t"><input type="radio" name="answer-A" value="keep">
<input type="radio" name="answer-A" value="aside" checked><select name="why-A"><option value="">-</option><option value="ears">Ears</option></select>
<textarea name="said">as it was</textarea><input type="file" name="picture"></form>"""


def test_a_form_is_sent_as_a_browser_would_send_it_untouched():
    form = form_with(PAGE, "answer-A")

    assert (form.action, form.fields) == ("/here", [("token", "t"), ("answer-A", "aside"), ("why-A", ""), ("said", "as it was")])
    assert form.offers == {"answer-A": ["keep", "aside"], "why-A": ["", "ears"]}
    assert ("answer-A", "keep") in form.filled(**{"answer-A": "keep"})
    assert ("answer-A", "aside") not in form.filled(**{"answer-A": "keep"})


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.end_headers()
        self.wfile.write(b"said")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def test_an_unexpected_status_and_a_house_that_is_gone_are_faults():
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    book = Book()
    visitor = Visitor(f"http://127.0.0.1:{server.server_port}", book)
    visitor.ask("page", "/200")
    visitor.ask("page", "/404", expects=(404,))
    assert book.faults == []

    visitor.ask("page", "/404")
    visitor.ask("page", "/500")
    server.shutdown()
    server.server_close()
    visitor.ask("page", "/200")

    assert [fault.split(" answered ")[1][:3] for fault in book.faults] == ["404", "500", "0 U"]
    assert len(book.times["page"]) == 5


def test_memory_is_judged_after_it_has_warmed_up():
    warms_up = [(float(at), 100.0 + min(at, 30)) for at in range(0, 90, 10)]
    leaks = [(float(at), 100.0 + 2 * at) for at in range(0, 90, 10)]

    assert _growth(warms_up, 90) == (130, 130, 0)
    second, last, slope = _growth(leaks, 90)
    assert last > second * (1 + GROWS)
    assert round(slope) == 7200


@pytest.mark.parametrize(
    ("name", "person"), [("p012_cctv", "p012"), ("p012_mugshot", "p012"), ("p013_mugshot", "p013"), ("p012_turned", "")]
)
def test_a_reviewer_knows_a_rendered_person_by_the_picture_that_the_house_shows(name: str, person: str):
    stored = clean_upload((PEOPLE / f"{name}.jpg").read_bytes()).png

    assert person_in(label_demo(stored, DEMO_LABEL)) == person


DESK = """<form><input name="csrfmiddlewaretoken" value="t"><input name="persona"><input name="place"><textarea name="sentence">s</textarea></form>
<a href="/countersignatures/CS-1"><b>Arrest, lead L1</b><span>FR-1, 25-1, asked by Robbery</span></a>"""


class RefusesNothing(Answers):
    said = (200, DESK)

    def do_GET(self) -> None:
        self.answer(200, DESK)

    def do_POST(self) -> None:
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(*(self.said if b"sure=1" in sent or self.path.endswith("/start") else (200, DESK)))

    def answer(self, status: int, page: str) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(page.encode())


class RefusesForAnother(RefusesNothing):
    """It refuses, and names another reason; the right ones stand elsewhere on the page."""

    said = (422, f'{DESK}<div role="alert"><ul><li>The place is missing.</li></ul></div><p>{NOTHING_STANDS_APART} {NOT_SIGNED}</p>')


@pytest.fixture
def tried(request: pytest.FixtureRequest) -> Book:
    """What is told of an arrest on the face alone, tried at a house like this."""
    server = HTTPServer(("127.0.0.1", 0), request.param)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    book = Book()
    dana, sol = (Persona(f"http://127.0.0.1:{server.server_port}", book, name) for name in ("dana", "sol"))
    refused_on_the_face_alone(dana, sol, "FR-1", "FR-1-L1")
    server.shutdown()
    server.server_close()
    return book


@pytest.mark.parametrize("tried", [RefusesNothing], indirect=True)
def test_an_arrest_on_the_face_alone_that_is_not_refused_is_a_fault(tried: Book):
    assert not tried.done
    assert sum("answered 200" in fault for fault in tried.faults) == 3  # two starts and the signature
    assert sum(NOTHING_STANDS_APART in fault for fault in tried.faults) == 1


@pytest.mark.parametrize("tried", [RefusesForAnother], indirect=True)
def test_a_refusal_for_another_reason_is_a_fault(tried: Book):
    assert not tried.done
    assert [sum(reason in fault for fault in tried.faults) for reason in (NOTHING_STANDS_APART, NOT_SIGNED)] == [1, 2]
    assert len(tried.faults) == 3


SOUND = [("CS-1", "STARTED", ["E1"]), ("CS-2", "REFUSED", []), ("CS-3", "ASKED", None)]
CHECKED = {"checked": 2, "wrong": []}
TOLD = {"arrests started": 1, "arrests refused": 1}


def test_actions_that_are_as_they_were_told_have_no_fault():
    assert list(_unlike(SOUND, CHECKED, TOLD)) == []


@pytest.mark.parametrize("state", ["SIGNED", "STARTED"])
def test_an_action_that_rests_on_nothing_beside_the_face_is_a_fault(state: str):
    found = list(_unlike([("CS-1", state, []), SOUND[1]], CHECKED, TOLD | {"arrests started": int(state == "STARTED")}))

    assert found == [f"CS-1 stands as {state.lower()} and rests on the face result alone"]


def test_an_action_that_differs_when_derived_again_is_a_fault():
    wrong = [{"ref": "CS-1", "state": "STARTED", "findings": [{"code": "no_papers", "sentence": "No papers were on file."}]}]

    assert list(_unlike(SOUND, CHECKED | {"wrong": wrong}, TOLD)) == ["CS-1 stands as started, and derived again: No papers were on file."]


def test_an_action_that_nobody_was_told_of_or_that_was_not_derived_again_is_a_fault():
    assert list(_unlike(SOUND, CHECKED, TOLD | {"arrests started": 0})) == ["0 arrests started were told, 1 are on file"]
    assert list(_unlike(SOUND, CHECKED | {"checked": 1}, TOLD)) == ["of 2 answered countersignatures 1 were derived again"]
