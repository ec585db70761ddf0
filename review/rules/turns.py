"""A turn at an examination: how many a day, for how long, and how it goes back to the lot. Nobody is drawn twice for one investigation."""

from dataclasses import dataclass

from cases.rules.act import Act
from cases.rules.finding import Finding, Reason, judge
from review.rules.examination import NOT_DRAWN, OF_REQUESTERS_UNIT, RECUSED, TOOK_OTHER_PART, WENT_BACK

DAY_IS_FULL = Reason("day_is_full", "No more examinations are drawn for this person today: tired people err.", "docs/examination.md")
TURN_OVER = Reason("turn_over", "Nothing more is asked of this person in this examination.", "docs/examination.md")
TURN_OPENED = Reason(
    "turn_opened", "A face of this examination was looked at: step back instead, and say why to an auditor alone.", "docs/examination.md"
)
HELD_BEFORE = Reason("held_before", "The timer of an examination is put on hold once.", "docs/examination.md")
HOLD_TOO_LONG = Reason("hold_too_long", "A hold lasts whole hours: at least one, and no more than allowed.", "docs/examination.md")
NOT_SAID_WHY = Reason("not_said_why", "Say why the examination is sent back.", "docs/examination.md")


@dataclass(frozen=True, slots=True)
class TurnFacts:
    """How a turn stands. ``over``: concluded, or the case is decided."""

    subject: str
    drawn: bool
    recused: bool = False
    went_back: bool = False
    over: bool = False

    def reasons(self) -> list[Reason]:
        if not self.drawn:
            return [NOT_DRAWN]
        reasons: list[Reason] = []
        if self.recused:
            reasons.append(RECUSED)
        if self.went_back:
            reasons.append(WENT_BACK)
        if self.over:
            reasons.append(TURN_OVER)
        return reasons


def may_take(subject: str, *, today: int, most: int) -> Finding:
    """Return a Permit to be drawn for one more examination today."""
    return judge(Act.TAKE_NEXT, subject, [DAY_IS_FULL.with_numbers(drawn_today=today, most=most)] if today >= most else [])


def may_release(turn: TurnFacts, *, opened: bool) -> Finding:
    """Return a Permit to give a turn back unopened. Whoever has seen a face steps back, with a reason."""
    return judge(Act.RELEASE_TURN, turn.subject, [*turn.reasons(), *([TURN_OPENED] if opened else [])])


def may_hold(turn: TurnFacts, *, held: bool, hours: int, most: int) -> Finding:
    """Return a Permit to put the timer on hold: once, for so many hours."""
    reasons = turn.reasons()
    if held:
        reasons.append(HELD_BEFORE)
    if not 1 <= hours <= most:
        reasons.append(HOLD_TOO_LONG.with_numbers(most=most))
    return judge(Act.HOLD_TURN, turn.subject, reasons)


def may_send_back(turn: TurnFacts, *, took_other_part: bool, of_requesters_unit: bool, because: str) -> Finding:
    """Return a Permit to send a turn back to the lot, for a supervisor who stands outside the case. To whom it goes, the lot says."""
    reasons = turn.reasons()
    if took_other_part:
        reasons.append(TOOK_OTHER_PART)
    if of_requesters_unit:
        reasons.append(OF_REQUESTERS_UNIT)
    if not because.strip():
        reasons.append(NOT_SAID_WHY)
    return judge(Act.SEND_TURN_BACK, turn.subject, reasons)
