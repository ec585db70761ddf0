"""Prints the one table at the end of ``make prove``."""

import pytest

from tests.proof.table import Proof, table

DONE = pytest.StashKey[list[Proof]]()


@pytest.fixture
def done(pytestconfig: pytest.Config) -> list[Proof]:
    return pytestconfig.stash.setdefault(DONE, [])


def pytest_terminal_summary(terminalreporter, config) -> None:  # type: ignore[no-untyped-def]
    if config.getoption("--prove"):
        terminalreporter.write_line("\n" + table(config.stash.get(DONE, [])))
