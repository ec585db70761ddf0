"""A Redis that takes connections and never answers: people and machines go on after a moment, and what is due is done all the same."""

import socket
import time
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from kombu import pools

from cases import jobs
from cases.models import Case, Job
from tests import world
from tests.api.test_search_results import send, sound, source
from workers import tasks

__all__ = ["source"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "intake"])
LONGEST = 8.0  # seconds of a busy machine; a wait as long as a worker's would be ten


def _anew() -> None:
    """Have Celery look for its broker again, with no connection kept from before."""
    pools.reset()
    current_app._after_fork()
    tasks.SILENCE.until = 0.0


@pytest.fixture
def silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Listen on a socket, and say nothing to anybody."""
    path = tmp_path / "silent.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen(64)
        monkeypatch.setattr(current_app.conf, "broker_url", f"redis+socket://{path}")
        monkeypatch.setattr(settings, "REDIS_URL", f"unix://{path}")
        _anew()
        yield str(path)
        monkeypatch.undo()
        _anew()


def seconds(began: float) -> float:
    return time.monotonic() - began


def test_intake_review_and_countersigning_go_on(silent, source):
    began = time.monotonic()
    case = world.requested("25-1", "p014")
    assert seconds(began) < LONGEST, "the first to find out waits for a moment"
    assert Job.objects.filter(case=case, done_at=None).count() == 1, "nobody was told, and nothing is lost"

    began = time.monotonic()
    for number in range(5):
        assert send(sound(external_id=f"S-{number}", probe=None, candidates=[]), idem=f"idem-{number:04}").status_code == 201
    assert tasks.SILENCE.goes_on()
    assert seconds(began) < 5, "whoever comes after it does not wait again: each would, for a second and more"

    began = time.monotonic()
    lead, asked = world.ready_to_sign("25-2")
    world.must(world.signed(asked))
    assert seconds(began) < 30


def test_what_is_due_is_done_without_it_and_told_again_when_it_answers(silent, source):
    case = world.requested("25-1")
    with world.the_machine():
        call_command("sweep", stdout=StringIO())
    assert jobs.due() == []
    assert Case.objects.get(pk=case.pk).state == "RECEIVED"
    assert not Job.objects.filter(case=case, done_at=None).exists()


def test_somebody_is_told_again_when_the_quiet_time_is_over():
    queue = redis.Redis.from_url(settings.REDIS_URL)
    queue.flushdb()
    tasks.SILENCE.until = time.monotonic() + tasks.QUIET
    world.requested("25-1")
    assert queue.llen("celery") == 0

    tasks.SILENCE.until = time.monotonic()
    world.requested("25-2", "p014")

    assert queue.llen("celery") == 1
    queue.flushdb()


def test_the_house_is_ready_and_says_that_redis_is_silent(silent):
    began = time.monotonic()
    found = Client().get("/readyz").json()

    assert found["redis"].startswith("degraded")
    assert seconds(began) < LONGEST
