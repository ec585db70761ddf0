"""A Redis that takes connections and never answers: people and machines go on after a moment, and what is due is done all the same."""

import ast
import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
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
from workers import telling

__all__ = ["source"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "intake"])
SECONDS = 1  # that whoever only tells waits for one answer, once


def _anew() -> None:
    """Have Celery look for its broker again, with no connection kept from before."""
    pools.reset()
    current_app._after_fork()
    telling.SILENCE.until = 0.0


class Calls:
    """Who called, and got no answer: each of them waited."""

    def __init__(self, listening: socket.socket) -> None:
        self.listening = listening
        self.taken: list[socket.socket] = []

    def __len__(self) -> int:
        with contextlib.suppress(BlockingIOError):
            while True:
                self.taken.append(self.listening.accept()[0])
        return len(self.taken)

    def close(self) -> None:
        for line in self.taken:
            line.close()


@pytest.fixture
def silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    """Listen on a socket, and say nothing to anybody."""
    path = tmp_path / "silent.sock"
    with socket.socket(socket.AF_UNIX) as listening, closing(Calls(listening)) as calls:
        listening.bind(str(path))
        listening.listen(64)
        listening.setblocking(False)
        monkeypatch.setattr(telling, "QUIET", 3600.0)
        monkeypatch.setattr(current_app.conf, "broker_url", f"redis+socket://{path}")
        monkeypatch.setattr(settings, "REDIS_URL", f"unix://{path}")
        _anew()
        yield calls
        monkeypatch.undo()
        _anew()


def test_intake_review_and_countersigning_go_on(silent, source):
    case = world.requested("25-1", "p014")
    first = len(silent)
    assert first, "the first to find out waits"
    assert Job.objects.filter(case=case, done_at=None).count() == 1, "nobody was told, and nothing is lost"

    for number in range(5):
        assert send(sound(external_id=f"S-{number}", probe=None, candidates=[]), idem=f"idem-{number:04}").status_code == 201
    _, asked = world.ready_to_sign("25-2")
    world.must(world.signed(asked))

    assert telling.SILENCE.goes_on()
    assert len(silent) == first, "whoever comes after it does not wait again"


def test_who_only_tells_waits_for_a_moment_and_a_worker_for_longer():
    program = (
        "import os; os.environ['COUNTERSIGN_PROCESS'] = {!r}\n"
        "import django; django.setup()\n"
        "from celery import current_app\n"
        "with current_app.connection_for_write() as line: print(line.transport_options)"
    )

    def waits(process: str) -> dict[str, float]:
        done = subprocess.run([sys.executable, "-c", program.format(process)], capture_output=True, text=True, check=True)
        return ast.literal_eval(done.stdout)

    assert (waits("web")["socket_timeout"], waits("web")["socket_connect_timeout"]) == (SECONDS, SECONDS)
    assert waits("worker")["socket_timeout"] == 10


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
    telling.SILENCE.until = time.monotonic() + 3600
    world.requested("25-1")
    assert queue.llen("celery") == 0

    telling.SILENCE.until = time.monotonic()
    world.requested("25-2", "p014")

    assert queue.llen("celery") == 1
    queue.flushdb()


def test_the_house_is_ready_and_says_that_redis_is_silent(silent):
    found = Client().get("/readyz").json()

    assert found["redis"].startswith("degraded")
    assert len(silent)
