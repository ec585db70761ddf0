"""What an item rests on, as a legal adviser is shown it, with a mark of it: a decision is of what was shown."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Prefetch

from cases.models import Case
from review import facts
from review.models import Evidence, HoldDecision
from review.rules.graph import Item, Weighed, line_of, weigh


@dataclass(frozen=True, slots=True)
class Line:
    """An item and what it rests on, nearest first, as it is on file and weighed; the cases that may hold a face result; a mark of it all.

    ``mark``: SHA-256 in hex over whatever asks for a decision again. Two lines with one mark say the same.
    """

    items: tuple[Evidence, ...]
    weighed: Mapping[str, Weighed]
    cases: tuple[Case, ...]
    mark: str


def line(item: Evidence) -> Line:
    """Return the line of an item, over the whole linked set."""
    read = facts.items(item.case, mine=frozenset())
    refs = line_of(read, item.ref)
    rows = Evidence.objects.filter(ref__in=refs).select_related("statement", "closing", "warrant")
    decisions = Prefetch("hold_decisions", HoldDecision.objects.select_related("by__unit"))
    by_ref = {row.ref: row for row in rows.prefetch_related("fixings", "edges", decisions)}
    whole = Case.objects.filter(investigation__in=facts.linked(item.case)).select_related("candidate_list", "outside_result").order_by("id")
    weighed, items, cases = weigh(read), tuple(by_ref[ref] for ref in refs), tuple(whole)
    as_read = {each.ref: each for each in read}
    said = [_of_an_item(row, as_read[row.ref], weighed[row.ref]) for row in items], [_of_a_case(case) for case in cases]
    return Line(items, weighed, cases, hashlib.sha256(json.dumps(said).encode()).hexdigest())


def _of_an_item(row: Evidence, read: Item, weighed: Weighed) -> list[object]:
    said = getattr(row, "statement", None)
    numbers = [sorted(each.pk for each in many.all()) for many in (row.fixings, row.edges, row.hold_decisions)]
    return [row.ref, *numbers, said and said.pk, read.fixed_before, read.exposed, sorted(weighed.taints)]


def _of_a_case(case: Case) -> list[object]:
    theirs, ours = getattr(case, "outside_result", None), getattr(case, "candidate_list", None)
    return [case.ref, theirs and theirs.pk, ours and ours.pk]
