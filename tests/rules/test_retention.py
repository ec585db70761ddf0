"""When a case closes by time, and when its pictures may be destroyed."""

from datetime import UTC, datetime, timedelta

import pytest

from cases.rules.act import Act
from cases.rules.finding import Permit, Reason, Refusal
from cases.rules.retention import RetentionFacts, may_destroy, may_expire
from cases.states import sources_of
from review.rules import legal_hold

CLOSED_ON = datetime(2026, 1, 1, tzinfo=UTC)
FACTS = {"subject": "FR-2026-000001", "since": CLOSED_ON, "days": 365}
ENDED, OVER = sources_of(Act.EXPIRE), sources_of(Act.DESTROY)


def destroyed(days: float, **changes) -> tuple[str, ...]:
    found = may_destroy(
        RetentionFacts(**({**FACTS, "state": "CLOSED", "at": CLOSED_ON + timedelta(days=days)} | changes)), from_states=OVER
    )
    return found.codes if isinstance(found, Refusal) else ()


def test_pictures_go_when_the_time_has_run_and_not_a_second_before():
    assert destroyed(365) == ()
    assert destroyed(365 - 1 / 86400) == ("time_not_run",)


def test_the_law_brings_the_day_forward_or_forbids_it():
    kept = Reason("law_retention", "It must be kept for 1095 days.", "a statute")
    assert destroyed(1, brought_forward=True) == ()
    assert destroyed(400, further=(kept,)) == ("law_retention",)


def test_a_legal_hold_beats_every_period_and_every_law():
    assert destroyed(4000, on_hold=True, brought_forward=True) == ("legal_hold",)


@pytest.mark.parametrize("state", ["RECEIVED", "FIT", "LEAD", "NO_LEAD", "DESTROYED"])
def test_only_what_is_closed_is_destroyed(state):
    assert destroyed(400, state=state) == ("not_its_turn",)


@pytest.mark.parametrize("state", ["INELIGIBLE", "UNFIT", "NO_CANDIDATES", "NO_LEAD"])
def test_a_case_in_which_nobody_moves_next_closes_after_its_time(state):
    facts = RetentionFacts(**{**FACTS, "state": state, "days": 30, "at": CLOSED_ON + timedelta(days=30)})
    assert isinstance(may_expire(facts, from_states=ENDED), Permit)


def test_a_lead_never_closes_by_time():
    facts = RetentionFacts(**{**FACTS, "state": "LEAD", "days": 30, "at": CLOSED_ON + timedelta(days=3000)})
    assert may_expire(facts, from_states=ENDED).codes == ("not_its_turn",)


def test_a_hold_needs_its_document_and_somebody_without_another_part():
    said = legal_hold.may_set(subject="FR-2026-000001", said={"document": " "}, destroyed=True, other_part=True)
    assert said.codes == ("missing", "nothing_left", "other_part")
    assert isinstance(legal_hold.may_set(subject="x", said={"document": "Order 4"}, destroyed=False, other_part=False), Permit)


def test_a_hold_is_lifted_once_on_its_document_and_not_while_somebody_is_in_custody():
    said = legal_hold.may_lift(subject="x", said={"document": ""}, lifted=True, in_custody=True, other_part=True)
    assert said.codes == ("missing", "lifted_already", "in_custody", "other_part")
    assert isinstance(
        legal_hold.may_lift(subject="x", said={"document": "Disposition"}, lifted=False, in_custody=False, other_part=False), Permit
    )
