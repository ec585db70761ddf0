"""A corroboration officer fixes an item's kind, link and weight from the source document, without seeing a face."""

from dataclasses import dataclass
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
from review.rules.kinds import BY_PERSONS
from review.rules.weight import discriminates


@dataclass(frozen=True, slots=True)
class ReadInDocument:
    """What the officer read. ``one_in``: one innocent person in how many would yield it by chance; ``tested_on``: how many
    candidates were tested in the same way. ``outside_system`` and ``outside_at``: the time that an outside record system gave it.
    ``earlier_agrees``: our own earlier entry says the same."""

    kind: str
    links_to: str
    one_in: int
    source_document_seen: bool
    tested_on: int = 1
    outside_system: str = ""
    outside_at: datetime | None = None
    earlier_agrees: bool = False


@transaction.atomic
def fix_evidence(*, by: Person, at: datetime, item_ref: str, read: ReadInDocument) -> Finding:
    """Fix the item for the first time."""
    return fix(by=by, at=at, act=Act.FIX_EVIDENCE, item_ref=item_ref, read=read)


def fix(
    *, by: Person, at: datetime, act: Act, item_ref: str, read: ReadInDocument, second: Person | None = None, because: str = ""
) -> Finding:
    """Fix an item, or fix it again with a second person; what a later fixing changes is disclosed."""
    item = access.item_for_act(by, item_ref, act, on=at.date())
    again = act is Act.FIX_AGAIN
    finding = filing.may_fix(
        filing.FixingFacts(
            subject=item.ref,
            act=act,
            kind=read.kind,
            links_to=read.links_to,
            document_seen=read.source_document_seen and bool(item.source_document.strip()),
            times_fixed=item.fixings.count(),
            other_part=facts.other_part(by, item.case.investigation_id, than="corroboration_officer"),
            one_in=read.one_in,
            tested_on=read.tested_on,
            outside=(read.outside_system, read.outside_at),
            now=at,
            earlier_agrees=read.earlier_agrees,
            has_earlier=item.earlier_id is not None,
            has_second=facts.is_a_second(second, beside=by, investigation_id=item.case.investigation_id, on=at.date()),
            because=because,
            by_another_agency=item.kind_id not in BY_PERSONS,
        )
    )
    if not isinstance(finding, Permit):
        return moves.store(item.case, finding, by=by, at=at)
    Fixing.objects.create(
        item=item,
        number=item.fixings.count() + 1,
        by=by,
        second=second,
        because=because,
        kind_id=read.kind,
        links_to=read.links_to,
        discriminates=discriminates(one_in=read.one_in, tested_on=read.tested_on),
        one_in=read.one_in,
        tested_on=read.tested_on,
        source_document_seen=read.source_document_seen,
        outside_system=read.outside_system,
        outside_at=read.outside_at,
        earlier_agrees=read.earlier_agrees,
    )
    said = {
        "kind_of_item": read.kind,
        "links_to": read.links_to,
        "one_in": read.one_in,
        **({"again": item.fixings.count()} if again else {}),
    }
    record(act=act, subject=item.ref, by=by, said=said)
    return finding
