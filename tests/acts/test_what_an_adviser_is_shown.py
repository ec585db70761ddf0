"""A legal adviser decides of what his page showed him: everything the item rests on, as it is on file, and nothing that is not his to read."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from cases.models import Case, Refused
from ledger.clock import house_now
from ledger.models import Entry
from oversight.gatecheck import gatecheck
from review import facts, holds
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.close_exculpatory import close_exculpatory
from review.acts.file_warrant import file_warrant
from review.models import Evidence, HoldDecision, Lead
from review.rules.graph import EdgeKind
from review.sheets.hold import OnTheLine
from tests import world
from tests.acts.test_what_waits_on_a_desk import (
    decided,
    earlier_result_filed,
    edge,
    entered,
    number,
    on_file,
    resting_on_a_tip,
    searched_and_not_linked,
    told,
    waits,
    weighs,
)
from tests.database import login
from tests.oversight import roads
from tests.pages.test_queries import at_home
from tests.world import must, person


def form_of(lea: Client, ref: str) -> tuple[str, dict[str, str]]:
    """Return the page of a hold, and what its form would send."""
    page = lea.get(f"/items/{ref}/hold")
    assert page.status_code == 200
    return page.content.decode(), {"may_be_used": "yes", "grounds": "the order stands", "court": "", "shown": page.context["sheet"].mark}


def an_order_nobody_read(lead: Lead) -> str:
    ref, unread, warrant = on_file(lead, "device_evidence"), entered(lead, "employer_record"), on_file(lead, "existing_warrant")
    for parent in (unread, warrant):
        edge(ref, EdgeKind.AUTHORISED_BY, parent)
    return ref


def a_second_power(lead: Lead, ref: str) -> None:
    edge(ref, EdgeKind.AUTHORISED_BY, "face_result")


def a_statement_below(lead: Lead, ref: str) -> None:
    told(Evidence.objects.get(kind="employer_record").ref)


def a_face_result(lead: Lead, ref: str) -> None:
    entered(lead, "fr_search_result")


def an_older_face_result(lead: Lead, ref: str) -> None:
    entered(lead, "fr_search_result", claimed_at=house_now() - timedelta(days=10))


def how_its_warrant_came_about(lead: Lead, ref: str) -> None:
    said = {"court": "County court", "number": "1", "issued_on": house_now().date(), "search_used": "yes"}
    must(file_warrant(by=person("dana"), at=house_now(), item_ref=Evidence.objects.get(kind="existing_warrant").ref, **said))


def a_view_of_a_colleague(lead: Lead, ref: str) -> None:
    decided(ref, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "then",
    [
        a_second_power,
        a_statement_below,
        a_view_of_a_colleague,
        a_face_result,
        an_older_face_result,
        how_its_warrant_came_about,
        lambda lead, ref: earlier_result_filed(lead),
    ],
)
def test_what_was_entered_between_the_form_and_the_answer_is_not_decided(then):
    lead = world.a_lead()
    ref, lea = an_order_nobody_read(lead), at_home("lea")
    _, said = form_of(lea, ref)
    then(lead, ref)
    on_file_before = HoldDecision.objects.count()

    answer = lea.post(f"/items/{ref}/hold", said)

    assert answer.status_code == 422
    assert "Something was entered since you opened this page" in answer.content.decode()
    assert HoldDecision.objects.count() == on_file_before
    assert Refused.objects.latest("id").reasons == ["moved_since_shown"]
    assert lea.post(f"/items/{ref}/hold", said | {"shown": answer.context["sheet"].mark}).status_code == 302  # he has read it now
    assert HoldDecision.objects.count() == on_file_before + 1
    (said,) = [json.loads(bytes(entry.body)) for entry in Entry.objects.filter(kind="decide_hold").order_by("-seq")[:1]]
    assert said["shown"] == answer.context["sheet"].mark


@pytest.mark.django_db
def test_a_form_sent_with_a_fault_says_also_that_the_file_has_moved():
    lead = world.a_lead()
    ref, lea = an_order_nobody_read(lead), at_home("lea")
    _, said = form_of(lea, ref)
    assert "Something was entered since" not in lea.post(f"/items/{ref}/hold", said | {"grounds": ""}).content.decode()
    a_second_power(lead, ref)
    assert "Something was entered since" in lea.post(f"/items/{ref}/hold", said | {"grounds": ""}).content.decode()
    assert lea.post(f"/items/{ref}/hold", said | {"shown": ""}).status_code == 422


@pytest.mark.django_db
def test_what_is_entered_of_another_item_leaves_the_form_as_it_is():
    lead = world.a_lead()
    ref, lea = an_order_nobody_read(lead), at_home("lea")
    _, said = form_of(lea, ref)
    edge(on_file(lead, "fingerprint"), EdgeKind.SELECTED_BY, "face_result")
    assert lea.post(f"/items/{ref}/hold", said).status_code == 302


@pytest.mark.django_db
def test_an_adviser_sees_what_the_item_rests_on_and_what_was_decided():
    lead = world.a_lead()
    ref, lea = an_order_nobody_read(lead), at_home("lea")
    decided(ref, False, court="County court")
    page, _ = form_of(lea, ref)
    for words in (
        "Got by legal power that rested on E2",
        "a employer_record",
        "Source not shown",
        "County court",
        "It may not be used",
        lead.case.ref,
    ):
        assert words in page


@pytest.mark.django_db
def test_a_mere_request_of_the_same_investigation_leaves_the_form_as_it_is():
    lead = world.a_lead()
    ref, lea = an_order_nobody_read(lead), at_home("lea")
    _, said = form_of(lea, ref)
    world.requested("25-1", "p014", repeats_because="another man")
    assert lea.post(f"/items/{ref}/hold", said).status_code == 302


# -- the words of the page ------------------------------------------------------------------------------------------------


def shown(ref: str) -> tuple[OnTheLine, ...]:
    page = at_home("lea").get(f"/items/{ref}/hold")
    assert page.status_code == 200
    return page.context["sheet"].line


@pytest.mark.django_db
def test_two_items_of_one_case_have_two_names():
    lead = world.a_lead()
    found, of_case = add_evidence(by=person("dana"), at=house_now(), case_ref=lead.case.ref, item=ItemWanted("employer_record", "x", "D"))
    must(found)
    ref = on_file(lead, "device_evidence")
    edge(ref, EdgeKind.AUTHORISED_BY, str(of_case))
    assert [row.number for row in shown(ref)] == ["E1", of_case]


@pytest.mark.django_db
def test_an_item_of_a_case_of_ours_that_was_never_searched_is_named_and_described():
    lead = world.a_lead()
    other = world.requested("25-1", "p014", repeats_because="another man")
    found, of_other = add_evidence(
        by=person("dana"), at=house_now(), case_ref=other.ref, item=ItemWanted("employer_record", "a roster", "D")
    )
    must(found)
    ref = on_file(lead, "device_evidence")
    edge(ref, EdgeKind.AUTHORISED_BY, str(of_other))
    assert [(row.number, row.description) for row in shown(ref)][1:] == [(of_other, "a roster")]


@pytest.mark.django_db
def test_what_a_court_forbade_below_is_shown_and_how_a_warrant_came_about():
    lead = world.a_lead()
    upper, warrant, ref = on_file(lead, "firearm_from_search"), on_file(lead, "existing_warrant"), on_file(lead, "bank_records")
    for parent in (upper, warrant):
        edge(ref, EdgeKind.AUTHORISED_BY, parent)
    decided(upper, True)
    decided(upper, False, court="County court")
    how_its_warrant_came_about(lead, ref)
    _, first, second = shown(ref)
    assert first.said == ("County court: it may not be used.", "A legal adviser: it may be used.")
    assert second.said == ("Whether the papers of this warrant used the search: yes.",)


@pytest.mark.django_db
def test_why_is_said_of_what_speaks_for_the_person_too():
    lead = world.a_lead()
    ref, clears = on_file(lead, "device_evidence"), entered(lead, "alibi_lead", exculpatory=True, exculpatory_code="whereabouts")
    edge(clears, EdgeKind.CONTENT_FROM, "face_result")
    edge(ref, EdgeKind.AUTHORISED_BY, clears)
    row = shown(ref)[1]
    assert "comes from the face result" in row.why
    assert row.said == ("It speaks for the person, and is open.",)


@pytest.mark.django_db
def test_a_face_result_that_was_entered_as_an_item_stands_among_the_face_results():
    lead = world.a_lead()
    ref, root = an_order_nobody_read(lead), entered(lead, "fr_search_result")
    page, _ = form_of(at_home("lea"), ref)
    assert f"{root}: entered as evidence" in page


@pytest.mark.django_db
@pytest.mark.parametrize("entered_as", ["fr_search_result", "bulletin"])
def test_what_an_officer_fixes_as_a_face_result_is_one_and_asks_again(entered_as):
    lead, records = resting_on_a_tip()
    edge(records, EdgeKind.AUTHORISED_BY, entered(lead, "employer_record"))
    decided(records, True)
    assert weighs(records)
    root = entered(lead, entered_as, claimed_at=house_now() - timedelta(days=10))
    must(world.fixed(root, "fr_search_result"))
    assert not weighs(records)
    assert number(records) in waits()["held"]
    page, _ = form_of(at_home("lea"), records)
    assert f"{root}: entered as evidence" in page


@pytest.mark.django_db(transaction=True, databases=["default", "owner", "auditor"])
def test_a_face_result_that_is_fixed_as_what_it_was_entered_as_asks_for_nothing():
    lead = roads.a_lead(1)
    root, goods = entered(lead, "fr_search_result"), on_file(lead, "firearm_from_search")
    decided(goods, True)
    must(world.fixed(root, "fr_search_result"))
    assert weighs(goods)
    assert waits()["held"] == set()
    world.cleared_tests(lead)
    world.papers_filed(lead)
    must(world.signed(world.asked(lead)))
    assert gatecheck(using="auditor").wrong == ()


@pytest.mark.django_db
def test_a_face_result_is_shown_once_and_with_the_time_that_decides():
    lead, when = world.a_lead(), house_now() - timedelta(days=10)
    ref, root = an_order_nobody_read(lead), entered(lead, "fr_search_result", claimed_at=when)
    earlier_result_filed(lead)
    page = at_home("lea").get(f"/items/{ref}/hold")
    rows = page.context["sheet"].face_results
    assert [row.how for row in rows] == [
        "a search",
        "sent by another agency",
        "entered as evidence, result of a face search, as its paper says",
    ]
    assert [row.at for row in rows if row.case == root] == [when]


@pytest.mark.django_db
def test_a_list_that_brings_no_look_leaves_the_form_as_it_is():
    lead = world.a_lead()
    ref, lea = an_order_nobody_read(lead), at_home("lea")
    _, said = form_of(lea, ref)
    searched_and_not_linked("25-1", repeats_because="another man on the film")
    assert lea.post(f"/items/{ref}/hold", said).status_code == 302


@pytest.mark.django_db
def test_an_item_that_is_entered_while_the_page_is_read_is_no_fault(monkeypatch):
    lead = world.a_lead()
    ref, asked = an_order_nobody_read(lead), facts.ask_rows

    def meanwhile(sql, *given):
        if "items_as_read" in sql:
            monkeypatch.setattr(facts, "ask_rows", asked)
            edge(entered(lead, "bank_records"), EdgeKind.CONTENT_FROM, ref)
            edge(ref, EdgeKind.CONTENT_FROM, entered(lead, "bank_records"))
        return asked(sql, *given)

    lea = at_home("lea")
    monkeypatch.setattr(facts, "ask_rows", meanwhile)
    assert lea.get(f"/items/{ref}/hold").status_code == 200


@pytest.mark.django_db
def test_an_edge_that_is_entered_while_the_page_is_read_is_no_fault(monkeypatch):
    lead = world.a_lead()
    ref, parent, items = an_order_nobody_read(lead), on_file(lead, "bank_records"), facts.items

    def meanwhile(case, *, mine):
        found = items(case, mine=mine)
        monkeypatch.setattr(holds.facts, "items", items)
        edge(ref, EdgeKind.AUTHORISED_BY, parent)
        return found

    monkeypatch.setattr(holds.facts, "items", meanwhile)
    assert "got by legal power that rested on an item that was entered just now" in shown(ref)[0].rests_on


# -- other agencies -------------------------------------------------------------------------------------------------------


def to_lakeside(theirs: Case, mine: Lead) -> None:
    """Let a case be of another agency, and its investigation linked with ours."""
    with login("owner") as owner:
        made = "insert into people_agency(ori, name, time_zone) values ('XX0020000', 'Lakeside Police', 'UTC') returning id"
        (lakeside,) = owner.execute(made).fetchone()
        for table, number in (("cases_investigation", theirs.investigation_id), ("cases_case", theirs.pk)):
            owner.execute(f"alter table {table} disable trigger user")
            owner.execute(f"update {table} set agency_id = %s where id = %s", [lakeside, number])
            owner.execute(f"alter table {table} enable trigger user")
        ids = sorted([mine.case.investigation_id, theirs.investigation_id])
        owner.execute("insert into cases_investigationlink(one_id, other_id, because) values (%s, %s, 'same_probe')", ids)


@pytest.mark.django_db(transaction=True)
def test_a_desk_shows_no_item_of_another_agency_and_none_of_them_hides_our_own(monkeypatch):
    mine, theirs = world.a_lead("25-1"), world.examined(world.searched("25-2", "p014"), face="p014")
    of_them = Lead.objects.get(case=theirs)
    wanted = ItemWanted("firearm_from_search", "An informant's flat", "Lakeside order 77")
    found, ref = add_evidence(by=person("dana"), at=house_now(), lead_ref=of_them.ref, item=wanted)
    must(found)
    must(world.fixed(str(ref), "firearm_from_search"))
    for _ in range(2):
        on_file(of_them, "firearm_from_search")
    own = on_file(mine, "firearm_from_search")
    to_lakeside(theirs, mine)
    with login("owner") as owner:
        owner.execute("select note_items_waiting(%s)", [mine.case.investigation_id])
    lea = at_home("lea")
    assert lea.get(f"/items/{ref}/hold").status_code == 404
    monkeypatch.setattr("review.sheets.desk.WITH_GATE", 2)
    page = lea.get("/").content.decode()
    assert f"/items/{own}/hold" in page
    for words in ("Lakeside order 77", "25-2", str(ref)):
        assert words not in page


@pytest.mark.django_db(transaction=True)
def test_how_a_warrant_of_another_agency_came_about_is_not_said():
    mine, theirs = world.a_lead("25-1"), world.examined(world.searched("25-2", "p014"), face="p014")
    of_them = Lead.objects.get(case=theirs)
    warrant, goods = on_file(of_them, "existing_warrant"), on_file(of_them, "firearm_from_search")
    how_its_warrant_came_about(of_them, goods)
    decided(goods, False)
    to_lakeside(theirs, mine)
    ref = on_file(mine, "device_evidence")
    for parent in (warrant, goods):
        edge(ref, EdgeKind.AUTHORISED_BY, parent)
    assert [row.said for row in shown(ref)[1:]] == [(), ()]


@pytest.mark.django_db(transaction=True)
def test_the_forms_of_evidence_offer_no_words_of_another_agency():
    mine, theirs = world.a_lead("25-1"), world.requested("25-2", "p014")
    wanted = ItemWanted("employer_record", "An informant told us", "D")
    must(add_evidence(by=person("dana"), at=house_now(), case_ref=theirs.ref, item=wanted)[0])
    own = on_file(mine, "bank_records")
    to_lakeside(theirs, mine)
    dana = at_home("dana")
    for path in (f"/leads/{mine.ref}/evidence/new", f"/items/{own}/edge"):
        page = dana.get(path)
        assert page.status_code == 200
        assert "An informant told us" not in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_of_another_agencys_item_kind_and_standing_alone_are_said():
    mine, theirs = world.a_lead("25-1"), world.examined(world.searched("25-2", "p014"), face="p014")
    clears = entered(Lead.objects.get(case=theirs), "alibi_lead", exculpatory=True, exculpatory_code="whereabouts")
    must(close_exculpatory(by=person("cora"), at=house_now(), item_ref=clears, how="impossible", because="words of Lakeside"))
    to_lakeside(theirs, mine)
    ref, lea = on_file(mine, "device_evidence"), at_home("lea")
    edge(ref, EdgeKind.AUTHORISED_BY, clears)

    page, _ = form_of(lea, ref)

    assert lea.get(f"/cases/{theirs.ref}").status_code == 404
    for words in (theirs.ref, "25-2", "words of Lakeside", "a alibi_lead", "Lakeside"):
        assert words not in page
    assert "A case of another agency: a search" in page
