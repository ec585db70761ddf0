"""A throw-away house on the test server, cloned from the furnished test database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from review.replay.house import ThrowAwayHouse
from tests import database


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThrowAwayHouse]:  # type: ignore[no-untyped-def]
    with django_db_blocker.unblock():
        found = ThrowAwayHouse(Path(tmp_path_factory.mktemp("packs")), template=database._template)
        yield found
        found.close()
