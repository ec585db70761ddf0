"""Once a day: which cases close by time, and whose pictures are destroyed. It only looks; each case is judged again by its own job."""

from datetime import datetime

from django.db import transaction

from cases.acts import destroy, expire
from cases.jobs import enqueue
from cases.models import Case, Job
from cases.rules.act import Act
from cases.states import State, sources_of

BATCH = 500


@transaction.atomic
def retain(*, day: str, after: int, at: datetime) -> int:
    """Enqueue what is due among the next cases that ended or were closed, and the rest as a job of its own; return how many are due."""
    ended = sources_of(Act.EXPIRE)
    cases = list(Case.objects.filter(state__in=[*ended, State.CLOSED], pk__gt=after).order_by("pk")[:BATCH])
    due = []
    for case in cases:
        if case.state in ended and expire.facts_of(case, at=at).time_has_run:
            due.append(Job(kind="expire", key=f"expire:{case.ref}:{day}", case=case))
        elif case.state == State.CLOSED:
            facts, _ = destroy.facts_of(case, at=at)
            if facts.time_has_run and not facts.on_hold and not facts.further:
                due.append(Job(kind="destroy", key=f"destroy:{case.ref}:{day}", case=case))
    Job.objects.bulk_create(due, ignore_conflicts=True)  # the sweeper finds them: there may be many
    if len(cases) == BATCH:
        enqueue(kind="retain", key=f"retain:{day}:{cases[-1].pk}", details={"day": day, "after": cases[-1].pk})
    return len(due)
