"""A reviewer takes the next examination: drawn by lot among the cases he may review, never picked."""

import secrets
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.law.in_force import policy_in_force
from cases.models import CandidateList, Case
from cases.rules.act import Act
from cases.states import State
from ledger.asking import ask_database
from people.models import Agreement, Person
from review import access, faces
from review.models import Drawn
from review.rules import examination

LOOK_AT = 200


@transaction.atomic
def take_next(*, by: Person, at: datetime) -> str | None:
    """Draw this reviewer for a waiting case and return its reference, or None while there is none he may review, or no policy in force.

    The database decides once more whether he may (role, training, unit, other parts); a case that it refuses is passed over. One that
    cannot open, because too few known non-mates are registered, is refused with its reason.
    """
    access.must_hold(by, Act.TAKE_NEXT, on=at.date())
    policy = policy_in_force()
    if policy is None:
        return None
    waiting = list(_waiting(by, needed=max(2, policy.number("reviewers", 2)), on=at.date())[:LOOK_AT])
    while waiting:
        case = waiting.pop(secrets.randbelow(len(waiting)))
        if not faces.pool_suffices(case):
            moves.refuse(examination.refuse_without_non_mates(case.ref), by=by, case_ref=case.ref)
            continue
        told = details(by=by)
        ask_database("select lock_investigation(%s, false)", case.investigation_id)
        code = secrets.token_hex(5).upper()
        turn = ask_database("select draw(%s, %s, %s, %s, %s)", case.pk, by.pk, secrets.randbits(62), code, Jsonb(told))
        if turn is not None:
            return case.ref
    return None


def _waiting(by: Person, *, needed: int, on: date) -> QuerySet[Case]:
    """Return what may wait for this reviewer, oldest first. What his own unit asked for would only be refused, and hide the rest."""
    lent = Agreement.objects.filter(lender=by.agency_id, roles__contains=["reviewer"], from_on__lte=on, until_on__gte=on)
    drawn = (
        Drawn.objects.filter(case=OuterRef("pk"), set_aside__isnull=True, recusal__isnull=True)
        .order_by()
        .values("case")
        .annotate(number=Count("pk"))
        .values("number")
    )
    return (
        Case.objects.filter(Q(agency=by.agency_id) | Q(agency__in=lent.values("borrower")), state__in=[State.FIT, State.DISPUTED])
        .exclude(requested_by__unit=by.unit_id)
        .annotate(so_far=Coalesce(Subquery(drawn), 0))
        .filter(
            Q(state=State.FIT, so_far__lt=needed) | Q(state=State.DISPUTED, so_far__lt=3),
            Exists(CandidateList.objects.filter(case=OuterRef("pk"), number__gt=0)),
            ~Exists(Drawn.objects.filter(case__investigation=OuterRef("investigation"), reviewer=by)),
        )
        .order_by("received_at", "id")
    )
