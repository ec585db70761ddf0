"""A stage of the road that two tests began with is copied for the next one that does: the database as it was after it, and its keys.

They are the rows that the same acts wrote. A stage is known by the calls that led to it from the furnished template, with what was said in each;
where anything else may have written in between, or a test changes how the house works, the road is walked as ever. A test that commits gets a
copy of the copy; one that is rolled back goes into the copy itself, and leaves it as it was.
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

from tests.database import Stage, copied, copy_of, drop, go_to, in_no_transaction, known, template

P = ParamSpec("P")
R = TypeVar("R")
CHANGES_THE_HOUSE = frozenset({"monkeypatch", "settings", "live_server"})  # fixtures
MOST = 24  # copies kept by one process, those that were last used; each is some 26 MB
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
        if _as_ever or known.at is None or len(connection.atomic_blocks) != (known.test is not None):
            return walk(*args, **said)
        before = known.at
        here = (*before, pickle.dumps((walk.__module__, walk.__qualname__, _named(args), _named(tuple(sorted(said.items()))))))
        if _ready(here):
            found: R = _restored(_kept[here])
        elif known.test is None:
            found = _whole(walk, *args, **said)
            if _wanted(here):
                _kept[here] = _copied(copy_of(connection.settings_dict["NAME"]), found)
            for each in connections.all():
                each.close()
        elif (not before or _ready(before)) and _wanted(here):
            with in_no_transaction():
                database = copy_of(_kept[before].database if before else template())
                _go_to(database)
                found = _whole(walk, *args, **said)
                _kept[here] = _copied(database, found)
        else:
            found = _whole(walk, *args, **said)
        known.stands(here)
        return found

    return walked


def _whole(walk: Callable[P, R], *args: P.args, **said: P.kwargs) -> R:
    """Walk; a stage within a stage is part of it."""
    global _as_ever
    _as_ever = True
    try:
        return walk(*args, **said)
    finally:
        _as_ever = False


def _ready(here: Stage) -> bool:
    if here not in _kept or _kept[here].database in known.spoilt:
        return False
    _kept[here] = _kept.pop(here)  # the newest last
    return True


def _wanted(here: Stage) -> bool:
    """From the second time on that somebody stands here, a copy is kept; for it the one goes that was used longest ago, or that is spoilt."""
    _walked[here] += 1
    if _walked[here] < 2 or here in _kept and _kept[here].database == known.away:
        return False
    goes = here if here in _kept else next(iter(_kept)) if len(_kept) == MOST else None
    if goes is not None:
        drop(_kept.pop(goes).database)
    return True


def _named(said: object) -> object:
    """Return what is said with each row by its table and number."""
    if isinstance(said, tuple):
        return tuple(_named(each) for each in said)
    return (said._meta.label, said.pk) if isinstance(said, Model) else said


def _copied(database: str, found: object) -> Kept:
    """Say what is kept of where this connection stands."""
    with connection.cursor() as cursor:
        cursor.execute(KEYS)
        ids = [key for (key,) in cursor.fetchall()]
    wanted = "select id, owner, wrapped from wrapped_key where id in (select value from json_each(?))"
    with sqlite3.connect(settings.KEYSTORE_PATH) as store:
        keys = store.execute(wanted, (json.dumps(ids),)).fetchall()
    return Kept(database, pickle.dumps(found), tuple(keys))


def _restored(kept: Kept) -> Any:
    if known.test is None:
        copied(kept.database)
    else:
        with in_no_transaction():
            _go_to(kept.database)
    with sqlite3.connect(settings.KEYSTORE_PATH) as store:
        store.executemany("insert or replace into wrapped_key(id, owner, wrapped) values (?, ?, ?)", kept.keys)
    return pickle.loads(kept.found)  # noqa: S301 - written by this process


def _go_to(database: str) -> None:
    go_to(database)
    known.away = database
