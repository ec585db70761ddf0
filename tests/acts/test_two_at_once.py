"""Of two who write on one lead, or on one item, the second is judged after the first: numbered after it, or refused by the rule."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from cases.rules.finding import Finding, Permit
from ledger.clock import house_now
from review.acts import add_edge as tying
from review.acts import add_evidence as adding
from review.acts import close_exculpatory as closing
from review.acts import file_warrant as warranting
from review.acts import fix_evidence as fixing
from review.acts import record_line_up as lining_up
from review.acts import record_outside_gate as outside_gate
from review.acts import record_recheck as rechecking
from review.acts import record_release as releasing
from review.acts import record_statement as stating
from review.acts import weigh_rival as weighing
from review.acts.add_edge import add_edge
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.close_exculpatory import close_exculpatory
from review.acts.file_line_up_form import file_line_up_form
from review.acts.file_warrant import file_warrant
from review.acts.record_line_up import record_line_up
from review.acts.record_outside_gate import record_outside_gate
from review.acts.record_recheck import record_recheck
from review.acts.record_release import record_release
from review.acts.record_statement import record_statement
from review.acts.weigh_rival import weigh_rival
from review.models import Custody, Edge, Evidence, Lead, LeadEnd, OutsideGate
from review.rules.filing import StatementSaid
from review.rules.graph import EdgeKind
from review.rules.line_up import LineUpFacts
from tests import world
from tests.acts.test_locks_in_order import Beside
from tests.journeys.test_scenarios_of_our_own import two_leads
from tests.pages.signing import signed_in
from tests.world import must, person

pytestmark = pytest.mark.django_db(transaction=True)

Act = Callable[[], Finding]


def entered(lead: Lead, kind: str = "fingerprint", *, exculpatory: bool = False) -> str:
    item = ItemWanted(kind, f"a {kind}", "Report 1", exculpatory=exculpatory)
    finding, ref = add_evidence(by=person("dana"), at=house_now(), lead_ref=lead.ref, item=item)
    must(finding)
    return str(ref)


def items(lead: Lead) -> list[Act]:
    item = ItemWanted("fingerprint", "a print", "LP-1")
    return [lambda: add_evidence(by=person("dana"), at=house_now(), lead_ref=lead.ref, item=item)[0]] * 2


def fixings(lead: Lead) -> list[Act]:
    ref = entered(lead)
    return [lambda: world.fixed(ref)] * 2


def closings(lead: Lead) -> list[Act]:
    ref = entered(lead, "alibi_lead", exculpatory=True)
    return [lambda: close_exculpatory(by=person("cora"), at=house_now(), item_ref=ref, how="tested_does_not", because="compared")] * 2


def closings_that_end_the_lead(lead: Lead) -> list[Act]:
    def closes(ref: str) -> Act:
        return lambda: close_exculpatory(by=person("cora"), at=house_now(), item_ref=ref, how="tested_excludes", because="compared")

    return [closes(entered(lead, "alibi_lead", exculpatory=True)) for _ in range(2)]


def statements(lead: Lead) -> list[Act]:
    ref = entered(lead, "eyewitness_statement")
    said = StatementSaid(
        taken_at=house_now(), recorded=False, name_unprompted=False, named_first_by="nobody", shown="nothing", told_of_search=False
    )
    return [lambda: record_statement(by=person("dana"), at=house_now(), item_ref=ref, said=said, taken_by_name="Officer")] * 2


def warrants(lead: Lead) -> list[Act]:
    ref, day = entered(lead, "existing_warrant"), house_now().date()
    said: dict[str, Any] = {"court": "County", "number": "W-7", "issued_on": day, "search_used": "no"}
    return [lambda: file_warrant(by=person("dana"), at=house_now(), item_ref=ref, **said)] * 2


def line_ups(lead: Lead) -> list[Act]:
    form = LineUpFacts("A limp", "Print LP-1", "Officer of the Fifth", 5, True, True, True, True, True)
    must(file_line_up_form(by=person("dana"), at=house_now(), lead_ref=lead.ref, form=form, array_sha256=("a" * 64,)))
    said = {"picked": "filler", "words": "number two, I think", "document": "LU-1"}
    return [lambda: record_line_up(by=person("dana"), at=house_now(), lead_ref=lead.ref, **said)] * 2


def in_custody(lead: Lead) -> tuple[int, datetime]:
    said: dict[str, Any] = {"action": "arrest", "description": "arrested", "lead_known": "yes", "happened_at": house_now()}
    must(record_outside_gate(by=person("dana"), at=house_now(), lead_ref=lead.ref, **said))
    return Custody.objects.get(lead=lead).pk, house_now()


def rechecks(lead: Lead) -> list[Act]:
    custody, _ = in_custody(lead)
    said = {"test": "prints", "outcome": "other_person", "document": "Live scan 9"}
    return [lambda: record_recheck(by=person("dana"), at=house_now(), custody=custody, **said)] * 2


def releases(lead: Lead) -> list[Act]:
    custody, since = in_custody(lead)
    return [lambda: record_release(by=person("dana"), at=house_now(), custody=custody, released_at=since, because="another person")] * 2


TWO: dict[str, tuple[Callable[[Lead], list[Act]], object, str, tuple[str, ...]]] = {
    "two items on one lead": (items, adding, "add_evidence", ()),
    "one item fixed": (fixings, fixing, "fix_evidence", ("already_fixed",)),
    "one item closed": (closings, closing, "close_exculpatory", ("already_closed",)),
    "two items closed that end the lead": (closings_that_end_the_lead, closing, "end_lead", ()),
    "how one statement was taken": (statements, stating, "record_statement", ("already_written",)),
    "the form of one warrant": (warrants, warranting, "file_warrant", ("already_written",)),
    "the outcome of one line-up": (line_ups, lining_up, "record_line_up", ("already_held",)),
    "two tests in custody that end the lead": (rechecks, rechecking, "end_lead", ()),
    "one release": (releases, releasing, "record_release", ("released",)),
}


def begins_at_the_entry(beside: Beside, module: object, act: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another begin when the first has written its row and puts it on record, and before it is through."""
    noted = module.record  # type: ignore[attr-defined]

    def meanwhile(**said: Any) -> object:
        if str(said["act"]) == act and not beside.thread.ident:
            beside.until_it_waits()
        return noted(**said)

    monkeypatch.setattr(module, "record", meanwhile)


@pytest.mark.parametrize("what", TWO)
def test_the_second_is_judged_after_the_first(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    acts_on, module, act, reasons = TWO[what]
    first, second = acts_on(world.a_lead("25-1"))
    beside = Beside(second)
    begins_at_the_entry(beside, module, act, monkeypatch)
    assert type(first()) is Permit
    (told,) = beside.ended()
    assert getattr(told, "codes", ()) == reasons
    assert LeadEnd.objects.count() == (act == "end_lead")


def test_two_items_that_are_sent_at_once_are_both_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    lead, client = world.a_lead("25-1"), signed_in("dana")
    said = {"kind": "fingerprint", "description": "a print", "source_document": "LP-1", "direction": "incriminating", "looked_for": "yes"}

    def sends() -> int:
        return client.post(f"/leads/{lead.ref}/evidence/new", said).status_code

    beside = Beside(sends)
    begins_at_the_entry(beside, adding, "add_evidence", monkeypatch)
    assert [sends(), *beside.ended()] == [302, 302]
    assert set(Evidence.objects.filter(lead=lead).values_list("ref", flat=True)) == {f"{lead.ref}-E1", f"{lead.ref}-E2"}


def test_of_two_leads_that_are_weighed_away_for_each_other_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = two_leads()

    def weighs(lead: Lead, rival: Lead) -> Act:
        said = {"lead_ref": lead.ref, "rival_ref": rival.ref, "because": "compared"}
        return lambda: weigh_rival(by=person("cora"), second=person("cody"), at=house_now(), **said)

    beside = Beside(weighs(other, one))
    begins_at_the_entry(beside, weighing, "weigh_rival", monkeypatch)
    must(weighs(one, other)())
    assert [told.codes for told in beside.ended()] == [("rival_weighed",)]


def test_of_two_items_on_two_leads_that_are_tied_to_each_other_at_once_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = (entered(lead) for lead in two_leads())

    def ties(item: str, parent: str) -> Act:
        said: dict[str, Any] = {"item_ref": item, "kind": EdgeKind.CONTENT_FROM, "parent": parent}
        return lambda: add_edge(by=person("dana"), at=house_now(), **said)

    beside = Beside(ties(other, one))
    begins_at_the_entry(beside, tying, "add_edge", monkeypatch)
    must(ties(one, other)())
    assert [told.codes for told in beside.ended()] == [("circle",)]
    assert Edge.objects.filter(parent__isnull=False).count() == 1


def test_a_paper_form_that_is_entered_on_two_cases_at_once_is_entered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [world.requested(number, face) for number, face in (("25-1", "p012"), ("25-2", "p014"))]

    def enters(ref: str) -> Act:
        said: dict[str, Any] = {"action": "arrest", "happened_at": house_now(), "description": "At the door", "paper_serial": " P-7 "}
        return lambda: record_outside_gate(by=person("dana"), at=house_now(), case_ref=ref, paper_first="dana", paper_second="sol", **said)

    beside = Beside(enters(cases[1].ref))
    begins_at_the_entry(beside, outside_gate, "record_outside_gate", monkeypatch)
    must(enters(cases[0].ref)())
    assert [told.codes for told in beside.ended()] == [("paper_entered",)]
    assert OutsideGate.objects.count() == 1
