"""The certificate and the lead report as PDF/UA: the words of their page, one page, tagged, and the code says what it leads to."""

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from typing import Any

import numpy as np
import pytest
import segno
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from ledger.clock import house_now
from review import pdf
from review.acts.disseminate import disseminate
from review.models import Dissemination
from review.rules.leaving import Leaving
from tests import world
from tests.oversight import roads
from tests.pages.signing import signed_in

tagged_pdf = pytest.importorskip("review.tagged_pdf", reason="nothing here draws a PDF", exc_type=ImportError)
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "worker", "auditor"])
JAIL = {"recipient": "County jail, intake", "purpose": "Arrest on arrival", "authority": "Countersignature", "ori": "XX0020000"}
SQUEEZED = str.maketrans("", "", " \n\t\u00a0\u00ad")


def a_certificate(dana: Client) -> tuple[str, str]:
    """Return the address at which it was issued, and its page."""
    _, ref = roads.signed(1)
    world.sequenced()
    address = reverse("certificate", args=[ref])
    return address, dana.post(address, JAIL).content.decode()


def sealed(page: str) -> str:
    return unescape(re.search(r'name="paper" value="([^"]*)"', page)[1])


def a_report(number: int = 1) -> str:
    """Return the address of a report that was put on file."""
    lead, _ = roads.signed(number)
    _, given = disseminate(by=world.person("dana"), at=house_now(), lead_ref=lead.ref, leaving=Leaving(**JAIL))
    return reverse("printed_report", args=[lead.ref, given])


def article(page: str) -> list[str]:
    """The pieces of text of a page's paper, without what only a screen has."""
    inner = re.search(r"<article[^>]*>(.*?)</article>", page, re.S)[1]
    inner = re.sub(r'<form class="cs-acts".*?</form>|<p class="cs-acts">.*?</p>|<svg.*?</svg>', "", inner, flags=re.S)
    return [said for piece in re.split(r"<[^>]*>", inner) if (said := unescape(piece).translate(SQUEEZED))]


def structure(of: Any) -> Iterator[dict[str, Any]]:
    """Every element of a tagged PDF, in reading order."""
    each = of.get_object() if hasattr(of, "get_object") else of
    if isinstance(each, list):
        for one in each:
            yield from structure(one)
    elif isinstance(each, dict):
        if "/S" in each:
            yield each
        if "/K" in each:
            yield from structure(each["/K"])


def read(raw: bytes, *, title: str) -> tuple[PdfReader, list[dict[str, Any]], str]:
    """What every paper is: one page, tagged, with title and language, its fonts within it."""
    found = PdfReader(io.BytesIO(raw))
    root = found.root_object
    about = root["/Metadata"].get_object().get_data()
    assert len(found.pages) == 1
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b'pdfuaid:part="1"' in about
    assert title.encode() in about
    for font in found.pages[0]["/Resources"]["/Font"].values():
        assert "/FontFile" in str(font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object().keys())
    return found, list(structure(root["/StructTreeRoot"]["/K"])), found.pages[0].extract_text().translate(SQUEEZED)


def test_the_certificate_is_one_tagged_page_with_the_words_of_the_page():
    dana = signed_in("dana")
    address, page = a_certificate(dana)
    answer = dana.post(address, {"paper": sealed(page)})
    found, elements, text = read(answer.content, title="Countersign certificate")

    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert [said for said in article(page) if said not in text] == []
    kinds = [str(each["/S"]) for each in elements]
    assert (kinds.count("/H1"), kinds.count("/H2")) == (1, 3)
    assert [str(each["/Alt"]) for each in elements if each["/S"] == "/Figure"] == ["Code that leads to what this certificate is worth now"]
    token = "".join(re.search(r'<b class="cs-token">((?:[0-9a-f]{4} ?){8})</b>', page)[1].split())
    code = segno.make(f"http://testserver{reverse('check_certificate')}?token={token}", error="m", micro=False)
    picture = np.asarray(found.pages[0].images[0].image.convert("L"))[
        36::8, 36::8
    ]  # four modules of border, eight points each, their middle
    side = len(code.matrix)
    assert ((picture[:side, :side] < 128) == (np.array([list(row) for row in code.matrix]) == 1)).all()
    assert Dissemination.objects.count() == 1, "it is the same paper"


def test_the_paper_of_a_certificate_is_drawn_for_whom_it_was_shown_to_and_nothing_altered_is():
    dana, cora = signed_in("dana"), signed_in("cora")
    address, page = a_certificate(dana)
    paper = sealed(page)

    assert dana.post(address, {"paper": paper[:-1] + ("A" if paper[-1] != "A" else "B")}).status_code == 404
    assert dana.post(address, {"paper": "x"}).status_code == 404
    assert cora.post(address, {"paper": paper}).status_code in (403, 404)
    assert Client().post(address, {"paper": paper}).status_code == 302


def test_the_lead_report_is_one_tagged_page_with_the_words_of_the_page():
    dana = signed_in("dana")
    address = a_report()
    page = dana.get(address).content.decode()
    assert 'href="?as=pdf"' in page
    answer = dana.get(address, {"as": "pdf"})
    _, elements, text = read(answer.content, title="Lead report FR-")

    minute = re.compile(r"\d{1,2}[A-Z][a-z]{2}\d{4},\d\d:\d\d")  # the page and the paper may be a minute apart
    assert [said for said in article(page) if minute.sub("", said) not in minute.sub("", text)] == []
    kinds = [str(each["/S"]) for each in elements]
    assert kinds.count("/H1") == 1
    assert {"/H2", "/Table", "/TH", "/TD", "/P"} <= set(kinds)
    assert "/Figure" not in kinds, "no icon without words"
    heads = {str(each["/ID"]) for each in elements if each["/S"] == "/TH"}
    named = [{str(head) for head in each["/A"]["/Headers"]} for each in elements if each["/S"] == "/TD"]
    assert len(named) > 20
    assert all(len(each) == 2 and each <= heads for each in named), "each cell names the head of its row and of its column"


def test_what_is_long_is_set_in_smaller_letters_and_nothing_is_left_out():
    page = "<html lang='en'><title>x</title><style>body{font:1rem sans-serif}</style><h1>x</h1>%s"
    sizes = []
    for lines in (1, 60, 75, 200):
        found = PdfReader(io.BytesIO(tagged_pdf.drawn(page % "".join(f"<p>line{n}." for n in range(lines)), files={}, one_page=True)))
        assert f"line{lines - 1}." in "".join(each.extract_text() for each in found.pages)
        sizes.append(len(found.pages))
    assert sizes[0] == 1
    assert sizes[-1] > 1, "two pages, each with its number, rather than words that nobody can read"
    assert min(tagged_pdf.SIZES) >= 7


def test_where_nothing_draws_a_pdf_no_page_offers_one(monkeypatch):
    monkeypatch.setattr(pdf, "_drawer", lambda: None)
    dana = signed_in("dana")
    _, page = a_certificate(dana)
    assert "PDF" not in page
    report = a_report(2)
    assert "PDF" not in dana.get(report).content.decode()
    assert dana.get(report, {"as": "pdf"}).status_code == 404


def test_what_draws_is_loaded_only_where_something_is_drawn():
    loads = "import sys, django; django.setup(); import config.urls; sys.exit('weasyprint' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", loads], cwd=settings.ROOT).returncode == 0
