"""An auditor has the seeds revealed that are decided, all at once: only now are they trials, and known to anybody."""

from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database
from people.models import Person
from review import access
from review.rules import seeds


@transaction.atomic
def reveal_seeds(*, by: Person, at: datetime) -> Finding:
    """Reveal every decided seed of this auditor's agency, or none where they are too few. The database alone knows which they are."""
    access.must_hold(by, Act.REVEAL_SEEDS, on=at.date())
    revealed = ask_database("select reveal_seeds(%s, %s)", by.pk, Jsonb(details(by=by)))
    finding = seeds.may_reveal(f"agency:{by.agency.ori}", revealed=revealed)
    return finding if isinstance(finding, Permit) else moves.refuse(finding, by=by, case_ref=None)
