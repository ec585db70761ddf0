"""The states of a case and the only moves between them. Pure; the database holds the same rows, and a test compares them."""

from dataclasses import dataclass
from enum import StrEnum

from cases.rules.act import Act


class State(StrEnum):
    """Where a case stands. The comment says whose move is next."""

    RECEIVED = "RECEIVED"  # a person confirms the offence, then the machine screens
    ELIGIBLE = "ELIGIBLE"  # an analyst checks the probe
    INELIGIBLE = "INELIGIBLE"  # nobody; closes after the policy's time
    FIT = "FIT"  # the machine searches, then reviewers examine
    UNFIT = "UNFIT"  # nobody
    NO_CANDIDATES = "NO_CANDIDATES"  # nobody
    DISPUTED = "DISPUTED"  # a third blind reviewer
    LEAD = "LEAD"  # a detective investigates
    NO_LEAD = "NO_LEAD"  # nobody
    CLOSED = "CLOSED"  # retention runs
    DESTROYED = "DESTROYED"  # nobody, for ever


class Mover(StrEnum):
    """Who may make a move: the two doors of the database."""

    PERSON = "person"
    MACHINE = "machine"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table: by this act, from here to there, by this kind of mover."""

    act: Act
    source: State
    target: State
    mover: Mover


_BY_TIME = (State.INELIGIBLE, State.UNFIT, State.NO_CANDIDATES, State.NO_LEAD)
_NOT_OVER = tuple(state for state in State if state not in (State.CLOSED, State.DESTROYED))

MOVES: tuple[Move, ...] = (
    Move(Act.SCREEN, State.RECEIVED, State.ELIGIBLE, Mover.MACHINE),
    Move(Act.SCREEN, State.RECEIVED, State.INELIGIBLE, Mover.MACHINE),
    Move(Act.SCREEN, State.ELIGIBLE, State.INELIGIBLE, Mover.MACHINE),
    Move(Act.SCREEN, State.FIT, State.INELIGIBLE, Mover.MACHINE),
    Move(Act.FIND_EMPTY, State.FIT, State.NO_CANDIDATES, Mover.MACHINE),
    *(Move(Act.EXPIRE, state, State.CLOSED, Mover.MACHINE) for state in _BY_TIME),
    Move(Act.DESTROY, State.CLOSED, State.DESTROYED, Mover.MACHINE),
    Move(Act.CHECK_PROBE, State.ELIGIBLE, State.FIT, Mover.PERSON),
    Move(Act.CHECK_PROBE, State.ELIGIBLE, State.UNFIT, Mover.PERSON),
    Move(Act.JOIN, State.FIT, State.DISPUTED, Mover.PERSON),
    Move(Act.JOIN, State.FIT, State.LEAD, Mover.PERSON),
    Move(Act.JOIN, State.FIT, State.NO_LEAD, Mover.PERSON),
    Move(Act.JOIN, State.DISPUTED, State.LEAD, Mover.PERSON),
    Move(Act.JOIN, State.DISPUTED, State.NO_LEAD, Mover.PERSON),
    *(Move(Act.CLOSE, state, State.CLOSED, Mover.PERSON) for state in _NOT_OVER),
)


def sources_of(act: Act) -> frozenset[State]:
    """Return the states from which an act moves a case."""
    return frozenset(move.source for move in MOVES if move.act is act)
