"""How tests use the database: the owner alone makes it, committed rows are wiped by the owner, roles are worn one at a time."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.db import connection, connections
from django.test import TransactionTestCase

REFERENCE = {
    "django_migrations",
    "django_content_type",
    "ledger_kind",
    "ledger_clock",
    "cases_transition",
    "review_action",
    "review_evidencekind",
    "review_countersignaturetransition",
}
LOGINS = ("owner", "app", "intake", "worker", "auditor")


def login(role: str) -> "psycopg.Connection[tuple[object, ...]]":
    """Return a connection with the real login of a role, outside any transaction of the test."""
    s = connections[role].settings_dict
    return psycopg.connect(host=s["HOST"], user=s["USER"], password=s["PASSWORD"], dbname=s["NAME"], autocommit=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker, worker_id: str) -> Iterator[None]:  # type: ignore[no-untyped-def]
    """Make and migrate the test database as its owner, and point every alias at it; never on a name that is not a test's."""
    with django_db_blocker.unblock():
        owner = connections["owner"]
        live = owner.settings_dict["NAME"]
        owner.settings_dict["TEST"]["NAME"] = f"test_{live}_{worker_id}"
        name = owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        assert name.startswith("test_"), name
        for each in connections.all():
            each.close()
            each.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        for each in connections.all():
            each.close()
        owner.creation.destroy_test_db(live, verbosity=0)


def _wipe_as_owner(self: TransactionTestCase) -> None:
    with login("owner") as owner:
        tables = [t for (t,) in owner.execute("select tablename from pg_tables where schemaname = 'public'") if t not in REFERENCE]
        owner.execute(f"truncate {', '.join(map(str, tables))} restart identity cascade")


TransactionTestCase._fixture_teardown = _wipe_as_owner  # type: ignore[method-assign]


@pytest.fixture
def as_role() -> Callable[[str], None]:
    """Wear another role until the end of the transaction."""

    def become(role: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"set local role {role}")

    return become
