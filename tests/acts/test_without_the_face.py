"""What stands without the face is on file as such only where the file says so: asked by the program, by the database, and by the re-check."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from cases.audit import record
from cases.rules.finding import Finding
from ledger.clock import house_now
from oversight.gatecheck import gatecheck
from oversight.gatecheck import record as put_on_record
from people.roles import Role
from review.acts import record_without_face as recording
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.close_exculpatory import close_exculpatory
from review.acts.record_without_face import record_without_face
from review.models import Evidence, Lead, OutsideGate
from review.sheets import notices
from tests import world
from tests.acts.test_locks_in_order import Beside
from tests.oversight import roads
from tests.oversight.test_gatecheck import past_the_walls, sentences
from tests.world import must, person

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "auditor"])
ALIBI = ItemWanted("location_alibi", "Was at work until midnight", "Time card", exculpatory=True, exculpatory_code="whereabouts")
NOT_SO = "When it was recorded as standing without the face, {}."


def an_alibi(**where: str) -> Finding:
    return add_evidence(by=person("dana"), at=house_now(), item=ALIBI, **where)[0]


def recorded(lead: Lead, **said: Any) -> Finding:
    now = house_now()
    sound = {"action": "arrest", "happened_at": now, "description": "On the prints", "checked_by": person("cody"), "search_disclosed": True}
    return record_without_face(by=person("dana"), at=now, lead_ref=lead.ref, **{**sound, **said})


def raw(of: Lead, **said: Any) -> None:
    """Write the row and its entry as the login of the pages might, past the program."""
    sound = {"case": of.case, "lead": of, "basis": "stands_without_face", "action": "arrest", "happened_at": house_now()}
    sound |= {"description": "x", "checked_by": person("cody"), "entered_by": person("dana")}
    with transaction.atomic():
        OutsideGate.objects.create(**{**sound, **said})
        record(act="record_without_face", subject=of.ref, by=person("dana"), said={"action": "arrest"})


def with_a_print(number: int = 1) -> Lead:
    lead = roads.a_lead(number)
    world.an_item(lead)
    return lead


def refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises(DatabaseError) as told:
        act()
    assert getattr(told.value.__cause__, "sqlstate", "") == code, told.value
    assert not OutsideGate.objects.exists()


def test_what_the_file_does_not_carry_is_refused_by_raw_sql_too():
    lead = roads.a_lead(1)
    refused("CS015", lambda: raw(lead))  # nothing but the face
    world.an_item(lead)
    must(an_alibi(case_ref=lead.case.ref))
    refused("CS015", lambda: raw(lead))
    assert recorded(lead).codes == ("exculpatory_open",)


def test_on_the_lead_of_another_case_nothing_is_borrowed():
    lead, other = with_a_print(1), roads.a_lead(2)
    must(an_alibi(case_ref=lead.case.ref))
    refused("CS011", lambda: raw(lead, case=other.case))


@pytest.mark.parametrize("who", ["dana", "sol", "ada", "ben"])
def test_whoever_checked_it_holds_the_role_and_no_other_part(who: str):
    lead = with_a_print()
    with pytest.raises(DatabaseError):
        raw(lead, checked_by=person(who))
    assert not OutsideGate.objects.exists()


def test_what_stands_is_taken_and_the_re_check_finds_nothing():
    lead, other = with_a_print(1), with_a_print(2)
    must(recorded(lead))
    raw(other)
    raw(other, basis="outside_gate", checked_by=None, lead_known="yes")
    must(an_alibi(case_ref=lead.case.ref))  # later: it stood then
    assert gatecheck(using="auditor").wrong == ()


def test_who_enters_an_alibi_at_once_waits_and_comes_later(monkeypatch: pytest.MonkeyPatch):
    lead = with_a_print()
    beside, judge = Beside(lambda: an_alibi(case_ref=lead.case.ref)), recording.filing.may_record_without_face

    def meanwhile(**said: Any) -> Finding:
        beside.until_it_waits()
        return judge(**said)

    monkeypatch.setattr(recording.filing, "may_record_without_face", meanwhile)
    must(recorded(lead))
    (entered,) = beside.ended()
    must(entered)
    assert OutsideGate.objects.get().entered_at < Evidence.objects.latest("id").entered_at
    assert gatecheck(using="auditor").wrong == ()


def test_two_of_one_person_in_two_investigations_wait_for_each_other_in_one_order(monkeypatch: pytest.MonkeyPatch):
    low, high = with_a_print(1), with_a_print(2)
    beside, judge = Beside(lambda: recorded(low)), recording.filing.may_record_without_face

    def meanwhile(**said: Any) -> Finding:
        if not beside.thread.ident:
            beside.until_it_waits()
        return judge(**said)

    monkeypatch.setattr(recording.filing, "may_record_without_face", meanwhile)
    must(recorded(high))
    (other,) = beside.ended()
    must(other)


FORCED = (
    "insert into review_outsidegate(case_id, lead_id, basis, action, happened_at, description, lead_known, subject_ref, checked_by_id, entered_by_id) "
    "select case_id, {lead}, 'stands_without_face', 'arrest', house_now(), 'x', '', '', {cody}, {dana} from review_lead where ref = %(ref)s"
)


def forced(lead: Lead, *, on_the_lead: bool = True, checker: str = "cody", entry: bool = True) -> None:
    """Let the owner write it with the triggers asleep; the entry of its moment is written beside it, or not."""
    named = {"lead": "id" if on_the_lead else "null", "cody": person(checker).pk, "dana": person("dana").pk}
    past_the_walls((FORCED.format(**named), {"ref": lead.ref}))
    if entry:
        subject = lead.ref if on_the_lead else lead.case.ref
        record(act="record_without_face", subject=subject, by=person("dana"), said={"action": "arrest"})


def test_a_row_that_the_owner_forced_in_is_found_and_an_auditor_is_told():
    lead = roads.a_lead(1)
    must(an_alibi(case_ref=lead.case.ref))
    forced(lead)
    found = gatecheck(using="auditor")
    assert sentences(found, lead.ref) == {
        NOT_SO.format("something that speaks for the person was open"),
        NOT_SO.format("too little had been fixed before the face result, and no DNA or friction ridge tied the person to the offence"),
    }
    assert put_on_record(found, using="auditor") == 1
    assert put_on_record(gatecheck(using="auditor"), using="auditor") == 0
    told = {notice.what for notice in notices.of(person("otto"), at=house_now(), roles=frozenset({Role.AUDITOR}))}
    assert f"The re-check came to another answer: {lead.ref}" in told


def test_so_is_one_on_a_case_as_such():
    lead = with_a_print()
    forced(lead, on_the_lead=False)  # the print is the lead's
    assert sentences(gatecheck(using="auditor"), lead.case.ref) == {
        NOT_SO.format("too little had been fixed before the face result, and no DNA or friction ridge tied the person to the offence")
    }


def test_a_checker_without_the_role_and_a_row_without_its_entry_are_found():
    one, other = with_a_print(1), with_a_print(2)
    forced(one, checker="sol")
    forced(other, entry=False)
    found = gatecheck(using="auditor")
    assert sentences(found, one.ref) == {NOT_SO.format("whoever checked it was no corroboration officer that day")}
    assert sentences(found, other.ref) == {"What is on file as standing without the face has no entry of its moment in the record."}


def test_a_test_that_cleared_the_person_is_found():
    lead = with_a_print()
    (item,) = world.cleared_tests(lead, ("whereabouts",))
    forced(lead)
    assert gatecheck(using="auditor").wrong == ()
    past_the_walls(
        (
            "update review_closing set how = 'tested_excludes' where item_id = (select id from review_evidence where ref = %(ref)s)",
            {"ref": item},
        )
    )
    assert NOT_SO.format("a test that clears the person had been made and held") in sentences(gatecheck(using="auditor"), lead.ref)


def of_the_case(lead: Lead, **said: Any) -> Finding:
    """Recorded as by the page, on the case as such: it names no lead."""
    now = house_now()
    sound = {"action": "arrest", "happened_at": now, "description": "On the DNA", "checked_by": person("cody"), "search_disclosed": True}
    return record_without_face(by=person("dana"), at=now, case_ref=lead.case.ref, **{**sound, **said})


def with_dna_on_the_case() -> Lead:
    lead = roads.a_lead(1)
    finding, item = add_evidence(by=person("dana"), at=house_now(), case_ref=lead.case.ref, item=ItemWanted("dna_match", "DNA", "Report"))
    must(finding)
    must(world.fixed(str(item), "dna_match"))
    return lead


def test_on_the_case_as_such_what_speaks_for_the_person_of_a_lead_is_asked_too():
    lead = with_dna_on_the_case()
    finding, item = add_evidence(by=person("dana"), at=house_now(), lead_ref=lead.ref, item=ALIBI)
    must(finding)
    assert of_the_case(lead).codes == ("exculpatory_open",)
    refused("CS015", lambda: raw(lead, lead=None))
    must(close_exculpatory(by=person("cora"), at=house_now(), item_ref=str(item), how="tested_does_not", because="another man's card"))
    must(of_the_case(lead))
    assert gatecheck(using="auditor").wrong == ()


def test_a_lead_that_was_cleared_keeps_nothing_from_standing_on_the_case_as_such():
    """Whoever was cleared is not whom the action was aimed at."""
    lead = with_dna_on_the_case()
    world.cleared_tests(lead, ("whereabouts",), how="tested_excludes")
    must(of_the_case(lead))
    assert gatecheck(using="auditor").wrong == ()


def test_the_re_check_asks_what_speaks_for_the_person_of_a_lead_too():
    lead = with_dna_on_the_case()
    must(add_evidence(by=person("dana"), at=house_now(), lead_ref=lead.ref, item=ALIBI)[0])
    forced(lead, on_the_lead=False)
    assert sentences(gatecheck(using="auditor"), lead.case.ref) == {NOT_SO.format("something that speaks for the person was open")}
