"""The prosecutor's door: what is told to the office, notice of use, what is owed, and the walls from below."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from psycopg.types.json import Jsonb

from cases.law.shipped import POLICIES
from cases.models import Case, Refused
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from people.appoint import Appointment, appoint
from people.models import Agency, Agreement, Person
from people.roles import Role
from review import access
from review.acts.add_edge import add_edge
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.close import close
from review.acts.close_exculpatory import close_exculpatory
from review.acts.give_notice_of_use import give_notice_of_use
from review.acts.record_outside_gate import record_outside_gate
from review.acts.start import start
from review.acts.take_discovery import Asked, take_discovery
from review.models import Countersignature, Dissemination, Evidence, Lead
from review.rules.graph import EdgeKind
from review.rules.leaving import Leaving, may_give_notice
from review.sheets import prosecution
from review.sheets.desk import Queue
from tests import world
from tests.database import as_owner
from tests.oversight import roads
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db
COMMITTED = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
SOUND = Leaving("Counsel Maria Weiss", "Defence in cause 26-CR-118", "Rule 16")
STARTED, SIGNED = "Started, and does not hold any more", "Lapsed before it was started"
SPEAKS, OUTSIDE = "Open items that speak for a person", "Actions outside the gate"
DISCOVERY, SHUT = "Items of discovery without an answer", "Leads that were shut after they were told to you"
SAID = {"recipient": SOUND.recipient, "purpose": SOUND.purpose, "authority": SOUND.authority, "ori": ""}


def noticed(lead: Lead) -> int:
    finding, number = give_notice_of_use(by=world.person("pia"), at=house_now(), lead_ref=lead.ref, leaving=SOUND)
    world.must(finding)
    return int(number or 0)


def outside(lead: Lead) -> None:
    now = house_now()
    finding = record_outside_gate(
        by=world.person("dana"), at=now, lead_ref=lead.ref, action="arrest", happened_at=now, description="on sight", lead_known="no"
    )
    world.must(finding)


def speaks_for(lead: Lead) -> str:
    item = ItemWanted("location_alibi", "was at work", "Time card", exculpatory=True, exculpatory_code="whereabouts")
    finding, ref = add_evidence(by=world.person("dana"), at=house_now(), lead_ref=lead.ref, item=item)
    world.must(finding)
    return str(ref)


def said_of_the_case(lead: Lead) -> str:
    """The same, entered on the case of the lead and on no lead."""
    item = ItemWanted("location_alibi", "was at sea", "Log book", exculpatory=True, exculpatory_code="whereabouts")
    finding, ref = add_evidence(by=world.person("dana"), at=house_now(), case_ref=lead.case.ref, item=item)
    world.must(finding)
    return str(ref)


def elsewhere() -> Person:
    """Pat, a prosecutor of Lakeside."""
    with as_owner():
        lakeside = Agency.objects.create(ori="XX0020000", name="Lakeside County", time_zone="UTC")
        appoint(
            agency=lakeside,
            appointments=(Appointment("pat", "Pat Moss", "Trials", (Role.PROSECUTOR,)),),
            passwords={},
            on=house_now().date(),
        )
    return world.person("pat")


def lent(by: Person, *roles: str, until: int = 30) -> None:
    """Lakeside lends Riverside these roles."""
    today = house_now().date()
    with as_owner():
        Agreement.objects.create(
            lender=by.agency,
            borrower=world.person("pia").agency,
            roles=list(roles),
            from_on=today - timedelta(days=60),
            until_on=today + timedelta(days=until),
            terms="Trials",
        )


def told(who: str = "pia") -> list[str]:
    return [line.title for line in prosecution.leads(world.person(who), at=house_now(), before=None).lines]


def owed() -> dict[str, list[str]]:
    return {
        queue.name: [line.title for line in queue.lines] for queue in prosecution.duties(world.person("pia"), at=house_now()) if queue.lines
    }


def states() -> list[str]:
    return [line.chip.word for line in prosecution.leads(world.person("pia"), at=house_now(), before=None).lines if line.chip]


def test_each_thing_that_is_not_said_of_a_notice_is_a_reason():
    world.must(may_give_notice(subject="FR-1-L1", leaving=SOUND))
    assert may_give_notice(subject="FR-1-L1", leaving=Leaving("", " ", "", "x")).codes == (
        "no_recipient",
        "no_purpose",
        "no_authority",
        "bad_ori",
    )


def test_a_lead_is_told_once_something_is_asked_for_or_done_on_it():
    done = roads.a_lead(1)
    pia, on = world.person("pia"), house_now().date()
    assert not access.leads_of_prosecutor(pia, on=on).exists()
    outside(done)
    asked, quiet = roads.a_lead(2), roads.a_lead(3)
    world.asked(asked)
    assert set(access.leads_of_prosecutor(pia, on=on)) == {asked, done}
    with pytest.raises(access.NotVisible):
        access.lead_of_prosecutor(pia, quiet.ref, on=on)
    assert told() == ["Arrest"]


def test_the_list_says_what_holds_now():
    lead, ref = roads.ready(1)
    assert states() == ["Asked, not answered yet"]
    world.must(world.signed(ref))
    assert states() == ["Countersigned, in force"]
    world.must(start(by=world.person("dana"), at=house_now(), ref=ref))
    assert states() == ["Started, in force"]
    speaks_for(lead)
    assert states() == ["Started, withdrawn since"]
    assert owed()[STARTED] == ["Arrest"]


def test_what_was_started_did_not_fall_because_its_case_was_closed_and_what_fell_is_found_page_by_page(monkeypatch):
    asked = [roads.ready(number) for number in (1, 2, 3)]
    for _, ref in asked:
        world.must(world.signed(ref))
        world.must(start(by=world.person("dana"), at=house_now(), ref=ref))
    world.must(close(by=world.person("dana"), at=house_now(), case_ref=asked[1][0].case.ref, disposition="arrest", note="over"))
    assert states() == ["Started, in force"] * 3
    speaks_for(asked[0][0])
    monkeypatch.setattr(prosecution, "LOOK_AT", 2)
    pia, now = world.person("pia"), house_now()

    first, rest = (duty(STARTED, prosecution.duties(pia, at=now, keys=keys)) for keys in ({}, {"started": older(asked[1][1])}))

    assert (first.lines, first.rest, first.older) == ((), "The newest 2 were looked at.", f"?started={older(asked[1][1])}")
    assert ([line.title for line in rest.lines], rest.older) == (["Arrest"], "")


def stricter(folder: Path) -> Path:
    """The policy of the world, but three reviewers, two items that stand apart and one more test."""
    text = (POLICIES / "nlc-2021.toml").read_text(encoding="utf-8").replace('"nlc-2021"', '"stricter"')
    for said, now in (
        ("reviewers = 2", "reviewers = 3"),
        ("items = 1", "items = 2"),
        ("tests = [", 'tests = [\n  { code = "teeth", name = "Teeth" },'),
    ):
        assert text.count(said) == 1, said
        text = text.replace(said, now)
    (folder / "stricter.toml").write_text(text, encoding="utf-8")
    return folder / "stricter.toml"


def on_the_face(ref: str) -> None:
    """Somebody writes down that an item came of the face result: it counts no longer."""
    world.must(add_edge(by=world.person("dana"), at=house_now(), item_ref=ref, kind=EdgeKind.CONTENT_FROM, parent="face_result"))


def started(number: int, items: int = 1) -> tuple[Lead, list[str]]:
    """An arrest that was started, and the items on which it rests."""
    lead = roads.a_lead(number)
    refs = [world.an_item(lead, kind, document=f"Report {kind}") for kind in ("fingerprint", "phone_location")[:items]]
    world.cleared_tests(lead)
    world.papers_filed(lead)
    ref = world.asked(lead)
    world.must(world.signed(ref))
    world.must(start(by=world.person("dana"), at=house_now(), ref=ref))
    return lead, refs


def test_what_was_started_stands_whatever_is_entered_that_changes_nothing_of_it():
    """What it yielded, another search, the end of the case."""
    lead, _ = started(1)
    got = ItemWanted("bank_records", "found on him", "Document 2", got_under=Countersignature.objects.get().ref)
    world.must(add_evidence(by=world.person("dana"), at=house_now(), lead_ref=lead.ref, item=got)[0])
    other = world.requested("26-1", "p014", repeats_because="another man")
    of_another = ItemWanted("bank_records", "of another man", "Document 2")
    world.must(add_evidence(by=world.person("dana"), at=house_now(), case_ref=other.ref, item=of_another)[0])
    assert "papers_stale" in ask_database("select gate_reasons(%s, 'arrest')", lead.pk)
    assert (states(), STARTED in owed()) == (["Started, in force"], False)
    world.must(close(by=world.person("dana"), at=house_now(), case_ref=lead.case.ref, disposition="arrest", note="over"))
    assert (states(), STARTED in owed()) == (["Started, in force"], False)


def test_a_later_policy_alone_withdraws_nothing_that_was_started(tmp_path):
    lead, (only,) = started(1)
    both, (one, _) = started(2, items=2)
    world.must(close(by=world.person("dana"), at=house_now(), case_ref=lead.case.ref, disposition="arrest", note="over"))
    with connection.cursor() as cursor:  # what was done so far is judged now, as if it had been committed before the policy came
        cursor.execute("set constraints all immediate; set constraints all deferred")
    world.in_force(stricter(tmp_path))
    assert set(ask_database("select gate_reasons(%s, 'arrest')", lead.pk)) == {
        "case_over", "screening_outdated", "too_few_reviewers", "conclusions_do_not_support", "exculpatory_untested", "too_few_stand_apart",
    }  # fmt: skip
    assert states() == ["Started, in force"] * 2

    on_the_face(one)
    assert "too_few_stand_apart" in ask_database("select gate_reasons(%s, 'arrest')", both.pk)
    assert states() == ["Started, withdrawn since", "Started, in force"]
    on_the_face(only)
    assert states() == ["Started, withdrawn since"] * 2


def test_what_lost_the_item_it_rested_on_is_withdrawn():
    _, (only,) = started(1)
    assert states() == ["Started, in force"]
    on_the_face(only)
    assert states() == ["Started, withdrawn since"]
    assert owed()[STARTED] == ["Arrest"]


def test_what_was_signed_and_never_started_is_not_called_withdrawn_when_its_case_was_closed():
    lead, _ = roads.signed(1)
    world.must(close(by=world.person("dana"), at=house_now(), case_ref=lead.case.ref, disposition="withdrawn", note="over"))
    assert states() == ["Not started; the case is closed"]
    assert SIGNED not in owed()


def test_each_of_two_lists_goes_on_where_it_stopped(monkeypatch):
    """Whoever follows the links of one list is not told that nothing stands on the other, and comes back to where that one was."""
    made = [roads.ready(number) for number in (1, 2, 3, 4, 5)]
    keys = [older(ref) for _, ref in made]
    for place, (lead, ref) in enumerate(made):
        world.must(world.signed(ref))
        if place in (0, 1, 4):
            world.must(start(by=world.person("dana"), at=house_now(), ref=ref))
        speaks_for(lead)
    monkeypatch.setattr(prosecution, "LOOK_AT", 1)
    pia = signed_in("pia")

    def followed(address: str) -> tuple[dict[str, str], dict[str, list[str]]]:
        queues = pia.get(f"/prosecution/duties{address}").context["queues"]
        two = [duty(name, queues) for name in (STARTED, SIGNED)]
        assert all(
            queue.older == "" or queue.older in pia.get(f"/prosecution/duties{address}").content.decode().replace("&amp;", "&")
            for queue in two
        )
        return {q.name: q.older for q in two}, {q.name: [line.about.split(",")[0] for line in q.lines] for q in two}

    links, lines = followed("")
    assert (links, lines) == (
        {STARTED: f"?started={keys[4]}", SIGNED: f"?signed={keys[3]}"},
        {STARTED: [made[4][0].ref], SIGNED: [made[3][0].ref]},
    )
    links, lines = followed(links[STARTED])
    assert lines == {STARTED: [made[1][0].ref], SIGNED: [made[3][0].ref]}
    links, lines = followed(links[SIGNED])
    assert lines == {STARTED: [made[1][0].ref], SIGNED: [made[2][0].ref]}
    assert links == {STARTED: f"?started={keys[1]}&signed={keys[3]}", SIGNED: ""}
    links, lines = followed(links[STARTED])
    assert (links, lines) == ({STARTED: "", SIGNED: ""}, {STARTED: [made[0][0].ref], SIGNED: [made[2][0].ref]})


def test_all_that_is_owed_is_counted_and_within_reach_the_oldest_first(monkeypatch):
    monkeypatch.setattr(prosecution, "MOST", 2)
    leads = [roads.a_lead(number) for number in (1, 2, 3)]
    for lead in leads:
        outside(lead)
        speaks_for(lead)
        world.served_in_court(lead, world.given(lead))
    pia, on_lead = signed_in("pia"), [f"/prosecution/leads/{lead.ref}" for lead in leads]

    def page(address: str) -> tuple[Queue, ...]:
        return tuple(pia.get(f"/prosecution/duties{address}").context["queues"])

    for name, places in ((DISCOVERY, ["", "", ""]), (OUTSIDE, on_lead), (SPEAKS, on_lead)):
        first = duty(name, page(""))
        assert ([line.address for line in first.lines], first.number) == (places[:2], "3"), name
        assert first.rest == "Shown are the 2 that are owed longest. 1 more is owed."
        rest = duty(name, page(first.newer))
        assert ([line.address for line in rest.lines], rest.number, rest.newer) == (places[2:], "3", ""), name
        assert rest.rest == "Shown are the next 1."
        assert [line.title for line in duty(SPEAKS, page(first.newer)).lines] == ["was at work"] * (1 if name == SPEAKS else 2)
    assert "Show the next" in pia.get("/prosecution/duties").content.decode()

    for lead in leads:
        world.must(
            close_exculpatory(by=world.person("cora"), at=house_now(), item_ref=speaks_for(lead), how="tested_excludes", because="It holds")
        )
    first = duty(SHUT, page(""))
    rest = duty(SHUT, page(first.newer))
    assert [line.address for line in (*first.lines, *rest.lines)] == on_lead
    assert duty(SHUT, page("?shut=999999")).empty == "None after those that were shown."


def test_items_of_discovery_go_on_by_the_day_on_which_they_are_due(monkeypatch):
    monkeypatch.setattr(prosecution, "MOST", 1)
    lead = world.a_lead()
    world.asked(lead)
    wanted = []
    for number, days in enumerate((3, 1, 3, 2)):
        due = house_now().date() + timedelta(days=days)
        asked = Asked("District Court", "26-CR-1", "Counsel", due, (f"Searches {number}",))
        world.must(take_discovery(by=world.person("lea"), at=house_now(), case_ref=lead.case.ref, asked=asked)[0])
        wanted.append((due, number))
    pia, now, keys, found = world.person("pia"), house_now(), {}, []
    while True:
        queue = duty(DISCOVERY, prosecution.duties(pia, at=now, keys=keys))
        found += [line.title for line in queue.lines]
        if not queue.newer:
            break
        keys = {"items": int(queue.newer.split("=")[1])}
    assert found == [f"Searches {number}" for _, number in sorted(wanted)]


def older(ref: str) -> int:
    return Countersignature.objects.get(ref=ref).pk


def duty(name: str, queues: tuple[Queue, ...]) -> Queue:
    return next(queue for queue in queues if queue.name == name)


def test_the_list_goes_on_page_by_page(monkeypatch):
    for number in (1, 2, 3):
        world.asked(roads.a_lead(number))
    monkeypatch.setattr(prosecution, "MOST", 2)
    pia, now = world.person("pia"), house_now()
    first = prosecution.leads(pia, at=now, before=None)
    rest = prosecution.leads(pia, at=now, before=first.more)
    newest = list(Countersignature.objects.order_by("-pk").values_list("lead__ref", flat=True))
    assert [line.about.split(",")[0] for line in (*first.lines, *rest.lines)] == newest
    assert (len(first.lines), len(rest.lines), rest.more) == (2, 1, None)


def test_a_notice_is_a_row_and_an_entry_that_names_nobody():
    lead = world.a_lead()
    world.asked(lead)
    row = Dissemination.objects.get(pk=noticed(lead))
    entry = Entry.objects.get(pk=row.entry)
    body = json.loads(bytes(entry.body))
    assert (row.lead, row.what, row.by) == (lead, "notice_of_use", world.person("pia"))
    assert (entry.kind_id, entry.subject, body["what"], len(body["recipient"])) == ("give_notice_of_use", lead.ref, "notice_of_use", 32)
    assert b"Weiss" not in bytes(entry.body)


def test_what_is_not_said_is_refused_and_the_refusal_is_on_file():
    lead = world.a_lead()
    world.asked(lead)
    finding, number = give_notice_of_use(by=world.person("pia"), at=house_now(), lead_ref=lead.ref, leaving=Leaving("", "x", "x"))
    assert (finding.codes, number) == (("no_recipient",), None)
    assert Refused.objects.get(act="give_notice_of_use").case == lead.case
    assert not Dissemination.objects.exists()


@COMMITTED
def test_nobody_but_a_prosecutor_of_the_office_gives_notice_also_past_the_program():
    lead = world.a_lead()
    world.asked(lead)
    elsewhere()
    for name in ("dana", "aris", "ada", "cora", "sol", "lea", "otto", "mia", "petra", "pat"):
        with pytest.raises(access.NotVisible):
            give_notice_of_use(by=world.person(name), at=house_now(), lead_ref=lead.ref, leaving=SOUND)
        with pytest.raises(DatabaseError, match="told to this prosecutor"), transaction.atomic():
            ask_database("select give_notice_of_use(%s, %s, %s, '{}')", lead.ref, world.person(name).pk, Jsonb(SAID))
    quiet = roads.a_lead(2)
    with pytest.raises(DatabaseError, match="told to this prosecutor"), transaction.atomic():
        ask_database("select give_notice_of_use(%s, %s, %s, '{}')", quiet.ref, world.person("pia").pk, Jsonb(SAID))
    assert not Dissemination.objects.exists()


def test_the_database_asks_for_who_why_and_by_what_right():
    lead = world.a_lead()
    world.asked(lead)
    pia = world.person("pia").pk
    for said in ({"recipient": " "}, {"purpose": ""}, {"authority": ""}, {"ori": "XX1"}):
        with pytest.raises(DatabaseError, match="must be said|is no ORI"), transaction.atomic():
            ask_database("select give_notice_of_use(%s, %s, %s, '{}')", lead.ref, pia, Jsonb(SAID | said))
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        ask_database("select prosecutor_reaches(%s, %s)", pia, lead.pk)
    assert not Dissemination.objects.exists()


@COMMITTED
@pytest.mark.parametrize(
    ("roles", "until", "reaches"), [(("prosecutor",), 30, True), (("detective",), 30, False), (("prosecutor",), -1, False)]
)
def test_an_agreement_lends_the_office_for_its_days(roles, until, reaches):
    lead = world.a_lead()
    world.asked(lead)
    pat = elsewhere()
    assert told("pat") == []
    lent(pat, *roles, until=until)
    assert bool(told("pat")) == reaches
    if reaches:
        world.must(give_notice_of_use(by=pat, at=house_now(), lead_ref=lead.ref, leaving=SOUND)[0])
    else:
        with pytest.raises(DatabaseError, match="told to this prosecutor"), transaction.atomic():
            ask_database("select give_notice_of_use(%s, %s, %s, '{}')", lead.ref, pat.pk, Jsonb(SAID))


@COMMITTED
def test_whoever_examined_it_reads_nothing_of_it_as_a_prosecutor():
    lead = world.a_lead()
    world.asked(lead)
    with as_owner():
        ada = world.person("ada")
        ada.roles_held.create(role=Role.PROSECUTOR.value, from_on=house_now().date())
    assert access.holds(world.person("ada"), Role.PROSECUTOR, on=house_now().date())
    assert told("ada") == []
    with pytest.raises(DatabaseError, match="told to this prosecutor"), transaction.atomic():
        ask_database("select give_notice_of_use(%s, %s, %s, '{}')", lead.ref, ada.pk, Jsonb(SAID))


def test_what_is_owed_stands_there_until_it_is_given():
    lead = world.a_lead()
    assert owed() == {}
    outside(lead)
    item = speaks_for(lead)
    world.served_in_court(lead, world.given(lead))
    assert owed() == {
        DISCOVERY: ["All searches"],
        OUTSIDE: ["Outside gate: arrest"],
        SPEAKS: ["was at work"],
    }
    noticed(lead)
    assert OUTSIDE not in owed()

    ended = close_exculpatory(
        by=world.person("cora"), at=house_now(), item_ref=item, how="tested_excludes", because="He was at work", second=None
    )
    world.must(ended)
    assert owed() == {
        DISCOVERY: ["All searches"],
        SHUT: [f"{item} was tested, and it holds"],
    }
    noticed(lead)
    assert owed() == {DISCOVERY: ["All searches"]}


def aimed_at(lead: Lead, of: Case) -> None:
    """An arrest on sight, entered on a case without a lead: the database links the lead on that person."""
    finding = record_outside_gate(
        by=world.person("dana"),
        at=(now := house_now()),
        case_ref=of.ref,
        action="arrest",
        happened_at=now,
        description="on sight",
        lead_known="no",
        subject_ref=lead.candidate.subject_ref,
    )
    world.must(finding)


def test_a_notice_to_one_persons_defence_tells_nothing_to_anothers():
    case = world.searched("25-1")
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, ("p012", "p013"))
    for name in ("ada", "ben"):
        world.concluded(case, name, {"p012": 2, "p013": 2})
    one, two = Lead.objects.select_related("case", "candidate").filter(case=case).order_by("id")
    outside(one)
    world.asked(two)
    noticed(two)
    assert OUTSIDE in owed()
    noticed(one)
    assert OUTSIDE not in owed()


def test_a_notice_on_any_lead_on_the_person_tells_his_defence():
    lead, again = world.a_lead("25-1"), world.a_second_lead("25-2")
    world.asked(again)
    outside(lead)
    assert OUTSIDE in owed()
    noticed(again)
    assert OUTSIDE not in owed()


def test_what_was_done_on_a_case_without_a_lead_is_told_on_the_lead_it_is_linked_with():
    lead, bare = roads.a_lead(1), world.requested("26-77", "p014")
    aimed_at(lead, bare)
    (line,) = duty(OUTSIDE, prosecution.duties(world.person("pia"), at=house_now())).lines
    assert (line.address, line.about) == (f"/prosecution/leads/{lead.ref}", f"{bare.ref}, agency case 26-77, linked with {lead.ref}")
    noticed(lead)
    assert OUTSIDE not in owed()


def test_what_was_done_on_a_case_before_it_had_a_lead_is_told_on_any_of_the_case():
    case = world.searched("25-1")
    finding = record_outside_gate(
        by=world.person("dana"), at=(now := house_now()), case_ref=case.ref, action="arrest", happened_at=now, description="on sight"
    )
    world.must(finding)
    (line,) = duty(OUTSIDE, prosecution.duties(world.person("pia"), at=house_now())).lines
    assert line.address == ""
    lead = Lead.objects.select_related("case").get(case=world.examined(case))
    world.asked(lead)
    noticed(lead)
    assert OUTSIDE not in owed()


def test_what_speaks_for_a_person_is_owed_wherever_it_was_entered():
    """On another lead on him that was not told, also where that one has ended, and on a case of the linked set that has no lead of his."""
    lead, again = world.a_lead("25-1"), world.a_second_lead("25-2")
    world.asked(lead)
    alibi = speaks_for(again)
    for ref in (alibi, said_of_the_case(lead), said_of_the_case(again)):
        assert Evidence.objects.get(ref=ref).lead in (again, None)
    clears = speaks_for(again)

    def shown() -> list[tuple[str, str]]:
        return [
            (line.title, line.about.split(", ")[-1]) for line in duty(SPEAKS, prosecution.duties(world.person("pia"), at=house_now())).lines
        ]

    of_another, of_a_case = "on another lead on the person", "on a case as such"
    assert sorted(shown()) == sorted([("was at work", of_another)] * 2 + [("was at sea", of_a_case)] * 2)
    assert {line.address for line in duty(SPEAKS, prosecution.duties(world.person("pia"), at=house_now())).lines} == {
        f"/prosecution/leads/{lead.ref}"
    }

    world.must(
        close_exculpatory(by=world.person("cora"), at=house_now(), item_ref=clears, how="tested_excludes", because="It holds", second=None)
    )
    assert sorted(shown()) == sorted([("was at work", of_another)] + [("was at sea", of_a_case)] * 2)

    clears = speaks_for(lead)
    assert ("was at work", f"agency case {lead.case.investigation.agency_case}") in shown()
    world.must(
        close_exculpatory(by=world.person("cora"), at=house_now(), item_ref=clears, how="tested_excludes", because="It holds", second=None)
    )
    assert shown() == []


def test_what_speaks_for_another_person_is_not_owed():
    lead, other = roads.a_lead(1), roads.a_lead(2)
    world.asked(lead)
    speaks_for(other)
    said_of_the_case(other)
    assert owed() == {}


@COMMITTED
def test_what_another_agency_owes_is_not_on_the_list():
    lead = world.a_lead()
    outside(lead)
    speaks_for(lead)
    world.served_in_court(lead, world.given(lead))
    elsewhere()
    assert not any(queue.lines for queue in prosecution.duties(world.person("pat"), at=house_now()))


def test_the_pages_show_no_face_no_place_no_score_and_no_reviewer():
    lead, ref = roads.signed(1)
    outside(lead)
    number = noticed(lead)
    pia = signed_in("pia")
    addresses = ("/prosecution", "/prosecution/duties", f"/prosecution/leads/{lead.ref}", f"/prosecution/leads/{lead.ref}/notice/{number}")
    for address in addresses:
        page = pia.get(address)
        text = page.content.decode()
        assert page.status_code == 200
        assert "<img" not in text
        for hidden in ("p012", "Ada ", "Ben ", "Cleo "):
            assert hidden not in text, (address, hidden)
    assert "A face search was used in this investigation." in text
    assert "Counsel Maria Weiss" in text
    assert pia.get(f"/cases/{lead.case.ref}").status_code == 404
    assert "In force" in pia.get("/prosecution").content.decode() or "in force" in pia.get("/prosecution").content.decode()


def test_the_form_puts_it_on_file_and_shows_it_for_an_hour():
    lead = world.a_lead()
    world.asked(lead)
    pia = signed_in("pia")
    form = reverse("notice_of_use", args=[lead.ref])
    refused = pia.post(form, SAID | {"ori": "XX1"})
    assert refused.status_code == 422
    assert "An ORI has nine characters" in refused.content.decode()
    sent = pia.post(form, SAID)
    assert "Notice that a face search was used" in pia.get(sent["Location"]).content.decode()
    row = Dissemination.objects.get()
    with pytest.raises(access.NotVisible):
        access.dissemination_for_printing(world.person("pia"), lead, row.pk, at=row.at + timedelta(minutes=61), what="notice_of_use")
    with pytest.raises(access.NotVisible):
        access.dissemination_for_printing(world.person("pia"), lead, row.pk, at=row.at)
    assert "notice of use" in signed_in("otto").get(reverse("disseminations")).content.decode().lower()


def test_a_notice_of_a_prosecutor_leads_where_he_may_read():
    lead = world.a_lead()
    outside(lead)
    page = signed_in("pia").get("/notices").content.decode()
    assert "/prosecution/duties" in page
    assert f"/cases/{lead.case.ref}" not in page


@COMMITTED
def test_what_waits_for_a_machine_alone_is_not_called_withdrawn(tmp_path):
    roads.signed(1)
    assert states() == ["Countersigned, in force"]
    world.in_force("nlc-2021")
    assert states() == ["Countersigned; it may not start before the machine has asked again"]
    assert SIGNED not in owed()
    while world.run_jobs():
        pass
    assert states() == ["Countersigned, in force"]
    world.in_force(stricter(tmp_path))
    assert states() == ["Withdrawn"], "the new policy shuts it by itself as well"
    assert SIGNED in owed()
