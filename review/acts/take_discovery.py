"""A legal adviser takes what a court asks for: court, cause number, due date, items."""

import json
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database
from ledger.keyed import keyed
from people.models import Person
from review import access, facts
from review.rules import discovery


@dataclass(frozen=True, slots=True)
class Asked:
    """What a court, or counsel with its leave, asks for."""

    court: str
    cause_number: str
    asked_by: str
    due_on: date
    items: tuple[str, ...]


@transaction.atomic
def take_discovery(*, by: Person, at: datetime, case_ref: str, asked: Asked) -> tuple[Finding, int | None]:
    """Put a request on file and return its number in the house. The entry holds no word of it, only a keyed hash of all."""
    case = access.case_of_adviser(by, case_ref, on=at.date())
    finding = discovery.may_take(
        subject=case.ref,
        items=asked.items,
        said={"court": asked.court, "cause_number": asked.cause_number, "asked_by": asked.asked_by},
        other_part=facts.other_part(by, case.investigation_id, than="legal_adviser"),
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=case.ref), None
    said = asdict(asked) | {"due_on": asked.due_on.isoformat()}
    told = details(by=by, said={"said": keyed("discovery", json.dumps(said, sort_keys=True))})
    return finding, int(ask_database("select take_discovery(%s, %s, %s, %s)", case.ref, by.pk, Jsonb(said), Jsonb(told)))
