"""/readyz says by name what keeps this house from serving, and that a missing queue only slows it."""

from datetime import timedelta

import pytest

from cases import jobs
from cases.images import keystore
from config import health
from ledger.clock import house_now
from tests import world
from tests.database import login


@pytest.fixture
def said(client, db):
    def ask() -> tuple[int, dict]:
        answer = client.get("/readyz")
        return answer.status_code, answer.json()

    return ask


def test_it_refuses_where_the_test_login_exists(said):
    status, found = said()

    assert (status, found["ready"]) == (503, False)
    assert found["logins"] == "the test login exists on this server"
    assert (found["database"], found["migrations"], found["clock"], found["redis"]) == ("ok", "ok", "ok", "ok")


def test_it_refuses_while_migrations_wait(said, monkeypatch):
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda *_: [("ledger", False)])

    status, found = said()

    assert status == 503
    assert found["migrations"] == "1 not applied; run manage.py migrate as owner"


def test_a_missing_queue_only_degrades(said, settings):
    settings.REDIS_URL = "unix:///nowhere/valkey.sock"

    assert said()[1]["redis"] == "degraded: jobs wait for the sweeper"


def test_a_keystore_that_is_away_only_degrades(said, monkeypatch, tmp_path):
    assert said()[1]["keystore"] == "ok"
    monkeypatch.setattr(keystore(), "path", tmp_path / "keystore")

    assert said()[1]["keystore"] == "degraded: no picture is sealed or opened; manage.py make_keystore says why"


@pytest.mark.django_db(transaction=True)
def test_it_refuses_while_the_log_or_the_sweeper_stands_still(client):
    world.sequenced()
    with world.the_machine():
        jobs.note_sweep()
    found = client.get("/readyz").json()
    assert (found["log"], found["sweeper"]) == ("ok", "ok")

    world.requested()  # an entry that nobody places
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = '3 minutes'")
    found = client.get("/readyz").json()
    assert found["log"].startswith("an entry waits for 0:03:")
    assert found["sweeper"].startswith("last swept 0:03:")
    assert found["clock"] == "the house clock is set 0:03:00 ahead"
    assert not found["ready"]

    world.sequenced()
    with world.the_machine():
        jobs.note_sweep()
    found = client.get("/readyz").json()
    assert (found["log"], found["sweeper"]) == ("ok", "ok")


@pytest.mark.django_db(transaction=True)
def test_it_refuses_while_the_newest_entry_is_ahead_of_the_clock(client):
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = '3 minutes'")
        world.requested()
        owner.execute("update ledger_clock set ahead_by = '0'")

    assert client.get("/readyz").json()["clock"].startswith("the database's clock was set back: the newest entry is 0:02:5")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("set_back", "stands_still"), [("23 hours", True), ("25 hours", False)])
def test_the_clock_stands_still_behind_the_newest_entry_for_at_most_a_day(set_back, stands_still):
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = %s::interval", [set_back])
        world.requested()
        ahead = house_now()
        owner.execute("update ledger_clock set ahead_by = '0'")
        newest = owner.execute("select at from ledger_entry order by seq desc limit 1").fetchone()[0]

    assert (newest < house_now() < ahead + timedelta(minutes=1)) is stands_still


def test_it_refuses_where_the_clocks_of_machine_and_database_differ(said, monkeypatch):
    monkeypatch.setattr(health, "APART", timedelta(seconds=-1))

    status, found = said()

    assert (status, found["clock"]) == (503, "this machine and the database are 0 s apart")


def test_healthz_asks_nobody(client):
    assert client.get("/healthz").content == b"ok\n"
