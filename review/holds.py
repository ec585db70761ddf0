"""What an item rests on, as a legal adviser is shown it, with a mark of it: a decision is of what was shown."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Prefetch, Q

from cases.models import Case
from review import facts
from review.models import Evidence, Fixing, HoldDecision
from review.rules.graph import Item, Weighed, line_of, weigh
from review.rules.kinds import Trait


@dataclass(frozen=True, slots=True)
class Line:
    """An item and what it rests on, nearest first, as it is on file and weighed; what may be a face result; a mark of it all.

    ``roots``: items of the linked set that were entered as face results or fixed as such. ``mark``: SHA-256 in hex over whatever asks for a decision again,
    or is shown to whoever decides, but for lists of our own: one that brings no look asks for nothing, and one that does shows in ``exposed``.
    """

    items: tuple[Evidence, ...]
    weighed: Mapping[str, Weighed]
    cases: tuple[Case, ...]
    roots: tuple[Evidence, ...]
    mark: str

    @property
    def all_cases(self) -> frozenset[int]:
        """The numbers of all cases of which something is said: those of the items, and those that may hold a face result."""
        return frozenset([case.pk for case in self.cases] + [item.case_id for item in (*self.items, *self.roots)])


def line(item: Evidence) -> Line:
    """Return the line of an item, over the whole linked set."""
    read, linked = facts.items(item.case, mine=frozenset()), facts.linked(item.case)
    refs = line_of(read, item.ref)
    rows = Evidence.objects.filter(ref__in=refs).select_related("statement", "closing", "warrant")
    decisions = Prefetch("hold_decisions", HoldDecision.objects.select_related("by__unit").order_by("-id"))
    by_ref = {row.ref: row for row in rows.prefetch_related("fixings", "edges", decisions)}
    searched = Q(candidate_list__isnull=False) | Q(outside_result__isnull=False)
    cases = Case.objects.filter(searched, investigation__in=linked).select_related("candidate_list", "outside_result").order_by("id")
    a_root = Q(kind__traits__contains=[Trait.ROOT]) | Exists(
        Fixing.objects.filter(item=OuterRef("pk"), kind__traits__contains=[Trait.ROOT])
    )
    roots = Evidence.objects.filter(a_root, case__investigation__in=linked).order_by("id")
    found = Line(tuple(by_ref[ref] for ref in refs), weigh(read), tuple(cases), tuple(roots), "")
    as_read = {each.ref: each for each in read}
    said = (
        linked,
        [_of_an_item(row, as_read[row.ref], found.weighed[row.ref]) for row in found.items],
        [case.outside_result.pk for case in found.cases if hasattr(case, "outside_result")],
        [row.ref for row in found.roots],
    )
    return replace(found, mark=hashlib.sha256(json.dumps(said).encode()).hexdigest())


def _of_an_item(row: Evidence, read: Item, weighed: Weighed) -> list[object]:
    once = [getattr(getattr(row, name, None), "pk", None) for name in ("statement", "closing", "warrant")]
    many = [sorted(each.pk for each in rows.all()) for rows in (row.fixings, row.edges, row.hold_decisions)]
    return [row.ref, *once, *many, read.fixed_before, read.exposed, sorted(weighed.taints)]
