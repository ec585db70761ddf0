"""The legal adviser's sheet of an item: what it rests on, the face results of its investigation, and what was decided so far."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from cases.models import Case
from review.facts import newest_fixing
from review.holds import Line
from review.models import Edge, Evidence, HoldDecision
from review.sheets.case_file import EDGE_WORDS, standing_of, why_of
from review.sheets.words import KIND_WORDS, Chip


@dataclass(frozen=True, slots=True)
class OnTheLine:
    """An item of the line: what it is, how it stands, what was decided or filed of it, and, in sentences, what it rests on itself.

    ``why``: where it does not stand apart.
    """

    number: str
    description: str
    kind: str
    document: str
    standing: Chip
    why: str
    said: tuple[str, ...]
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that is on file. ``who``: the court, or the unit of the adviser."""

    at: datetime
    who: str
    may_be_used: bool
    grounds: str


@dataclass(frozen=True, slots=True)
class FaceResult:
    """A face result of the investigation: of which case, how it came, and when; of another agency's case the time is not said."""

    case: str
    how: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class HoldSheet:
    """One item for whoever decides. ``mark`` goes with the answer: it says what was shown."""

    number: str
    agency_case: str
    line: tuple[OnTheLine, ...]
    face_results: tuple[FaceResult, ...]
    decided: tuple[Decided, ...]
    mark: str


def of(line: Line, *, agency_case: str, readable: Collection[int]) -> HoldSheet:
    """Return the sheet of a line. ``readable``: the cases that its reader may open; of an item of another, kind, standing and edges are said."""
    names = {item.pk: _name(item, line.items[0], readable) for item in line.items}
    results = [found for case in line.cases for found in _face_results(case, readable=case.pk in readable)]
    return HoldSheet(
        number=names[line.items[0].pk],
        agency_case=agency_case,
        line=tuple(_on_the_line(item, line, names, readable=item.case_id in readable) for item in line.items),
        face_results=(*results, *(_root(item, readable=item.case_id in readable) for item in line.roots)),
        decided=tuple(_decided(each) for each in line.items[0].hold_decisions.all()),
        mark=line.mark,
    )


ELSEWHERE = "a case of another agency"


def _name(item: Evidence, first: Evidence, readable: Collection[int]) -> str:
    if item.case_id not in readable:
        return "item of another agency"
    return item.ref.rsplit("-", 1)[1] if (item.case_id, item.lead_id) == (first.case_id, first.lead_id) else item.ref


def _on_the_line(item: Evidence, line: Line, names: dict[int, str], *, readable: bool) -> OnTheLine:
    weighed, fixing = line.weighed[item.ref], newest_fixing(item)
    return OnTheLine(
        number=names[item.pk],
        description=item.description if readable else "",
        kind=KIND_WORDS[fixing.kind_id if fixing else item.kind_id],
        document=item.source_document if readable else "in the file of its agency",
        standing=standing_of(weighed),
        why=why_of(weighed),
        said=tuple(_said(item, readable=readable)),
        rests_on=tuple(_edge(edge, names) for edge in sorted(item.edges.all(), key=lambda edge: edge.pk)),
    )


def _said(item: Evidence, *, readable: bool) -> Iterator[str]:
    """Say the newest ruling and the newest view on an item, how its warrant came about, and whether it speaks for the person."""
    if not readable:
        return
    newest = {bool(each.court): each for each in reversed(item.hold_decisions.all())}
    for ruling, each in sorted(newest.items(), reverse=True):
        who = each.court if ruling else "A legal adviser"
        yield f"{who}: it may {'' if each.may_be_used else 'not '}be used."
    warrant = getattr(item, "warrant", None)
    if warrant:
        yield f"Whether the papers of this warrant used the search: {warrant.search_used}."
    if item.direction == "exculpatory":
        yield f"It speaks for the person, and is {'closed' if hasattr(item, 'closing') else 'open'}."


def _edge(edge: Edge, names: dict[int, str]) -> str:
    parent = names.get(edge.parent_id, "an item that was entered just now") if edge.parent_id else edge.get_root_display()
    return f"{EDGE_WORDS[edge.kind]} {parent}"


def _face_results(case: Case, *, readable: bool) -> list[FaceResult]:
    theirs, listed = getattr(case, "outside_result", None), getattr(case, "candidate_list", None)
    name = case.ref if readable else ELSEWHERE
    if theirs:  # its list, if it came with one, is of the same result
        return [FaceResult(name, "sent by another agency", theirs.they_sent_at if readable else None)]
    if not listed:
        return []
    return [FaceResult(name, "a search" if listed.search_id else "sent by a source system", listed.received_at if readable else None)]


def _root(item: Evidence, *, readable: bool) -> FaceResult:
    """What was entered as a face result, or fixed as one, with the time that decides: the earlier of what its paper says and its entry."""
    if not readable:
        return FaceResult(ELSEWHERE, f"entered as evidence, {KIND_WORDS[item.kind_id]}", None)
    earlier = item.claimed_at is not None and item.claimed_at < item.entered_at
    said = ", as its paper says" if earlier else ""
    return FaceResult(item.ref, f"entered as evidence, {KIND_WORDS[item.kind_id]}{said}", item.claimed_at if earlier else item.entered_at)


def _decided(each: HoldDecision) -> Decided:
    return Decided(each.at, each.court or each.by.unit.name, each.may_be_used, each.grounds)
