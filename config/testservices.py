"""A pytest plugin: one PostgreSQL and one Valkey for the whole test run, shared by its workers.

It must start them before pytest-django reads the settings, so it is named in ``addopts`` and not in a conftest.
"""

import atexit
import os
import secrets
import shutil
import tempfile
from pathlib import Path

import pytest

from config.embedded import Servers

NAME = "COUNTERSIGN_TEST_HOME"


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    if os.environ.get("PYTEST_XDIST_WORKER") or os.environ.get("TESTER_DATABASE_URL"):
        return
    home = Path(tempfile.mkdtemp(prefix="cst-"))
    servers = Servers(home, fsync=False, test_server=True)
    servers.start()
    (home / "master.key").touch(mode=0o600)
    (home / "master.key").write_text(secrets.token_hex(32))
    models = os.environ.get("COUNTERSIGN_MODELS") or str(Path(__file__).resolve().parent.parent / "var" / "models")
    os.environ.update(servers.urls(), COUNTERSIGN_VAR=str(home), COUNTERSIGN_MODELS=models, COUNTERSIGN_PROCESS="test", **{NAME: str(home)})

    def end() -> None:
        servers.stop()
        shutil.rmtree(home, ignore_errors=True)

    atexit.register(end)
