"""A corroboration officer fixes an item's kind, link and weight from the source document, without seeing a face."""

from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access, facts
from review.models import Fixing
from review.rules import filing

DISCRIMINATES_FROM = 100  # one innocent person in a hundred or rarer. docs/independence.md, T5; a policy may set more


@transaction.atomic
def fix_evidence(*, by: Person, at: datetime, item_ref: str, kind: str, links_to: str, one_in: int, source_document_seen: bool) -> Finding:
    """Fix the item. ``one_in``: one innocent person in how many would yield it by chance."""
    item = access.item_for_act(by, item_ref, Act.FIX_EVIDENCE, on=at.date())
    finding = filing.may_fix(
        subject=item.ref,
        kind=kind,
        links_to=links_to,
        document_seen=source_document_seen and bool(item.source_document.strip()),
        already=hasattr(item, "fixing"),
        other_part=facts.other_part(by, item.lead.case.investigation_id, than="corroboration_officer"),
        one_in=one_in,
    )
    if not isinstance(finding, Permit):
        return moves.store(item.lead.case, finding, by=by, at=at)
    Fixing.objects.create(
        item=item,
        by=by,
        kind_id=kind,
        links_to=links_to,
        discriminates=one_in >= DISCRIMINATES_FROM,
        one_in=one_in,
        source_document_seen=source_document_seen,
    )
    record(act=Act.FIX_EVIDENCE, subject=item.ref, by=by, said={"kind": kind, "links_to": links_to, "one_in": one_in})
    return finding
