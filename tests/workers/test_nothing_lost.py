"""A killed worker, a flushed Redis and doubled messages change nothing but the time. Real Celery workers, real logins."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.db import connections

from cases import jobs
from cases.models import Candidate, CandidateList, Case, Job, Move
from ledger.clock import house_now
from ledger.models import Entry
from review.acts.check_probe import check_probe
from review.acts.confirm_offence import confirm_offence
from review.rules.probe_fitness import Grade
from tests import world
from tests.database import known, login
from workers.tasks import run_job, sweep

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parent.parent.parent
QUEUE = "celery"


def environment() -> dict[str, str]:
    s = connections["worker"].settings_dict
    url = f"postgresql://{s['USER']}:{s['PASSWORD']}@/{s['NAME']}?host={quote(s['HOST'])}"
    kept = {k: v for k, v in os.environ.items() if not k.endswith("DATABASE_URL")}
    return {
        **kept,
        "COUNTERSIGN_PROCESS": "worker",
        "WORKER_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "DJANGO_SECRET_KEY": "x" * 50,
        "C_FORCE_ROOT": "1",
        "COUNTERSIGN_MASTER_KEY_FILE": settings.MASTER_KEY_FILE,
        "COUNTERSIGN_KEYSTORE": str(settings.KEYSTORE_PATH),
    }


@contextmanager
def a_worker() -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "celery", "--quiet", "-A", "workers", "worker", "--concurrency", "2", "--loglevel", "ERROR", "--without-gossip",
               "--without-mingle", "--without-heartbeat"]  # fmt: skip
    known.forget()  # it writes beside the test
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment(), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(true, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, list(Job.objects.values_list("key", "attempts", "last_error", "done_at"))
        time.sleep(0.05)


def the_queue() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL)


@pytest.fixture(autouse=True)
def an_empty_queue():
    the_queue().flushdb()
    yield
    the_queue().flushdb()


def waiting_search(agency_case: str, face: str = "p012") -> Case:
    """FIT, its search enqueued and not yet run."""

    case = world.screened(world.requested(agency_case, face))
    world.must(
        check_probe(by=world.person("aris"), at=house_now(), case_ref=case.ref, grade=Grade.FIT, depicts="him", role_shown_by="the film")
    )
    return case


def test_a_worker_killed_in_the_middle_of_a_search_loses_and_doubles_nothing():
    case = waiting_search("25-kill")
    with login("owner") as blocker:
        blocker.autocommit = False
        blocker.execute("lock table cases_candidatelist in share mode")  # the search gets this far and waits
        with a_worker() as worker:
            until(lambda: _waits_for_the_lock())
            kill(worker)
        blocker.rollback()
    assert not CandidateList.objects.filter(case=case).exists()
    assert Job.objects.get(key=f"search:{case.ref}").done_at is None

    with a_worker():
        until(lambda: _tell_again() or Job.objects.get(key=f"search:{case.ref}").done_at is not None)

    assert CandidateList.objects.filter(case=case).count() == 1
    assert Candidate.objects.filter(case=case).count() == CandidateList.objects.get(case=case).number > 0
    assert Entry.objects.filter(subject=case.ref, kind="attach_list").count() == 1


def test_a_flushed_redis_with_jobs_waiting_loses_none():
    cases = [world.requested(f"25-flush-{n}", f"p0{n + 10}") for n in range(6)]

    for case in cases:
        world.must(confirm_offence(by=world.person("aris"), at=house_now(), case_ref=case.ref, code="120", report_reference="p. 1"))
    assert the_queue().llen(QUEUE) >= len(cases)

    the_queue().flushdb()
    with a_worker():
        until(lambda: _tell_again() or not jobs.due(), seconds=240)

    assert set(Case.objects.values_list("state", flat=True)) == {"ELIGIBLE"}
    for case in cases:
        assert Move.objects.filter(case=case).count() == 1
        assert Entry.objects.filter(subject=case.ref, kind="screen").count() == 1


def test_each_message_three_times_is_one_effect():
    case = waiting_search("25-thrice")
    ids = list(Job.objects.filter(case=case).values_list("id", flat=True))
    for _ in range(3):
        for job_id in reversed(ids):
            run_job.delay(job_id)

    with a_worker():
        until(lambda: not jobs.due() and the_queue().llen(QUEUE) == 0)

    assert CandidateList.objects.filter(case=case).count() == 1
    assert Entry.objects.filter(subject=case.ref, kind="attach_list").count() == 1
    assert Job.objects.get(key=f"search:{case.ref}").attempts == 1


def test_hundreds_of_results_cost_a_handful_of_messages():
    with login("owner") as owner:
        owner.execute(
            "insert into cases_sourcesystem(agency_id, name, key_sha256, active_until) select id, 'S', 'k', 'infinity' from people_agency"
        )
        owner.execute(
            "do $$ begin for n in 1..600 loop perform receive_result('k', jsonb_build_object('external_id', 'm' || n, 'idempotency_key', 'mkey-' || n, "
            "'agency_case', '25-volume', 'track', 'suspect', 'list', jsonb_build_object('not_reported', '[]'::jsonb), 'candidates', '[]'::jsonb), "
            "'x' || n, '[]', '{}', '{}'); end loop; end $$"
        )
    assert the_queue().llen(QUEUE) == 0
    with world.the_machine():
        assert sweep() == 500
    assert the_queue().llen(QUEUE) == 1

    with a_worker():
        until(lambda: _tell_again() or not jobs.due(), seconds=240)

    assert Job.objects.filter(kind="link", done_at=None).count() == 0


@pytest.fixture
def redis_is_away(monkeypatch):
    """No broker answers, and no connection of before is used; afterwards none of meanwhile."""
    monkeypatch.setattr(current_app.conf, "broker_url", "redis+socket:///nonexistent/valkey.sock")
    current_app._after_fork()  # forgets its connections and the pools that hold them
    yield
    monkeypatch.undo()
    current_app._after_fork()


def test_without_redis_intake_and_review_go_on(redis_is_away):
    case = world.requested("25-no-redis")
    assert Job.objects.filter(case=case, done_at=None).exists()


def test_a_poison_job_is_put_off_then_given_up_and_blocks_nobody():
    case = world.requested("25-poison")
    with login("owner") as owner:
        owner.execute("insert into cases_job(kind, key, details) values ('search', 'poison', '{}')")
    world.run_jobs()
    poison = Job.objects.get(key="poison")
    assert (poison.attempts, poison.done_at, poison.given_up_at) == (1, None, None)
    assert "names no case" in poison.last_error
    assert Job.objects.get(case=case, kind="link").done_at is not None
    assert poison.pk not in jobs.due()

    with login("owner") as owner:
        owner.execute("update cases_job set attempts = 7, not_before = house_now() where key = 'poison'")
    world.run_jobs()
    poison.refresh_from_db()
    assert poison.given_up_at is not None
    assert Entry.objects.filter(kind="job_given_up").count() == 1
    assert jobs.due() == []


def _waits_for_the_lock() -> bool:
    with login("worker") as same:  # only the same login sees what a session waits for
        rows = same.execute("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and usename = 'worker'").fetchone()
    return bool(rows and rows[0])


def _tell_again() -> bool:
    """What beat does every few seconds."""
    with world.the_machine():
        sweep()
    time.sleep(0.3)
    return False
