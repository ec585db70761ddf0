"""A reviewer takes the next examination: drawn by lot among the cases he may review, never picked."""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from psycopg.types.json import Jsonb

from cases.audit import details
from cases.law.in_force import policy_in_force
from cases.models import Case
from cases.rules.act import Act
from cases.states import State
from ledger.asking import ask_database
from people.models import Person
from review import access

LOOK_AT = 200


@transaction.atomic
def take_next(*, by: Person, at: datetime) -> str | None:
    """Draw this reviewer for a waiting case and return its reference, or None while there is none he may review.

    The database decides once more whether he may (role, training, unit, other parts); a case that it refuses is passed over.
    """
    access.must_hold(by, Act.TAKE_NEXT, on=at.date())
    policy = policy_in_force()
    waiting = list(_waiting(by, needed=max(2, policy.number("reviewers", 2)) if policy else 2)[:LOOK_AT])
    while waiting:
        case = waiting.pop(secrets.randbelow(len(waiting)))
        told = details(by=by)
        ask_database("select lock_investigation(%s, false)", case.investigation_id)
        turn = ask_database("select draw(%s, %s, %s, %s)", case.pk, by.pk, secrets.randbits(62), Jsonb(told))
        if turn is not None:
            return case.ref
    return None


def _waiting(by: Person, *, needed: int) -> QuerySet[Case]:
    agencies = Q(agency=by.agency) | Q(agency__borrows__lender=by.agency_id, agency__borrows__roles__contains=["reviewer"])
    return (
        Case.objects.filter(agencies, state__in=[State.FIT, State.DISPUTED], candidate_list__number__gt=0)
        .exclude(drawn__reviewer=by)
        .annotate(so_far=Count("drawn", distinct=True))
        .filter(Q(state=State.FIT, so_far__lt=needed) | Q(state=State.DISPUTED, so_far=2))
        .order_by("received_at", "id")
        .distinct()
    )
