"""Drafts and marks: his alone, never over a newer one, gone with the lock; marks stay with the conclusions."""

import json

import psycopg
import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from cases.rules.finding import Permit
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from review import access, faces
from review.acts.close import close
from review.acts.conclude import conclude
from review.acts.save_draft import save_draft
from review.models import Drawn, Lead, Marks
from review.replay.forms import looked, scripted
from review.rules.marks import Mark
from tests import world
from tests.acts.test_stepping_back import steps_back
from tests.database import login
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db

SAID = {"0123456789ab": {"answer": "keep"}}


def of(case, name):
    return Drawn.objects.get(case=case, reviewer=world.person(name))


def saves(case, name, *, step="sort", based_on=0, given=SAID):
    return save_draft(
        by=world.person(name), at=house_now(), code=access.examination_code(of(case, name)), step=step, based_on=based_on, given=given
    )


def drafts(case):
    """Ask for every reviewer's draft of both steps, as the pages can."""
    asked = [(d, step) for d in Drawn.objects.filter(case=case).order_by("id") for step in ("sort", "rate")]
    return {
        (d.reviewer.username, step)
        for d, step in asked
        if ask_database("select draft_of(%s, %s, %s)", d.pk, d.reviewer_id, step) is not None
    }


def drawn():
    case = world.searched()
    world.drawn(case, "ada", "ben")
    return case


def test_a_newer_draft_is_never_written_over():
    case = drawn()
    assert (saves(case, "ada").version, saves(case, "ada").version) == (1, 1)
    assert saves(case, "ada", based_on=1, given={"0123456789ab": {"answer": "aside"}}).version == 2

    late = saves(case, "ada", based_on=1, given={"0123456789ab": {"why": "ears"}})

    assert (late.kept, late.version, late.given) == (False, 2, {"0123456789ab": {"answer": "aside"}})
    assert late.at is not None
    assert saves(case, "ada", based_on=2, given={"0123456789ab": {"why": "ears"}}).version == 3


def test_a_draft_is_no_entry_and_nobody_elses():
    case = drawn()
    before = Entry.objects.count()
    saves(case, "ada")

    assert Entry.objects.count() == before
    assert drafts(case) == {("ada", "sort")}
    ada, ben = of(case, "ada"), of(case, "ben")
    assert ask_database("select draft_of(%s, %s, 'sort')", ada.pk, ben.reviewer_id) is None
    with pytest.raises(access.NotVisible):
        save_draft(by=ben.reviewer, at=house_now(), code=access.examination_code(ada), step="sort", based_on=0, given=SAID)


def test_a_draft_goes_with_the_lock_of_its_step():
    case = drawn()
    for name in ("ada", "ben"):
        saves(case, name)
    world.sorted_by(case, "ada", ("p012",))
    assert drafts(case) == {("ben", "sort")}
    assert saves(case, "ada").version == 0  # locked: nothing more is kept
    world.sorted_by(case, "ben", ("p012",))
    for name in ("ada", "ben"):
        saves(case, name, step="rate")
    world.concluded(case, "ada", {"p012": 2})
    assert drafts(case) == {("ben", "rate")}
    world.concluded(case, "ben", {"p012": 2})
    assert drafts(case) == set()
    assert not saves(case, "ben", step="rate").kept


def test_a_draft_goes_with_whoever_steps_back():
    case = drawn()
    saves(case, "ada")
    world.must(steps_back(case, "ada"))
    assert drafts(case) == set()
    with pytest.raises(access.NotVisible):
        saves(case, "ada")


def test_a_draft_goes_with_the_case():
    case = drawn()
    saves(case, "ada")
    world.must(close(by=world.person("dana"), at=house_now(), case_ref=case.ref, disposition="withdrawn", note="The report was withdrawn"))
    assert drafts(case) == set()


def test_marks_are_locked_with_the_conclusions_as_w3c_annotations():
    case = drawn()
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012",))
    ada = world.person("ada")
    token = world.tokens(case)["p012"]
    known = faces.non_mates(ada, case)
    answers = {str(token): scripted(2, "ear")} | {each: scripted(-2, "ear") for each, comes in known.items() if comes}
    marked = {str(token): (Mark("target", 12, 34, "Scar above the brow"), Mark("face", 20, 40, "None here"))}
    looked(ada, case)
    assert isinstance(conclude(by=ada, at=house_now(), case_ref=case.ref, answers=answers, marked=marked), Permit)

    kept = Marks.objects.get()
    assert str(kept.token) == str(token)
    first, second = kept.annotations
    assert first["@context"] == "http://www.w3.org/ns/anno.jsonld"
    assert [body["value"] for body in first["body"]] == ["Scar above the brow", "target"]
    assert first["target"]["selector"]["value"] == "xywh=pixel:12,34,1,1"
    assert first["target"]["source"] != second["target"]["source"]
    with pytest.raises(DatabaseError, match="locked with the conclusions"), transaction.atomic():
        ask_database("select lock_marks(%s, %s, %s)", of(case, "ada").pk, ada.pk, json.dumps({str(token): kept.annotations}))
    world.concluded(case, "ben", {"p012": 2})
    lead = Lead.objects.get(case=case)
    assert (
        "marked: target 12,34: Scar above the brow; face 20,40: None here" in signed_in("dana").get(f"/cases/{case.ref}").content.decode()
    )
    assert lead.case.state == "LEAD"


def test_marks_belong_to_conclusions():
    case = drawn()
    with pytest.raises(DatabaseError, match="locked with the conclusions"), transaction.atomic():
        ask_database("select lock_marks(%s, %s, '{}')", of(case, "ada").pk, world.person("ada").pk)


@pytest.mark.parametrize("who", ["app", "worker", "auditor", "intake"])
def test_no_login_reads_or_writes_drafts(who):
    for statement in (
        "select * from review_draft",
        "delete from review_draft",
        "select drop_drafts(1, null)",
        "update review_marks set token = token",
    ):
        with login(who) as attack, pytest.raises(psycopg.errors.InsufficientPrivilege):
            attack.execute(statement)


def fields_of(page) -> dict[str, str]:
    return {f"answer-{form.face.code}": "aside" for form in page.context["forms"]} | {
        f"why-{form.face.code}": "ears" for form in page.context["forms"]
    }


def test_a_page_based_on_an_older_draft_shows_both():
    case = drawn()
    client: Client = signed_in("ada")
    address = f"/examinations/{access.examination_code(of(case, 'ada'))}"
    said = fields_of(client.get(address))
    face = next(iter(said)).removeprefix("answer-")
    assert client.post(f"{address}/draft", {**said, "version": "0"}).status_code == 302
    mine = {**said, f"why-{face}": "nose", "version": "0"}

    for where in (f"{address}/draft", address):
        answer = client.post(where, mine)
        assert answer.status_code == 409
        page = answer.content.decode()
        assert "A newer draft, of " in page
        assert '<td data-label="The kept draft">ears</td>' in " ".join(page.split()).replace("> ", ">")
        assert answer.context["version"] == 1
        assert next(form.why for form in answer.context["forms"] if form.face.code == face) == "nose"  # his own is still on the form

    told = client.post(f"{address}/draft", {**mine, "itself": "1"})
    assert told.status_code == 409
    assert told.json()["kept"] is False
    assert client.post(address, {**mine, "version": "1"}).status_code == 200  # the check page
    assert next(form.why for form in client.get(address).context["forms"] if form.face.code == face) == "nose"
