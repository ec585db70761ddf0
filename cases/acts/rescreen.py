"""After a policy has changed, have each pending case screened again. What is no longer eligible is shut; each says so in its own entry."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from cases.jobs import enqueue
from cases.models import Case, Job, Policy, Screening
from cases.rules.eligibility import PENDING
from cases.states import State

BATCH = 500


@transaction.atomic
def rescreen(*, policy: int, after: int) -> int:
    """Enqueue the screening of the next pending cases under this policy, and the rest as a job of its own; return how many.

    If a newer policy was adopted meanwhile, that one's own job does it all.
    """
    if Policy.objects.filter(pk__gt=policy).exists():
        return 0
    done = Screening.objects.filter(case=OuterRef("pk"), policy=policy)
    rows = Case.objects.filter(Q(state__in=PENDING) | Q(state=State.RECEIVED), ~Exists(done), offence_report__isnull=False, pk__gt=after)
    cases = list(rows.order_by("pk")[:BATCH])
    jobs = [Job(kind="screen", key=f"screen:{case.ref}:{policy}", case=case) for case in _whose_turn_was(cases)]
    Job.objects.bulk_create(jobs, ignore_conflicts=True)  # the sweeper finds them: there may be many
    if len(cases) == BATCH:
        enqueue(kind="rescreen", key=f"rescreen:{policy}:{cases[-1].pk}", details={"policy": policy, "after": cases[-1].pk})
    return len(cases)


def _whose_turn_was(cases: list[Case]) -> list[Case]:
    """Leave out those received whose own first screening is still to come."""
    done = set(Job.objects.filter(key__in=[f"screen:{case.ref}" for case in cases], done_at__isnull=False).values_list("case", flat=True))
    return [case for case in cases if case.state != State.RECEIVED or case.pk in done]
