"""The corroboration officer's sheet: a paper and what it depends on. No face, candidate or conclusion is in the object."""

from dataclasses import dataclass
from datetime import datetime

from review import facts
from review.models import Edge, Evidence
from review.rules.graph import weigh
from review.sheets.case_file import EdgeRow, edge_row, evidence_row
from review.sheets.words import KIND_WORDS, Chip


@dataclass(frozen=True, slots=True)
class OfficerSheet:
    """One item as its officer sees it, with the standing that is computed from what is on file now."""

    number: str
    agency_case: str
    document: str
    description: str
    entered_as: str
    entered_by: str
    entered_at: datetime
    exculpatory: bool
    settled: bool
    standing: Chip
    why: str
    edges: tuple[EdgeRow, ...]


def of(item: Evidence) -> OfficerSheet:
    """Return the sheet of one item."""
    row = evidence_row(item, weigh(facts.items(item.case, mine=frozenset({item.pk})))[item.ref])
    edges = Edge.objects.filter(item=item).select_related("item", "parent").order_by("id")
    return OfficerSheet(
        number=row.number,
        agency_case=item.case.investigation.agency_case,
        document=item.source_document,
        description=item.description,
        entered_as=KIND_WORDS[item.kind_id],
        entered_by=item.entered_by.unit.name if item.entered_by else "the system",
        entered_at=item.entered_at,
        exculpatory=row.exculpatory,
        settled=hasattr(item, "closing") if row.exculpatory else item.fixings.exists(),
        standing=row.standing,
        why=row.why,
        edges=tuple(edge_row(edge) for edge in edges),
    )
