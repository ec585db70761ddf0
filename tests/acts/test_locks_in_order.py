"""Whoever takes an investigation and a case takes them in one order; a machine never sends a person away whose act was refused."""

import time
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread, local
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection

from cases.acts import link as linking
from cases.acts import screen as screening
from cases.acts import search as searching
from cases.matching.reference import reference_engine
from cases.models import CandidateList, Case, InvestigationLink, Job
from cases.rules.finding import Permit
from cases.states import State
from ledger.clock import house_now
from review.acts import record_outside_gate as outside_gate
from review.acts import take_next as taking
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.close import close
from review.acts.file_outside_result import OutsideFiled, file_outside_result
from review.acts.start import start
from review.acts.take_next import take_next
from review.models import Lead
from tests import world
from tests.acts.test_what_waits_on_a_desk import on_file
from tests.database import login, waiting
from tests.world import person

pytestmark = pytest.mark.django_db(transaction=True)


class Beside:
    """An act, or statements, in a thread of its own; what it was told, and what the database said no to."""

    def __init__(self, act: Callable[[], Any]) -> None:
        self.act = act
        self.answers: list[Any] = []
        self.faults: list[DatabaseError | psycopg.Error] = []
        self.thread = Thread(target=self._run)

    def _run(self) -> None:
        try:
            self.answers.append(self.act())
        except (DatabaseError, psycopg.Error) as fault:
            self.faults.append(fault)
        finally:
            connection.close()

    def until_it_waits(self, *, behind: int = 0) -> None:
        """Start it, and come back once it waits for a lock, ``behind`` so many others, or is through."""
        self.thread.start()
        with login("owner") as owner:
            until = time.monotonic() + 20
            while self.thread.is_alive() and time.monotonic() < until:
                if waiting(owner) > behind:
                    return
                time.sleep(0.02)

    def ended(self) -> list[Any]:
        self.thread.join(60)
        assert not self.thread.is_alive()
        assert self.faults == []
        return self.answers


def in_one(role: str, *statements: str) -> Callable[[], Any]:
    """Return statements of a login, one after another in one transaction."""

    def act() -> None:
        with login(role) as session, session.transaction():
            for statement in statements:
                session.execute(statement.encode())

    return act


def refused(item: str) -> Callable[[], Any]:
    """Return an act that takes the investigation alone and then, because it is refused, a key of the case."""
    return lambda: world.hold_decided(item, True, "nothing awaits it")


def test_a_refused_decision_beside_a_screening_under_a_new_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    lead = world.a_lead("25-1")
    beside = Beside(refused(on_file(lead, "device_evidence")))
    world.in_force("us-mi-detroit-307-5")
    reasons_against = screening.eligibility.reasons_against

    def meanwhile(facts: screening.eligibility.ScreeningFacts) -> object:
        beside.until_it_waits()
        return reasons_against(facts)

    monkeypatch.setattr(screening.eligibility, "reasons_against", meanwhile)
    with world.the_machine():
        assert screening.screen(case_ref=lead.case.ref, at=house_now())
    assert [each.codes for each in beside.ended()] == [("not_held",)]


def test_a_decision_beside_a_job_that_links_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    low = world.requested("25-0", "p013").investigation_id
    lead = world.a_lead("25-1")
    case = world.requested("25-2", "p014")
    middle, high = lead.case.investigation_id, case.investigation_id
    assert low < middle < high
    with login("owner") as owner:
        owner.execute("insert into cases_investigationlink(one_id, other_id, because) values (%s, %s, 'same_probe')", [middle, high])
    beside = Beside(refused(on_file(lead, "device_evidence")))
    noted = linking.record

    def meanwhile(**said: Any) -> object:
        if not beside.thread.ident:
            beside.until_it_waits()  # for high, with middle in hand where the job did not take it
        return noted(**said)

    monkeypatch.setattr(linking, "near_to", lambda case, engine: {low, middle})
    monkeypatch.setattr(linking, "record", meanwhile)
    with world.the_machine():
        assert linking.link(case_ref=case.ref, at=house_now(), engine=reference_engine()) == 2
    assert [each.codes for each in beside.ended()] == [("moved_since_shown", "not_held")]
    assert InvestigationLink.objects.filter(because="near_probe").count() == 2


def attached_beside(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let another begin when a search has attached its list, and before it is through."""
    attach = searching._attach

    def meanwhile(*args: Any, **said: Any) -> None:
        attach(*args, **said)
        beside.until_it_waits()

    monkeypatch.setattr(searching, "_attach", meanwhile)


def another_to_search() -> Case:
    return world.screened(world.requested("25-1", "p014", repeats_because="another man"))


def test_a_result_that_is_filed_beside_a_search_of_the_same_investigation(monkeypatch: pytest.MonkeyPatch) -> None:
    lead = world.a_lead("25-1")
    on_file(lead, "fingerprint")
    case = another_to_search()
    filed = OutsideFiled(
        agency_case="25-1", track="suspect", sender="State bureau", sender_ori="XX0020000", their_number="R-1",
        they_sent_at=house_now() - timedelta(hours=1), not_reported=("engine",),
    )  # fmt: skip
    beside = Beside(lambda: file_outside_result(by=person("dana"), at=house_now(), filed=filed, faces=())[0])
    attached_beside(beside, monkeypatch)
    assert world.checked(case).state == State.FIT
    assert [type(each) for each in beside.ended()] == [Permit]


def test_a_lead_that_opens_beside_a_search_of_the_same_investigation(monkeypatch: pytest.MonkeyPatch) -> None:
    on_file(world.a_lead("25-1"), "fingerprint")
    second = world.searched("25-1", "p012", repeats_because="a second film")
    world.drawn(second, "cleo", "remy")
    for name in ("cleo", "remy"):
        world.sorted_by(second, name, ("p012",))
    world.concluded(second, "cleo", {"p012": 2})
    case = another_to_search()
    beside = Beside(lambda: world.concluded(second, "remy", {"p012": 2}))
    attached_beside(beside, monkeypatch)
    assert world.checked(case).state == State.FIT
    assert [type(each) for each in beside.ended()] == [Permit]


def test_nobody_waits_while_an_engine_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    _, request = world.ready_to_sign("25-1")
    case = another_to_search()
    beside, rank = Beside(lambda: world.signed(request)), searching.rank

    def meanwhile(*args: Any, **said: Any) -> Any:
        beside.thread.start()
        assert [type(each) for each in beside.ended()] == [Permit]
        return rank(*args, **said)

    monkeypatch.setattr(searching, "rank", meanwhile)
    assert world.checked(case).state == State.FIT
    assert Case.objects.get(pk=case.pk).candidate_list.number


def test_a_search_whose_case_ended_meanwhile_attaches_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    case, rank = world.screened(world.requested("25-1")), searching.rank

    def meanwhile(*args: Any, **said: Any) -> Any:
        ended = Beside(lambda: close(by=person("dana"), at=house_now(), case_ref=case.ref, disposition="withdrawn", note="withdrawn"))
        ended.thread.start()
        assert [type(each) for each in ended.ended()] == [Permit]
        return rank(*args, **said)

    monkeypatch.setattr(searching, "rank", meanwhile)
    assert world.checked(case).state == State.CLOSED
    assert not CandidateList.objects.filter(case=case).exists()


def test_two_who_are_drawn_for_nothing_hold_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    world.searched("25-1", "p012")
    world.searched("25-2", "p014")
    with login("owner") as owner:
        owner.execute("alter table people_training disable trigger user")
        owner.execute("delete from people_training where subject = 'face_comparison'")
        owner.execute("alter table people_training enable trigger user")
    both, mine = Barrier(2, timeout=20), local()

    def in_two_orders(most: int) -> int:
        mine.asked = getattr(mine, "asked", 0) + 1
        if mine.asked > 1:
            both.wait()  # each has asked for one, and been refused
        return 0 if mine.name == "ada" else most - 1

    def takes(name: str) -> Callable[[], str | None]:
        def act() -> str | None:
            mine.name = name
            return take_next(by=person(name), at=house_now())

        return act

    monkeypatch.setattr(taking.secrets, "randbelow", in_two_orders)
    pair = [Beside(takes(name)) for name in ("ada", "ben")]
    for each in pair:
        each.thread.start()
    assert [each.ended() for each in pair] == [[None], [None]]


def test_whoever_waited_for_a_link_holds_all_that_was_linked() -> None:
    one, two = (world.requested(number, face).investigation_id for number, face in (("25-1", "p012"), ("25-2", "p014")))
    with login("owner") as owner, login("app") as waits, login("app") as other:
        owner.execute("begin")
        owner.execute("insert into cases_investigationlink(one_id, other_id, because) values (%s, %s, 'same_probe')", [one, two])
        waits.execute("begin")
        thread = Thread(target=lambda: waits.execute("select lock_investigation(%s, true)", [one]))
        thread.start()
        with login("owner") as looks:
            while not waiting(looks):
                assert thread.is_alive()
        owner.execute("commit")
        thread.join(20)
        other.execute("set lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("select 1 from cases_investigation where id = %s for share", [two])


LINKED = "insert into cases_investigationlink(one_id, other_id, because) values ({0}, {1}, '{2}')"
WAITED = {
    "alone": ("app", "select lock_investigation({high}, true)"),
    "shared, and again by a row": ("app", "select lock_investigation({high}, false)", "select pg_sleep(0.3)", "select lock_investigation({high}, false)"),
    "a stop": ("app", "select lock_all_on_the_person('{case}', '', '', now())", "select pg_sleep(0.3)", "select lock_investigation({high}, false)"),
    "a second link": ("worker", "select lock_investigations(array[{mid}, {high}])", "select pg_sleep(0.3)", LINKED.format("{mid}", "{high}", "near_probe")),
}  # fmt: skip


@pytest.mark.parametrize("who", WAITED)
def test_two_that_waited_for_one_link_begin_again_from_the_lowest(who: str) -> None:
    cases = [world.requested(number, face) for number, face in (("25-0", "p012"), ("25-1", "p014"), ("25-2", "p015"))]
    low, mid, high = (case.investigation_id for case in cases)
    assert low < mid < high
    role, *statements = (each.format(mid=mid, high=high, case=cases[-1].ref) for each in WAITED[who])
    waits, signs = Beside(in_one(role, *statements)), Beside(in_one("app", f"select lock_investigation({low}, true)"))
    with login("owner") as owner, owner.transaction():
        owner.execute(LINKED.format(low, high, "same_probe").encode())
        if who == "alone":
            signs.until_it_waits()
        waits.until_it_waits(behind=int(who == "alone"))
    if who != "alone":
        signs.thread.start()
    waits.ended()
    signs.ended()


def test_an_item_is_entered_in_one_beside_a_signature_in_the_other_while_they_are_linked() -> None:
    low = world.requested("25-0", "p014").investigation_id
    lead = world.a_lead("25-1")
    item = ItemWanted("fingerprint", "a print", "LP-1")
    enters = Beside(lambda: add_evidence(by=person("dana"), at=house_now(), lead_ref=lead.ref, item=item)[0])
    signs = Beside(in_one("app", f"select lock_investigation({low}, true)"))
    with login("owner") as owner, owner.transaction():
        owner.execute(LINKED.format(low, lead.case.investigation_id, "same_probe").encode())
        enters.until_it_waits()
        signs.until_it_waits(behind=1)
    assert [type(each) for each in enters.ended()] == [Permit]
    signs.ended()


def two_leads_on_one_person() -> tuple[Lead, Lead]:
    """Return leads on one person in two investigations that are not linked yet, the lower first."""
    low = world.a_lead("25-1")
    case = world.requested("25-2", "p012", repeats_because="another copy")
    with world.the_machine():
        Job.objects.filter(kind="link", case=case).update(done_at=house_now())
    case = world.examined(world.checked(world.screened(case)))
    high = Lead.objects.get(case=case)
    assert low.case.investigation_id < case.investigation_id
    return low, high


STOP = {"action": "stop_or_detention", "description": "A broken light", "lead_known": "yes"}


def test_a_stop_of_a_person_with_a_lead_elsewhere_beside_a_link(monkeypatch: pytest.MonkeyPatch) -> None:
    _, high = two_leads_on_one_person()
    own = outside_gate.access.lead_for_act

    def links() -> int:
        with world.the_machine():
            return linking.link(case_ref=high.case.ref, at=house_now(), engine=None)

    beside = Beside(links)

    def meanwhile(*args: Any, **said: Any) -> Lead:
        found = own(*args, **said)
        beside.until_it_waits()
        return found

    monkeypatch.setattr(outside_gate.access, "lead_for_act", meanwhile)
    now = house_now()
    stopped = outside_gate.record_outside_gate(by=person("dana"), at=now, happened_at=now, lead_ref=high.ref, **STOP)
    assert type(stopped) is Permit
    assert beside.ended() == [1]


@pytest.mark.parametrize("signs", [True, False])
def test_whoever_signs_or_starts_holds_no_investigation_while_he_waits_for_a_policy(signs: bool) -> None:
    """A machine keeps the policy in force, somebody adopts another and waits for it, and whoever signs waits behind him."""
    lead, request = world.ready_to_sign()
    if not signs:
        world.must(world.signed(request))
    beside = Beside(lambda: world.signed(request) if signs else start(by=person("dana"), at=house_now(), ref=request))
    policy = "hashtextextended('policy in force', 0)"
    with login("owner") as machine, login("owner") as board:
        machine.execute("begin")
        machine.execute(f"select pg_advisory_xact_lock_shared({policy})")
        adopting = Thread(target=lambda: board.execute(f"select pg_advisory_xact_lock({policy})"))
        adopting.start()
        beside.until_it_waits()  # the board does already
        until = time.monotonic() + 20
        while waiting(machine) != 2 and time.monotonic() < until:
            time.sleep(0.02)
        machine.execute("set local lock_timeout = '500ms'")  # after a second the database lets the signature pass before the board
        machine.execute("select lock_investigation(%s, false)", [lead.case.investigation_id])
        machine.execute("commit")
        adopting.join(30)
    (answer,) = beside.ended()
    assert isinstance(answer, Permit)


def test_two_stops_of_one_person_on_two_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = two_leads_on_one_person()
    both, judge = Barrier(2, timeout=20), outside_gate.filing.may_record_outside_gate

    def meanwhile(**said: Any) -> object:
        both.wait()  # each holds its own case, and puts a hold on the other's
        return judge(**said)

    monkeypatch.setattr(outside_gate.filing, "may_record_outside_gate", meanwhile)

    def stops(ref: str) -> Callable[[], Any]:
        said = {**STOP, "happened_at": house_now(), "subject_ref": pair[0].candidate.subject_ref}
        return lambda: type(outside_gate.record_outside_gate(by=person("dana"), at=house_now(), case_ref=ref, **said))

    stopped = [Beside(stops(lead.case.ref)) for lead in pair]
    for each in stopped:
        each.thread.start()
    assert [each.ended() for each in stopped] == [[Permit], [Permit]]
