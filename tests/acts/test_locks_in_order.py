"""Whoever takes an investigation and a case takes them in one order; a machine never sends a person away whose act was refused."""

import time
from collections.abc import Callable
from threading import Thread

import pytest
from django.db import DatabaseError, connection

from cases.acts import link as linking
from cases.acts import screen as screening
from cases.matching.reference import reference_engine
from cases.models import InvestigationLink
from cases.rules.finding import Finding
from ledger.clock import house_now
from tests import world
from tests.acts.test_what_waits_on_a_desk import on_file
from tests.database import login

pytestmark = pytest.mark.django_db(transaction=True)


class Beside:
    """An act of a person in a thread of its own; what it was told, and what the database said no to."""

    def __init__(self, act: Callable[[], Finding]) -> None:
        self.act = act
        self.answers: list[Finding] = []
        self.faults: list[DatabaseError] = []
        self.thread = Thread(target=self._run)

    def _run(self) -> None:
        try:
            self.answers.append(self.act())
        except DatabaseError as fault:
            self.faults.append(fault)
        finally:
            connection.close()

    def until_it_waits(self) -> None:
        """Start it, and come back once it waits for a lock, or is through."""
        self.thread.start()
        with login("owner") as owner:
            until = time.monotonic() + 20
            while self.thread.is_alive() and time.monotonic() < until:
                if owner.execute("select exists (select 1 from pg_locks where not granted)").fetchone() == (True,):
                    return
                time.sleep(0.02)

    def ended(self) -> list[Finding]:
        self.thread.join(60)
        assert not self.thread.is_alive()
        assert self.faults == []
        return self.answers


def refused(item: str) -> Callable[[], Finding]:
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

    def meanwhile(**said: object) -> object:
        if not beside.thread.ident:
            beside.until_it_waits()  # for high, with middle in hand where the job did not take it
        return noted(**said)  # type: ignore[arg-type]

    monkeypatch.setattr(linking, "near_to", lambda case, engine: {low, middle})
    monkeypatch.setattr(linking, "record", meanwhile)
    with world.the_machine():
        assert linking.link(case_ref=case.ref, at=house_now(), engine=reference_engine()) == 2
    assert [each.codes for each in beside.ended()] == [("moved_since_shown", "not_held")]
    assert InvestigationLink.objects.filter(because="near_probe").count() == 2
