"""The figures of the house stand at a door of its own, for this machine or for whoever brings the token, and name nobody."""

import os
import subprocess
import sys
import urllib.request
from io import StringIO
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from prometheus_client.parser import text_string_to_metric_families

from config import metrics
from config.metrics import FIGURES, Door
from tests import world

TOKEN = "a-token-of-the-tests-of-forty-characters"


def asked(door: Door, path: str = "/metrics", **environ: str) -> tuple[str, str]:
    told: list[str] = []
    given = {"PATH_INFO": path, **environ}
    setup_testing_defaults(given)
    body = b"".join(door(given, lambda status, headers, *_: told.append(status)))
    return told[0], body.decode()


def figures(door: Door | None = None) -> dict[tuple[str, ...], float]:
    """Return every figure by its name and labels, as Prometheus reads them; asked as the auditor."""
    with connection.cursor() as cursor:
        cursor.execute("set local role auditor" if connection.in_atomic_block else "set role auditor")
        try:
            status, text = asked(door or Door())
        finally:
            cursor.execute("set local role app" if connection.in_atomic_block else "set role app")
    assert status == "200 OK"
    return {
        (sample.name.removeprefix("countersign_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.mark.django_db
def test_every_figure_says_what_is_on_file():
    before = figures()
    refused = world.signed(world.asked(world.a_lead("25-3")))
    with world.the_machine(), connection.cursor() as cursor:
        cursor.execute("insert into cases_job(kind, key, details, given_up_at) values ('enrol', 'dead', '{}', house_now())")
    waiting = world.searched("25-1", "p014")
    world.requested("25-2", "p013")
    after = figures()

    with_labels = {"cases", "refusals", "jobs_waiting", "jobs_dead"}
    assert {name for name, *_ in after} == set(FIGURES)
    assert {name for name, *labels in after if not labels} == set(FIGURES) - with_labels
    for state, more in (("RECEIVED", 1), ("LEAD", 1), (waiting.state, 1)):
        assert after["cases", state] == before.get(("cases", state), 0) + more
    assert {(act, reason) for name, act, reason, *_ in [(*key, "", "") for key in after] if name == "refusals"} >= {
        ("countersign", reason.code) for reason in refused.reasons
    }
    assert after["jobs_dead", "enrol"] == 1
    assert after["oldest_unreviewed_seconds",] > 0
    assert after["entry_age_seconds",] > 0


@pytest.mark.django_db
def test_the_oldest_unreviewed_case_is_the_one_that_still_waits():
    assert figures()["oldest_unreviewed_seconds",] == 0
    waiting = world.searched("25-1")
    assert figures()["oldest_unreviewed_seconds",] > 0

    world.examined(waiting)

    assert figures()["oldest_unreviewed_seconds",] == 0


@pytest.mark.django_db
def test_many_scrapes_cost_the_database_no_more_than_one(django_assert_num_queries):
    door = Door()
    figures(door)
    with django_assert_num_queries(0):
        assert asked(door)[0] == "200 OK"


@pytest.mark.django_db
def test_no_figure_names_anybody_or_any_case():
    world.signed(world.asked(world.a_lead("25-QX77")))
    with connection.cursor() as cursor:
        cursor.execute("set local role auditor")
        text = asked(Door())[1]

    for canary in ("FR-20", "25-QX77", "dana", "ortiz", "p012", "riverside"):
        assert canary not in text.lower()


@pytest.mark.django_db
def test_where_a_token_is_set_nobody_else_reads():
    door = Door(token=TOKEN)
    for brought in ("", TOKEN, f"Bearer {TOKEN[:-1]}", f"Bearer {TOKEN}x", "Bearer tökén"):
        assert asked(door, HTTP_AUTHORIZATION=brought)[0] == "401 Unauthorized", brought
    with connection.cursor() as cursor:
        cursor.execute("set local role auditor")
        assert asked(door, HTTP_AUTHORIZATION=f"Bearer {TOKEN}")[0] == "200 OK"


def test_there_is_nothing_else_at_the_door():
    assert asked(Door(), path="/")[0] == asked(Door(), path="/metrics/x")[0] == "404 Not Found"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::", "metrics.example"])
def test_it_is_not_opened_to_other_machines_without_a_token(host, monkeypatch):
    monkeypatch.delenv("COUNTERSIGN_METRICS_TOKEN", raising=False)
    with pytest.raises(CommandError, match="is seen by other machines: set COUNTERSIGN_METRICS_TOKEN"):
        call_command("metrics", host=host, stdout=StringIO())


def test_a_short_token_is_refused(monkeypatch):
    monkeypatch.setenv("COUNTERSIGN_METRICS_TOKEN", "short")
    with pytest.raises(CommandError, match="has 5 characters; set at least 32"):
        call_command("metrics", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_the_command_serves_the_auditors_figures_on_this_machine():
    world.requested()
    s = connections["auditor"].settings_dict
    url = f"postgresql://{s['USER']}:{s['PASSWORD']}@/{s['NAME']}?host={quote(s['HOST'])}"
    kept = {k: v for k, v in os.environ.items() if not k.endswith("DATABASE_URL")}
    given = {"COUNTERSIGN_PROCESS": "auditor", "AUDITOR_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.local"}
    process = subprocess.Popen(
        [sys.executable, "manage.py", "metrics", "--port", "0"],
        cwd=settings.ROOT, env={**kept, **given, "DJANGO_SECRET_KEY": "x" * 50}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        address = process.stdout.readline().split()[-1]
        with urllib.request.urlopen(address, timeout=30) as answer:
            assert b'countersign_cases{state="RECEIVED"} 1.0' in answer.read()
    finally:
        process.kill()
        process.wait()


def test_however_long_counting_takes_it_takes_a_twentieth_of_the_time(monkeypatch):
    now, asked_at = [0.0], []

    def counting():
        asked_at.append(now[0])
        now[0] += 6.0  # seconds
        return ()

    monkeypatch.setattr(metrics.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(metrics, "_asked", counting)
    figures = metrics.Figures()
    for _ in range(60):
        figures.collect()
        now[0] += 10.0
    assert len(asked_at) > 2
    assert min(later - earlier for earlier, later in zip(asked_at, asked_at[1:], strict=False)) >= 20 * 6.0
