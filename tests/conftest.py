"""What every test has: the database of the owner, and roles to wear."""

import gc

import pytest

from tests import seen, stages
from tests.database import as_role, django_db_setup

__all__ = ["as_role", "django_db_setup"]

COPIES_THE_SERVER = "test_growth"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pictures", default="", help="folder in which the walks keep pictures of the pages they visit")
    parser.addoption("--prove", action="store_true", help="try in full what the proofs otherwise try in part")


LONGEST = (
    "proof",
    "browser",
    "config",
    "workers",
    "pages",
    "oversight",
)  # rooms; what is long begins first, so that no core waits at the end


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what copies the whole server, while few databases are on it, and then with the longest rooms; within a room the order stays."""
    rooms = {room: place for place, room in enumerate(LONGEST)}
    items.sort(key=lambda item: -1 if item.path.stem == COPIES_THE_SERVER else rooms.get(item.path.parent.name, len(rooms)))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    stages.begin(item)
    seen.begin(item)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: it is not searched for garbage again and again."""
    seen.remember()
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)
