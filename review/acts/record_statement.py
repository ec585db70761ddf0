"""A detective writes down how a statement or judgement was taken; who was exposed is computed from it and from the recorded looks."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from people.models import Person
from review import access, facts
from review.models import Statement
from review.rules import filing
from review.rules.filing import StatementSaid


@transaction.atomic
def record_statement(
    *,
    by: Person,
    at: datetime,
    item_ref: str,
    said: StatementSaid,
    taken_by: Person | None = None,
    taken_by_name: str = "",
    author: Person | None = None,
    present: tuple[Person, ...] = (),
) -> Finding:
    """Write it down once. ``taken_by`` is a person of the house, ``taken_by_name`` somebody from elsewhere; ``author`` judged himself."""
    item = access.item_for_act(by, item_ref, Act.RECORD_STATEMENT, on=at.date())
    finding = filing.may_record_statement(
        subject=item.ref,
        said=said,
        taker_known=(taken_by or author) is not None or bool(taken_by_name.strip()),
        already=hasattr(item, "statement"),
        other_part=facts.other_part(by, item.case.investigation_id, than="detective"),
        now=at,
    )
    if not isinstance(finding, Permit):
        return moves.store(item.case, finding, by=by, at=at)
    Statement.objects.create(
        item=item,
        by=by,
        taken_by=taken_by or author,
        taken_by_name=taken_by_name,
        author=author,
        present=[each.pk for each in present],
        **asdict(said),
    )
    record(act=Act.RECORD_STATEMENT, subject=item.ref, by=by, said={"shown": said.shown, "named_first_by": said.named_first_by})
    return finding
