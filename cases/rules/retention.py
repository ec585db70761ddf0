"""Whether a case that ended may close by time, and whether the pictures of a closed one may be destroyed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge
from cases.rules.orderly import NOT_ITS_TURN

DAYS_TO_CLOSE = 30  # this house's, where the policy in force sets none: time to complain, or to ask again
DAYS_TO_KEEP = 365  # this house's, where the policy in force sets none
TIME_NOT_RUN = Reason(
    "time_not_run", "The time that the policy sets has not run out.", "docs/retention.md; NLC 2021, no indefinite storage"
)
LEGAL_HOLD = Reason(
    "legal_hold",
    "A legal hold stands on this investigation, or an action on one of its leads is asked for or may still start.",
    "docs/retention.md; Brady v. Maryland (verify)",
)


@dataclass(frozen=True, slots=True)
class RetentionFacts:
    """What the clock looks at. ``since``: when the case ended, or was closed; ``days``: how long it stays so."""

    subject: str
    state: str
    since: datetime
    days: int
    at: datetime
    on_hold: bool = False
    brought_forward: bool = False  # a rule of the law demands that it is gone by now
    further: tuple[Reason, ...] = ()  # what the law in force says against it

    @property
    def time_has_run(self) -> bool:
        return self.brought_forward or self.at >= self.since + timedelta(days=self.days)


def is_irrelevant(moves: Iterable[tuple[str, str]]) -> bool:
    """Whether the pictures of a closed case show nobody who matters, by the states from which and to which it moved.

    Not those of a lead; and not those of a dispute that nobody settled: they may show that the wrong person was named, and are kept as a lead's are.
    """
    return not any(target == "LEAD" or (source, target) == ("DISPUTED", "CLOSED") for source, target in moves)


def may_expire(facts: RetentionFacts, *, from_states: frozenset[str]) -> Finding:
    """Return a Permit to close a case in which nobody's move is next."""
    reasons = [NOT_ITS_TURN] if facts.state not in from_states else []
    if not facts.time_has_run:
        reasons.append(TIME_NOT_RUN.with_numbers(days=facts.days))
    return judge(Act.EXPIRE, facts.subject, reasons)


def may_destroy(facts: RetentionFacts, *, from_states: frozenset[str]) -> Finding:
    """Return a Permit to destroy the pictures of a closed case. A legal hold beats every period; the law may forbid it, or bring the day forward."""
    reasons = [NOT_ITS_TURN] if facts.state not in from_states else []
    if not facts.time_has_run:
        reasons.append(TIME_NOT_RUN.with_numbers(days=facts.days))
    if facts.on_hold:
        reasons.append(LEGAL_HOLD)
    return judge(Act.DESTROY, facts.subject, [*reasons, *facts.further])
