"""The legal adviser's sheet of an item: what it rests on, the face results of its investigation, and what was decided so far."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from cases.models import Case
from review.holds import Line
from review.models import Edge, Evidence, HoldDecision
from review.sheets.case_file import EDGE_WORDS, evidence_row
from review.sheets.words import Chip


@dataclass(frozen=True, slots=True)
class OnTheLine:
    """An item of the line: what it is, how it stands (``why``: where it does not stand apart), and, in sentences, what it rests on itself."""

    number: str
    description: str
    kind: str
    document: str
    standing: Chip
    why: str
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
    """A face result of the investigation: of which case, how it came, and when."""

    case: str
    how: str
    at: datetime


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
    """Return the sheet of a line. ``readable``: the cases that its reader may open; of an item of another, kind and standing alone are said."""
    names = {item.pk: _name(item, line.items[0], readable) for item in line.items}
    return HoldSheet(
        number=names[line.items[0].pk],
        agency_case=agency_case,
        line=tuple(_on_the_line(item, line, names, readable=item.case_id in readable) for item in line.items),
        face_results=tuple(found for case in line.cases for found in _face_results(case, readable=case.pk in readable)),
        decided=tuple(_decided(each) for each in sorted(line.items[0].hold_decisions.all(), key=lambda each: -each.pk)),
        mark=line.mark,
    )


def _name(item: Evidence, first: Evidence, readable: Collection[int]) -> str:
    if item.case_id not in readable:
        return "item of another agency"
    return item.ref.rsplit("-", 1)[1] if item.case_id == first.case_id else item.ref


def _on_the_line(item: Evidence, line: Line, names: dict[int, str], *, readable: bool) -> OnTheLine:
    row = evidence_row(item, line.weighed[item.ref])
    return OnTheLine(
        number=names[item.pk],
        description=row.description if readable else "",
        kind=row.kind,
        document=row.document if readable else "in the file of its agency",
        standing=row.standing,
        why=row.why if line.weighed[item.ref].taints else "",
        rests_on=tuple(_edge(edge, names) for edge in sorted(item.edges.all(), key=lambda edge: edge.pk)),
    )


def _edge(edge: Edge, names: dict[int, str]) -> str:
    return f"{EDGE_WORDS[edge.kind]} {names[edge.parent_id] if edge.parent_id else edge.get_root_display()}"


def _face_results(case: Case, *, readable: bool) -> list[FaceResult]:
    name = case.ref if readable else "a case of another agency"
    theirs, listed = getattr(case, "outside_result", None), getattr(case, "candidate_list", None)
    found = [FaceResult(name, "sent by another agency", theirs.they_sent_at)] if theirs else []
    if listed:
        found.append(FaceResult(name, "a search" if listed.search_id else "sent by a source system", listed.received_at))
    return found


def _decided(each: HoldDecision) -> Decided:
    return Decided(each.at, each.court or each.by.unit.name, each.may_be_used, each.grounds)
