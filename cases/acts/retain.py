"""Once a day: which cases close by time, and whose pictures are destroyed. It only looks; each case is judged again by its own job."""

import logging
from datetime import datetime

from django.db import transaction

from cases.acts import destroy, expire
from cases.jobs import enqueue
from cases.law.in_force import law_in_force
from cases.models import Case, Job
from cases.rules.act import Act
from cases.states import State, sources_of

BATCH = 500
ENDED = sources_of(Act.EXPIRE)
log = logging.getLogger(__name__)


@transaction.atomic
def retain(*, day: str, after: int, at: datetime) -> int:
    """Enqueue what is due among the next cases that ended or were closed, and the rest as a job of its own; return how many are due."""
    cases = list(Case.objects.filter(state__in=[*ENDED, State.CLOSED], pk__gt=after).order_by("pk")[:BATCH])
    law_in_force()  # whoever cannot read it can tell of no case
    kinds = [(case, _due(case, at=at)) for case in cases]
    due = [Job(kind=kind, key=f"{kind}:{case.ref}:{day}", case=case) for case, kind in kinds if kind]
    Job.objects.bulk_create(due, ignore_conflicts=True)  # the sweeper finds them: there may be many
    if len(cases) == BATCH:
        enqueue(kind="retain", key=f"retain:{day}:{cases[-1].pk}", details={"day": day, "after": cases[-1].pk})
    return len(due)


def _due(case: Case, *, at: datetime) -> str:
    """Return the kind of the job that is due for this case, or nothing. What cannot be told of it keeps no other case: its own job says why."""
    try:
        with transaction.atomic():
            if case.state in ENDED:
                return "expire" if expire.facts_of(case, at=at).time_has_run else ""
            facts, _ = destroy.facts_of(case, at=at)
            return "destroy" if facts.time_has_run and not facts.on_hold and not facts.further else ""
    except Exception:  # as of any job: whatever it was, its own job says it and waits, or is given up where a person sees it
        log.warning("it could not be told whether a case is due", extra={"case": case.ref}, exc_info=True)
        return "expire" if case.state in ENDED else "destroy"
