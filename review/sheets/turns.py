"""Turns at examinations: as their reviewer sees his own, and as those see them who keep the queue. No answer and no step is in either."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from people.models import Person
from review import access, facts
from review.access import Examining
from review.models import TurnHold
from review.reexamining import Reexamining
from review.sheets.words import Chip

AT_RISK = 4  # a turn is at risk in the last quarter of its hours
HOW = {
    "released": "You gave it back unopened.",
    "lapsed": "Nothing was done on it for as long as a turn is kept.",
    "sent_back": "A supervisor sent it back to the lot.",
}


@dataclass(frozen=True, slots=True)
class TurnSheet:
    """A turn as its reviewer sees it: for how many hours it is kept, not until when, because that would tell when others sorted."""

    code: str
    hours: int
    held: bool
    opened: bool


@dataclass(frozen=True, slots=True)
class WentBack:
    """When a turn went back to the lot, and why."""

    at: datetime
    how: str


@dataclass(frozen=True, slots=True)
class TurnRow:
    """A turn on the list of those who keep the queue."""

    number: int
    case: str
    who: str
    drawn_at: datetime
    until: datetime | None
    held: int | None
    chip: Chip


def of(drawn: Examining) -> TurnSheet:
    """Return the sheet of one turn for its reviewer."""
    if isinstance(drawn, Reexamining):
        return TurnSheet(code=drawn.code, hours=facts.turn_hours(), held=drawn.held, opened=drawn.opened)
    return TurnSheet(
        code=access.examination_code(drawn),
        hours=facts.turn_hours(),
        held=TurnHold.objects.filter(drawn=drawn).exists(),
        opened=facts.turn_opened(drawn),
    )


def went_back(drawn: Examining) -> WentBack | None:
    """Return when and why a turn went back, if it did."""
    if isinstance(drawn, Reexamining):
        return WentBack(drawn.ended_at, HOW[drawn.ended]) if drawn.went_back and drawn.ended_at else None
    if not hasattr(drawn, "given_back"):
        return None
    return WentBack(drawn.given_back.at, HOW[drawn.given_back.how])


def under_way(person: Person, *, at: datetime) -> tuple[TurnRow, ...]:
    """Return the open turns of a person's agency, those that lapse first before the others."""
    return tuple(_rows(facts.open_turns(person), at=at, soon=timedelta(hours=facts.turn_hours()) / AT_RISK))


def _rows(
    found: Iterable[tuple[int, str, str, datetime, datetime | None, int | None]], *, at: datetime, soon: timedelta
) -> Iterable[TurnRow]:
    for number, case, who, drawn_at, until, held in found:
        if until is None:
            chip = Chip("Timer stands still", "solid")
        elif until - at <= soon:
            chip = Chip("At risk", "shut")
        else:
            chip = Chip("In time", "open")
        yield TurnRow(number, case, who, drawn_at, until, held, chip)
