"""What a detective says when he asks for a search, or files what another agency sent."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GroundSaid:
    """What the law in force asks besides, in the words of ``cases/law/words.py``. None: nobody said it."""

    purpose: str = ""
    channel: str = "desktop"
    suspicion: str = ""
    grounds: tuple[str, ...] = ()
    in_writing: str = ""
    bases: tuple[str, ...] = ()
    uses: tuple[str, ...] | None = None
    protected_activity: bool | None = None
    records_protected_activity: bool | None = None
    authority: str = ""
    authority_document: str = ""
    authority_granted_at: datetime | None = None
    authority_ends_at: datetime | None = None
    authority_refused: bool | None = None
    exigent: bool | None = None
    exigent_since: datetime | None = None
    exigent_reasons: str = ""
    conditions: tuple[str, ...] = ()
    minor: bool | None = None
    sealed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchWanted:
    """A request for a search. The box is x, y, width, height in pixels of the original picture."""

    agency_case: str
    offence_code: str
    purpose: str
    gallery: str
    source: str
    place: str
    first_description: str
    target_because: str
    tried_before: str
    track: str = "suspect"
    probe_kind: str = "cctv_still"
    captured_at: datetime | None = None
    clock_error_seconds: int | None = None
    frame: str = ""
    actors: int = 1
    target_box: tuple[int, int, int, int] | None = None
    persons_named: tuple[str, ...] = ()
    repeats_because: str = ""
    earlier_search: str = ""
    armed: str = ""
    demo: bool = False
    ground: GroundSaid = field(default_factory=GroundSaid)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideFiled:
    """A result that came on paper or by mail, as the sender wrote it."""

    agency_case: str
    track: str
    sender: str
    sender_ori: str
    their_number: str
    they_sent_at: datetime
    not_reported: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFace:
    """One candidate that another agency listed: their reference; rank and score only if they gave them."""

    subject_ref: str
    rank: int | None = None
    score: float | None = None
    not_provided_because: str = ""


def named_records(persons_named: Iterable[str]) -> tuple[str, ...]:
    """Return the gallery records that a list of named persons gives: ``Name [record]``, one person a line."""
    found = (re.search(r"\[([^\[\]]+)\]\s*$", line) for line in persons_named)
    return tuple(each.group(1).strip() for each in found if each)
