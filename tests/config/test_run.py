"""``make run``: it comes up on an empty folder, stops whole on Ctrl-C, and leaves nothing behind when its parent is killed."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.databases import ALL_NAMES, PROCESSES, database, databases, missing_names
from config.run import _House

ROOT = Path(settings.ROOT)


def clean_environment(**more: str) -> dict[str, str]:
    kept = {
        k: v for k, v in os.environ.items() if k not in ALL_NAMES and not k.startswith(("COUNTERSIGN_", "DJANGO_", "PYTEST_", "TESTER_"))
    }
    return {**kept, "COUNTERSIGN_MODELS": os.environ["COUNTERSIGN_MODELS"], **more}


def of_this_house(var: Path) -> list[int]:
    """Every process that was started on this folder, by what it carries in its environment or command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
            carried = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
        except (OSError, IndexError):
            continue
        if state != "Z" and str(var).encode() in carried:
            found.append(int(entry.name))
    return found


def nothing_left(var: Path) -> bool:
    for _ in range(300):
        if not of_this_house(var):
            return True
        time.sleep(0.1)
    return False


def start(var: Path, port: int) -> tuple["subprocess.Popen[str]", list[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "config.run", "up", "--var", str(var), "--port", str(port)],
        cwd=ROOT, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip
    lines: list[str] = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if "Countersign is at" in line:
            return process, lines
    raise AssertionError("".join(lines))


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the starts of this module: the first finds it empty, the next what was stopped or killed."""
    return tmp_path_factory.mktemp("var")


@pytest.mark.parametrize(("how", "port"), [("ctrl-c", 18411), ("kill -9", 18431)])
def test_it_comes_up_and_nothing_stays_behind(var, how, port):
    process, lines = start(var, port)
    address = next(line for line in lines if "Countersign is at" in line).split()[3]
    with urllib.request.urlopen(f"{address}readyz", timeout=10) as answer:
        assert answer.status == 200
    assert len(of_this_house(var)) >= 6
    assert not [line for line in lines if "Traceback" in line]
    listed = subprocess.run(
        [sys.executable, "manage.py", "people", "list", "XX0010000"], cwd=ROOT, env=clean_environment(COUNTERSIGN_VAR=str(var)),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "dana: Det. Dana Ortiz, Robbery; detective" in listed.stdout, "an administrator's command finds the house, and the owner's login"

    if how == "ctrl-c":
        process.send_signal(signal.SIGINT)
    else:
        process.kill()
    process.wait(60)

    assert nothing_left(var)


def test_how_an_administrators_command_is_used_is_told_without_a_house(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "people", "appoint", "-h"], cwd=ROOT, env=clean_environment(COUNTERSIGN_VAR=str(tmp_path)),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert "appoint the persons of a TOML file" in done.stdout


def test_a_word_that_is_no_utf_8_is_named_before_anything_is_done():
    words: list[str | bytes] = [sys.executable, "manage.py", "register_source", "XX0010000", b"State \xff"]
    done = subprocess.run(words, cwd=ROOT, env=clean_environment(), capture_output=True, timeout=60)
    assert (done.returncode, done.stderr.decode()) == (
        2,
        "b'State \\xff' is no UTF-8, and the house can keep no such word. Nothing was done.\n",
    )


def test_missing_addresses_are_listed():
    done = subprocess.run(
        [sys.executable, "-m", "config.run", "up"], cwd=ROOT, env=clean_environment(DATABASE_URL="postgresql://a@/b", REDIS_URL="redis://x"),
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip

    assert done.returncode == 2
    for name in ("OWNER_DATABASE_URL", "INTAKE_DATABASE_URL", "WORKER_DATABASE_URL", "AUDITOR_DATABASE_URL"):
        assert name in done.stderr
    assert " DATABASE_URL" not in done.stderr


def test_none_or_all_is_complete():
    assert missing_names({}) == []
    assert missing_names(dict.fromkeys(ALL_NAMES, "x")) == []


def test_addresses_are_read():
    found = database("postgresql://app:p%40ss@db.example:6432/countersign?sslmode=verify-full")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"], found["NAME"]) == (
        "app",
        "p@ss",
        "db.example",
        "6432",
        "countersign",
    )
    assert found["OPTIONS"] == {"sslmode": "verify-full"}
    assert found["CONN_MAX_AGE"] is None
    assert database("postgresql://app@/x?host=/run/pg")["HOST"] == "/run/pg"


def test_each_process_has_only_its_own_logins():
    assert PROCESSES["worker"] == {"default": "worker"}
    assert set(PROCESSES["web"].values()) == {"app", "intake"}
    assert "owner" not in PROCESSES["web"].values()


def test_a_command_beside_the_house_ends_when_its_parent_is_killed(var):
    began = var / "began"
    house = subprocess.Popen(
        [sys.executable, "-m", "config.run", "with", "--var", str(var), "--", "sh", "-c", f"touch {began}; exec sleep 600"],
        cwd=ROOT, env=clean_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    for _ in range(1800):
        if began.exists():
            break
        time.sleep(0.1)
    assert began.exists()

    house.kill()
    house.wait(60)

    assert nothing_left(var)


def test_a_process_without_its_address_is_told_the_name(monkeypatch):
    for name in ("DATABASE_URL", "INTAKE_DATABASE_URL"):
        monkeypatch.delenv(name)

    with pytest.raises(ImproperlyConfigured, match="“web” needs DATABASE_URL, INTAKE_DATABASE_URL"):
        databases("web")
    assert databases("worker")["default"]["USER"] == "worker"


def test_a_child_is_given_no_other_login(tmp_path, monkeypatch):
    house = _House(tmp_path, 0)
    urls = dict.fromkeys(ALL_NAMES, "set")
    given = {process: {name for name in house.environment(process, urls) if name.endswith("DATABASE_URL")} for process in PROCESSES}

    assert given == {
        "web": {"DATABASE_URL", "INTAKE_DATABASE_URL"},
        "demo": {"DATABASE_URL", "INTAKE_DATABASE_URL"},
        "intake": {"INTAKE_DATABASE_URL"},
        "worker": {"WORKER_DATABASE_URL"},
        "owner": {"OWNER_DATABASE_URL"},
        "auditor": {"AUDITOR_DATABASE_URL"},
        # Plays every role, in a database thrown away with it.
        "replay": {"DATABASE_URL", "WORKER_DATABASE_URL", "OWNER_DATABASE_URL", "AUDITOR_DATABASE_URL"},
    }


def test_the_lock_has_a_hash_for_each_and_no_address():
    lock = (ROOT / "requirements.lock").read_text()
    entries = [entry for entry in lock.replace("\\\n", " ").splitlines() if entry.strip() and not entry.startswith("#")]

    assert "http" not in lock.lower()
    assert entries
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []


def test_one_distribution_gives_the_state_machine():
    assert packages_distributions()["django_fsm"] == ["django-fsm-2"]
    assert version("django-fsm-2") == "4.2.4"
