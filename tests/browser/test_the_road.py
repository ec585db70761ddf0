"""Case (a) of the demonstration, walked by six people in six browsers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from cases.models import Candidate, Case
from review.access import examination_code, face_code
from review.models import Drawn, Evidence, Lead
from tests.browser.conftest import Walker

pytestmark = pytest.mark.django_db(transaction=True)
People = Callable[..., Walker]
Worker = Callable[[], list[str]]
PROBE = str(settings.ROOT / "demo" / "people" / "p012_cctv.jpg")


def ask_for_a_search(dana: Walker, agency_case: str = "25-004711", offence: str = "120", probe: str = PROBE) -> str:
    """Request a search through the page; return our number."""
    dana.go("/requests/new").fill(
        agency_case=agency_case,
        offence_code=offence,
        track="suspect",
        purpose="Find out who held up the shop",
        picture=probe,
        target_because="The only person at the till when the drawer was opened, as the film shows",
        source="Shop camera 2, exported by the analyst",
        place="14 Quay Street",
        first_description="About 1.80 m, slim, dark jacket",
        tried_before="Area canvass, tip line, reader hits of the street: nothing",
    )
    dana.press("Request the search")
    return Case.objects.order_by("-id")[0].ref


def check_the_probe(aris: Walker, ref: str, the_worker: Worker, code: str = "120") -> None:
    """Confirm the offence and grade the probe, as two pages."""
    aris.go(f"/cases/{ref}/offence").fill(code=code, report_reference="Report 25-004711, page 1").press("Confirm")
    the_worker()
    aris.go(f"/cases/{ref}/probe").picture("probe").fill(
        grade="fit", depicts="The person at the till, one continuous shot", role_shown_by="The film shows the hand in the drawer"
    ).press("Record")
    the_worker()


def sort_all(reviewer: Walker, keep: str) -> None:
    """Keep one face, set the others aside, lock."""
    answer_all(reviewer, lambda face: "keep" if face == keep else "aside", "ears")
    reviewer.press("check page").press("Lock")


def answer_all(reviewer: Walker, answer: Callable[[str], str], why: str) -> None:
    """Answer every face of the page under its code."""
    names = reviewer.page.locator("input[type=radio][name^=answer-]").evaluate_all("all => [...new Set(all.map(e => e.name))]")
    for name in names:
        reviewer.choose(name, answer(name.removeprefix("answer-")))
        field = reviewer.page.locator(f"[name=why-{name.removeprefix('answer-')}]")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(why)
        else:
            field.fill(why)


def rate_all(reviewer: Walker, rating: str) -> None:
    """Conclude on every kept face, lock."""
    answer_all(reviewer, lambda face: rating, "Ear lobe, brow line and chin agree; nothing differs that the light does not explain")
    reviewer.press("check page").picture("check").press("Lock")


def face_of(reviewer: Walker, subject: str) -> str:
    """Return the code under which this reviewer meets a gallery subject: the test knows what the page must not tell."""
    drawn = next(d for d in Drawn.objects.select_related("case") if examination_code(d) in reviewer.page.url)
    return face_code(drawn, Candidate.objects.get(case=drawn.case, subject_ref=subject).token)


def enter(dana: Walker, lead: str, *, direction: str, kind: str, description: str, document: str, code: str = "") -> str:
    """Enter an item of evidence through the page; return its number."""
    dana.go(f"/leads/{lead}/evidence/new").fill(
        direction=direction, kind=kind, description=description, source_document=document, exculpatory_code=code
    ).press("Enter it")
    return Evidence.objects.order_by("-id")[0].ref


def a_lead(walker: People, the_worker: Worker, ratings: tuple[str, str] = ("2", "1")) -> str:
    """Walk from the request to what the two conclusions yield; return our number."""
    ref = ask_for_a_search(walker("dana"))
    check_the_probe(walker("aris"), ref, the_worker)
    reviewers = [walker(name) for name in ("ada", "ben")]
    for one in reviewers:
        one.press("Take the next")
        sort_all(one, keep=face_of(one, "p012"))
    for one, rating in zip(reviewers, ratings, strict=True):
        one.go("/").follow("Examination")
        rate_all(one, rating)
    return ref


def test_six_people_walk_a_case(walker: People, the_worker: Worker) -> None:
    dana, aris, ada, ben, cora, sol = (walker(name) for name in ("dana", "aris", "ada", "ben", "cora", "sol"))
    dana.go("/requests/new").picture("request")
    ref = ask_for_a_search(dana)
    dana.says("No face has been searched yet")
    aris.go("/").picture("analyst")
    check_the_probe(aris, ref, the_worker)
    for one in (ada, ben):
        one.go("/").press("Take the next").picture("sort")
        sort_all(one, keep=face_of(one, "p012"))
    for one in (ada, ben):
        one.go("/").picture("reviewer").follow("Examination").picture("rate")
        rate_all(one, "2")
    lead = Lead.objects.get(case__ref=ref).ref
    dana.go(f"/cases/{ref}").says("Not permitted today: arrest").picture("case")
    dana.follow("Print lead report").says("Arrest: Nothing on file stands apart").picture("report").go(f"/cases/{ref}")

    # an arrest on the face alone is asked for, and refused with every reason
    dana.follow("Ask for an action").fill(action="arrest", place="Riverside").press("Ask")
    sol.go("/").picture("supervisor").follow("Arrest, lead L1").picture("supervise")
    sol.fill(sentence="The face is enough for me.", answer="sign").press("check page").press("Record it")
    sol.says("Refused").says("Nothing on file stands apart from the face result").picture("refused")

    # what stands apart, and what speaks for the person
    dana.go(f"/cases/{ref}").says("Refused: arrest").follow("Add evidence").picture("evidence")
    document = "Print unit report 26-5530"
    prints = enter(
        dana, lead, direction="incriminating", kind="fingerprint", description="Latent print, inside of the till drawer", document=document
    )
    tests = [
        enter(dana, lead, direction="exculpatory", kind="alibi_lead", description=code, document="Worksheet", code=code)
        for code in ("prints_or_dna", "description", "whereabouts")
    ]
    cora.go("/").picture("officer").follow(document).picture("corroborate")
    cora.fill(source_document_seen="on", kind="fingerprint", links_to="offence", one_in="1000000").press("Fix it")
    for item in tests:
        cora.go(f"/evidence/{item}").fill(how="tested_does_not", because="Compared; it does not exclude the person").press("Close it")
    dana.go(f"/items/{prints}/edge").picture("edge")
    dana.go(f"/cases/{ref}").says("The gate is open for: arrest").picture("case-open")

    dana.go(f"/leads/{lead}/ask").fill(action="arrest", place="Riverside, Harbour ward", because="He leaves town on Friday").press("Ask")
    sol.go("/").follow("Arrest, lead L1").says("The gate is open for: arrest").picture("supervise-open")
    sol.fill(sentence="his print is inside a drawer that only staff open.", answer="sign").press("check page").picture("supervise-check")
    sol.press("Record it").says("Countersigned")
    dana.go("/notices").says("Countersigned: arrest").picture("notices").press("I have read them")
    dana.go(f"/cases/{ref}").follow("start").picture("start").press("Start it").says("Started")
    dana.go(f"/leads/{lead}/report").says("without a countersignature that holds")
    dana.go("/cases").picture("cases")
    dana.go("/results/new").picture("outside-result")
    walker("mia").go("/house").picture("house")
    walker("otto").go(f"/cases/{ref}")


def test_a_supervisor_of_the_unit_is_told_so_before_he_reads_on(walker: People, the_worker: Worker) -> None:
    ref = a_lead(walker, the_worker)
    walker("dana").go(f"/leads/{ref}-L1/ask").fill(action="arrest", place="Riverside").press("Ask")
    walker("rex").go("/").follow("Arrest").says("You may not answer this one").says("belongs to the requester's unit")


def test_an_exclusion_ends_it(walker: People, the_worker: Worker) -> None:
    ref = a_lead(walker, the_worker, ("2", "-2"))
    walker("dana").go(f"/cases/{ref}").says("No lead").says("There is no lead")


def test_a_dispute_calls_a_third(walker: People, the_worker: Worker) -> None:
    ref = a_lead(walker, the_worker, ("2", "0"))
    walker("dana").go(f"/cases/{ref}").says("Disputed")
    cleo = walker("cleo").press("Take the next")
    rate_all(cleo, "1")
    walker("dana").go(f"/cases/{ref}").says("A lead is permission to investigate").says("no conclusion")


def test_an_offence_off_the_list_is_never_searched(walker: People, the_worker: Worker) -> None:
    dana = walker("dana")
    ref = ask_for_a_search(dana, offence="23C")
    walker("aris").go(f"/cases/{ref}/offence").fill(code="23C", report_reference="Report, page 1").press("Confirm")
    the_worker()
    dana.go(f"/cases/{ref}").says("Ineligible").says("no face is searched").picture("ineligible")


def test_nobody_is_like_him_and_nobody_is_on_the_list(walker: People, the_worker: Worker) -> None:
    ref = ask_for_a_search(walker("dana"), probe=PROBE.replace("p012", "p009"))
    check_the_probe(walker("aris"), ref, the_worker)
    walker("dana").go(f"/cases/{ref}").says("No candidates")


def test_a_bad_upload_is_told_what_to_do(walker: People, tmp_path: Path) -> None:
    bad = tmp_path / "probe.jpg"
    bad.write_bytes(b"this is no picture")
    dana = walker("dana")
    ask = "Request the search"
    dana.go("/requests/new").fill(
        agency_case="25-1", offence_code="120", purpose="x", picture=str(bad), target_because="x", source="x", place="x", first_description="x", tried_before="x",
    ).press(ask)  # fmt: skip
    dana.says("no picture").picture("bad-upload")
    assert not Case.objects.exists()


def test_the_target_face_is_boxed_by_drawing(walker: People) -> None:
    dana = walker("dana").go("/requests/new").fill(picture=PROBE)
    frame = dana.page.locator(".cs-boxing__frame")
    frame.scroll_into_view_if_needed()
    place = frame.bounding_box()
    assert place
    dana.page.mouse.move(place["x"] + 10, place["y"] + 10)
    dana.page.mouse.down()
    dana.page.mouse.move(place["x"] + 60, place["y"] + 70)
    dana.page.mouse.up()
    drawn = [int(n) for n in dana.page.locator("[name=target_box]").input_value().split(",")]
    assert len(drawn) == 4
    assert all(n > 0 for n in drawn[2:])
    dana.check()
