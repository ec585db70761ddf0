"""The pictures of a bundle: covered for everybody but the court, past having back; and who may be given the copy of the court."""

import io
import json
from hashlib import sha256

import numpy as np
import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError
from django.urls import reverse
from PIL import Image
from psycopg.types.json import Jsonb
from pypdf import PdfReader

from cases.keystore import KeyDestroyed
from cases.law.schema import LONGEST_LIST
from cases.matching.reference import reference_engine
from cases.models import Candidate, Probe, StoredImage
from cases.uploads import as_array, cover_heads
from ledger import verify
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from oversight import export as exporting
from oversight import pictures
from oversight.bundles import make_next
from oversight.export import export
from review import pdf
from review.acts.want_bundle import want_bundle
from review.models import BundleMade, BundleWanted, Dissemination, Lead
from review.pdf import accessible, can_draw
from review.rules.leaving import Leaving, may_want_bundle
from tests import world
from tests.database import login
from tests.oversight import roads
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "worker", "auditor"])
COUNSEL = Leaving("Counsel Maria Weiss", "discovery", "order of 1 March 2026")
COURT = Leaving("District Court", "in camera", "order of 1 March 2026")
SAID = {"purpose": COURT.purpose, "authority": COURT.authority, "court_copy": True}
draws = pytest.mark.skipif(not can_draw(), reason="nothing here draws a PDF")


def sequenced() -> bool:
    return bool(world.sequenced())


def files_of(lead: Lead, leaving: Leaving = COUNSEL, *, court_copy: bool = False) -> dict[str, bytes]:
    raw = export(case_ref=lead.case.ref, leaving=leaving, wait=sequenced, court_copy=court_copy, using="auditor")
    assert verify.check(raw)[-1] is court_copy
    return verify.unzipped(raw)


def asked_by_court(lead: Lead) -> None:
    world.served_in_court(lead, world.given(lead))


def test_a_box_over_a_head_leaves_nothing_of_it():
    plain = as_array(world.picture("p012_cctv.jpg"))
    (face, *_) = reference_engine().find_faces(plain)
    x, y, width, height = face.box
    pngs = []
    for seed in (1, 2):
        changed = plain.copy()
        changed[max(0, y) : y + height, max(0, x) : x + width] = np.random.default_rng(seed).integers(0, 255, (1, 1, 3), dtype=np.uint8)
        made = io.BytesIO()
        Image.fromarray(changed[:, :, ::-1]).save(made, "PNG")
        pngs.append(made.getvalue())
    assert pngs[0] != pngs[1]
    assert cover_heads(pngs[0], (face.box,)) == cover_heads(pngs[1], (face.box,)), "what was under the box is nowhere in the file"
    whole = as_array(cover_heads(pngs[0], ()))
    assert whole.shape == plain.shape
    assert (whole == 128).all()


def test_every_candidate_but_the_lead_is_covered_and_the_court_sees_all(transactional_db):
    lead = roads.a_lead(1)
    asked_by_court(lead)
    sequenced()
    files, court = files_of(lead), files_of(lead, COURT, court_copy=True)
    names = {name for name in files if name.startswith("pictures/")}
    assert names == {name for name in court if name.startswith("pictures/")}
    assert len(names) == Candidate.objects.filter(case=lead.case).count() + Probe.objects.filter(case=lead.case).count()

    told = {each["title"]: each["rows"] for each in json.loads(files["case.json"])["sections"]}["Pictures"]
    faces = [row for row in told if row["shows"].startswith("gallery subject")]
    of_lead = [row for row in faces if lead.ref in row["shows"]]
    assert [row["covered"] for row in of_lead] == ["nothing: a lead"]
    assert files[of_lead[0]["file"]] == court[of_lead[0]["file"]]
    engine = reference_engine()
    others = [row for row in faces if row not in of_lead]
    assert len(others) > 3
    for row in others:
        assert row["covered"] in ("head", "all of it")
        assert files[row["file"]] != court[row["file"]]
        assert not engine.find_faces(as_array(files[row["file"]])), row
        assert engine.find_faces(as_array(court[row["file"]])), row
    assert b"SEALED COPY FOR THE COURT" in court["README.txt"]
    assert b"SEALED COPY" not in files["README.txt"]
    assert "copy for the court alone" in court["case.html"].decode()


def test_what_was_destroyed_is_said_and_without_an_engine_all_is_covered(transactional_db, monkeypatch):
    lead = roads.a_lead(1)
    sequenced()
    with monkeypatch.context() as patch:
        patch.setattr(pictures, "_engine", lambda: None)
        shown = pictures.pictures_of(lead.case.ref, court_copy=False, using="auditor")
        assert {each.covered for each in shown if lead.ref not in each.shows} == {"all of it", "all of it: faces could not be told apart"}

    with login("owner") as owner:
        owner.execute("alter table cases_storedimage disable trigger user")
        owner.execute("update cases_storedimage set key_id = 'gone' where id = %s", [Probe.objects.get(case=lead.case).image_id])
        owner.execute("alter table cases_storedimage enable trigger user")
    with pytest.MonkeyPatch.context() as patch:
        real = pictures.images.for_a_bundle

        def opened(image: StoredImage) -> bytes:
            if image.key_id == "gone":
                raise KeyDestroyed("gone")
            return real(image)

        patch.setattr(pictures.images, "for_a_bundle", opened)
        files = files_of(lead)
    assert "pictures/probe-1.png" not in files
    told = {each["title"]: each["rows"] for each in json.loads(files["case.json"])["sections"]}["Pictures"]
    assert told[0] == {"file": "", "shows": "probe, version 1", "covered": "destroyed"}


def test_a_picture_that_the_log_did_not_record_is_refused(transactional_db):
    lead = roads.a_lead(1)
    sequenced()
    files = files_of(lead)
    keys, _, quorum, _ = verify.keys_of(files)
    name = "pictures/candidate-2.png"
    for altered, why in (
        (files | {name: files["pictures/candidate-1.png"]}, f"{name} is not the file that the log recorded"),
        (files | {"pictures/more.png": b"x"}, "pictures/more.png is not the file that the log recorded"),
        ({each: raw for each, raw in files.items() if each != name}, f"{name} is missing"),
        (files | {"case.json": files["case.json"].replace(b'"court_copy": false', b'"court_copy": true')}, "case.json is not the file"),
    ):
        with pytest.raises(verify.Refused, match=why):
            verify.check_content(altered, keys, quorum, lead.case.ref, "1")


def test_of_many_pictures_the_log_records_the_list(transactional_db, monkeypatch):
    monkeypatch.setattr(exporting, "MANY_PICTURES", 2)
    lead = roads.a_lead(1)
    sequenced()
    files = files_of(lead)
    shown = sorted(name for name in files if name.startswith("pictures/"))
    assert len(shown) > 2
    (entry,) = Entry.objects.filter(kind="export_bundle", subject=lead.case.ref)
    recorded = json.loads(bytes(entry.body))["files"]
    assert {"case.json", "case.html", "pictures.txt"} <= set(recorded)
    assert not any(name.startswith("pictures/") for name in recorded)
    assert [line.partition(" ")[2] for line in files["pictures.txt"].decode().splitlines()] == shown

    keys, _, quorum, _ = verify.keys_of(files)
    name, another = shown[:2]
    listed = files["pictures.txt"]
    for altered, why in (
        (files | {name: files[another]}, f"{name} is not the file that the log recorded"),
        (files | {"pictures/more.png": b"x"}, "pictures/more.png is not the file that the log recorded"),
        ({each: raw for each, raw in files.items() if each != name}, f"{name} is missing"),
        ({each: raw for each, raw in files.items() if each != "pictures.txt"}, "pictures.txt is missing"),
        (files | {"pictures.txt": listed + listed.splitlines(keepends=True)[0]}, "pictures.txt is not the file that the log recorded"),
    ):
        with pytest.raises(verify.Refused, match=why):
            verify.check_content(altered, keys, quorum, lead.case.ref, "1")


@pytest.mark.parametrize("line", [b"0 case.html\n", b"0 pictures/a.png\n0 pictures/a.png\n", b"0\n"])
def test_a_list_of_pictures_that_names_something_else_is_refused(line):
    said = {"pictures.txt": sha256(line).hexdigest(), "case.html": "0"}
    with pytest.raises(verify.Refused, match="names no picture"):
        verify.recorded_files({"pictures.txt": line}, said)


def test_the_longest_list_has_room_in_its_entry():
    files = {f"pictures/candidate-{number}.png": b"x" for number in range(LONGEST_LIST + 10)} | {"case.json": b"{}", "case.html": b""}
    packed, recorded = exporting._to_record(files)
    assert len(json.dumps(recorded)) < 1000
    assert set(packed) == {*files, "pictures.txt"}
    few = dict(list(files.items())[: exporting.MANY_PICTURES])
    packed, recorded = exporting._to_record(few)
    assert len(json.dumps(recorded)) < 40_000, "what a bundle could hold before it is told as before"
    assert packed == few


def test_only_a_court_that_asked_is_given_its_copy(transactional_db):
    lead, other = roads.a_lead(1), roads.a_lead(2)
    asked_by_court(other)
    lea = world.person("lea")
    assert may_want_bundle(subject="FR-1", leaving=COURT, other_part=False, court_copy_for=()).codes == ("not_the_court",)
    world.must(may_want_bundle(subject="FR-1", leaving=COURT, other_part=False, court_copy_for=("District Court",)))
    finding, number = want_bundle(by=lea, at=house_now(), case_ref=lead.case.ref, leaving=COURT, court_copy=True)
    assert (finding.codes, number) == (("not_the_court",), None)
    with pytest.raises(DatabaseError, match="a court copy goes to a court that has asked"):
        ask_database("select want_bundle(%s, %s, %s, '{}')", lead.case.ref, lea.pk, Jsonb(SAID | {"recipient": "District Court"}))
    sequenced()
    with login("auditor") as auditor, pytest.raises(psycopg.Error, match="a court copy goes to a court that has asked"):
        auditor.execute("select export_recorded(%s, 1, %s)", [lead.case.ref, json.dumps(SAID | {"recipient": "District Court"})])
    words = ("--recipient", "Anybody", "--purpose", "x", "--authority", "x", "--using", "auditor", "--court-copy")
    with pytest.raises(CommandError, match="a court copy goes to a court that has asked"):
        call_command("export_bundle", lead.case.ref, *words)
    assert not BundleWanted.objects.exists()
    assert not Dissemination.objects.filter(what="bundle").exists()


def test_the_copy_of_the_court_is_asked_for_on_the_page(transactional_db):
    lead = roads.a_lead(1)
    asked_by_court(lead)
    sequenced()
    lea = signed_in("lea")
    address = reverse("new_bundle", args=[lead.case.ref])
    said = {"recipient": "Counsel", "purpose": "x", "authority": "x", "court_copy": "on"}
    assert "take its request first" in lea.post(address, said).content.decode()
    page = lea.post(address, said | {"recipient": "District Court"})["Location"]
    assert make_next(wait=sequenced, using="auditor")
    assert "Sealed copy for the court" in lea.get(page).content.decode()
    answer = lea.get(f"{page}/file")
    assert verify.check(answer.content)[-1] is True
    assert "-court.zip" in answer["Content-Disposition"]
    assert json.loads(bytes(Entry.objects.get(kind="want_bundle").body))["court_copy"] is True


def test_a_bundle_that_breaks_unexpectedly_holds_up_no_other(transactional_db, monkeypatch):
    broken, sound = roads.a_lead(1), roads.a_lead(2)
    sequenced()
    for lead in (broken, sound):
        world.must(want_bundle(by=world.person("lea"), at=house_now(), case_ref=lead.case.ref, leaving=COUNSEL)[0])
    real = pictures.images.for_a_bundle
    of_broken = set(StoredImage.objects.filter(case=broken.case).values_list("pk", flat=True))

    def opened(image: StoredImage) -> bytes:
        if image.pk in of_broken:
            raise ValueError("a stored picture does not decode")
        return real(image)

    monkeypatch.setattr(pictures.images, "for_a_bundle", opened)
    assert make_next(wait=sequenced, using="auditor")
    assert make_next(wait=sequenced, using="auditor")
    first, second = BundleMade.objects.order_by("wanted_id")
    assert "ValueError" in first.why_not
    assert "decode" not in first.why_not
    assert second.sha256


def structure(of: object) -> list[dict[str, object]]:
    """Every element of a tagged PDF, in reading order."""
    found: list[dict[str, object]] = []
    each = of.get_object() if hasattr(of, "get_object") else of
    if isinstance(each, list):
        for one in each:
            found += structure(one)
    elif isinstance(each, dict):
        found += [each] if "/S" in each else []
        found += structure(each["/K"]) if "/K" in each else []
    return found


@draws
def test_the_pdf_is_tagged_and_says_what_each_picture_shows(transactional_db):
    lead = roads.a_lead(1)
    sequenced()
    files = files_of(lead)
    read = PdfReader(io.BytesIO(files["case.pdf"]))
    root = read.root_object
    elements = structure(root["/StructTreeRoot"]["/K"])
    kinds = [str(each["/S"]) for each in elements]

    assert root["/MarkInfo"]["/Marked"] is True or root["/MarkInfo"]["/Marked"].value is True
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_object().get_data()
    assert f"Case {lead.case.ref}, bundle 1".encode() in root["/Metadata"].get_object().get_data()
    assert kinds.count("/H1") == 1
    assert kinds.count("/H2") > 10
    assert {"/Table", "/TH", "/TD", "/P"} <= set(kinds)
    heads = {str(each["/ID"]) for each in elements if each["/S"] == "/TH"}
    named = [head for each in elements if each["/S"] == "/TD" for head in each["/A"]["/Headers"]]
    assert {str(head) for head in named} <= heads
    alts = [str(each["/Alt"]) for each in elements if each["/S"] == "/Figure"]
    assert len(alts) == sum(name.startswith("pictures/") for name in files)
    assert all("Covered:" in alt for alt in alts)
    text = "".join(page.extract_text() for page in read.pages)
    assert "It is no probability" in " ".join(text.split())
    for page in read.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            assert "/FontFile" in str(font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object().keys())


@draws
def test_a_page_fetches_nothing_that_is_not_handed_over():
    for address in ("http://example.org/x.png", "file:///etc/hostname", "pictures/other.png"):
        with pytest.raises(BaseException, match="no file of the bundle"):
            accessible(f'<html lang="en"><title>x</title><img alt="x" src="{address}">', files={"pictures/probe-1.png": b""})


def test_where_nothing_draws_a_pdf_the_bundle_is_made_without_it(transactional_db, monkeypatch):
    monkeypatch.setattr(pdf, "_drawer", lambda: None)
    lead = world.a_lead()
    sequenced()
    files = files_of(lead)
    assert "case.html" in files
    assert "case.pdf" not in files
