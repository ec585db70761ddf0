"""Figures of the house for Prometheus: counts and ages, never a name, a case, an image or a score. Read with the auditor's login."""

import hmac
import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import DatabaseError, connection
from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ledger.asking import ask_rows

KEPT_FOR = 10.0  # seconds; so many scrapes cost the database no more than one
SHARE = 20  # and so many times as long as asking took: counting a large house takes at most a twentieth of its time
SHORTEST_TOKEN = 32

# name -> (what it is, labels, one statement: labels, then the figure)
FIGURES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "cases": ("Cases by state", ("state",), "select state, count(*) from cases_case group by 1"),
    "oldest_unreviewed_seconds": (
        "How long the case that has waited longest for its reviewers waits",
        (),
        "select coalesce(extract(epoch from house_now() - min(m.at)), 0) from cases_case c cross join lateral "
        "(select max(at) as at from cases_move where case_id = c.id) m where c.state in ('FIT', 'DISPUTED')",
    ),
    "oldest_reexamination_seconds": (
        "How long the drawn case that has waited longest for another agency waits, from the first of its month",
        (),
        "select coalesce(extract(epoch from house_now() - oldest_from::timestamp at time zone 'UTC'), 0) from lots_counted()",
    ),
    "refusals": (
        "Refused acts by act and reason",
        ("act", "reason"),
        "select act, reason, count(*) from (select act, reasons from cases_refused union all select 'countersign', reasons from review_decision "
        "where not signed) x, unnest(reasons) as reason group by 1, 2",
    ),
    "entry_age_seconds": (
        "How long the oldest entry waits for its place in the log",
        (),
        "select coalesce(extract(epoch from entry), 0) from house_ages()",
    ),
    "sweep_age_seconds": ("How long ago due jobs were looked for", (), "select extract(epoch from sweep) from house_ages()"),
    "clock_ahead_seconds": ("How far the house clock is set ahead", (), "select extract(epoch from ahead) from house_ages()"),
    "log_size": ("Entries that have their place in the log", (), "select coalesce(max(index) + 1, 0) from ledger_leaf"),
    "witnesses_silent_seconds": (
        "How long witnesses have been silent",
        (),
        "select coalesce(extract(epoch from house_now() - witnesses_silent_since()), 0)",
    ),
    "jobs_waiting": (
        "Jobs that are due, by kind",
        ("kind",),
        "select kind, count(*) from cases_job where done_at is null and given_up_at is null and not_before <= house_now() group by 1",
    ),
    "jobs_dead": (
        "Jobs that were given up and wait for a person, by kind",
        ("kind",),
        "select kind, count(*) from cases_job where done_at is null and given_up_at is not null group by 1",
    ),
}


class Figures(Collector):
    """Asks the database for each figure, at most once in ten seconds, and in a large house more seldom."""

    def __init__(self) -> None:
        self.until, self.found = 0.0, list[Metric]()

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked before the first scrape."""
        return ()

    def collect(self) -> Iterable[Metric]:
        began = time.monotonic()
        if began >= self.until:
            self.found = list(_asked())
            asked = time.monotonic()
            self.until = asked + max(KEPT_FOR, SHARE * (asked - began))
        return self.found


def _asked() -> Iterator[Metric]:
    for name, (what, labels, sql) in FIGURES.items():
        family = GaugeMetricFamily(f"countersign_{name}", what, labels=labels)
        for *values, figure in ask_rows(sql):
            family.add_metric([str(value) for value in values], float(figure))
        yield family


class Door:
    """The door of its own: answers ``GET /metrics``, and where a token is set only to whoever brings it."""

    def __init__(self, *, token: str = "") -> None:
        registry = CollectorRegistry()
        registry.register(Figures())
        self.figures, self.token = make_wsgi_app(registry), token

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        brought = str(environ.get("HTTP_AUTHORIZATION", ""))
        if self.token and not hmac.compare_digest(brought.encode(), f"Bearer {self.token}".encode()):
            return _plain(start_response, "401 Unauthorized", "Send “Authorization: Bearer TOKEN”.")
        if environ.get("PATH_INFO") != "/metrics":
            return _plain(start_response, "404 Not Found", "The figures are at /metrics.")
        try:
            return list(self.figures(environ, start_response))
        except DatabaseError:
            connection.close()
            return _plain(start_response, "503 Service Unavailable", "The database does not answer.")


def _plain(start_response: Any, status: str, said: str) -> list[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8")])
    return [f"{said}\n".encode()]
