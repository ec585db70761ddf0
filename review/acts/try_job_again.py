"""A manager has a job tried again that was given up after its last attempt."""

from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import jobs
from cases.audit import details
from ledger.asking import ask_database
from people.models import Person
from review import access


@transaction.atomic
def try_job_again(*, by: Person, at: datetime, job_id: int) -> bool:
    """Put the job back among those that are due; False if it was not given up. The database asks for the manager once more."""
    job = access.job_for_act(by, job_id, on=at.date())
    put_back: bool = ask_database("select try_job_again(%s, %s, %s)", job.pk, by.pk, Jsonb(details(by=by)))
    if put_back:
        jobs.announce(job_id=job.pk)
    return put_back
