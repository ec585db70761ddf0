"""Two corroboration officers fix an item again, with a reason; the earlier fixing stays on file and the papers say that it changed."""

from datetime import datetime

from django.db import transaction

from cases.rules.act import Act
from cases.rules.finding import Finding
from people.models import Person
from review.acts.fix_evidence import ReadInDocument, fix


@transaction.atomic
def fix_again(*, by: Person, second: Person | None, at: datetime, item_ref: str, read: ReadInDocument, because: str) -> Finding:
    """Fix the item again. ``second`` is another corroboration officer who has read the document too."""
    return fix(by=by, at=at, act=Act.FIX_AGAIN, item_ref=item_ref, read=read, second=second, because=because)
