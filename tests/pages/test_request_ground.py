"""The request and the offence as pages: what the law in force asks is on the form, nothing else is, and what is missing is said there."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from cases.models import Case, SearchGround
from tests import world
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db

BESIDES = ("suspicion", "grounds", "uses", "protected_activity", "channel")


def sent(**more):
    said = {
        "agency_case": "25-1",
        "offence_code": "120",
        "track": "suspect",
        "purpose": "Find out who held up the shop",
        "gallery": world.GALLERY,
        "picture": SimpleUploadedFile("p.jpg", world.picture("p012_cctv.jpg")),
        "probe_kind": "cctv_still",
        "target_because": "The only person at the till",
        "source": "Camera 2",
        "place": "14 Quay Street",
        "actors": "1",
        "first_description": "About 1.80 m",
        "tried_before": "Canvass",
        "named": "no",
        "searched": "no",
    }
    return {**said, **more}


def test_the_default_policy_asks_for_nothing_but_the_exact_purpose_of_another_track():
    page = signed_in("dana").get("/requests/new").content.decode()

    assert "exact_purpose" in page
    for name in BESIDES:
        assert f'name="{name}"' not in page


def test_the_form_grows_by_what_the_law_in_force_asks_and_says_what_is_missing():
    world.in_force("nlc-2021", "us-mi-detroit-307-5")
    dana = signed_in("dana")
    page = dana.get("/requests/new").content.decode()

    for name in BESIDES:
        assert f'name="{name}"' in page, name
    refused = dana.post("/requests/new", sent())
    assert refused.status_code == 422
    assert "Say the ground of suspicion: the law in force asks for it." in refused.content.decode()
    assert not Case.objects.exists()


def test_the_answers_of_the_form_are_on_file():
    world.in_force("nlc-2021", "us-mi-detroit-307-5")
    besides = {
        "suspicion": "reasonable_suspicion",
        "grounds": ["necessity", "search_relevant"],
        "in_writing": "No other lead is left",
        "uses": ["none"],
        "protected_activity": "no",
    }

    answer = signed_in("dana").post("/requests/new", sent(**besides))

    assert answer.status_code == 302, answer.content.decode()[:3000]
    said = SearchGround.objects.get()
    assert (said.suspicion, said.grounds, said.uses, said.protected_activity) == (
        "reasonable_suspicion",
        ["necessity", "search_relevant"],
        [],
        False,
    )


def test_the_report_of_crime_says_attempt_and_state_on_its_page():
    case = world.requested()

    answer = signed_in("aris").post(
        f"/cases/{case.ref}/offence", {"code": "120", "statute": "", "report_reference": "p. 1", "attempt": "on"}
    )

    assert answer.status_code == 302
    report = world.again(case).offence_report
    assert (report.attempt, report.out_of_state) == (True, False)


def test_the_case_page_says_what_the_law_was_asked_folded_and_with_the_mark():
    lead = world.a_lead()
    page = " ".join(signed_in("dana").get(f"/cases/{lead.case.ref}").content.decode().split())

    law = page[page.index('id="law"') : page.index('id="time"')]
    assert "<details>" in law
    assert "<details open" not in law
    assert "Only serious or violent crimes, attempted ones too, decided from the report of crime." in law
    assert "(to verify)" in law
    assert "Code: 120" in law
    assert "Nothing else than the face result is on file for this act." in law
    for name in ("ada", "Brandt", "Okafor", "Dana Ortiz"):
        assert name not in law


@pytest.mark.parametrize("taken", ["0001-01-01T00:30", "1899-12-31T12:00", "9999-12-31T23:30"])
def test_a_time_of_no_year_that_the_house_can_hold_is_told_at_its_field(taken):
    answer = signed_in("dana").post("/requests/new", sent(captured_at=taken))

    assert answer.status_code == 422
    assert "Write a year from 1900 to 2199." in answer.content.decode()
    assert not Case.objects.exists()
