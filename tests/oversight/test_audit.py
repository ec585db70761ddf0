"""An auditor asks the record: by kind, case, person, dates and saved questions; what he takes along is an entry itself."""

import csv
import json
import re
from hashlib import sha256
from io import StringIO

import pytest
from django.urls import reverse

from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.keyed import keyed
from ledger.models import Entry
from oversight import record_search
from oversight.audit_pages import as_csv
from oversight.record_search import Asked, search
from oversight.record_search import Entry as Found
from review.acts.record_outside_gate import record_outside_gate
from tests import world
from tests.oversight import roads
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db


def found(name: str = "otto", **asked: object) -> list[Found]:
    auditor = world.person(name)
    return search(Asked(**asked), ori=auditor.agency.ori, auditor=auditor.pk, before=None, at_most=500)


def hashed(name: str) -> tuple[str, ...]:
    return (keyed("person", world.person(name).pk),)


def test_entries_are_found_by_kind_case_person_and_dates():
    first, second = roads.a_lead(1), roads.a_lead(2)
    item, request = world.an_item(first), world.asked(first)
    today = house_now().date()
    first_day = found()[-1].at.date()

    assert {each.about for each in found(kind="open_lead")} == {first.ref, second.ref}
    of_the_case = found(case=first.case.ref)
    assert {first.case.ref, first.ref, item, request} <= {each.about for each in of_the_case}
    assert {each.case for each in of_the_case} == {first.case.ref}
    assert {each.about for each in found(case=first.ref)} == {first.ref, item, request}
    assert {each.about for each in found(case=request)} == {request}
    assert {each.kind for each in found(person=hashed("cora"))} == {"fix_evidence"}
    assert found(since=first_day) == found(until=today) == found()
    assert found(person=()) == []
    assert [each.number for each in found()] == sorted((each.number for each in found()), reverse=True)
    newest = found()
    auditor = world.person("otto")
    older = search(Asked(), ori=auditor.agency.ori, auditor=auditor.pk, before=newest[9].number, at_most=10)
    assert older == newest[10:20]


def test_another_agency_finds_nothing_of_a_case_and_a_reviewer_nothing_of_her_investigation():
    lead = world.a_lead()
    world.asked(lead)
    auditor = world.person("otto")
    elsewhere = search(Asked(), ori="XX0020000", auditor=auditor.pk, before=None, at_most=500)
    assert not [each for each in elsewhere if each.case or each.about.startswith(("FR-", "CS-"))]
    assert not [each for each in found("ada") if each.case == lead.case.ref]
    assert [each for each in found() if each.case == lead.case.ref]


def test_the_saved_questions_find_what_they_say():
    lead, other = roads.a_lead(1), roads.a_lead(2)
    dana, sol, otto = signed_in("dana"), signed_in("sol"), signed_in("otto")
    for who in (dana, sol, otto):
        assert who.get(reverse("probe_picture", args=[lead.case.ref])).status_code == 200
    assert dana.get(reverse("lead_picture", args=[lead.ref])).status_code == 200
    request, now = world.asked(other, "interview"), house_now()
    world.must(
        record_outside_gate(
            by=world.person("dana"), at=now, lead_ref=other.ref, action="arrest", happened_at=now, description="on sight", lead_known="no"
        )
    )
    ask_database("select countersign(%s, %s, true, 'I would.', array['g7_none'], '{}')", request, world.person("sol").pk)

    assert {each.by for each in found(kind="look")} == {hash_ for who in ("dana", "sol", "otto", "ada", "ben") for hash_ in hashed(who)}
    assert {each.by for each in found(question="looks-without-a-task")} == {*hashed("sol"), *hashed("otto")}
    assert {each.by for each in found(question="looks-without-a-task", person=hashed("sol"))} == {*hashed("sol")}
    assert found(question="looks-without-a-task", case=other.case.ref) == []
    assert [each.kind for each in found(question="outside-the-gate")] == ["record_outside_gate"]
    assert [each.kind for each in found(question="gates-that-disagreed")] == ["gates_disagree"]
    assert [each.kind for each in found(outcome="alarm")] == ["gates_disagree"]


def test_a_refused_act_is_found_by_its_outcome():
    lead = world.a_lead()
    request = world.asked(lead)
    world.signed(request)

    refused = found(outcome="refused", case=lead.case.ref)
    assert {each.kind for each in refused} == {"countersign"}
    assert {each.outcome for each in refused} == {"refused"}
    assert "countersign" not in {each.kind for each in found(outcome="done")}


def test_a_search_is_an_entry_that_names_nobody():
    lead = world.a_lead()
    otto = signed_in("otto")
    page = otto.get(reverse("audit"), {"kind": "look", "person": "dana", "case": lead.case.ref, "since": "2026-01-01"})
    assert page.status_code == 200
    *_, told = Entry.objects.filter(kind="audit_search").order_by("seq").values_list("body", flat=True)
    said = json.loads(bytes(told))
    assert {name: said[name] for name in ("of_kind", "case", "since", "entries")} == {
        "of_kind": "look",
        "case": lead.case.ref,
        "since": "2026-01-01",
        "entries": 0,
    }
    assert set(hashed("dana")) < set(said["of"])
    assert said["by"] == hashed("otto")[0]
    assert "dana" not in bytes(told).decode()
    before = Entry.objects.filter(kind="audit_search").count()
    answer = otto.get(reverse("audit"), {"case": "John Doe"})
    assert (answer.status_code, Entry.objects.filter(kind="audit_search").count()) == (422, before)
    assert "This is no number of a case" in answer.content.decode()


def test_the_next_page_begins_where_the_first_ended():
    for number in (1, 2):
        roads.a_lead(number)
    otto = signed_in("otto")
    first = otto.get(reverse("audit")).content.decode()
    before = re.search(r"before=(\d+)", first)
    assert before
    second = otto.get(reverse("audit"), {"before": before[1]}).content.decode()
    assert "Older ones" in first
    assert 0 < second.count('data-label="Entry"') <= first.count('data-label="Entry"') == 50


def test_a_download_holds_what_the_page_shows_and_is_an_entry():
    lead = world.a_lead()
    otto = signed_in("otto")
    asked = {"kind": "open_lead", "person": "otto2"}
    assert "Nothing is found" in otto.get(reverse("audit"), asked).content.decode()
    page = otto.get(reverse("audit"), {"kind": "open_lead"}).content.decode()
    assert lead.ref in page
    address = reverse("audit_download") + "?kind=open_lead"
    as_json, as_table = otto.post(address, {"format": "json"}), otto.post(address, {"format": "csv"})

    assert [each["about"] for each in json.loads(as_json.content)] == [lead.ref]
    assert [row[5] for row in csv.reader(StringIO(as_table.content.decode()))] == ["about", lead.ref]
    told = [json.loads(bytes(body)) for body in Entry.objects.filter(kind="audit_download").order_by("seq").values_list("body", flat=True)]
    assert [(each["format"], each["entries"], each["sha256"]) for each in told] == [
        ("json", 1, sha256(as_json.content).hexdigest()),
        ("csv", 1, sha256(as_table.content).hexdigest()),
    ]
    assert otto.get(reverse("audit"), {"since": "no day"}).status_code == 422
    assert otto.post(reverse("audit_download") + "?since=no day", {"format": "json"}).status_code == 404
    assert signed_in("dana").post(address, {"format": "json"}).status_code == 404
    assert Entry.objects.filter(kind="audit_download").count() == 2


def test_no_cell_is_a_formula():
    entry = Found(1, None, house_now(), "note", "done", "=1+1", "", "@x", "-2")
    assert [row[5:] for row in csv.reader(StringIO(as_csv([entry]).decode()))][1] == ["'=1+1", "'@x", "'-2"]


def test_a_question_about_every_look_is_asked_of_so_many_at_once_and_goes_on(monkeypatch):
    lead = roads.a_lead(1)
    dana, sol, otto = signed_in("dana"), signed_in("sol"), signed_in("otto")
    for who in (sol, dana, dana, dana):
        assert who.get(reverse("probe_picture", args=[lead.case.ref])).status_code == 200
    monkeypatch.setattr(record_search, "AT_ONCE", 2)
    first = otto.get(reverse("audit"), {"question": "looks-without-a-task"})
    assert hashed("sol")[0] not in first.content.decode()
    assert "were asked about" in first.content.decode()
    following = re.search(r"before=(\d+)", first.content.decode())
    second = otto.get(reverse("audit"), {"question": "looks-without-a-task", "before": following[1]})
    assert hashed("sol")[0] in second.content.decode()


def test_of_one_person_so_many_entries_are_read_at_once_and_none_is_lost_on_the_way(monkeypatch):
    lead = roads.a_lead(1)
    dana, otto = signed_in("dana"), signed_in("otto")
    for _ in range(5):
        assert dana.get(reverse("probe_picture", args=[lead.case.ref])).status_code == 200
    whole = [entry.number for entry in found(person=hashed("dana"))]
    assert len(whole) > 5
    monkeypatch.setattr(record_search, "AT_ONCE", 3)
    seen, before = [], None
    while True:
        page = otto.get(reverse("audit"), {"person": "dana", **({"before": before} if before else {})})
        seen += [entry.number for entry in page.context["entries"]]
        before = page.context["more"]
        if before is None:
            break
    assert set(whole) <= set(seen)
    assert len(seen) == len(set(seen))
