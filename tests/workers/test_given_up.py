"""A job is given up for its own faults alone, and for all of them."""

from datetime import timedelta
from typing import Any

import pytest

from cases import jobs
from cases.keystore import KeystoreAway
from cases.matching.reference import EngineUnfit
from cases.models import Job
from ledger.clock import house_now
from ledger.models import Entry
from tests import world
from tests.database import login

pytestmark = pytest.mark.django_db(transaction=True)


def a_job(**changes: Any) -> Job:
    with login("owner") as owner:
        owner.execute(
            "insert into cases_job(kind, key, details, attempts) values ('search', 'one', '{}', %s)", [changes.get("attempts", 0)]
        )
    return Job.objects.get(key="one")


def fails(trouble: Exception) -> Any:
    def effect(_: Job) -> None:
        raise trouble

    return {"search": effect}


def run(job: Job, effects: Any) -> str:
    with world.the_machine():
        became = jobs.run(job_id=job.pk, effects=effects)
    job.refresh_from_db()
    return became


@pytest.mark.parametrize("away", [KeystoreAway("the disk is full"), EngineUnfit("a model file is missing")])
def test_an_outage_is_no_attempt_however_long_it_lasts(away: Exception) -> None:
    job = a_job(attempts=jobs.LAST_ATTEMPT - 1)
    for _ in range(2 * jobs.LAST_ATTEMPT):
        assert run(job, fails(away)) == "waiting"
        assert timedelta(0) < job.not_before - house_now() <= jobs.AWAY
    assert (job.attempts, job.given_up_at) == (jobs.LAST_ATTEMPT - 1, None)
    assert job.last_error.endswith(str(away)), "a manager sees what it waits for"
    assert run(job, {"search": lambda _: None}) == "done"
    assert job.attempts == jobs.LAST_ATTEMPT


def test_a_fault_of_its_own_is_an_attempt_and_the_last_one_is_on_record() -> None:
    job = a_job()
    became = [run(job, fails(ValueError("no"))) for _ in range(jobs.LAST_ATTEMPT)]
    assert became == [*["put off"] * (jobs.LAST_ATTEMPT - 1), "given up"]
    assert Entry.objects.filter(kind="job_given_up").count() == 1
    assert run(job, {"search": lambda _: None}) == "left alone"
