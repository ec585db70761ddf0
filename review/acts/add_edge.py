"""A person adds what an item depends on; edges are never removed, and one more never makes an item cleaner."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_rows
from people.models import Person
from review import access, facts
from review.models import Edge, Evidence
from review.rules import filing
from review.rules.graph import OUTSIDE_THE_ITEMS, EdgeKind


@transaction.atomic
def add_edge(*, by: Person, at: datetime, item_ref: str, kind: EdgeKind, parent: str) -> Finding:
    """Add an edge from an item to ``parent``: another item of the investigation, ``face_result`` or ``probe``."""
    item = access.item_for_act(by, item_ref, Act.ADD_EDGE, on=at.date())
    whole = facts.linked(item.case)
    found = None if parent in OUTSIDE_THE_ITEMS else Evidence.objects.filter(case__investigation__in=whole, ref=parent).first()
    if found is not None:  # as the database does when it writes one: of two that would close a circle the second is judged after the first
        ask_rows("select pg_advisory_xact_lock(hashtextextended('edges', %s))", min(whole))
    finding = filing.may_add_edge(
        subject=item.ref,
        parent_known=parent in OUTSIDE_THE_ITEMS or found is not None,
        circle=found is not None and _leads_back(found, item, whole),
        other_part=facts.other_part(by, item.case.investigation_id, than="detective"),
    )
    if not isinstance(finding, Permit):
        return moves.store(item.case, finding, by=by, at=at)
    Edge.objects.create(item=item, kind=kind, parent=found, root="" if found else parent, written_by=by)
    record(act=Act.ADD_EDGE, subject=item.ref, by=by, said={"edge": kind.value, "parent": parent})
    return finding


def _leads_back(start: Evidence, to: Evidence, whole: list[int]) -> bool:
    parents: dict[int, list[int]] = {}
    edges = Edge.objects.filter(item__case__investigation__in=whole, parent__isnull=False).values_list("item_id", "parent_id")
    for child, parent in edges:
        parents.setdefault(child, []).append(parent)
    todo, seen = [start.pk], set()
    while todo:
        here = todo.pop()
        if here == to.pk:
            return True
        if here not in seen:
            seen.add(here)
            todo.extend(parents.get(here, []))
    return False
