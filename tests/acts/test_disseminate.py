"""What leaves the agency is on file before it leaves: the rule, the act, the page, and the table from below."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from psycopg.types.json import Jsonb

from cases.models import Refused
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from review import access
from review.acts.disseminate import disseminate
from review.models import Dissemination
from review.rules.leaving import Leaving, may_disseminate
from tests import world
from tests.oversight import roads
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db
SOUND = Leaving("Lakeside Police, Robbery", "Line-up there", "Agreement of 2 May", "XX0020000")
SAID = {"recipient": SOUND.recipient, "purpose": SOUND.purpose, "authority": SOUND.authority, "ori": SOUND.ori}


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"recipient": " "}, "no_recipient"),
        ({"purpose": ""}, "no_purpose"),
        ({"authority": "\n"}, "no_authority"),
        *(({"ori": ori}, "bad_ori") for ori in ("XX002000", "xx0020000", "XX00200000", "990020000", "XX0020000\n", "XX-020000", " ")),
    ],
)
def test_each_thing_that_is_not_said_is_a_reason(changed, code):
    assert may_disseminate(subject="FR-1-L1", leaving=Leaving(**(SAID | changed))).codes == (code,)


@pytest.mark.parametrize("ori", ["", "XX0020000", "MI8234900", "USSS00000"])
def test_an_ori_is_one_or_none(ori):
    world.must(may_disseminate(subject="FR-1-L1", leaving=Leaving(**(SAID | {"ori": ori}))))


def test_a_report_that_leaves_is_a_row_and_an_entry_that_names_nobody():
    lead = world.a_lead()
    number = world.given(lead)

    row = Dissemination.objects.get(pk=number)
    entry = Entry.objects.get(pk=row.entry)
    told = json.loads(bytes(entry.body))
    assert (row.case, row.lead, row.what, row.by) == (lead.case, lead, "lead_report", world.person("dana"))
    assert (entry.kind_id, entry.subject, told["what"], told["ori"]) == ("disseminate", lead.ref, "lead_report", "XX0020000")
    assert b"Lakeside" not in bytes(entry.body)
    assert len(told["recipient"]) == 32


def test_what_is_not_said_is_refused_and_the_refusal_is_on_file():
    lead = world.a_lead()
    finding, number = disseminate(by=world.person("dana"), at=house_now(), lead_ref=lead.ref, leaving=Leaving("", "", "", "XX1"))

    assert (finding.codes, number) == (("no_recipient", "no_purpose", "no_authority", "bad_ori"), None)
    assert Refused.objects.get(act="disseminate").case == lead.case
    assert not Dissemination.objects.exists()


def test_whoever_reads_no_case_lets_nothing_out():
    lead = world.a_lead()
    for name in ("ada", "cleo", "cora", "pia", "mia"):
        with pytest.raises(access.NotVisible):
            disseminate(by=world.person(name), at=house_now(), lead_ref=lead.ref, leaving=SOUND)
        with pytest.raises(DatabaseError, match="that this person reads"), transaction.atomic():
            ask_database("select disseminate(%s, %s, %s, '{}')", lead.ref, world.person(name).pk, Jsonb(SAID))


def test_the_database_holds_it_also_against_whoever_writes_past_the_program():
    lead = world.a_lead()
    number, dana = world.given(lead), world.person("dana").pk
    for said in ({"recipient": " "}, {"purpose": ""}, {"authority": ""}, {"ori": "XX1"}, {"ori": "xx0020000"}, {"ori": "XX0020000\n"}):
        with pytest.raises(DatabaseError, match="must be said|is no ORI"), transaction.atomic():
            ask_database("select disseminate(%s, %s, %s, '{}')", lead.ref, dana, Jsonb(SAID | said))
    for attack in (
        "update review_dissemination set recipient = 'Somebody else' where id = %s returning 1",
        "delete from review_dissemination where id = %s returning 1",
        "insert into review_dissemination(case_id, what, recipient, ori, purpose, authority, entry) "
        "select case_id, what, 'Somebody', '', 'x', 'x', -1 from review_dissemination where id = %s returning 1",
        "select review_leaves(case_id, null, 'lead_report', '{}', null, -1) from review_dissemination where id = %s",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            ask_database(attack, number)
    assert Dissemination.objects.count() == 1


def test_the_report_is_shown_for_an_hour_to_whoever_put_it_on_file():
    lead = world.a_lead()
    dana, sol = signed_in("dana"), signed_in("sol")
    form = reverse("report", args=[lead.ref])

    asked = dana.get(form).content.decode()
    assert "who gets it?" in asked
    assert "investigative lead only" not in asked
    refused = dana.post(form, SAID | {"ori": "XX1"})
    assert refused.status_code == 422
    assert "An ORI has nine characters" in refused.content.decode()
    sent = dana.post(form, SAID)
    page = dana.get(sent["Location"]).content.decode()
    assert "investigative lead only" in page
    assert "Lakeside Police, Robbery (XX0020000)" in page
    assert sol.get(sent["Location"]).status_code == 404
    row = Dissemination.objects.get()
    with pytest.raises(access.NotVisible):
        access.dissemination_for_printing(world.person("dana"), lead, row.pk, at=row.at + timedelta(minutes=61))
    assert "Lakeside Police, Robbery (XX0020000)" in dana.get(reverse("case", args=[lead.case.ref])).content.decode()


def test_an_auditor_finds_what_left_by_case_ori_and_recipient():
    first, second = roads.a_lead(1), roads.a_lead(2)
    world.given(first)
    world.given(second, recipient="District Court", ori="")
    otto = signed_in("otto")

    def found(**sought: str) -> set[str]:
        page = otto.get(reverse("disseminations"), sought).content.decode()
        return {lead.case.ref for lead in (first, second) if f"/cases/{lead.case.ref}" in page}

    assert found() == {first.case.ref, second.case.ref}
    assert found(q=first.case.ref) == {first.case.ref}
    assert found(q="xx0020000") == {first.case.ref}
    assert found(q="district c") == {second.case.ref}
    assert found(q="nobody") == set()
    assert found(before=str(Dissemination.objects.order_by("id").last().pk)) == {first.case.ref}
