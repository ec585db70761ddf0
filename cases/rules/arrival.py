"""What may be wrong with a result that arrives: every fault named with its field."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.rules.times import YEARS, of_these_centuries


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: where (JSON path), a code, and what to do."""

    field: str
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A candidate as it arrived."""

    subject_ref: str
    rank: int | None
    score: float | None
    not_provided_because: str


def faults_of_list(candidates: Sequence[Listed]) -> list[Fault]:
    """Return what is wrong with a candidate list: a rank or face twice, a score that is no number, a gap without a reason."""
    faults = []
    ranks = Counter(c.rank for c in candidates if c.rank is not None)
    refs = Counter(c.subject_ref for c in candidates)
    for place, candidate in enumerate(candidates):
        here = f"candidates[{place}]"
        if candidate.rank is not None and ranks[candidate.rank] > 1:
            faults.append(Fault(f"{here}.rank", "rank_twice", f"Rank {candidate.rank} is given twice; each candidate has its own rank."))
        if refs[candidate.subject_ref] > 1:
            faults.append(Fault(f"{here}.subject_ref", "face_twice", "The same subject is listed twice; send each candidate once."))
        if candidate.score is not None and not math.isfinite(candidate.score):
            faults.append(Fault(f"{here}.score", "score_no_number", "The score is not a finite number; leave it out and say why."))
        if (candidate.rank is None or candidate.score is None) and not candidate.not_provided_because.strip():
            faults.append(Fault(f"{here}.not_provided_because", "reason_missing", "Rank or score is missing: say why it is not provided."))
    return faults


def faults_of_times(times: Sequence[tuple[str, datetime | None]], *, now: datetime) -> list[Fault]:
    """Return a fault for each time that lies in the future, has no zone or is of no year that the house can hold."""
    faults = []
    for field, time in times:
        if time is None:
            continue
        if time.tzinfo is None:
            faults.append(Fault(field, "zone_missing", "Give the time with its zone, for example 2026-01-31T20:15:00Z."))
        elif time > now:
            faults.append(Fault(field, "in_the_future", "That time has not come yet."))
        elif not of_these_centuries(time):
            faults.append(Fault(field, "no_such_year", f"Give a year {YEARS}."))
    return faults


def faults_of_box(
    box: Sequence[int] | None, *, picture: tuple[int, int], faces: Sequence[tuple[int, int, int, int]], field: str
) -> list[Fault]:
    """Return what is wrong with a target box (x, y, width, height) in a picture (width, height) that shows ``faces``."""
    if box is None:
        if len(faces) > 1:
            where = "; ".join(",".join(map(str, face)) for face in faces)
            return [Fault(field, "several_faces", f"The picture shows {len(faces)} faces ({where}); box the one that is meant.")]
        return []
    x, y, width, height = box
    if width == 0 or height == 0:
        return [Fault(field, "box_empty", "The box has no width or no height.")]
    if x + width > picture[0] or y + height > picture[1]:
        return [Fault(field, "box_outside", f"The box lies outside the picture, which is {picture[0]} by {picture[1]} pixels.")]
    return []
