"""Of what the sweeper tells the workers: the quick beside however many slow, and nothing twice while it waits in a queue."""

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import timedelta

import pytest
import redis
from django.conf import settings

from cases import jobs
from cases.models import Job
from tests import world
from tests.database import login
from workers import tasks, telling

pytestmark = pytest.mark.django_db(transaction=True)


class Told:
    """Who was told of what: slow jobs one by one, quick ones in batches."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.slow: list[int] = []
        self.quick: list[int] = []
        patch.setattr(tasks.run_job, "delay", self.slow.append)
        patch.setattr(tasks.run_jobs, "delay", self.quick.extend)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(monkeypatch)


def waiting(kind: str, number: int) -> set[int]:
    with login("owner") as owner:
        owner.execute(
            "insert into cases_job(kind, key, details) select %s, %s || n, '{}' from generate_series(1, %s) n",
            [kind, f"{kind}-", number],
        )
    return set(Job.objects.filter(kind=kind).values_list("pk", flat=True))


def swept(times: int = 1) -> None:
    with world.the_machine():
        for _ in range(times):
            tasks.sweep()


def later(ids: Iterable[int], by: timedelta) -> None:
    """As if these jobs had been told so much earlier."""
    with login("owner") as owner:
        owner.execute("update cases_job set told_at = told_at - %s, not_before = not_before - %s where id = any (%s)", [by, by, list(ids)])


def test_slow_jobs_that_wait_keep_no_quick_one_back(told: Told) -> None:
    slow, quick = waiting("search", 600), waiting("screen", 1)
    swept(5)
    assert set(told.quick) == quick
    assert len(told.slow) == len(set(told.slow) & slow) == jobs.MOST_SLOW
    assert quick <= set(jobs.due()), "nor from a sweeper without Redis"


def test_what_redis_lost_is_told_again_after_a_while(told: Told) -> None:
    waits = waiting("search", 3)
    swept()
    later(waits, jobs.TOLD_AGAIN / 2)
    swept()
    assert sorted(told.slow) == sorted(waits)
    later(waits, jobs.TOLD_AGAIN)
    swept()
    assert sorted(told.slow) == sorted([*waits, *waits])


def test_what_failed_is_told_again_as_soon_as_it_has_waited(told: Told) -> None:
    (job_id,) = waiting("search", 1)
    swept()
    with login("owner") as owner:
        owner.execute("update cases_job set not_before = house_now() where id = %s", [job_id])
    swept()
    assert told.slow == [job_id, job_id]


def test_who_only_tells_loads_nothing_of_what_a_worker_does():
    loads = (
        "import sys, django; django.setup(); import workers.telling; sys.exit(bool({'cv2', 'numpy', 'workers.effects'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", loads], check=False).returncode == 0


def test_who_only_tells_says_what_the_task_itself_would_say():
    queue = redis.Redis.from_url(settings.REDIS_URL)
    queue.flushdb()

    def said() -> dict[str, object]:
        message = json.loads(queue.lpop("celery"))
        told = {name: value for name, value in message["headers"].items() if name not in ("id", "root_id", "origin")}
        return told | {"body": message["body"], "to": message["properties"]["delivery_info"]}

    telling.SILENCE.until = 0.0
    telling.tell_a_worker(job_id=7)
    by_telling = said()
    tasks.run_job.apply_async((7,), retry=False)

    assert by_telling == said()
