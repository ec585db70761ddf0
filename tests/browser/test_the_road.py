"""Case (a) of the demonstration, walked by six people in six browsers."""

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.backends.db import SessionStore
from PIL import Image
from playwright.sync_api import Keyboard

from cases.models import Candidate, Case, StoredImage
from ledger.clock import house_now
from review import faces
from review.access import examination_code, face_code
from review.acts.check_probe import check_probe
from review.models import Conclusion, Drawn, Evidence, Lead
from review.replay.forms import scripted
from review.rules.feature_form import FEATURES
from review.rules.probe_fitness import Grade
from tests import world
from tests.browser.conftest import Walker
from tests.database import login
from tests.pages.signing import code_of

pytestmark = pytest.mark.django_db(transaction=True)
People = Callable[..., Walker]
Worker = Callable[[], list[str]]
PROBE = str(settings.ROOT / "demo" / "people" / "p012_cctv.jpg")


def ask_for_a_search(dana: Walker, *, offence: str = "120", probe: str = PROBE, refused: bool = False) -> str:
    """Request a search through the page; return our number, if there is one."""
    dana.go("/requests/new").fill(
        agency_case="25-004711",
        offence_code=offence,
        track="suspect",
        purpose="Find out who held up the shop",
        picture=probe,
        target_because="The only person at the till when the drawer was opened, as the film shows",
        source="Shop camera 2, exported by the analyst",
        place="14 Quay Street",
        first_description="About 1.80 m, slim, dark jacket",
        tried_before="Area canvass, tip line, plate readers of the street: nothing",
        named="no",
        searched="no",
    )
    dana.press("Request the search")
    return "" if refused else Case.objects.order_by("-id")[0].ref


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
    for face in faces_on(reviewer):
        chosen = answer(face)
        reviewer.choose(f"answer-{face}", chosen)
        field = reviewer.page.locator(f"[name=why-{face}]")
        if field.get_attribute("class") != "usa-select":
            field.fill(why)
            fill_in(reviewer, face, int(chosen))
        elif chosen == "aside":
            field.select_option(why)


ALL_AT_ONCE = """([face, said]) => said.forEach(([feature, found, note]) => {
  document.querySelector(`[name="found-${face}-${feature}"][value="${found}"]`).labels[0].click();
  const field = document.querySelector(`[name="note-${face}-${feature}"]`);
  field.value = note;
  ["input", "change"].forEach((kind) => field.dispatchEvent(new Event(kind, {bubbles: true})));
})"""


def fill_in(reviewer: Walker, face: str, rating: int) -> None:
    """Say of each feature what was found: of the first by hand, of the others by one script, where scripts run (the keyboard walks all of them)."""
    form = scripted(rating, "Another lobe")
    said = [(feature, found, note) for feature, (found, note) in form.features.items()]
    by_hand, at_once = (said[:1], said[1:]) if reviewer.scripts else (said, [])
    for feature, found, note in by_hand:
        reviewer.choose(f"found-{face}-{feature}", found)
        reviewer.page.locator(f"[name=note-{face}-{feature}]").fill(note)
    if at_once:
        reviewer.page.evaluate(ALL_AT_ONCE, [face, at_once])
    reviewer.page.locator(f"[name=nothing-{face}]").select_option(form.nothing_because)


def faces_on(reviewer: Walker) -> list[str]:
    """Return the codes of the faces on this page, in its order."""
    names = [str(each.get_attribute("name")) for each in reviewer.page.locator("input[type=radio][name^=answer-]").all()]
    return [name.removeprefix("answer-") for name in dict.fromkeys(names)]


def rate_all(reviewer: Walker, rating: str) -> None:
    """Conclude on every kept face, lock."""
    drawn = next(d for d in Drawn.objects.select_related("case", "reviewer") if examination_code(d) in reviewer.page.url)
    known = {face_code(drawn, token) for token in faces.non_mates(drawn.reviewer, drawn.case)}
    answer_all(
        reviewer,
        lambda face: "-2" if face in known else rating,
        "Ear lobe, brow line and chin agree; nothing differs that the light does not explain",
    )
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


def give_the_report(dana: Walker) -> Walker:
    said = {"recipient": "Lakeside Police, Robbery", "ori": "XX0020000", "purpose": "Line-up there", "authority": "Agreement of 2 May"}
    return dana.fill(**said).press("Put it on file")


def test_six_people_walk_a_case(walker: People, the_worker: Worker) -> None:
    dana, aris, ada, ben, cora, sol = (walker(name) for name in ("dana", "aris", "ada", "ben", "cora", "sol"))
    dana.go("/requests/new").picture("request")
    ref = ask_for_a_search(dana)
    dana.says("No face has been searched yet")
    aris.go("/").picture("analyst")
    check_the_probe(aris, ref, the_worker)
    for one in (ada, ben):
        one.go("/").press("Take the next").follow("Open it").picture("sort")
        sort_all(one, keep=face_of(one, "p012"))
    for one in (ada, ben):
        one.go("/").picture("reviewer").follow("Examination").picture("rate")
        rate_all(one, "2")
    lead = Lead.objects.get(case__ref=ref).ref
    dana.go(f"/cases/{ref}").says("Not permitted today: arrest").picture("case")
    dana.follow("Print lead report").picture("report-for-whom")
    report = give_the_report(dana).says("Nothing on file stands apart from the face result").page.url
    dana.go(f"/cases/{ref}").says("Lead report of lead L1").says("Lakeside Police, Robbery (XX0020000)")

    # an arrest on the face alone is asked for, and refused with every reason
    dana.follow("Ask for an action").fill(action="arrest", place="Riverside").press("Ask")
    sol.go("/").picture("supervisor").follow("Arrest, lead L1").picture("supervise")
    sol.fill(sentence="The face is enough for me.", answer="sign").press("check page").press("Record it")
    sol.says("Refused").says("Nothing on file stands apart from the face result").picture("refused")

    # what stands apart, and what speaks for the person
    dana.go(f"/cases/{ref}").says("Refused: arrest").follow("Show the two faces").picture("case-faces")
    dana.page.goto(report)
    dana.says("Not open").picture("report-shut")
    dana.go(f"/cases/{ref}").follow("Add evidence").picture("evidence")
    document = "Print unit report 26-5530"
    prints = enter(
        dana, lead, direction="incriminating", kind="fingerprint", description="Latent print, inside of the till drawer", document=document
    )
    tests = [
        enter(dana, lead, direction="exculpatory", kind=kind, description=said, document=paper, code=code)
        for code, kind, said, paper in (
            ("prints_or_dna", "fingerprint_result", "Prints on file compared with the latent print", "Print unit report 26-5531"),
            (
                "description",
                "physical_difference",
                "First description compared with the person’s height, build and marks",
                "Worksheet of 5 November",
            ),
            ("whereabouts", "employer_timecards", "Work time records of that evening", "Letter of the employer, 6 November"),
        )
    ]
    cora.go("/").picture("officer").follow(document).picture("corroborate")
    cora.fill(source_document_seen="on", kind="fingerprint", links_to="offence", one_in="1000000").press("Fix it")
    for item in tests:
        cora.go(f"/evidence/{item}").fill(how="tested_does_not", because="Compared with the paper; it does not exclude the person").press(
            "Close it"
        )
    dana.go(f"/items/{prints}/edge").picture("edge")
    dana.go(f"/cases/{ref}").says("No papers for this action are on file").follow("Papers").picture("papers")
    dana.fill(action="arrest").press("File and check").says("They carry every statement that they must")
    dana.go(f"/cases/{ref}").says("The gate is open for: arrest").picture("case-open")

    dana.go(f"/leads/{lead}/ask").fill(action="arrest", place="Riverside, Harbour ward", because="He leaves town on Friday").press("Ask")
    sol.go("/").follow("Arrest, lead L1").says("The gate is open for: arrest").picture("supervise-open")
    sol.fill(sentence="his print is inside a drawer that only staff open.", answer="sign").press("check page").picture("supervise-check")
    sol.press("Record it").says("Countersigned")
    dana.go("/notices").says("Countersigned: arrest").picture("notices").press("I have read them")
    dana.go("/certificate?token=0000").says("Not valid").picture("certificate-check")
    dana.go(f"/cases/{ref}").follow("start").picture("start").press("Start it").says("Started")
    give_the_report(dana.go(f"/leads/{lead}/report")).says("It holds at the time of printing").picture("report")
    for paper in ("A4", "Letter"):
        assert len(re.findall(rb"/Type\s*/Page\b", dana.page.pdf(format=paper))) == 1, paper
    dana.go("/cases?q=robb").says("1 case found").picture("cases").go("/cases?q=arson").says("No case is found").picture("cases-none")
    dana.go(f"/cases/{ref}").says("Re-check is due").follow("Record a re-check").picture("re-check")
    dana.go(f"/leads/{lead}/line-up").picture("line-up").go(f"/cases/{ref}/without-face").picture("without-face")
    walker("lea").picture("legal-adviser").go(f"/leads/{lead}/legal-view").picture("legal-view")
    walker("pia").go("/notices").picture("prosecutor")
    dana.go("/results/new").picture("outside-result")
    walker("mia").go("/house").picture("house")
    walker("otto").go(f"/audit/?case={ref}&kind=look").says("case page").picture("audit").go("/audit/disseminations?q=xx0020000").says(
        ref
    ).picture("disseminations").go(f"/cases/{ref}")


def test_a_supervisor_of_the_unit_is_told_so_before_he_reads_on(walker: People) -> None:
    world.asked(world.a_lead())
    walker("rex").go("/").follow("Arrest").says("You may not answer this one").says("belongs to the requester's unit")


def sorted_by_both() -> Case:
    """A case whose one kept face waits to be rated; Ada has rated it +2."""
    case = world.searched()
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    world.concluded(case, "ada", {"p012": 2})
    return case


def test_an_exclusion_ends_it(walker: People) -> None:
    case = sorted_by_both()
    rate_all(walker("ben").follow("Examination"), "-2")
    walker("dana").go(f"/cases/{case.ref}").says("No lead").says("An exclusion is never outvoted").picture("excluded")


def test_a_dispute_calls_a_third(walker: People) -> None:
    case = sorted_by_both()
    rate_all(walker("ben").follow("Examination"), "0")
    dana = walker("dana").go(f"/cases/{case.ref}").says("Disputed")
    rate_all(walker("cleo").press("Take the next").follow("Open it"), "1")
    dana.go(f"/cases/{case.ref}").says("A lead is permission to investigate").says("No conclusion (0)")


def tab_to(reviewer: Walker, wanted: str) -> Keyboard:
    """Tab on until the focus stands on what matches."""
    for _ in range(150):
        reviewer.page.keyboard.press("Tab")
        if reviewer.page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return reviewer.page.keyboard
    raise AssertionError(f"no key leads to {wanted}")


def press_enter_on(reviewer: Walker, wanted: str) -> None:
    keyboard = tab_to(reviewer, wanted)
    with reviewer.page.expect_navigation():
        keyboard.press("Enter")
    reviewer.check()


def test_an_examination_is_done_by_keyboard_alone(walker: People) -> None:
    case = world.searched()
    world.drawn(case, "ben")
    world.sorted_by(case, "ben", ("p012",))
    ada = walker("ada")
    press_enter_on(ada, "main button")  # take the next
    press_enter_on(ada, "main a.usa-button")  # open it
    kept = face_of(ada, "p012")
    for number, face in enumerate(faces_on(ada), 1):
        keyboard = tab_to(ada, f"[name=answer-{face}]")
        keyboard.press("Space")
        if face != kept:
            keyboard.press("ArrowDown")
            tab_to(ada, f"[name=why-{face}]").type("Ears")
        ada.says(f"{number} of {len(faces_on(ada))} decided")
    ada.picture("sort-decided")
    press_enter_on(ada, "main .cs-acts button")
    press_enter_on(ada, "main button[formaction]")  # back, and every answer is still there
    assert ada.page.locator("[data-face] input:checked").count() == len(faces_on(ada))
    press_enter_on(ada, "main .cs-acts button")
    press_enter_on(ada, "main .cs-acts button")
    for key in ("?", "+", "]", "g"):
        ada.page.keyboard.press(key)
    assert "scale(1.25)" in str(ada.page.locator("[data-turn]").nth(1).get_attribute("style"))
    for face in faces_on(ada):
        for feature in FEATURES:
            tab_to(ada, f"[name=found-{face}-{feature}]").press("Space")  # similar
            if face != kept:
                ada.page.keyboard.press("ArrowDown")
                tab_to(ada, f"[name=note-{face}-{feature}]").type("Another shape")
        tab_to(ada, f"[name=answer-{face}]").press("Space")
        for _ in range(1 if face == kept else 5):  # from +3 down to +2, or to -2
            ada.page.keyboard.press("ArrowDown")
        tab_to(ada, f"[name=why-{face}]").type("Grounds: the ear lobe, the brow line, the chin")
    press_enter_on(ada, "main .cs-acts button")
    ada.says("+2").says("Grounds: the ear lobe")
    press_enter_on(ada, "main .cs-acts button")
    assert Conclusion.objects.get(candidate__case=case).rating == 2


def test_an_examination_is_done_without_script(walker: People) -> None:
    case = world.searched()
    world.drawn(case, "ben")
    world.sorted_by(case, "ben", ("p012",))
    ada = walker("ada", scripts=False).press("Take the next").follow("Open it")
    kept = face_of(ada, "p012")
    answer_all(ada, lambda face: "keep" if face == kept else "aside", "nose")
    ada.press("large beside").says("beside the target face").picture("large")
    assert not ada.page.get_by_role("button", name="Closer").is_visible()  # a tool that nothing moves is not shown
    ada.press("check page").press("Go back").press("check page").press("Lock")
    rate_all(ada, "1")
    assert Conclusion.objects.get(candidate__case=case).rating == 1


def test_a_face_is_moved_beside_the_target(walker: People) -> None:
    sorted_by_both()
    ben = walker("ben").follow("Examination")
    pair = ben.page.locator("[data-pair]").first
    target, face = pair.locator("[data-turn]").all()
    face.hover()
    ben.page.mouse.wheel(0, -100)
    assert "scale(1.25)" in str(target.get_attribute("style"))
    pair.get_by_role("button", name="alone").last.click()
    pair.get_by_role("button", name="Turn right").click()
    assert "rotate(5deg)" in str(face.get_attribute("style"))
    assert "rotate(0deg)" in str(target.get_attribute("style"))
    pair.get_by_role("button", name="Blur").click()
    pair.get_by_role("button", name="Grid").click()
    assert "blur(2px)" in str(face.get_attribute("style"))
    assert "blur(0px)" in str(target.get_attribute("style"))
    assert pair.locator(".cs-window--grid").count() == 1
    pair.get_by_role("button", name="As received").click()
    assert not pair.locator(".cs-window--grid").count()
    assert "scale(1)" in str(face.get_attribute("style"))
    assert not ben.page.locator("input:checked").count()
    ben.picture("rate-tools")
    ben.page.set_viewport_size({"width": 768, "height": 900})
    pair.get_by_role("button", name="Show the target face").click()
    assert target.is_visible()
    assert not face.is_visible()
    ben.check()


def test_a_session_that_lapsed_leads_back_where_it_was(walker: People) -> None:
    secret = generate_totp_secret()
    with login("owner") as owner:
        owner.execute("update people_person set password = %s where username = 'dana'", [make_password("a long way home")])
    TOTP.activate(world.person("dana"), secret)
    dana = walker("dana").go("/cases")
    (key,) = (cookie["value"] for cookie in dana.context.cookies() if cookie["name"] == "sessionid")
    session = SessionStore(session_key=key)
    session["seen_at"] = time.time() - 3600
    session.save()
    dana.press("Request a search", role="link").says("Your session has ended").picture("lapsed")
    dana.fill(login="dana", password="a long way home").press("Sign in")
    dana.fill(code=code_of(secret)).press("Go on")
    assert dana.page.url.endswith("/requests/new")


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
    ask_for_a_search(dana, probe=str(bad), refused=True)
    dana.says("This is no JPEG, PNG or WebP picture").says("Choose the image again").picture("bad-upload")
    assert dana.page.locator("[name=place]").input_value() == "14 Quay Street"
    assert not Case.objects.exists()


def three_faces(folder: Path) -> str:
    """A picture with three people side by side."""
    people = [Image.open(Path(PROBE).with_name(f"p0{n}_mugshot.jpg")).resize((400, 400)) for n in (12, 13, 14)]
    row = Image.new("RGB", (1200, 400))
    for place, each in enumerate(people):
        row.paste(each, (400 * place, 0))
    row.save(folder / "three.png")
    return str(folder / "three.png")


def test_one_of_three_faces_is_chosen_by_its_place(walker: People, tmp_path: Path) -> None:
    dana = walker("dana").go("/requests/new").fill(picture=three_faces(tmp_path), offence_code="robbery")
    dana.says("On the list in force")
    dana.page.get_by_text("Face 2, centre", exact=True).click()
    x, _, width, _ = (int(n) for n in dana.page.locator("[name=target_box]").input_value().split(","))
    assert 400 < x < x + width < 800
    assert dana.page.locator(".cs-boxing__mark--other").count() == 2
    dana.picture("boxing")
    assert not StoredImage.objects.filter(shows="probe").exists()


def test_without_script_the_refusal_names_the_boxes(walker: People, tmp_path: Path) -> None:
    dana = walker("dana", scripts=False)
    ask_for_a_search(dana, probe=three_faces(tmp_path), refused=True)
    said = " ".join(dana.says("3 were found").picture("several").page.locator("main").inner_text().split())
    found = re.search(r"Face 2, centre: ([\d,]+);", said)
    assert found
    dana.fill(picture=three_faces(tmp_path), target_box=found[1]).press("Request the search")
    dana.says("No face has been searched yet")


def test_the_page_tells_when_the_search_is_over(walker: People, the_worker: Worker) -> None:
    case = world.screened(world.requested())
    depicts = "The person at the till, one continuous shot"
    world.must(
        check_probe(by=world.person("aris"), at=house_now(), case_ref=case.ref, grade=Grade.FIT, depicts=depicts, role_shown_by="The film")
    )
    dana = walker("dana").go(f"/cases/{case.ref}").says("The search is running").picture("searching")
    with dana.page.expect_navigation():
        the_worker()
    dana.check()
    assert "The search is running" not in dana.page.locator("body").inner_text()


def test_the_target_face_is_boxed_by_drawing(walker: People) -> None:
    dana = walker("dana").go("/requests/new").fill(picture=PROBE)
    dana.page.wait_for_selector("[name=found]")
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
