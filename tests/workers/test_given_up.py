"""A job is given up for its own faults alone, and for all of them."""

import os
from datetime import timedelta
from threading import Event, Thread, Timer
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections

from cases import jobs
from cases.keystore import KeystoreAway
from cases.matching.reference import EngineUnfit
from cases.models import Job
from ledger.asking import ask_database
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


def ended_by(job: Job) -> None:
    """Do it in a process of its own, which the effect ends as the kernel does when memory runs out."""
    for each in connections.all():
        each.close()
    child = os.fork()
    if not child:
        try:
            with world.the_machine():
                jobs.run(job_id=job.pk, effects={"search": lambda _: os._exit(137)})
        finally:
            os._exit(1)
    os.waitpid(child, 0)


def test_a_job_that_ends_its_worker_is_given_up_too() -> None:
    job = a_job()
    for number in range(1, jobs.LAST_ATTEMPT + 1):
        ended_by(job)
        job.refresh_from_db()
        assert (job.attempts, job.given_up_at) == (number, None)
    assert run(job, {"search": lambda _: None}) == "given up"
    assert (job.attempts, job.last_error) == (jobs.LAST_ATTEMPT, f"WorkerEnded: each of {jobs.LAST_ATTEMPT} times")
    assert Entry.objects.filter(kind="job_given_up").count() == 1
    assert jobs.due() == []


def test_two_at_once_are_one_attempt() -> None:
    job, begun, through = a_job(), Event(), Event()

    def effect(_: Job) -> None:
        begun.set()
        assert through.wait(30)

    def works() -> None:
        try:
            run(job, {"search": effect})
        finally:
            connection.close()

    thread = Thread(target=works)
    thread.start()
    assert begun.wait(30)
    assert run(Job.objects.get(pk=job.pk), {"search": lambda _: None}) == "left alone"
    through.set()
    thread.join(30)
    job.refresh_from_db()
    assert (job.attempts, job.done_at is None) == (1, False)
    with login("owner") as owner:
        assert owner.execute(
            "select count(*) from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())"
        ).fetchone() == (0,), "nothing stays taken"


def test_whoever_only_looks_at_a_row_takes_no_attempt_from_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep notes whom it tells, and holds the row for that moment between the count and the effect."""
    job, own = a_job(), jobs._attempted
    done: list[int] = []

    def meanwhile(job_id: int, effects: Any) -> str:
        other = login("owner")
        other.execute("begin")
        other.execute("select 1 from cases_job where id = %s for update", [job_id])
        timer = Timer(0.5, other.close)
        timer.start()
        try:
            return own(job_id, effects)
        finally:
            timer.join()

    monkeypatch.setattr(jobs, "_attempted", meanwhile)
    assert run(job, {"search": lambda _: done.append(1)}) == "done"
    assert done == [1]


def test_a_count_that_fails_keeps_no_lock() -> None:
    job = a_job()
    with login("owner") as other, other.transaction():
        other.execute("lock table cases_job in share mode")
        with world.the_machine(), connection.cursor() as cursor:
            cursor.execute("set statement_timeout = '300ms'")
            with pytest.raises(DatabaseError):
                jobs.run(job_id=job.pk, effects={"search": lambda _: None})
            cursor.execute("reset statement_timeout")
    with login("worker") as another:
        assert another.execute("select begin_job(%s)", [job.pk]).fetchone() == (1,)


def test_a_session_that_is_lost_after_the_effect_takes_nothing_else_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    job, own = a_job(), jobs._attempted

    def lost(job_id: int, effects: Any) -> str:
        became = own(job_id, effects)
        connection.connection.close()
        return became

    monkeypatch.setattr(jobs, "_attempted", lost)
    with connection.cursor() as cursor:
        cursor.execute("set role worker")  # the session goes, and its role with it
    assert jobs.run(job_id=job.pk, effects={"search": lambda _: None}) == "done"
    assert ask_database("select 1") == 1
