"""A court is answered item by item: the rules, the acts, the pages, the bundle, and the tables from below."""

import json
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from psycopg.types.json import Jsonb

from cases.models import Refused
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from oversight.disclosure import sections_of
from review import access
from review.acts.answer_item import answer_item
from review.acts.file_receipt import Received, file_receipt
from review.acts.serve_discovery import Served, serve_discovery
from review.acts.take_discovery import Asked, take_discovery
from review.models import DiscoveryAnswer, DiscoveryItem, DiscoveryReceipt, DiscoveryRequest, DiscoveryService, Lead
from review.rules.discovery import MOST_ITEMS, AnswerFacts, DayFacts, may_answer, may_file_receipt, may_serve, may_take
from tests import world
from tests.oversight import roads
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
GIVEN = AnswerFacts("FR-1", "given", "", given_out=True, other_part=False)
ON = DayFacts("FR-1", on=DAY, today=DAY, after=DAY, already=False, other_part=False)
ASKED = Asked("District Court, part 4", "26-CR-118", "Counsel Maria Weiss", DAY, ("All searches", "Source code"))


def today():
    """The day at the agency, which is yesterday's for some hours after midnight in UTC."""
    return house_now().astimezone(ZoneInfo(world.person("lea").agency.time_zone)).date()


def taken(lead: Lead, **changes: object) -> DiscoveryRequest:
    finding, number = take_discovery(by=world.person("lea"), at=house_now(), case_ref=lead.case.ref, asked=replace(ASKED, **changes))
    world.must(finding)
    return DiscoveryRequest.objects.get(pk=number)


def answered(item: DiscoveryItem, answer: str, ground: str = "", given_in: int | None = None):
    return answer_item(by=world.person("lea"), at=house_now(), number=item.pk, answer=answer, ground=ground, given_in=given_in)


def served(request: DiscoveryRequest, number: int, **changes: object):
    service = Served(number, today(), "Counsel Maria Weiss", "by hand")
    return serve_discovery(by=world.person("lea"), at=house_now(), number=request.pk, service=replace(service, **changes))


def test_each_thing_that_is_not_said_of_a_request_is_a_reason():
    said = {"court": "x", "cause_number": "x", "asked_by": "x"}
    world.must(may_take(subject="FR-1", items=["x"], said=said, other_part=False))
    for items in ([], [" "], ["x"] * (MOST_ITEMS + 1)):
        assert may_take(subject="FR-1", items=items, said=said, other_part=False).codes == ("no_items",)
    assert may_take(subject="FR-1", items=[], said=dict.fromkeys(said, " "), other_part=True).codes == (*["missing"] * 3, "no_items", "other_part")  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"given_out": None}, "not_given_out"),
        ({"given_out": False}, "not_given_out"),
        ({"answer": "withheld", "given_out": None}, "no_ground"),
        ({"answer": "withheld", "ground": "Rule 16"}, "withheld_and_given"),
        ({"answer": "protective_order"}, "no_order"),
        ({"answer": "protective_order", "ground": "Order", "given_out": False}, "not_given_out"),
        ({"answer": "lost"}, "unknown_answer"),
        ({"other_part": True}, "other_part"),
    ],
)
def test_an_answer_is_given_in_something_or_has_its_ground(changed, code):
    assert may_answer(replace(GIVEN, **changed)).codes == (code,)


def test_the_three_answers_are_permitted():
    world.must(may_answer(GIVEN))
    world.must(may_answer(replace(GIVEN, answer="withheld", ground="Rule 16", given_out=None)))
    for given_out in (None, True):
        world.must(may_answer(replace(GIVEN, answer="protective_order", ground="Order of 1 May", given_out=given_out)))


def test_a_day_lies_between_what_it_rests_on_and_today():
    said = {"served_to": "x", "way": "x"}
    world.must(may_serve(ON, said))
    world.must(may_file_receipt(ON, said))
    for changed, of_service, of_receipt in (
        ({"on": DAY - timedelta(days=1)}, "before_it_left", "before_service"),
        ({"on": DAY + timedelta(days=1)}, "in_the_future", "in_the_future"),
        ({"already": True}, "served_already", "receipt_already"),
        ({"other_part": True}, "other_part", "other_part"),
    ):
        assert may_serve(replace(ON, **changed), said).codes == (of_service,)
        assert may_file_receipt(replace(ON, **changed), said).codes == (of_receipt,)
    assert may_serve(replace(ON, after=None), {"way": ""}).codes == ("missing", "not_given_out")


def test_a_request_is_taken_answered_served_and_received():
    lead = world.a_lead()
    report = world.given(lead)
    request = taken(lead)
    first, second = request.items.order_by("number")
    assert (request.number, first.asked, second.asked) == (1, "All searches", "Source code")
    assert taken(lead).number == 2

    world.must(answered(first, "given", given_in=report))
    world.must(answered(second, "withheld", "Trade secret, Rule 16(d)"))
    world.must(answered(second, "protective_order", "Order of 1 May"))
    world.must(served(request, report))
    service = DiscoveryService.objects.get()
    receipt = Received(today(), "Counsel Maria Weiss", "Docket 12")
    world.must(file_receipt(by=world.person("lea"), at=house_now(), number=service.pk, receipt=receipt))

    assert file_receipt(by=world.person("lea"), at=house_now(), number=service.pk, receipt=receipt).codes == ("receipt_already",)
    assert served(request, report).codes == ("served_already",)
    assert {row.act for row in Refused.objects.filter(case=lead.case)} == {"file_receipt", "serve_discovery"}
    with connection.cursor() as cursor:
        cursor.execute("set local role auditor")
    told = {each.title: each.rows for each in sections_of(lead.case.ref, using="default")}
    assert [row[5:9] for row in told["What courts asked for, and what was answered"]][:3] == [
        (1, "All searches", "given", ""),
        (2, "Source code", "withheld", "Trade secret, Rule 16(d)"),
        (2, "Source code", "protective order", "Order of 1 May"),
    ]
    assert told["What was served"][0][-3:] == (today(), "Counsel Maria Weiss", "Docket 12")


def test_each_step_is_an_entry_that_holds_no_word_of_it():
    lead = world.a_lead()
    report = world.given(lead)
    request = taken(lead)
    item = request.items.get(number=1)
    world.must(answered(item, "given", "Rule 16", report))
    world.must(served(request, report))
    receipt = Received(today(), "Counsel Maria Weiss", "Docket 12")
    world.must(file_receipt(by=world.person("lea"), at=house_now(), number=DiscoveryService.objects.get().pk, receipt=receipt))

    rows = [request, DiscoveryAnswer.objects.get(), DiscoveryService.objects.get(), DiscoveryReceipt.objects.get()]
    entries = [Entry.objects.get(pk=row.entry) for row in rows]
    assert [each.kind_id for each in entries] == ["take_discovery", "answer_item", "serve_discovery", "file_receipt"]
    assert {each.subject for each in entries} == {lead.case.ref}
    for each in entries:
        body = bytes(each.body)
        assert len(json.loads(body)["said"]) == 32
        for word in (b"Weiss", b"District", b"26-CR", b"Rule 16", b"Docket", b"hand", b"searches"):
            assert word not in body


def test_what_left_about_another_investigation_is_given_in_nothing():
    lead, other = roads.a_lead(1), roads.a_lead(2)
    report = world.given(other)
    request = taken(lead)
    item = request.items.get(number=1)
    assert answered(item, "given", given_in=report).codes == ("not_given_out",)
    assert served(request, report).codes == ("not_given_out",)
    for sql, of in (
        ("select answer_item(%s, %s, %s, '{}')", (item.pk, {"answer": "given", "given_in": report})),
        (
            "select serve_discovery(%s, %s, %s, '{}')",
            (request.pk, {"served": report, "served_on": "2026-01-01", "served_to": "x", "way": "x"}),
        ),
    ):
        with pytest.raises(DatabaseError, match="nothing of this investigation left"), transaction.atomic():
            ask_database(sql, of[0], world.person("lea").pk, Jsonb(of[1]))


def test_nobody_but_a_legal_adviser_answers_a_court():
    lead = world.a_lead()
    request = taken(lead)
    said = {"court": "x", "cause_number": "x", "asked_by": "x", "due_on": "2026-03-02", "items": ["x"]}
    for name in ("dana", "sol", "otto", "ada", "pia", "mia"):
        person = world.person(name)
        with pytest.raises(access.NotVisible):
            take_discovery(by=person, at=house_now(), case_ref=lead.case.ref, asked=ASKED)
        with pytest.raises(access.NotVisible):
            answer_item(by=person, at=house_now(), number=request.items.first().pk, answer="withheld", ground="x", given_in=None)
        with pytest.raises(DatabaseError, match="only a legal adviser"), transaction.atomic():
            ask_database("select take_discovery(%s, %s, %s, '{}')", lead.case.ref, person.pk, Jsonb(said))
        with pytest.raises(DatabaseError, match="only a legal adviser"), transaction.atomic():
            ask_database("select answer_item(%s, %s, %s, '{}')", request.items.first().pk, person.pk, Jsonb({"answer": "withheld"}))


def test_the_database_holds_it_also_against_whoever_writes_past_the_program():
    lead = world.a_lead()
    report = world.given(lead)
    request = taken(lead)
    item, lea = request.items.get(number=1), world.person("lea").pk
    day = today()
    said = {"court": "x", "cause_number": "x", "asked_by": "x", "due_on": "2026-03-02", "items": ["x"]}
    service = {"served": report, "served_on": day.isoformat(), "served_to": "x", "way": "x"}
    for function, of, wrong in (
        *(("take_discovery", lead.case.ref, said | each) for each in ({"court": " "}, {"items": []}, {"items": [" "]}, {"due_on": ""})),
        *(
            ("answer_item", item.pk, each)
            for each in (
                {"answer": "given"},
                {"answer": "withheld", "ground": " "},
                {"answer": "lost"},
                {"answer": "withheld", "ground": "x", "given_in": report},
            )
        ),  # fmt: skip
        *(
            ("serve_discovery", request.pk, service | each)
            for each in (
                {"served_on": (day - timedelta(days=3)).isoformat()},
                {"served_on": (day + timedelta(days=3)).isoformat()},
                {"served_on": None},
                {"served_to": " "},
                {"way": ""},
            )
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            ask_database(f"select {function}(%s, %s, %s, '{{}}')", of, lea, Jsonb(wrong))
    world.must(answered(item, "withheld", "Rule 16"))
    for sql in (
        "insert into review_discoveryanswer(item_id, answer, ground, by_id, entry) values (%s, 'withheld', 'x', 1, 1)",
        "update review_discoveryanswer set ground = 'none' where item_id = %s",
        "delete from review_discoveryitem where id = %s",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, [item.pk])


def test_a_legal_adviser_does_it_on_the_pages():
    lead = world.a_lead()
    report = world.given(lead)
    lea = signed_in("lea")
    assert reverse("new_discovery", args=[lead.case.ref]) in lea.get(reverse("case", args=[lead.case.ref])).content.decode()
    said = {"court": ASKED.court, "cause_number": ASKED.cause_number, "asked_by": ASKED.asked_by, "due_on": "2020-01-01", "items": "All searches\n\n Source code "}  # fmt: skip
    request = lea.post(reverse("new_discovery", args=[lead.case.ref]), said)["Location"]
    assert "Overdue, 0 of 2 answered" in lea.get(reverse("discovery")).content.decode()
    first, second = DiscoveryItem.objects.order_by("number")
    page = lea.post(reverse("discovery_item", args=[first.pk]), {"answer": "withheld"})
    assert (page.status_code, "Say by which rule or privilege" in page.content.decode()) == (422, True)
    assert lea.post(reverse("discovery_item", args=[first.pk]), {"answer": "given", "given_in": report})["Location"] == request
    lea.post(reverse("discovery_item", args=[second.pk]), {"answer": "withheld", "ground": "Trade secret"})
    assert "Overdue, 2 of 2 answered" in lea.get(request).content.decode()
    day = today().isoformat()
    lea.post(
        reverse("discovery_serve", args=[first.request_id]), {"served": report, "served_on": day, "served_to": "Counsel", "way": "by hand"}
    )
    assert "Served, no receipt yet" in lea.get(reverse("discovery")).content.decode()
    service = DiscoveryService.objects.get()
    lea.post(reverse("discovery_receipt", args=[service.pk]), {"received_on": day, "received_by": "Counsel", "document": "Docket 12"})
    shown = lea.get(request).content.decode()
    for words in ("Received", "Trade secret", "Docket 12", "Lead report of", "Lakeside Police, Robbery"):
        assert words in shown, words
    for stranger in (999999, 2**63):
        assert lea.get(f"/discovery/{stranger}").status_code == 404
