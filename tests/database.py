"""How tests use the database: the owner alone makes it, committed rows are undone by the owner, roles are worn one at a time."""

import itertools
import re
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.backends.signals import connection_created
from django.test import TestCase, TransactionTestCase

from cases import jobs
from cases.law.in_force import IN_FORCE
from workers.effects import EFFECTS

PATIENCE = 300  # seconds
LEAVES = 40  # times that somebody who leaves is asked for
LOGINS = ("owner", "app", "intake", "worker", "auditor")
Stage = tuple[bytes, ...]
_home = _template = _owed = ""  # what is owed: the database that the next one who looks at the test database must find there
_one_at_a_time = threading.RLock()
_copies: list[str] = []
_numbers = itertools.count()
_left: dict[str, Any] = {}  # sessions of the pages in other databases, kept because a new one has everything to learn


class Known:
    """By which calls the test database came from the template to where it stands; None from the moment that anything else may have written.

    ``at_home`` is where it stands once what the running test does is rolled back, where it is such a test (``test`` then has its transaction).
    Each such test begins at the template, unless its module (``furnished_anew``) has committed something for it.
    """

    at: Stage | None = None
    at_home: Stage | None = None
    test: tuple[type[TestCase], dict[str, Any]] | None = None
    away = ""  # the copy in which that test stands, if it left home
    held = False  # by a module

    def __init__(self) -> None:
        self.spoilt: set[str] = set()  # copies in which somebody else may have written

    def forget(self) -> None:
        """Somebody else may have written."""
        self.at = None
        if self.away:
            self.spoilt.add(self.away)
        else:
            self.at_home = None

    def written(self) -> None:
        """This test has written by itself."""
        self.at = None
        if self.test is None:
            self.at_home = None

    def stands(self, here: Stage) -> None:
        self.at = here
        if self.test is None:
            self.at_home = here


known = Known()
READS = re.compile(rf"SELECT |select house_now\(\)$|{re.escape(IN_FORCE)}$")  # what Django reads is written in capitals
BESIDE = frozenset({"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"})


def _of_the_pages(session: BaseDatabaseWrapper) -> bool:
    """Whether it is the one that the tests act through. Under a loop (Playwright's) Django makes another for the same thread."""
    return session.settings_dict["USER"] == _tester and threading.current_thread() is threading.main_thread()


def _watched(execute: Callable[..., Any], sql: str, params: object, many: bool, context: Mapping[str, Any]) -> Any:
    if not READS.match(sql) or " FOR " in sql:
        known.written() if _of_the_pages(context["connection"]) else known.forget()
    return execute(sql, params, many, context)


def _connected(connection: BaseDatabaseWrapper, **_: object) -> None:
    if _watched not in connection.execute_wrappers:
        connection.execute_wrappers.append(_watched)
    if not _of_the_pages(connection):
        known.forget()


def _ran(event: str, _: object) -> None:
    if event in BESIDE:
        _made_good()
        known.forget()


_tester = ""  # the login of the pages in the tests
connection_created.connect(_connected)
sys.addaudithook(_ran)


def login(role: str) -> "psycopg.Connection[tuple[object, ...]]":
    """Return a connection with the real login of a role, outside any transaction of the test."""
    _made_good()
    known.forget()
    s = connections[role].settings_dict
    return psycopg.connect(host=s["HOST"], user=s["USER"], password=s["PASSWORD"], dbname=s["NAME"], autocommit=True)


def waiting(session: "psycopg.Connection[Any]") -> int:
    """Return how many locks are waited for in this database; the test run beside has its own."""
    asked = "select count(*) from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()"
    row = session.execute(asked).fetchone()
    assert row is not None
    return int(row[0])


def until_other_databases_are_done() -> None:
    """The log waits for every transaction of the server that is older, also for those of the test run beside this one."""
    older = "select pid, backend_xid::text from pg_stat_activity where datname <> current_database() and backend_xid is not null"
    with login("owner") as owner:
        waits_for = set(owner.execute(older).fetchall())
        deadline = time.monotonic() + PATIENCE
        while waits_for & set(owner.execute(older).fetchall()):
            assert time.monotonic() < deadline, waits_for
            owner.execute("select pg_sleep(0.02)")


def write_past_the_promises(
    owner: "psycopg.Connection[Any]", tables: Iterable[str], statements: Iterable[str], given: Mapping[str, object] | None = None
) -> None:
    """Write rows as only the owner of a database that is thrown away can, with the walls of these tables asleep, and count them for the planner."""
    with owner.transaction():
        for table in tables:
            owner.execute(f"alter table {table} disable trigger user")
        for statement in statements:
            owner.execute(statement, given)
        owner.execute("set constraints all immediate")
        for table in tables:
            owner.execute(f"alter table {table} enable trigger user")
    owner.execute("vacuum analyze")


@contextmanager
def as_owner() -> Iterator[None]:
    """Let the default connection be the owner's, as in the administrator's process."""
    tester = connections["default"]
    owner = connections["owner"]
    connections["default"] = owner
    owner.alias = "default"
    try:
        yield
    finally:
        owner.alias = "owner"
        connections["default"] = tester


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """Make, migrate and furnish the test database as its owner, keep it as a template, and point every alias at a copy."""
    global _home, _template, _tester, _owed
    with django_db_blocker.unblock():
        owner = connections["owner"]
        live = owner.settings_dict["NAME"]
        owner.settings_dict["TEST"]["NAME"] = f"test_{live}_{worker_id}"
        name = owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        assert name.startswith("test_"), name
        for each in connections.all():
            each.close()
            each.settings_dict["NAME"] = name
        from django.conf import settings

        settings.VAR = Path(tmp_path_factory.mktemp("var"))
        with as_owner():
            call_command("make_keystore", stdout=StringIO())
            call_command("demo_setup", stdout=StringIO())
            while due := jobs.due():
                for job_id in due:
                    jobs.run(job_id=job_id, effects=EFFECTS)
        _tester = connections["default"].settings_dict["USER"]
        _home, _template = name, copy_of(name)
        known.stands(())
    yield
    _owed = ""
    with django_db_blocker.unblock():
        for session in (*connections.all(), *_left.values()):
            session.close()
        with _maintenance() as owner_now:
            for each_name in (name, *_copies):
                _patiently(owner_now, f'drop database if exists "{each_name}"')


@contextmanager
def _maintenance() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    s = connections["owner"].settings_dict
    with psycopg.connect(host=s["HOST"], user=s["USER"], password=s["PASSWORD"], dbname="postgres", autocommit=True) as owner:
        yield owner


def _copy(source: str, target: str) -> None:
    for each in connections.all():
        each.close()
    for name in {source, target} & set(_left):
        _left.pop(name).close()
    with _maintenance() as owner:
        _patiently(owner, f'drop database if exists "{target}"')
        _patiently(owner, f'create database "{target}" template "{source}" strategy file_copy')


def copy_of(name: str) -> str:
    """Keep a copy of a database until the run ends, and return its name."""
    _made_good()
    copy = f"{_home or name}_{next(_numbers)}"
    _copy(name, copy)
    _copies.append(copy)
    return copy


def drop(copy: str) -> None:
    """Keep a copy no longer."""
    if copy in _left:
        _left.pop(copy).close()
    with _maintenance() as owner:
        _patiently(owner, f'drop database if exists "{copy}"')
    _copies.remove(copy)


def copied(source: str) -> None:
    """Make the test database a copy of a kept one."""
    global _owed
    assert connections["default"].settings_dict["NAME"] == _home
    with _one_at_a_time:
        _copy(source, _home)
        _owed = ""


def _furnished() -> None:
    """Begin from the template again. Whoever looks next gets the copy; a test that goes to a stage at once needs none."""
    global _owed
    for each in connections.all():
        each.close()
    _owed = _template
    if _somebody_is_still_there():  # whom this test must answer for, and not the next
        copied(_owed)
    known.stands(())


def _somebody_is_still_there() -> bool:
    with _maintenance() as owner:
        for _ in range(LEAVES):
            if owner.execute("select 1 from pg_stat_activity where datname = %s limit 1", [_home]).fetchone() is None:
                return False
            time.sleep(0.005)  # a session that was closed takes a moment to leave
    return True


def _made_good() -> None:
    """Copy what is owed; who looks at the same time waits for it."""
    with _one_at_a_time:
        if _owed:
            copied(_owed)


def _connects(self: DatabaseWrapper, params: dict[str, Any]) -> "psycopg.Connection[Any]":
    if self.settings_dict["NAME"] == _home:
        _made_good()
    return _connect(self, params)


_connect = DatabaseWrapper.get_new_connection
DatabaseWrapper.get_new_connection = _connects  # type: ignore[method-assign]


def template() -> str:
    """Return the name of the furnished database that all tests begin from."""
    return _template


def go_to(database: str) -> None:
    """Let every login stand in another database, outside any transaction."""
    pages = connections["default"]
    if pages.connection is not None:
        _left[pages.settings_dict["NAME"]] = pages.connection
        pages.connection = None
    for each in connections.all():
        each.close()
        each.settings_dict["NAME"] = database
    if not pages.closed_in_transaction:  # else only a session that is new begins outside of it
        pages.connection = _left.pop(database, None)


@contextmanager
def in_no_transaction() -> Iterator[None]:
    """Roll back what a test that is rolled back has done so far, for as long as this lasts; then its transaction begins anew, wherever it stands."""
    assert known.test is not None
    case, atomics = known.test
    _roll_back(case, atomics)
    try:
        yield
    finally:
        atomics |= _enter(case)


_enter: Callable[..., Any] = vars(TestCase)["_enter_atomics"].__func__
_roll_back: Callable[..., Any] = vars(TestCase)["_rollback_atomics"].__func__


def _begin(case: type[TestCase]) -> dict[str, Any]:
    atomics: dict[str, Any] = _enter(case)
    known.test = case, atomics
    known.at = known.at_home if known.held else ()
    return atomics


def _end(case: type[TestCase], atomics: dict[str, Any]) -> None:
    _roll_back(case, atomics)
    known.test, known.at = None, known.at_home
    if known.away:
        go_to(_home)
        known.away = ""


TestCase._enter_atomics = classmethod(_begin)
TestCase._rollback_atomics = classmethod(_end)


def _patiently(owner: "psycopg.Connection[tuple[object, ...]]", sql: str) -> None:
    """A session that a test has just closed or killed may take a moment to leave; the owner may not end another login's."""
    for _ in range(20):
        try:
            owner.execute(sql)
            return
        except psycopg.errors.ObjectInUse:  # the server itself waits five seconds before it says so
            continue
    owner.execute(sql)


def _undo_as_owner(self: TransactionTestCase) -> None:
    """After a test that commits: the furnished template again. Django's own flush, as app, would be refused."""
    _furnished()


TransactionTestCase._fixture_teardown = _undo_as_owner  # type: ignore[method-assign]


@contextmanager
def furnished_anew() -> Iterator[None]:
    """Undo what a whole module commits, when the module is done with it."""
    known.held = True
    try:
        yield
    finally:
        known.held = False
        _furnished()


@pytest.fixture
def as_role() -> Callable[[str], None]:
    """Wear another role until the end of the transaction."""

    def become(role: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"set local role {role}")

    return become
