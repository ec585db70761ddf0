"""A legal adviser answers one item of a request: given, withheld, or under a protective order."""

import json
from datetime import datetime

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
from review.rules.discovery import AnswerFacts


@transaction.atomic
def answer_item(*, by: Person, at: datetime, number: int, answer: str, ground: str, given_in: int | None) -> Finding:
    """Answer an item; an earlier answer stays on file. ``given_in``: the number of what left the agency and holds it."""
    item = access.discovery_item(by, number, on=at.date())
    case = item.request.case
    finding = discovery.may_answer(
        AnswerFacts(
            subject=case.ref,
            answer=answer,
            ground=ground,
            given_out=None if given_in is None else facts.left_about(case).filter(pk=given_in).exists(),
            other_part=facts.other_part(by, case.investigation_id, than="legal_adviser"),
        )
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=case.ref)
    said = {"answer": answer, "ground": ground, "given_in": given_in}
    told = details(by=by, said={"said": keyed("discovery", json.dumps(said, sort_keys=True))})
    ask_database("select answer_item(%s, %s, %s, %s)", item.pk, by.pk, Jsonb(said), Jsonb(told))
    return finding
