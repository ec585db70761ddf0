"""The soak finds what it is for: an answer that should not have come, memory that grows; and it reads a form as a browser would send it."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from bench.soak import GROWS, _growth
from bench.soak_people import Book, Visitor, form_with

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
