"""What comes in by a person's door: bad input is named and leaves nothing; agreements lend; links make one investigation."""

import base64
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from cases import images
from cases.acts.enrol import enrol
from cases.matching.reference import reference_engine
from cases.models import (
    Candidate,
    Case,
    EnrolmentFile,
    EnrolmentRun,
    Gallery,
    GallerySubject,
    InvestigationLink,
    Job,
    Look,
    Probe,
    ProbeRefused,
    StoredImage,
)
from cases.rules.finding import Refusal
from cases.uploads import as_array, clean_upload
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from review.acts.check_probe import check_probe
from review.acts.file_outside_result import file_outside_result
from review.acts.request_search import request_search
from review.acts.sort_candidates import sort_candidates
from review.rules.probe_fitness import Grade
from review.rules.wanted import ListedFace, OutsideFiled
from tests import world
from tests.api.test_search_results import two_faces
from tests.database import login
from tests.units import employed

pytestmark = pytest.mark.django_db


def refused(**changes):
    found = clean_upload(changes.pop("content", world.picture("p012_cctv.jpg")))
    finding, ref = request_search(
        by=world.person("dana"), at=house_now(), wanted=world.wanted(**changes), picture=found, engine=reference_engine()
    )
    assert ref is None
    assert isinstance(finding, Refusal)
    return finding.codes


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"gallery": "Nowhere"}, ("unknown_gallery",)),
        ({"purpose": " ", "place": ""}, ("missing", "missing")),
        ({"target_box": (150, 150, 90, 90)}, ("box_outside",)),
        ({"target_box": (0, 0, 0, 90)}, ("bad_box",)),
    ],
)
def test_a_request_with_something_wrong_opens_nothing_and_is_recorded(changes, codes):
    before = Case.objects.count(), StoredImage.objects.count(), Job.objects.count()

    assert refused(**changes) == codes

    assert (Case.objects.count(), StoredImage.objects.count(), Job.objects.count()) == before
    assert Entry.objects.filter(kind="refused", subject="25-1").count() == 1


def test_a_future_capture_is_refused():
    assert refused(captured_at=house_now() + timedelta(days=1)) == ("in_the_future",)


def test_several_faces_need_a_box():
    assert refused(content=base64.b64decode(two_faces()["base64"])) == ("several_faces",)


def test_the_same_face_again_needs_a_reason_and_links_the_investigations():
    first = world.requested("25-1")
    assert refused(agency_case="25-2") == ("repeat_unexplained",)

    second = world.requested("25-2", repeats_because="a second camera shows another angle")
    world.run_jobs()

    assert InvestigationLink.objects.count() == 1
    whole = ask_database("select investigation_set(%s)", second.investigation_id)
    assert whole == sorted([first.investigation_id, second.investigation_id])


def test_a_reviewer_reviews_one_case_of_an_investigation():
    world.examined(world.searched("25-1"), (-2, -2))
    world.searched("25-2", repeats_because="another copy of the film")

    assert world.take_next(by=world.person("ada"), at=house_now()) is None


@pytest.mark.django_db(transaction=True)
def test_an_exclusion_in_a_linked_sibling_shuts_what_was_signed_here():
    lead, request = world.ready_to_sign("25-1")
    world.must(world.signed(request))
    assert ask_database("select countersignature_holds(%s)", request)
    with login("owner") as owner:
        owner.execute(
            "with p as (insert into people_person(username, password, mail, display_name, agency_id, unit_id, is_active) "
            "select 'dee', 'x', '', 'Dee', agency_id, unit_id, true from people_person where username = 'cleo' returning id), "
            "r as (insert into people_roleheld(person_id, role, from_on) select id, 'reviewer', current_date from p), "
            "t as (insert into people_trial(person_id, source, case_key, mated, answer) select p.id, source, case_key, mated, answer "
            "from p, people_trial where person_id = (select id from people_person where username = 'cleo')) "
            "insert into people_training(person_id, subject, passed_on, valid_until, certificate) "
            "select id, 'face_comparison', current_date, current_date + 9, 'x' from p"
        )
    sibling = world.searched("25-2", repeats_because="another copy of the film")
    world.drawn(sibling, "cleo", "dee")
    for name in ("cleo", "dee"):
        world.sorted_by(sibling, name, ("p012",))
    for name in ("cleo", "dee"):
        world.concluded(sibling, name, {"p012": -2})

    assert not ask_database("select countersignature_holds(%s)", request)
    assert "exclusion_stands" in ask_database("select gate_reasons(%s, 'arrest')", lead.pk)


def test_an_engine_that_cannot_use_the_probe_leaves_a_reviewable_event():
    grey = as_array(world.probe_of("p012").png)
    assert grey.size
    case = world.screened(world.requested(probe_kind="photograph"))
    world.must(
        check_probe(by=world.person("aris"), at=house_now(), case_ref=case.ref, grade=Grade.FIT, depicts="him", role_shown_by="film")
    )
    world.run_jobs()

    event = ProbeRefused.objects.get(case=case)
    assert event.code == "no_threshold"
    assert "photograph" in event.sentence
    assert world.again(case).state == "FIT"
    assert Entry.objects.filter(subject=case.ref, kind="refuse_probe").count() == 1


FILED = OutsideFiled(
    agency_case="25-7",
    track="suspect",
    sender="State fusion centre",
    sender_ori="XX0990000",
    their_number="FC-77",
    they_sent_at=None,  # type: ignore[arg-type]
    not_reported=("engine.name", "engine.version", "gallery.name"),
)


def file(**changes):
    filed = replace(FILED, they_sent_at=changes.pop("they_sent_at", house_now() - timedelta(days=1)), **changes.pop("filed", {}))
    return file_outside_result(by=world.person("dana"), at=house_now(), filed=filed, faces=changes.pop("faces", ()), **changes)


def test_a_paper_from_elsewhere_is_filed_sealed_and_never_rendered():
    faces = [ListedFace(subject_ref="A-1", not_provided_because="the paper names no rank")]
    finding, ref = file(faces=faces, attachment=b"%PDF-1.7 what they sent")
    world.must(finding)

    case = Case.objects.get(ref=ref)
    assert case.searched_before_screening
    assert Candidate.objects.filter(case=case).count() == 1
    attachment = StoredImage.objects.get(case=case, shows="attachment")
    assert b"what they sent" not in bytes(attachment.sealed)
    with pytest.raises(StoredImage.DoesNotExist):
        images.look(image_id=attachment.pk, by=world.person("dana"), purpose="curiosity")
    with pytest.raises(AssertionError, match="no_probe"):
        world.checked(world.screened(case))
    assert world.checked(case, Grade.UNFIT).state == "UNFIT"


def test_a_face_without_a_picture_cannot_be_kept():
    faces = [ListedFace(subject_ref="A-1", not_provided_because="the paper names no rank")]
    _, ref = file(faces=faces, probe=world.probe_of("p012"), filed={"agency_case": " 25-7 "})
    case = world.checked(world.screened(Case.objects.get(ref=ref)))
    assert (case.state, case.investigation.agency_case) == ("FIT", "25-7")
    world.drawn(case, "ada")
    with pytest.raises(AssertionError, match="no_picture"):
        world.sorted_by(case, "ada", ("A-1",))
    world.sorted_by(case, "ada", ())


def test_an_empty_paper_is_probe_checked_then_no_candidates():
    finding, ref = file(probe=world.probe_of("p012"))
    world.must(finding)
    case = world.checked(world.screened(Case.objects.get(ref=ref)))
    assert case.state == "NO_CANDIDATES"


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({"filed": {"sender": ""}}, ("missing",)),
        ({"attachment": b"x" * (20 * 1024 * 1024 + 1)}, ("too_large",)),
        ({"faces": [ListedFace(subject_ref="A", rank=1, score=float("nan"))]}, ("score_no_number",)),
        ({"faces": [ListedFace(subject_ref="A", rank=1)]}, ("reason_missing",)),
    ],
)
def test_a_paper_with_something_wrong_is_refused(changes, codes):
    finding, ref = file(**changes)
    assert ref is None
    assert isinstance(finding, Refusal)
    assert finding.codes == codes


def test_a_paper_from_the_future_is_refused():
    finding, _ = file(they_sent_at=house_now() + timedelta(minutes=1))
    assert isinstance(finding, Refusal)
    assert finding.codes == ("in_the_future",)


def test_a_bad_file_is_skipped_and_named_and_a_run_goes_on_where_it_was(tmp_path):
    for name in ("p020", "p021", "p022"):
        (tmp_path / f"{name}_turned.jpg").write_bytes(world.picture(f"{name}_turned.jpg"))
    (tmp_path / "p023_broken.jpg").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("not a picture, and not looked at")
    gallery = Gallery.objects.get()
    before = GallerySubject.objects.count()
    with world.the_machine():
        run = EnrolmentRun.objects.create(gallery=gallery, folder=str(tmp_path), files=4)
        assert enrol(run_id=run.pk, at=house_now(), engine=reference_engine()) == 0
        assert enrol(run_id=run.pk, at=house_now(), engine=reference_engine()) == 0

    assert GallerySubject.objects.count() == before + 3
    outcomes = dict(EnrolmentFile.objects.filter(run=run).values_list("name", "outcome"))
    assert outcomes == {**{f"{n}_turned.jpg": "enrolled" for n in ("p020", "p021", "p022")}, "p023_broken.jpg": "skipped"}
    assert "no JPEG, PNG or WebP" in EnrolmentFile.objects.get(run=run, outcome="skipped").because


def test_a_look_is_recorded_before_the_bytes_and_a_demo_picture_says_what_it_is():
    case = world.searched()
    candidate = Candidate.objects.filter(case=case).first()
    shown = images.look(image_id=candidate.image_id, by=world.person("ada"), purpose="examination")

    assert Look.objects.get().image_id == candidate.image_id
    plain = images.for_the_engine(candidate.image)
    assert as_array(shown.content).shape[0] > as_array(plain).shape[0], "the label stands below the picture"
    entry = Entry.objects.get(kind="look")
    assert b"ada" not in bytes(entry.body)


def test_a_look_that_cannot_be_sent_stays_on_record():
    image = Probe.objects.get(case=world.requested()).image
    images.keystore().destroy(image.key_id)
    with pytest.raises(LookupError):
        images.look(image_id=image.pk, by=world.person("ada"), purpose="examination")
    assert Look.objects.filter(image=image).count() == 1


@pytest.mark.django_db(transaction=True)
def test_who_has_seen_a_candidate_does_not_check_the_probe():
    case = world.searched("25-1")
    image = Candidate.objects.filter(case=case).first().image_id
    images.look(image_id=image, by=world.person("aris"), purpose="curiosity")
    later = world.screened(world.requested("25-1", "p013"))

    with pytest.raises(AssertionError, match="checker_saw_candidates"):
        world.checked(later)


@pytest.mark.django_db(transaction=True)
def test_an_agreement_lends_a_role_between_its_dates():
    case = world.searched("25-1")
    with login("owner") as owner:
        owner.execute("insert into people_agency(ori, name, time_zone) values ('XX0020000', 'Regional pool', 'UTC')")
        employed(owner, "XX0020000", "Examiners", "cleo")
    cleo = world.person("cleo")
    assert world.take_next(by=cleo, at=house_now()) is None
    with login("owner") as owner:
        owner.execute(
            "insert into people_agreement(lender_id, borrower_id, roles, from_on, until_on, terms) "
            "select l.id, b.id, '{reviewer}', current_date - 1, current_date + 1, 'pool' from people_agency l, people_agency b "
            "where l.ori = 'XX0020000' and b.ori = 'XX0010000'"
        )
    assert world.take_next(by=cleo, at=house_now()) == case.ref
    world.drawn(case, "ada")
    world.sorted_by(case, "cleo", ("p012",))
    with login("owner") as owner:
        owner.execute("update people_agreement set until_on = current_date - 1, from_on = current_date - 2")
    with pytest.raises(LookupError):
        sort_candidates(by=cleo, at=house_now(), case_ref=case.ref, answers={})


def test_demo_setup_changes_nothing_when_run_again():
    before = Probe.objects.count(), Gallery.objects.count()
    call_command("demo_setup")
    assert (Probe.objects.count(), Gallery.objects.count()) == before


def test_the_keystore_of_the_tests_is_not_the_live_one():
    assert Path(settings.KEYSTORE_PATH).is_relative_to(settings.VAR) or "cst-" in settings.KEYSTORE_PATH
