"""The supervisor: it sees a child end though a grandchild holds its output, and leaves nothing of it behind."""

import os
import sys
import time
from pathlib import Path

import pytest

from config.supervise import Supervisor


def gone(pid: int) -> bool:
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


def test_a_child_killed_beside_a_living_grandchild_ends_the_house(tmp_path):
    note = tmp_path / "grandchild"
    house = Supervisor()
    house.start("worker", ["sh", "-c", f"sleep 600 & echo $! > {note}.part; mv {note}.part {note}; wait"], os.environ)
    while not note.exists():
        time.sleep(0.02)

    os.kill(house.running["worker"].pid, 9)

    assert house.over.wait(5)
    assert house.stop() == 128 + 9
    assert gone(int(note.read_text()))


@pytest.mark.parametrize(("code", "said"), [(0, 0), (3, 3)])
def test_it_says_how_a_child_ended_by_itself(code, said):
    house = Supervisor()
    house.start("web", [sys.executable, "-c", f"raise SystemExit({code})"], os.environ)

    assert house.over.wait(10)
    assert house.stop() == said


def test_a_child_that_is_told_to_stop_has_not_failed():
    house = Supervisor()
    house.start("web", ["sleep", "600"], os.environ)

    assert house.stop() == 0


def test_the_last_started_stops_first(tmp_path):
    order = tmp_path / "order"
    house = Supervisor()
    for name in ("worker", "web"):
        ready = tmp_path / name
        house.start(
            name, ["sh", "-c", f"trap 'echo {name} >> {order}; exit' TERM; touch {ready}; while :; do sleep 0.05; done"], os.environ
        )
        while not ready.exists():
            time.sleep(0.02)

    house.stop()

    assert order.read_text().split() == ["web", "worker"]
