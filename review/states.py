"""The states of a countersignature and its only moves, all made by persons. Pure; the database holds the same rows."""

from dataclasses import dataclass
from enum import StrEnum

from cases.rules.act import Act


class CountersignatureState(StrEnum):
    """Where an asked action stands. Whether a signed one still holds is computed each time, never stored."""

    ASKED = "ASKED"  # a supervisor's move
    SIGNED = "SIGNED"  # the detective may start, while it holds
    REFUSED = "REFUSED"  # nobody's; ask again is a new row
    STARTED = "STARTED"  # nobody's


@dataclass(frozen=True, slots=True)
class CountersignatureMove:
    """One row of the table."""

    act: Act
    source: CountersignatureState
    target: CountersignatureState


COUNTERSIGNATURE_MOVES: tuple[CountersignatureMove, ...] = (
    CountersignatureMove(Act.COUNTERSIGN, CountersignatureState.ASKED, CountersignatureState.SIGNED),
    CountersignatureMove(Act.COUNTERSIGN, CountersignatureState.ASKED, CountersignatureState.REFUSED),
    CountersignatureMove(Act.START, CountersignatureState.SIGNED, CountersignatureState.STARTED),
)
