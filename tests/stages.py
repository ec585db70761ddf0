"""A stage of the road that two tests began with is copied for the next one that does: the database as it was after it, and its keys.

They are the rows that the same acts wrote. A stage is known by the calls that led to it from the furnished template, with what was said in each;
where anything else opened a connection in between, or a test changes how the house works, the road is walked as ever.
"""

import json
import pickle
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import pytest
from django.conf import settings
from django.db import connection, connections
from django.db.models import Model

from tests.database import Stage, copied, copy_of, known

P = ParamSpec("P")
R = TypeVar("R")
CHANGES_THE_HOUSE = frozenset({"monkeypatch", "settings", "live_server"})  # fixtures
MOST = 24  # copies kept by one process; each is some 26 MB
KEYS = "select distinct key_id from cases_storedimage"


@dataclass(frozen=True)
class Kept:
    """The copy of a database, what the call that made it returned, and the wrapped keys of its pictures."""

    database: str
    found: bytes
    keys: tuple[tuple[object, ...], ...]


_walked: Counter[Stage] = Counter()
_kept: dict[Stage, Kept] = {}
_as_ever = False


def begin(item: pytest.Item) -> None:
    """Walk as ever in a test that changes how the house works."""
    global _as_ever
    assert isinstance(item, pytest.Function)
    asked = item._fixtureinfo
    ours = {
        name for found in asked.name2fixturedefs.values() for each in found if each.baseid.startswith("tests") for name in each.argnames
    }
    _as_ever = bool(CHANGES_THE_HOUSE & {*asked.argnames, *ours})


def stage(walk: Callable[P, R]) -> Callable[P, R]:
    """Let a call that leads from a known stage be a stage itself. What is said to it must tell one call from another (``pickle``)."""

    @wraps(walk)
    def walked(*args: P.args, **said: P.kwargs) -> R:
        global _as_ever
        if _as_ever or known.at is None:
            return walk(*args, **said)
        here = (*known.at, pickle.dumps((walk.__name__, _named(args), _named(tuple(sorted(said.items()))))))
        if here in _kept:
            before: R = _restored(here)
            return before
        _as_ever = True  # a stage within a stage is part of it
        try:
            found = walk(*args, **said)
        finally:
            _as_ever = False
        _note(here, found)
        return found

    return walked


def _named(said: object) -> object:
    """Return what is said with each row by its table and number."""
    if isinstance(said, tuple):
        return tuple(_named(each) for each in said)
    return (said._meta.label, said.pk) if isinstance(said, Model) else said


def _note(here: Stage, found: object) -> None:
    """Know where the database stands; the second time somebody stands here, keep a copy."""
    _walked[here] += 1
    if _walked[here] == 2 and len(_kept) < MOST:
        with connection.cursor() as cursor:
            cursor.execute(KEYS)
            ids = [key for (key,) in cursor.fetchall()]
        wanted = "select id, owner, wrapped from wrapped_key where id in (select value from json_each(?))"
        with sqlite3.connect(settings.KEYSTORE_PATH) as store:
            keys = store.execute(wanted, (json.dumps(ids),)).fetchall()
        _kept[here] = Kept(copy_of(connection.settings_dict["NAME"]), pickle.dumps(found), tuple(keys))
    for each in connections.all():
        each.close()
    known.at = here


def _restored(here: Stage) -> Any:
    kept = _kept[here]
    copied(kept.database)
    with sqlite3.connect(settings.KEYSTORE_PATH) as store:
        store.executemany("insert or replace into wrapped_key(id, owner, wrapped) values (?, ?, ?)", kept.keys)
    known.at = here
    return pickle.loads(kept.found)  # noqa: S301 - written by this process
