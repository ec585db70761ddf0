"""A pytest plugin: one PostgreSQL and one Valkey for the whole test run, shared by its workers.

It must start them before pytest-django reads the settings, so it is named in ``addopts`` and not in a conftest.
"""

import atexit
import os
import re
import secrets
import shutil
import tempfile
from pathlib import Path

import pytest

from config.databases import ALL_NAMES
from config.embedded import Servers, secret_file

NAME = "COUNTERSIGN_TEST_HOME"
MEMORY, ENOUGH = Path("/dev/shm"), 3 * 2**30  # noqa: S108  a copied database is hundreds of files: five times as fast to make in memory


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    given = bool(os.environ.get("TESTER_DATABASE_URL"))
    absent = [name for name in ALL_NAMES if not os.environ.get(name)]
    if given and absent:
        raise pytest.UsageError(f"TESTER_DATABASE_URL is set and some are missing: {', '.join(absent)}. Set all of them, or none.")
    home = Path(tempfile.mkdtemp(prefix="cst-", dir=_quickest_place()))
    servers = None if given else Servers(home, fsync=False, test_server=True)
    if servers:
        servers.start()
        os.environ.update(servers.urls())
    secret_file(home / "master.key", secrets.token_hex(32))
    models = os.environ.get("COUNTERSIGN_MODELS") or str(Path(__file__).resolve().parent.parent / "var" / "models")
    os.environ.update(COUNTERSIGN_VAR=str(home), COUNTERSIGN_MODELS=models, COUNTERSIGN_PROCESS="test", **{NAME: str(home)})

    def end() -> None:
        if servers:
            servers.stop()
        shutil.rmtree(home, ignore_errors=True)

    atexit.register(end)


def _quickest_place() -> str | None:
    """Return the folder in memory if it has room for the run, else None: where temporary files go."""
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH and _available() >= 2 * ENOUGH
    return str(MEMORY) if roomy else None


def _available() -> int:
    """Return the bytes of memory that the machine can give without swapping."""
    found = re.search(r"MemAvailable: +(\d+) kB", Path("/proc/meminfo").read_text())
    return int(found.group(1)) * 1024 if found else 0
