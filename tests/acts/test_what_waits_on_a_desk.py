"""What waits on a desk is a small row an item; a desk shows what a full scan shows, the oldest first, and reads no more because the house is large."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Thread
from types import SimpleNamespace

import psycopg
import pytest
from django.db import DatabaseError, close_old_connections, connection, transaction
from django.test.utils import CaptureQueriesContext

from cases import images
from cases.models import Candidate, Case, InvestigationLink, Job
from cases.uploads import clean_upload
from ledger.asking import ask_rows
from ledger.clock import house_now
from oversight.rederiving import Picture
from people.models import Person
from review import facts, holds
from review.acts.add_edge import add_edge
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.close_exculpatory import close_exculpatory
from review.acts.file_outside_result import OutsideFiled, file_outside_result
from review.acts.fix_again import fix_again
from review.acts.fix_evidence import ReadInDocument
from review.acts.hold_turn import hold_turn
from review.acts.record_outside_gate import record_outside_gate
from review.acts.record_statement import record_statement
from review.acts.recuse import recuse
from review.acts.release_turn import release_turn
from review.models import Evidence, HoldDecision, Lead, OutsideGate
from review.rules.filing import StatementSaid
from review.rules.graph import EdgeKind, weigh
from review.sheets import desk
from tests import world
from tests.acts.test_near_probe import changed
from tests.database import login, waiting, write_past_the_promises
from tests.oversight.test_three_gates import file_and_lead
from tests.pages.test_queries import at_home
from tests.world import must, person

ROWS = "select e.ref, w.desk, w.agency_id from review_itemwaiting w join review_evidence e on e.id = w.item_id order by 1, 2, 3"
# the file read whole: every item of every case, and every open lead weighed
TRUTH = """
  select e.ref, case e.direction when 'incriminating' then 'to_fix' else 'to_close' end, c.agency_id
    from review_evidence e join cases_case c on c.id = e.case_id left join review_leadend x on x.lead_id = e.lead_id
   where (x.id is null or e.direction = 'exculpatory' and exists (select 1 from unnest(lead_family(e.lead_id)) l left join review_leadend y on y.lead_id = l where y.id is null))
     and case e.direction when 'incriminating' then not exists (select 1 from review_fixing f where f.item_id = e.id)
                          else not exists (select 1 from review_closing k where k.item_id = e.id) end
  union
  select e.ref, case when (select not d.may_be_used from review_holddecision d where d.item_id = e.id and d.court <> '' order by d.id desc limit 1) or (select max(d.at) from review_holddecision d where d.item_id = e.id) > (
             with recursive line(id) as (values (e.id) union select g.parent_id from line l join review_edge g on g.item_id = l.id)
             select max(at) from (select item_id, at from review_edge union all select item_id, at from review_fixing union all select item_id, at from review_statement
                                  union all select item_id, at from review_holddecision where item_id <> e.id and not may_be_used
                                  union all select e.id, k.linked_at from cases_investigationlink k where k.one_id = any (investigation_set(c.investigation_id))
                                             and k.other_id not in (with recursive w(id) as (values (k.one_id) union select case when o.one_id = w.id then o.other_id else o.one_id end
                                                                      from w join cases_investigationlink o on w.id in (o.one_id, o.other_id) and o.linked_at < k.linked_at) select id from w)
                                  union all select e.id, x.received_at from cases_case x join cases_outsideresult o on o.case_id = x.id
                                             where x.investigation_id = any (investigation_set(c.investigation_id))
                                  union all select e.id, r.entered_at from review_evidence r join cases_case x on x.id = r.case_id join review_evidencekind k on k.kind = r.kind
                                             where 'root' = any (k.traits) and x.investigation_id = any (investigation_set(c.investigation_id))
                                  union all select e.id, f.at from review_fixing f join review_evidence r on r.id = f.item_id join cases_case x on x.id = r.case_id join review_evidencekind k on k.kind = f.kind
                                             where 'root' = any (k.traits) and f.kind <> r.kind and x.investigation_id = any (investigation_set(c.investigation_id))
                                  union all select s.item_id, n.received_at from review_statement s join cases_look v on v.at < s.at and (v.by_id in (s.author_id, s.taken_by_id) or v.by_id = any (s.present))
                                             cross join lateral (select min(n.received_at) as received_at from cases_candidate x join cases_candidatelist n on n.id = x.list_id join cases_case o on o.id = n.case_id
                                             where x.image_id = v.image_id and o.investigation_id = any (investigation_set(c.investigation_id))) n
                                  union all select item_id, at from review_existingwarrant) f join line on line.id = f.item_id)
           then 'decided' else 'held' end, i.agency_id
    from review_lead l join cases_case c on c.id = l.case_id, lateral items_weighed(l.id) w
    join review_evidence e on e.id = w.item_id join cases_case i on i.id = e.case_id
   where 'T6' = any (w.taints) and not exists (select 1 from review_leadend x where x.lead_id = l.id)
   order by 1, 2, 3"""
# as it was asked before it was made cheaper: each turn for its reasons
OPEN_TURNS = """
  select d.id, c.ref, p.display_name, d.at, turn_lapses_at(d), (select h.hours from review_turnhold h where h.drawn_id = d.id)
    from review_waiting w join cases_case c on c.id = w.case_id join review_drawn d on d.case_id = w.case_id join people_person p on p.id = d.reviewer_id
   where w.drawn > 0 and w.agency_id = (select agency_id from people_person where id = %(who)s) and cardinality(turn_reasons(d)) = 0
     and not exists (select 1 from review_drawn own join cases_case o on o.id = own.case_id where own.reviewer_id = %(who)s
                        and o.investigation_id = any (investigation_set(c.investigation_id)))
   order by turn_lapses_at(d) nulls last, d.id limit 200"""


def waits() -> dict[str, set[str]]:
    """Return what waits on each desk, by the number of the item; the rows, the desks and a full scan say the same."""
    truth = ask_rows(TRUTH)
    assert ask_rows(ROWS) == truth
    agency, found = person("cora").agency_id, {}
    for name in ("to_fix", "to_close", "held", "decided"):
        refs = {ref for ref, on, of in truth if on == name and of == agency}
        shown = facts.items_on_desk(agency, name, most=200)
        assert list(shown) == list(Evidence.objects.filter(ref__in=refs).order_by("entered_at", "id"))
        assert facts.counted_on_desk(agency, name).count() == len(refs)
        found[name] = {ref.rsplit("-", 1)[1] for ref in refs}
    return found


def entered(lead: Lead, kind: str, **further: object) -> str:
    wanted = ItemWanted(kind, f"a {kind}", "Document 1", **further)  # type: ignore[arg-type]
    finding, ref = add_evidence(by=person("dana"), at=house_now(), lead_ref=lead.ref, item=wanted)
    must(finding)
    return str(ref)


def on_file(lead: Lead, kind: str, **further: object) -> str:
    ref = entered(lead, kind, **further)
    must(world.fixed(ref, kind))
    return ref


def edge(ref: str, kind: EdgeKind, parent: str) -> None:
    must(add_edge(by=person("dana"), at=house_now(), item_ref=ref, kind=kind, parent=parent))


def told(ref: str, *, by: Person | None = None, **changes: object) -> None:
    said = {"recorded": False, "name_unprompted": False, "named_first_by": "nobody", "shown": "nothing", "told_of_search": False}
    statement = StatementSaid(taken_at=house_now(), **(said | changes))  # type: ignore[arg-type]
    must(
        record_statement(
            by=person("dana"), at=house_now(), item_ref=ref, said=statement, taken_by=by, taken_by_name="" if by else "Officer"
        )
    )


def decided(ref: str, may_be_used: bool, court: str = "") -> None:
    must(world.hold_decided(ref, may_be_used, "said why", court))


def number(ref: str) -> str:
    return ref.rsplit("-", 1)[1]


# -- a row says what the file says ----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_item_waits_until_it_is_fixed_or_closed_or_its_lead_ends():
    lead = world.a_lead()
    assert waits()["to_fix"] == set()
    goods, alibi = entered(lead, "bank_records"), entered(lead, "alibi_lead", exculpatory=True, exculpatory_code="whereabouts")
    other = entered(lead, "phone_location")
    clears = entered(lead, "alibi_lead", exculpatory=True, exculpatory_code="prints_or_dna")
    assert waits()["to_fix"] == {number(goods), number(other)}
    assert waits()["to_close"] >= {number(alibi), number(clears)}
    open_before = waits()["to_close"]

    must(world.fixed(goods, "bank_records"))
    assert waits()["to_fix"] == {number(other)}
    must(close_exculpatory(by=person("cora"), at=house_now(), item_ref=alibi, how="tested_does_not", because="compared"))
    assert waits()["to_close"] == open_before - {number(alibi)}
    read = ReadInDocument("bank_records", "presence", 1_000, source_document_seen=True)
    must(fix_again(by=person("cora"), second=person("cody"), at=house_now(), item_ref=goods, read=read, because="read again"))
    assert waits()["to_fix"] == {number(other)}

    must(close_exculpatory(by=person("cora"), at=house_now(), item_ref=clears, how="tested_excludes", because="the print is another's"))
    assert not any(waits().values())


@pytest.mark.django_db
def test_what_speaks_for_a_person_waits_until_no_lead_on_him_is_open():
    lead, again = world.a_lead("25-1"), world.a_second_lead("25-2")
    goods, alibi = entered(lead, "bank_records"), entered(lead, "alibi_lead", exculpatory=True, exculpatory_code="whereabouts")
    for one, left in ((lead, {"to_fix": set(), "to_close": {number(alibi)}}), (again, {"to_fix": set(), "to_close": set()})):
        assert number(alibi) in waits()["to_close"], goods
        clears = entered(one, "alibi_lead", exculpatory=True, exculpatory_code="prints_or_dna")
        must(close_exculpatory(by=person("cora"), at=house_now(), item_ref=clears, how="tested_excludes", because="another's print"))
        assert {desk: refs for desk, refs in waits().items() if desk in left} == left


@pytest.mark.django_db
def test_an_item_is_held_in_each_way_there_is_and_no_longer_and_lies_apart_once_decided():
    lead = world.a_lead()
    needs_authority = on_file(lead, "firearm_from_search")
    fixed_as = entered(lead, "stolen_goods_in_possession")
    assert waits()["held"] == {number(needs_authority)}
    must(world.fixed(fixed_as, "search_warrant_finds"))
    at_a_stop = {"action": "stop_or_detention", "happened_at": house_now(), "description": "Broken tail light", "lead_known": "yes"}
    must(record_outside_gate(by=person("dana"), at=house_now(), lead_ref=lead.ref, **at_a_stop))
    stop = OutsideGate.objects.get(lead=lead).pk
    got_at_stop = on_file(lead, "stolen_goods_in_possession", got_at_stop=stop)
    assert waits()["held"] == {number(ref) for ref in (needs_authority, fixed_as, got_at_stop)}

    unread, by_unread = entered(lead, "employer_record"), on_file(lead, "phone_location")
    edge(by_unread, EdgeKind.AUTHORISED_BY, unread)
    by_held, from_held = on_file(lead, "bank_records"), on_file(lead, "vehicle_evidence")
    edge(by_held, EdgeKind.AUTHORISED_BY, needs_authority)
    edge(from_held, EdgeKind.CONTENT_FROM, by_held)
    by_face = on_file(lead, "device_evidence")
    edge(by_face, EdgeKind.AUTHORISED_BY, "face_result")
    statement = on_file(lead, "eyewitness_statement", got_at_stop=stop)
    first = {number(ref) for ref in (needs_authority, fixed_as, got_at_stop, by_unread, by_held, from_held, by_face)}
    assert waits()["held"] == first
    told(statement)
    assert waits()["held"] == first | {number(statement)}

    must(world.fixed(unread, "employer_record"))
    assert number(by_unread) not in waits()["held"]
    decided(needs_authority, True)
    assert not {number(ref) for ref in (needs_authority, by_held, from_held)} & waits()["held"]
    decided(needs_authority, False, court="County court")
    assert waits()["held"] == (first | {number(statement)}) - {number(by_unread), number(needs_authority)}
    assert waits()["decided"] == {number(needs_authority)}
    read = ReadInDocument("stolen_goods_in_possession", "offence", 1_000_000, source_document_seen=True)
    must(fix_again(by=person("cora"), second=person("cody"), at=house_now(), item_ref=fixed_as, read=read, because="no search"))
    assert number(fixed_as) not in waits()["held"]
    edge(by_face, EdgeKind.CONTENT_FROM, "face_result")
    assert number(by_face) not in waits()["held"]


def by_a_kind_that_it_was_fixed_as(lead: Lead) -> str:
    goods = entered(lead, "stolen_goods_in_possession")
    must(world.fixed(goods, "search_warrant_finds"))
    return goods


def by_what_nobody_has_read(lead: Lead) -> str:
    unread, by_unread = entered(lead, "employer_record"), on_file(lead, "phone_location")
    edge(by_unread, EdgeKind.AUTHORISED_BY, unread)
    return by_unread


def by_the_face(lead: Lead) -> str:
    ref = on_file(lead, "device_evidence")
    edge(ref, EdgeKind.AUTHORISED_BY, "face_result")
    return ref


def by_its_own_kind(lead: Lead) -> str:
    return on_file(lead, "firearm_from_search")


@pytest.mark.django_db
@pytest.mark.parametrize("held", [by_a_kind_that_it_was_fixed_as, by_what_nobody_has_read, by_the_face, by_its_own_kind])
def test_each_way_holds_an_item_where_there_is_no_other(held):
    ref = held(world.a_lead())

    assert waits()["held"] == {number(ref)}


@pytest.mark.django_db
def test_a_decision_is_written_of_what_awaits_one_and_not_in_advance():
    """By raw SQL too: an item that counts today and comes to rest on the face tomorrow has to wait for a decision then."""
    ref = on_file(world.a_lead(), "device_evidence")
    early = HoldDecision(item=Evidence.objects.get(ref=ref), may_be_used=True, grounds="in advance", by=person("lea"))
    with pytest.raises(DatabaseError, match="awaits no legal decision"), transaction.atomic():
        early.save()

    edge(ref, EdgeKind.AUTHORISED_BY, "face_result")
    assert waits()["held"] == {number(ref)}
    decided(ref, True)
    assert waits()["held"] == set()
    decided(ref, False, court="County court")
    assert waits()["decided"] == {number(ref)}


def weighs(ref: str) -> bool:
    """Whether an item counts on its lead, as both gates say."""
    item = Evidence.objects.get(ref=ref)
    mine = frozenset(Evidence.objects.filter(lead=item.lead).values_list("pk", flat=True))
    by_rule = weigh(facts.items(item.case, mine=mine))[ref].counts
    ((counts,),) = ask_rows("select counts from items_weighed(%s) where item_id = %s", item.lead_id, item.pk)
    assert counts == by_rule
    return by_rule


def read_on(ref: str, unread: str) -> None:
    must(world.fixed(unread, "employer_record"))


def forbidden_and_then_read(ref: str, unread: str) -> None:
    must(world.fixed(unread, "employer_record"))
    decided(ref, True)  # awaits nothing, and was decided before


def fixed_as_another(ref: str, unread: str) -> None:
    must(world.fixed(unread, "employer_record"))
    read = ReadInDocument("phone_location", "offence", 1_000_000, source_document_seen=True)
    must(fix_again(by=person("cora"), second=person("cody"), at=house_now(), item_ref=ref, read=read, because="read again"))


@pytest.mark.django_db
@pytest.mark.parametrize(("first", "then"), [(True, read_on), (False, forbidden_and_then_read), (True, fixed_as_another)])
def test_what_was_let_through_for_one_power_does_not_come_to_rest_on_the_face(first, then):
    """A decision is of the file as it stood: however an item got one, an edge to the face asks for another."""
    lead = world.a_lead()
    ref, unread = on_file(lead, "device_evidence"), entered(lead, "employer_record")
    edge(ref, EdgeKind.AUTHORISED_BY, unread)
    decided(ref, first)
    then(ref, unread)
    assert weighs(ref)

    edge(ref, EdgeKind.AUTHORISED_BY, "face_result")

    assert not weighs(ref)
    assert waits()["held"] == {number(ref)}
    decided(ref, True)
    assert weighs(ref)
    decided(ref, False, court="County court")
    decided(ref, True)
    assert not weighs(ref), "a ruling that forbids outranks every view"
    edge(ref, EdgeKind.EXPOSED_TO, unread)
    assert waits()["decided"] == {number(ref)}, "and nobody has to repeat it"


def resting_on_a_tip() -> tuple[Lead, str]:
    """Records whose power is a tip that an outside system fixed five days ago: before our search."""
    lead = world.a_lead("25-1")
    tip, records = entered(lead, "informant_tip"), on_file(lead, "bank_records")
    must(world.fixed(tip, "informant_tip", outside_system="Tip line", outside_at=house_now() - timedelta(days=5)))
    told(tip, recorded=True, name_unprompted=True)
    edge(records, EdgeKind.AUTHORISED_BY, tip)
    return lead, records


def earlier_result_filed(lead: Lead) -> None:
    filed = OutsideFiled(
        agency_case=lead.case.investigation.agency_case, track="suspect", sender="State bureau", sender_ori="XX0020000", their_number="R-1",
        they_sent_at=house_now() - timedelta(days=10), not_reported=("engine",),
    )  # fmt: skip
    finding, _ = file_outside_result(by=person("dana"), at=house_now(), filed=filed, faces=())
    must(finding)


def earlier_result_entered(lead: Lead) -> None:
    entered(lead, "fr_search_result", claimed_at=house_now() - timedelta(days=10))


@pytest.mark.django_db
@pytest.mark.parametrize("comes", [earlier_result_filed, earlier_result_entered])
def test_a_decision_is_asked_for_again_when_an_earlier_face_result_comes(comes):
    """What its power rested on was fixed before our face result, and is not before theirs. The re-check says the same."""
    lead, records = resting_on_a_tip()
    edge(records, EdgeKind.AUTHORISED_BY, entered(lead, "employer_record"))
    decided(records, True)
    assert weighs(records)

    comes(lead)

    assert not weighs(records)
    assert number(records) in waits()["held"]
    file, case, row = file_and_lead(lead)
    assert not Picture(file, case, house_now()).weights(row)[Evidence.objects.get(ref=records).pk].counts


@pytest.mark.django_db(transaction=True)
def test_by_raw_sql_no_row_is_dated_and_what_comes_beside_a_decision_is_later():
    lead = world.a_lead()
    ref, unread = on_file(lead, "device_evidence"), entered(lead, "employer_record")
    edge(ref, EdgeKind.AUTHORISED_BY, unread)
    given = {"item": Evidence.objects.get(ref=ref).pk, "lea": person("lea").pk, "dana": person("dana").pk, "ref": ref}
    decision = "insert into review_holddecision(item_id, may_be_used, grounds, court, by_id, at) values (%(item)s, true, 'x', '', %(lea)s, now() + interval '9 days')"
    an_edge = "insert into review_edge(item_id, kind, root, written_by_id, at) values (%(item)s, 'authorised_by', 'face_result', %(dana)s, now() - interval '9 days')"
    with login("app") as old, pytest.raises(psycopg.DatabaseError, match="committed now"):
        old.execute("begin isolation level repeatable read")
        old.execute("select count(*) from review_edge")
        old.execute(decision, given)
    with login("app") as one, login("app") as other:
        other.execute("set lock_timeout = '1s'")
        with one.transaction():
            one.execute(decision, given)
            one.execute("select ledger_append('decide_hold', %(ref)s, '{}')", given)
            with pytest.raises(psycopg.errors.LockNotAvailable):
                other.execute(an_edge, given)
        assert weighs(ref)
        with other.transaction():
            other.execute(an_edge, given)
            other.execute("select ledger_append('add_edge', %(ref)s, '{}')", given)

    assert not weighs(ref)
    assert waits()["held"] == {number(ref)}


@pytest.mark.django_db
def test_a_ruling_is_asked_for_again_when_what_the_item_rests_on_is_forbidden():
    lead = world.a_lead()
    upper, lower = on_file(lead, "device_evidence"), on_file(lead, "bank_records")
    edge(upper, EdgeKind.AUTHORISED_BY, "face_result")
    decided(upper, True)
    edge(lower, EdgeKind.AUTHORISED_BY, upper)
    edge(lower, EdgeKind.AUTHORISED_BY, entered(lead, "employer_record"))
    decided(lower, True, court="County court")
    assert weighs(lower)

    decided(upper, True)
    assert weighs(lower), "that the other may be used makes nothing worse"
    decided(upper, False)
    assert not weighs(lower)
    assert waits()["held"] == {number(lower)}
    assert waits()["decided"] == {number(upper)}


@pytest.mark.django_db(transaction=True)
def test_nothing_is_fixed_between_the_question_whether_it_is_held_and_the_decision(monkeypatch):
    lead = world.a_lead()
    goods, unread = on_file(lead, "phone_location"), entered(lead, "employer_record")
    edge(goods, EdgeKind.AUTHORISED_BY, unread)

    def fix() -> None:
        must(world.fixed(unread, "employer_record"))
        close_old_connections()
        connection.close()

    fixes = Thread(target=fix)

    def read_while_another_fixes(item: Evidence) -> holds.Line:
        fixes.start()
        with login("owner") as owner:
            while not waiting(owner):
                assert fixes.is_alive()
        return holds.line(item)

    monkeypatch.setattr("review.acts.decide_hold.holds", SimpleNamespace(line=read_while_another_fixes))
    decided(goods, True)
    fixes.join()
    assert waits()["held"] == set()


@pytest.mark.django_db
def test_an_earlier_face_result_from_elsewhere_holds_what_rests_on_a_tip():
    """A tip that an outside system fixed five days ago came before our search, and not before theirs."""
    lead, records = resting_on_a_tip()
    assert waits()["held"] == set()

    earlier_result_filed(lead)

    assert waits()["held"] == {number(records)}


def somebody_had_looked(lead: Lead) -> tuple[str, Callable[[], None]]:
    """Dana looked at a face in another case, and took a statement of this one; return the statement, and the search that lists the face here too."""
    other = searched_and_not_linked("25-9")
    here = set(Candidate.objects.filter(case=lead.case).values_list("image_id", flat=True))
    seen = Candidate.objects.filter(case=other).exclude(image_id__in=here).order_by("id")[0].image_id
    images.look(image_id=seen, by=person("dana"), purpose="case page")
    taken = on_file(lead, "eyewitness_statement")
    told(taken, by=person("dana"))

    def list_it() -> None:
        again = searched_and_not_linked("25-1", repeats_because="another man on the film")
        connection.check_constraints()
        assert Candidate.objects.filter(case=again, image_id=seen).exists()

    return taken, list_it


def searched_and_not_linked(agency_case: str, face: str = "p014", **further: object) -> Case:
    case = world.requested(agency_case, face, **further)
    with world.the_machine():
        Job.objects.filter(kind="link", case=case).update(done_at=house_now())
    return world.checked(world.screened(case))


@pytest.mark.django_db
def test_a_list_of_ours_that_brings_an_old_look_puts_what_it_holds_on_the_desk():
    lead = world.a_lead("25-1")
    taken, list_it = somebody_had_looked(lead)
    records = on_file(lead, "bank_records")
    edge(records, EdgeKind.AUTHORISED_BY, taken)
    assert weighs(records)

    list_it()

    assert not weighs(records)
    assert waits()["held"] == {number(records)}


@pytest.mark.django_db
def test_a_decision_is_asked_for_again_where_a_list_of_ours_brings_an_old_look():
    lead = world.a_lead("25-1")
    taken, list_it = somebody_had_looked(lead)
    records, unread = on_file(lead, "bank_records"), entered(lead, "employer_record")
    edge(records, EdgeKind.AUTHORISED_BY, taken)
    edge(records, EdgeKind.AUTHORISED_BY, unread)
    decided(records, True)
    assert weighs(records)
    before = house_now()

    list_it()

    assert not weighs(records)
    assert waits()["held"] == {number(records)}
    file, case, row = file_and_lead(lead)
    item = Evidence.objects.get(ref=records).pk
    assert Picture(file, case, before).weights(row)[item].counts  # no look at a candidate before there was one
    assert not Picture(file, case, house_now()).weights(row)[item].counts


@pytest.mark.django_db(transaction=True)
def test_a_list_of_ours_that_brings_no_look_asks_for_nothing_again():
    lead = world.a_lead("25-1")
    taken, unread, records = on_file(lead, "eyewitness_statement"), entered(lead, "employer_record"), on_file(lead, "bank_records")
    told(taken, by=person("dana"))
    edge(records, EdgeKind.AUTHORISED_BY, taken)
    edge(records, EdgeKind.AUTHORISED_BY, unread)
    decided(records, True)

    searched_and_not_linked("25-1", repeats_because="another man on the film")

    assert weighs(records)
    assert waits()["held"] == set()


@pytest.mark.django_db(transaction=True)
def test_a_list_that_shows_again_what_was_listed_here_asks_for_nothing_again():
    lead = world.a_lead("25-1")
    images.look(image_id=lead.candidate.image_id, by=person("dana"), purpose="case page")
    taken, records = on_file(lead, "eyewitness_statement"), on_file(lead, "bank_records")
    told(taken, by=person("dana"))
    edge(records, EdgeKind.AUTHORISED_BY, taken)
    decided(records, True)  # he was shown that the statement depends on the face

    again = searched_and_not_linked("25-1", "p012", repeats_because="a second print of the same film")

    assert Candidate.objects.filter(case=again, image_id=lead.candidate.image_id).exists()
    assert weighs(records)
    assert waits()["held"] == set()


@pytest.mark.django_db(transaction=True)
def test_a_link_brings_what_is_held_to_the_desk_of_the_other():
    ended, other = world.a_lead("25-1"), world.searched("25-2", "p014")
    goods = on_file(ended, "firearm_from_search")
    clears = entered(ended, "alibi_lead", exculpatory=True, exculpatory_code="prints_or_dna")
    must(close_exculpatory(by=person("cora"), at=house_now(), item_ref=clears, how="tested_excludes", because="another's print"))
    world.examined(other, face="p014")
    assert waits()["held"] == set()

    with login("owner") as owner:
        ids = [ended.case.investigation_id, other.investigation_id]
        owner.execute("insert into cases_investigationlink(one_id, other_id, because) values (%s, %s, 'same_probe')", ids)

    assert waits()["held"] == {number(goods)}


@pytest.mark.django_db
def test_a_second_link_between_what_is_one_already_asks_for_nothing_again():
    lead = world.a_lead("25-1")
    world.requested("25-2", repeats_because="another copy of the film")
    world.run_jobs()
    whole, ref = facts.linked(lead.case), on_file(lead, "device_evidence")
    edge(ref, EdgeKind.AUTHORISED_BY, "face_result")
    decided(ref, True)
    assert weighs(ref)
    world.requested("25-2", clean=clean_upload(changed("brighter")), repeats_because="a brighter copy")
    world.run_jobs()
    assert list(InvestigationLink.objects.order_by("id").values_list("because", flat=True)) == ["same_probe", "near_probe"]
    assert facts.linked(lead.case) == whole
    assert weighs(ref)
    waits()


@pytest.mark.django_db
def test_what_is_held_waits_as_long_as_a_lead_of_the_linked_set_is_open():
    lead = world.a_lead("25-1")
    goods = on_file(lead, "firearm_from_search")
    clears = entered(lead, "alibi_lead", exculpatory=True, exculpatory_code="prints_or_dna")
    must(close_exculpatory(by=person("cora"), at=house_now(), item_ref=clears, how="tested_excludes", because="another's print"))
    assert waits()["held"] == set()

    again = world.searched("25-2", repeats_because="another copy of the film")
    world.drawn(again, "cleo", "remy")
    for name in ("cleo", "remy"):
        world.sorted_by(again, name, ("p012",))
    assert waits()["held"] == set()
    for name in ("cleo", "remy"):
        world.concluded(again, name, {"p012": 2})

    assert Lead.objects.filter(case=again).exists()
    assert waits()["held"] == {number(goods)}


@pytest.mark.django_db(transaction=True)
def test_two_who_write_at_once_miss_nothing():
    """One makes the item clean, the other lets it rest on the face; neither sees what the other has not committed."""
    lead = world.a_lead()
    goods, power = entered(lead, "phone_location"), entered(lead, "bank_records")
    must(world.fixed(power, "bank_records"))

    def second() -> None:
        try:
            edge(goods, EdgeKind.AUTHORISED_BY, "face_result")
        finally:
            close_old_connections()
            connection.close()

    thread = Thread(target=second)
    with transaction.atomic():
        must(world.fixed(goods, "phone_location"))
        thread.start()
        thread.join(1)
        assert thread.is_alive()
    thread.join()

    assert waits()["held"] == {number(goods)}


@pytest.mark.django_db(transaction=True)
def test_what_is_decided_waits_again_where_a_lead_opens_in_a_linked_investigation():
    ended, other = world.a_lead("25-1"), world.searched("25-2", "p014")
    goods, second = on_file(ended, "firearm_from_search"), on_file(ended, "stolen_goods_in_possession")
    edge(second, EdgeKind.AUTHORISED_BY, "face_result")
    decided(goods, False)
    clears = entered(ended, "alibi_lead", exculpatory=True, exculpatory_code="prints_or_dna")
    must(close_exculpatory(by=person("cora"), at=house_now(), item_ref=clears, how="tested_excludes", because="another's print"))
    assert not waits()["held"] | waits()["decided"]
    world.examined(other, face="p014")
    with login("owner") as owner:
        ids = sorted([ended.case.investigation_id, other.investigation_id])
        owner.execute("insert into cases_investigationlink(one_id, other_id, because) values (%s, %s, 'same_probe')", ids)
    assert (waits()["held"], waits()["decided"]) == ({number(second), number(goods)}, set()), (
        "what came by the link may bear on what was decided"
    )
    decided(goods, False)
    assert (waits()["held"], waits()["decided"]) == ({number(second)}, {number(goods)})
    decided(second, False)
    assert (waits()["held"], waits()["decided"]) == (set(), {number(goods), number(second)})
    decided(goods, True, court="County court")
    assert waits()["decided"] == {number(second)}


@pytest.mark.django_db(transaction=True)
def test_what_waits_is_never_computed_from_an_older_picture():
    goods = entered(world.a_lead(), "phone_location")
    with login("app") as app:
        app.execute("begin isolation level repeatable read")
        with pytest.raises(psycopg.DatabaseError, match="what waits is computed from what is committed now"):
            app.execute(
                "insert into review_edge(item_id, kind, root, written_by_id) select e.id, 'authorised_by', 'face_result', p.id "
                "from review_evidence e, people_person p where e.ref = %s and p.username = 'dana'",
                [goods],
            )


@pytest.mark.django_db(transaction=True)
def test_no_login_writes_what_waits_on_a_desk():
    entered(world.a_lead(), "bank_records")
    for who in ("app", "worker", "auditor", "intake"):
        for sql in (
            "delete from review_itemwaiting",
            "update review_itemwaiting set desk = 'held'",
            "select note_items_waiting(1)",
            "select held_in('{1}')",
            "select desk_of_held(1)",
        ):
            with login(who) as below, pytest.raises(psycopg.errors.InsufficientPrivilege):
                below.execute(sql)


# -- a desk reads no more because the house is large ----------------------------------------------------------------------

WAITING = 300  # so many of the oldest leads wait on every desk; the others are done
TABLES = ("cases_investigation", "cases_case", "cases_candidatelist", "cases_candidate", "review_waiting", "review_drawn", "review_lead",
          "review_evidence", "review_fixing", "review_closing", "review_countersignature")  # fmt: skip
FILL = (
    "insert into cases_investigation(id, agency_id, agency_case) overriding system value select {key}, d.agency_id, 'n' || n from {numbers}",
    "insert into cases_case(id, ref, agency_id, investigation_id, state, track, door, searched_before_screening, requested_by_id, received_at) "
    "overriding system value select {key}, {ref}, d.agency_id, {key}, case when n <= {waiting} then 'FIT' else 'LEAD' end, 'suspect', 'person', false, d.id, "
    "{at} from {numbers}",
    "insert into cases_candidatelist(id, case_id, engine_name, engine_version, template_version, score_scale, gallery_name, gallery_revision, number, "
    "not_reported) overriding system value select {key}, {key}, '', '', '', '', '', '', 1, '{{}}' from {numbers}",
    "insert into cases_candidate(id, list_id, case_id, token, subject_ref, image_sha256) overriding system value "
    "select {key}, {key}, {key}, md5('t' || n)::uuid, 'S' || n, '' from {numbers}",
    "insert into review_drawn(case_id, reviewer_id, turn, attempt, seed, code, at) select {key}, p.id, 1, 1, n, 'N' || n, {at} "
    "from {numbers}, people_person p where p.username = 'ben'",
    "insert into review_waiting(case_id, agency_id, received_at, state, drawn, parts, asked) select {key}, d.agency_id, {at}, 'FIT', 1, array[d.id, p.id], "
    "array[d.id] from {numbers}, people_person p where p.username = 'ben' and n <= {waiting}",
    "insert into review_lead(id, ref, candidate_id, case_id, opened_at) overriding system value select {key}, {ref} || '-L1', {key}, {key}, {at} from {numbers}",
    "insert into review_evidence(id, ref, case_id, lead_id, kind, direction, description, source_document, exculpatory_code, entered_by_id, entered_at) "
    "overriding system value select {key} * 3 + place, {ref} || '-E' || place, {key}, {key}, kind, direction, 'x', 'Report', '', d.id, {at} from {numbers}, "
    "(values (0, 'fingerprint', 'incriminating'), (1, 'alibi_lead', 'exculpatory'), (2, 'firearm_from_search', 'incriminating')) k(place, kind, direction)",
    "insert into review_fixing(item_id, number, because, kind, links_to, discriminates, one_in, tested_on, source_document_seen, outside_system, "
    "earlier_agrees, by_id) select {key} * 3 + place, 1, '', kind, 'offence', true, 1000000, 1, true, '', true, d.id from {numbers}, lateral "
    "(values (0, 'fingerprint'), (2, case when n <= {waiting} then 'firearm_from_search' else 'fingerprint' end)) k(place, kind) "
    "where place = 2 or n > {waiting}",
    "insert into review_closing(item_id, how, because, by_id) select {key} * 3 + 1, 'tested_does_not', 'x', d.id from {numbers} where n > {waiting}",
    "insert into review_countersignature(ref, lead_id, action, place, because, state, asked_by_id, asked_at) select 'CS-2019-' || action || n, {key}, action, "
    "'x', '', case when n <= {waiting} then 'ASKED' else 'REFUSED' end, d.id, {at} from {numbers}, unnest(array['arrest', 'account_process']) action",
)


def fill(first: int, last: int) -> None:
    """Have the owner write leads past the promises, and the rows that the database would have computed of those that wait."""
    words = {
        "key": "(10000000 + n)", "ref": "('FR-2019-' || n)", "at": "(timestamptz '2019-01-01' + n * interval '1 minute')", "waiting": WAITING,
        "numbers": f"generate_series({first}::bigint, {last}::bigint) n, (select id, agency_id from people_person where username = 'dana') d",
    }  # fmt: skip
    with login("owner") as owner:
        write_past_the_promises(owner, TABLES, [sql.format(**words) for sql in FILL])
        for place in range(first, min(last, WAITING) + 1):
            owner.execute("select note_items_waiting(%s)", [10_000_000 + place])
        owner.execute("vacuum analyze")


def looked_at(sql: str, given: "dict[str, int] | None" = None) -> int:
    """Return how many pages of the database a statement of the owner looks at: the same on every machine."""
    with login("owner") as owner:
        (plan,) = owner.execute(f"explain (analyze, buffers, format json) {sql}", given).fetchone()  # type: ignore
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def buffers(who: Person) -> int:
    """Return how many pages this person's desk looks at."""
    with CaptureQueriesContext(connection) as asked:
        desk.of(who, at=house_now())
    return sum(looked_at(query["sql"]) for query in asked)


DESKS = ("cora", "lea", "sol", "dana")


def shown(name: str) -> Iterator[tuple[str, list[str], str, str]]:
    for queue in desk.of(person(name), at=house_now()).queues:
        yield queue.name, [line.address for line in queue.lines], queue.number, queue.rest


@pytest.mark.django_db(transaction=True)
def test_a_desk_shows_those_that_wait_longest_and_says_how_many_more_wait_and_reads_no_more_because_more_is_done():
    assert [(queue[1], queue[3]) for name in DESKS for queue in shown(name)] == [([], "")] * 7
    fill(1, 2_000)
    small = {name: buffers(person(name)) for name in DESKS}
    fill(2_001, 20_000)
    large = {name: buffers(person(name)) for name in DESKS}

    assert {name: (small[name], large[name]) for name in DESKS if large[name] > 1.5 * small[name]} == {}
    assert ask_rows(ROWS) == ask_rows(
        TRUTH.replace("from review_lead l join", f"from (select * from review_lead where id <= 10000000 + {WAITING}) l join")
    )
    fifty = range(1, 51)
    assert list(shown("cora")) == [
        ("Evidence to fix", [f"/evidence/FR-2019-{n}-E0" for n in fifty], "300", "Shown are the 50 that wait longest. 250 more wait."),
        (
            "What speaks for a person, to close",
            [f"/evidence/FR-2019-{n}-E1" for n in fifty],
            "300",
            "Shown are the 50 that wait longest. 250 more wait.",
        ),
    ]
    holds, decided, views = shown("lea")
    assert decided[:2] == ("Decided: may not be used", [])
    assert holds == (
        "Holds to decide", [f"/items/FR-2019-{n}-E2/hold" for n in range(1, 21)], "300", "Shown are the 20 that wait longest. 280 more wait."
    )  # fmt: skip
    assert views[1:] == (
        [f"/leads/FR-2019-{n}-L1/legal-view" for n in fifty], "300", "Shown are the 50 that wait longest. 250 more wait."
    )  # fmt: skip
    ((_, requests, *said),) = shown("sol")
    assert len(requests) == 20
    assert said == ["600", "Shown are the 20 that wait longest. 580 more wait."]
    ((_, open_, *said),) = shown("dana")
    assert open_[0] == "/cases/FR-2019-20000"
    assert said == ["more than 1,050", "Shown are the 50 newest. More than 1,000 more are on the list of cases."]
    assert '<p class="cs-small cs-quiet">Shown are the 20 that wait longest. 580 more wait.</p>' in at_home("sol").get("/").content.decode()


# -- who examines what ----------------------------------------------------------------------------------------------------


def open_turns(*names: str) -> dict[str, list[str]]:
    """Return whose turns each of these persons sees as open; asking each turn for its reasons says the same."""
    found = {}
    with login("owner") as owner:
        for name in names:
            who = person(name)
            rows = facts.open_turns(who)
            assert rows == owner.execute(OPEN_TURNS, {"who": who.pk}).fetchall()
            found[name] = sorted(f"{row[2]} {row[5] or ''}".split()[0] + (" held" if row[5] else "") for row in rows)
    return found


@pytest.mark.django_db(transaction=True)
def test_who_examines_what_is_what_each_turn_answers_when_asked_for_its_reasons():
    first = world.searched("25-1")
    world.drawn(first, "ada", "ben")
    seen = {"drawn": open_turns("sol", "ada", "cleo")}
    must(hold_turn(by=person("ben"), at=house_now(), case_ref=first.ref, hours=9))
    must(recuse(by=person("ada"), at=house_now(), case_ref=first.ref, ground="saw_case", words="On the news"))
    seen["one stepped back, one holds"] = open_turns("sol", "ada", "cleo")
    world.drawn(first, "remy")
    for name in ("ben", "remy"):
        world.sorted_by(first, name, ("p012",))
    seen["settled"] = open_turns("sol", "ada", "cleo")
    linked = world.searched("25-2", repeats_because="another copy of the film")
    world.drawn(linked, "cleo")
    seen["a linked one is drawn"] = open_turns("sol", "ada", "cleo")
    must(release_turn(by=person("cleo"), at=house_now(), case_ref=linked.ref))
    seen["she gave it back"] = open_turns("sol", "ada", "cleo")
    world.concluded(first, "ben", {"p012": 2}, non_mate=1)
    seen["a set was set aside"] = open_turns("sol", "ada", "cleo")
    world.concluded(first, "remy", {"p012": 2})
    seen["one concluded"] = open_turns("sol", "ada", "cleo")

    settled = ["Ben held", "Remy"]
    assert [found["sol"] for found in seen.values()] == [
        ["Ada", "Ben"],
        ["Ben held"],
        settled,
        ["Ben held", "Cleo", "Remy"],
        settled,
        ["Remy"],
        [],
    ]
    assert [found["ada"] for found in seen.values()] == [[]] * 7
    assert [found["cleo"] for found in seen.values()] == [["Ada", "Ben"], ["Ben held"], settled, [], [], [], []]


@pytest.mark.django_db(transaction=True)
def test_who_examines_what_reads_half_of_what_asking_each_turn_reads_and_no_more_because_more_is_done():
    sol = {"who": person("sol").pk}
    fill(1, 2_000)
    small = looked_at("select * from open_turns(%(who)s)", sol)
    fill(2_001, 20_000)
    large = looked_at("select * from open_turns(%(who)s)", sol)

    assert large <= 1.2 * small
    assert 2 * large <= looked_at(OPEN_TURNS, sol)
    assert len(open_turns("sol")["sol"]) == 200
