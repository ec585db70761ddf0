"""A reviewer takes the next examination: drawn by lot among the cases he may review, never picked."""

import secrets
from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.models import Case
from cases.rules.act import Act
from cases.rules.finding import Refusal
from ledger.asking import ask_database, ask_rows
from people.models import Person
from review import access, faces, facts
from review.rules import examination, turns

LOOK_AT = 200
WAITING = "select waiting_for(%s, %s)"
OR_AGAIN = f"{WAITING} union all select reexaminations_for(%s)"  # what another agency asks to be examined again is drawn among the rest


@transaction.atomic
def take_next(*, by: Person, at: datetime) -> str | None:
    """Draw this reviewer for a waiting case and return its reference, or None while there is none he may review, or no policy in force.

    The database decides once more whether he may (role, training, unit, other parts); a case that it refuses is passed over. One that
    cannot open, because too few known non-mates are registered, is refused with its reason, and so is one more than his day allows.
    """
    access.must_hold(by, Act.TAKE_NEXT, on=at.date())
    today, most = facts.turns_today(by)
    finding = turns.may_take("examinations", today=today, most=most)
    if isinstance(finding, Refusal):
        moves.refuse(finding, by=by, case_ref=None)
        return None
    waiting = [number for (number,) in ask_rows(OR_AGAIN, by.pk, LOOK_AT, by.pk)]
    while waiting:
        case = Case.objects.get(pk=waiting.pop(secrets.randbelow(len(waiting))))
        if not faces.pool_suffices(case):
            moves.refuse(examination.refuse_without_non_mates(case.ref), by=by, case_ref=case.ref)
            continue
        told = details(by=by)
        with transaction.atomic():
            ask_database("select lock_investigation(%s, false)", case.investigation_id)
            code = secrets.token_hex(5).upper()
            turn = ask_database("select draw(%s, %s, %s, %s, %s)", case.pk, by.pk, secrets.randbits(62), code, Jsonb(told))
            if turn is not None:
                return case.ref
            transaction.set_rollback(True)  # what was not drawn is not held while the next is asked for
    return None
