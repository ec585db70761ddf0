"""The pages of whoever examines again are those of any examination, to the byte; at home no page changes until it is done, and then it says so."""

import re
from collections.abc import Container
from html import unescape

import pytest
from django.test import Client

from cases.models import Candidate
from ledger.clock import house_now
from review import access
from review.models import Drawn
from review.sheets import examination
from tests import world
from tests.examined_again import a_pool_lends, again_of, examined_again, one_in, rated_again, sorted_again, taken_again
from tests.pages.signing import client_of
from tests.pages.test_blindness import Received, everything_else, filled_in

committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pool():
    """Remy is of the pool; every joined case is examined again."""
    a_pool_lends("remy")
    one_in(1)


def text(client: Client, path: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", client.get(path).content.decode())).split())


# -- the desk ---------------------------------------------------------------------------------------------------------


def alike(name: str, answers: list, sizes: list[str]) -> list[tuple[str, int, tuple, bytes]]:
    """What was received without what is a reviewer's own or random: his name and agency, the codes, the order of his faces, tokens."""
    person = world.person(name)
    found = []
    for what, answer, body, _ in answers:
        head = tuple(sorted((k, v) for k, v in answer.items() if k not in ("Expires", "Content-Length", "Location")))
        if answer.headers.get("Content-Type", "").startswith("image/"):
            body = b""
        for said in (person.display_name, person.agency.name, person.unit.name, person.display_name.split()[0]):
            body = body.replace(said.encode(), b"NAME")
        body = re.sub(rb'(csrfmiddlewaretoken" value="|name="sent" value=")[^"]+', rb"\1", body)
        body = re.sub(rb"\b[0-9a-f]{12}\b", b"FACE", body)
        body = re.sub(rb"\b[0-9A-F]{10}\b", b"CODE", body)
        body = re.sub(rb"\d\d:\d\d", b"TIME", body)
        for size in sizes:
            body = body.replace(size.encode(), b"SIZE")
        what = re.sub(r"\b[0-9a-f]{12}\b", "FACE", re.sub(r"\b[0-9A-F]{10}\b", "CODE", what))
        found.append((what, answer.status_code, head, body))
    return found


def walked(name: str, known: object) -> Received:
    """The whole way of an examination as a browser goes it: the desk, the draw, a draft, stopping to look, both steps, and what comes after."""
    one = Received(name, client_of(name))
    one.get("/")
    at = one.take()
    one.get("/")
    one.get(f"{at}/hold")
    one.get(f"{at}/release")
    codes = one.look(at)
    keep = known(at)[0]
    one.post(f"{at}/draft", {f"answer-{codes[0]}": "keep", "version": "0"})
    one.post(f"{at}/draft", {f"answer-{codes[0]}": "aside", "version": "0", "itself": "1"})
    one.post(at, {f"answer-{codes[0]}": "keep"})  # faces are missing
    one.get(f"{at}/drawn")
    answers = {f"answer-{code}": "keep" if code == keep else "aside" for code in codes}
    one.check_and_lock(at, answers | {f"why-{code}": "ears" for code in codes})
    one.get("/")
    codes = one.look(at)
    assert len(codes) == 3
    ratings = {code: 2 if code == keep else -2 for code in codes}
    one.post(at, {})
    one.check_and_lock(at, filled_in(ratings, "ear and brow"))
    one.get(at)
    one.get("/")
    one.get(f"{at}/step-back")
    one.get(f"{at}/spoken-to")
    one.post(f"{at}/draft", {"version": "0", "itself": "1"})
    one.get(f"{at}/target")
    return one


@committed
def test_the_desk_of_whoever_examines_again_is_any_examinations_desk_to_the_byte(pool):
    case = world.searched("HX-25")  # no letters of a token
    world.drawn(case, "ada")
    world.sorted_by(case, "ada", ("p012",))
    p012 = Candidate.objects.get(case=case, subject_ref="p012").token
    cleo = walked("cleo", lambda at: [access.face_code(Drawn.objects.get(case=case, reviewer__username="cleo"), p012)])
    world.concluded(case, "ada", {"p012": 2})
    assert world.again(case).state == "LEAD"

    remy = walked("remy", lambda at: [access.face_code(again_of("remy"), p012)])

    assert again_of("remy").over
    sizes = sorted({f"{face.image.width} × {face.image.height}" for _, face in examination.shuffled(again_of("remy")) if face.image})
    ordinary, again = alike("cleo", cleo.answers, sizes), alike("remy", remy.answers, sizes)
    assert [each[:3] for each in ordinary] == [each[:3] for each in again]
    for one, other in zip(ordinary, again, strict=True):
        assert same_faces(one[3]) == same_faces(other[3]), one[0]
    pages = b"".join(body for _, answer, body, _ in remy.answers if not answer.headers.get("Content-Type", "").startswith("image/")).lower()
    for word in (
        case.ref,
        case.investigation.agency_case,
        "again by",
        "re-exam",
        "reexam",
        "Riverside",
        "Ada Brandt",
        "Dana",
        "p012",
        world.GALLERY,
    ):
        assert word.lower().encode() not in pages, word


def same_faces(page: bytes) -> list[bytes]:
    """The lines of a page, sorted, without the letters: in what order faces stand, and under which letter, is each reviewer's own."""
    return sorted(re.sub(rb"\b[A-Z]\b", b"LETTER", line.strip()) for line in page.splitlines() if line.strip())


# -- at home ----------------------------------------------------------------------------------------------------------

HOME = ("dana", "aris", "ada", "ben", "cleo", "cora", "sol", "rex", "lea", "mia", "otto", "pia", "petra")
OF_ONE_PAGE = re.compile(rb'csrfmiddlewaretoken" value="[^"]+|name="sent" value="[^"]+')
TIME = re.compile(rb'<time datetime="([^"]+)">[^<]*')


def pages_at_home(
    lead, asked: str, *, began: bytes, only: Container[tuple[str, str]] | None = None
) -> dict[tuple[str, str], tuple[int, bytes]]:
    """Every page of everybody at home (or these alone), but for tokens of the page and the minute at which it was asked for."""
    item = lead.evidence.order_by("id")[0].ref
    paths = [
        path
        for path in everything_else(case=lead.case.ref, lead=lead.ref, item=item, asked=asked)
        if not path.startswith(("/sign-in", "/second-factor", "/password", "/healthz", "/demo", "/practice")) and "picture" not in path
    ]
    paths += [
        "/",
        f"/audit/?case={lead.case.ref}",
        "/audit/?kind=look",
        "/audit/?kind=take_next",
        "/audit/?kind=sort_candidates",
        "/audit/disseminations",
    ]
    paths += ["/audit/?question=looks-without-a-task", "/cases?q=25-1"]
    found = {}
    for name in HOME:
        client = client_of(name)
        for path in paths:
            if only is not None and (name, path) not in only:
                continue
            answer = client.get(path)
            body = TIME.sub(lambda said: b"" if said[1] > began else said[0], answer.content)
            found[name, path] = (answer.status_code, OF_ONE_PAGE.sub(b"", body))
    return found


@committed
def test_no_page_at_home_changes_before_it_is_done(pool):
    lead, asked = world.ready_to_sign()
    began = house_now().isoformat().encode()
    first = pages_at_home(lead, asked, began=began)
    shown = {where for where, (status, _) in first.items() if status == 200}
    second = first | pages_at_home(lead, asked, began=began, only=shown)
    steady = {where for where, said in first.items() if second[where] == said}
    assert len(steady & shown) > 60
    assert {(name, f"/cases/{lead.case.ref}") for name in ("dana", "aris", "sol", "otto", "lea")} <= steady

    taken_again(lead.case, "remy")
    drawn = second | pages_at_home(lead, asked, began=began, only=shown)
    world.must(sorted_again("remy"))
    looked_and_sorted = pages_at_home(lead, asked, began=began)

    for now in (drawn, looked_and_sorted):
        assert [where for where in sorted(steady) if now[where] != second[where]] == []
    world.must(rated_again("remy", {"p012": -2}))
    where = "dana", f"/cases/{lead.case.ref}"
    assert where in steady
    assert pages_at_home(lead, asked, began=began, only={where})[where] != second[where]  # the comparison can fail


@committed
def test_then_it_is_told_to_those_who_read_the_case(pool):
    lead, asked = world.ready_to_sign()
    world.must(world.signed(asked))
    case = f"/cases/{lead.case.ref}"
    assert "Examined again" not in text(client_of("dana"), case)

    examined_again(lead.case, -2, "remy")

    page = text(client_of("dana"), case)
    assert "Examined again by another agency" in page
    assert "Excludes the person of a lead" in page
    assert "Lead L1: excludes (-2)" in page
    assert "Remy" not in page
    assert "it excludes the person of a lead" in text(client_of("dana"), "/notices")
    told = text(client_of("sol"), "/notices")
    assert "Does not hold any more: arrest" in told
    assert "Examined again by another agency: it excludes the person of a lead" in told
    assert "Examination again of" in text(client_of("cora"), "/")
    assert "Examined again, blind, by a reviewer of another agency" in text(client_of("pia"), "/prosecution/duties")
    assert "Examined again, blind" in text(client_of("pia"), f"/prosecution/leads/{lead.ref}")


@committed
def test_agreement_is_told_too_and_opens_nothing(pool):
    lead = world.a_lead()
    examined_again(lead.case, 2, "remy")

    page = text(client_of("dana"), f"/cases/{lead.case.ref}")
    assert "Examined again by another agency Agrees" in page
    assert "Lead L1: supports moderately (+2)" in page
    assert "are none there either" in page
    assert "Examined again by another agency: it agrees" in text(client_of("dana"), "/notices")
    assert "Examined again" not in text(client_of("sol"), "/notices")


@committed
def test_how_often_the_other_agency_agrees_stands_in_the_figures(pool):
    lead = world.a_lead()
    assert "not enough data (0 of 20)" in text(client_of("mia"), "/figures")
    examined_again(lead.case, 0, "remy")

    page = text(client_of("mia"), "/figures")
    assert "Examined again by another agency: how often it agrees" in page
    assert "Examined again by Regional examiners not enough data (1 of 20)" in page
    assert "Image analysis not enough data (1 of 20)" in page


@committed
def test_the_desk_does_not_offer_it_to_a_reviewer_at_home(pool):
    world.a_lead()
    for name in ("ada", "ben", "cleo"):
        answer = client_of(name).post("/examinations/next")
        assert answer.status_code == 200
