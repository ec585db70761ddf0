"""How conclusions are joined, candidate by candidate: the first rule that applies decides. A third never outvotes an exclusion."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cases.rules.act import Act
from cases.rules.finding import Permit

SUPPORTS_FROM = 1
EXCLUDES_FROM = -2
WIDE_GAP = 2


class Joined(StrEnum):
    """What the ratings of one candidate yield."""

    WAITING = "waiting"  # not enough ratings yet
    EXCLUDED = "excluded"
    NEEDS_THIRD = "needs_third"
    LEAD = "lead"
    NOT_SUPPORTED = "not_supported"
    SET_ASIDE = "set_aside"


def join(ratings: Sequence[int], *, reviewers: int) -> Joined:
    """Return what ``ratings`` (-3 to +3, one a reviewer) yield when ``reviewers`` (never under 2) are asked for.

    1 any rating of -2 or less: excluded. 2 two ratings two or more apart and no third yet: a third blind reviewer.
    3 at least ``reviewers`` ratings of +1 or more: lead, dissent printed. 4 else ended without exclusion.
    """
    if reviewers < 2:
        raise ValueError("never fewer than two reviewers")
    if len(ratings) < reviewers:
        return Joined.WAITING
    if min(ratings) <= EXCLUDES_FROM:
        return Joined.EXCLUDED
    if max(ratings) - min(ratings) >= WIDE_GAP and len(ratings) < 3:
        return Joined.NEEDS_THIRD
    if sum(rating >= SUPPORTS_FROM for rating in ratings) >= reviewers:
        return Joined.LEAD
    return Joined.NOT_SUPPORTED


@dataclass(frozen=True, slots=True)
class CandidateRatings:
    """A candidate's token, whether anybody kept it, and the ratings so far."""

    token: str
    kept: bool
    ratings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CaseJoined:
    """Candidate by candidate, and the state the whole case comes to; None while somebody still has to conclude."""

    candidates: tuple[tuple[str, Joined], ...]
    state: str | None

    def tokens(self, joined: Joined) -> tuple[str, ...]:
        return tuple(token for token, what in self.candidates if what is joined)


def join_case(candidates: Sequence[CandidateRatings], *, reviewers: int) -> CaseJoined:
    """Join each candidate; the case is LEAD if any is a lead, DISPUTED while a third is needed, else NO_LEAD."""
    joined = tuple((c.token, join(c.ratings, reviewers=reviewers) if c.kept else Joined.SET_ASIDE) for c in candidates)
    found = {what for _, what in joined}
    if Joined.WAITING in found:
        state = None
    elif Joined.NEEDS_THIRD in found:
        state = "DISPUTED"
    elif Joined.LEAD in found:
        state = "LEAD"
    else:
        state = "NO_LEAD"
    return CaseJoined(joined, state)


def of_a_known_case(joined: CaseJoined) -> CaseJoined:
    """Return what a known case comes to: as any other, but that nothing in it is a lead."""
    ended = tuple((token, Joined.NOT_SUPPORTED if what is Joined.LEAD else what) for token, what in joined.candidates)
    return CaseJoined(ended, "NO_LEAD" if joined.state == "LEAD" else joined.state)


def may_join(*, subject: str, state: str, joined: CaseJoined) -> Permit:
    """Return the permit for the move that the joining comes to. Asking while somebody still has to conclude is a broken program."""
    if joined.state is None or state not in ("FIT", "DISPUTED"):
        raise ValueError(f"{subject} cannot be joined from {state}")
    return Permit(Act.JOIN, subject)
