"""/readyz says by name what keeps this house from serving, and that a missing queue only slows it."""

import pytest

from config import health


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


def test_healthz_asks_nobody(client):
    assert client.get("/healthz").content == b"ok\n"
