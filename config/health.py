"""/healthz and /readyz: whether this process lives, and whether it may serve."""

from datetime import UTC, datetime, timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from cases.images import keystore
from cases.keystore import KeystoreAway

LATE = timedelta(minutes=2)  # the log goes on each second and jobs are swept every five; whatever is later needs a person
APART = timedelta(seconds=30)  # a code of a second factor lasts as long
ASKED = """select entry, sweep, ahead, wall, (select count(*) from pg_roles where rolname = 'tester'),
  coalesce((select at from ledger_entry order by seq desc limit 1) - wall - ahead, interval '0') from house_ages()"""


def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Ready when the database answers and is migrated, the log and the sweeper go on, the clocks agree and no test login exists.

    Redis and the keystore only degrade.
    """
    found: dict[str, Any] = {}
    try:
        waiting = _migrations_waiting()
        found["migrations"] = "ok" if not waiting else f"{waiting} not applied; run manage.py migrate as owner"
        found |= _standing()
        found["database"] = "ok"
    except DatabaseError:
        found["database"] = "does not answer"
    ready = all(value == "ok" for value in found.values())
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1).ping()
        found["redis"] = "ok"
    except (redis.exceptions.RedisError, ValueError):
        found["redis"] = "degraded: jobs wait for the sweeper"
    try:
        keystore().check()
        found["keystore"] = "ok"
    except KeystoreAway:
        found["keystore"] = "degraded: no picture is sealed or opened; manage.py make_keystore says why"
    return JsonResponse({"ready": ready, **found}, status=200 if ready else 503)


def _standing() -> dict[str, str]:
    """What the database says of log, sweeper, clocks and logins; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        entry, sweep, ahead, wall, testers, back = cursor.fetchone()
    apart = abs(datetime.now(UTC) - wall)
    clock = f"the house clock is set {ahead} ahead" if ahead else ""
    clock = clock or (f"this machine and the database are {apart.total_seconds():.0f} s apart" if apart > APART else "")
    clock = clock or (f"the database's clock was set back: the newest entry is {_whole(back)} ahead of it" if back > APART else "ok")
    return {
        "log": "ok" if (entry or timedelta()) <= LATE else f"an entry waits for {_whole(entry)}; is manage.py sequence --loop running?",
        "sweeper": "ok" if sweep <= LATE else f"last swept {_whole(sweep)} ago; is beat or manage.py sweep --loop running?",
        "clock": clock,
        "logins": "ok" if not testers else "the test login exists on this server",
    }


def _whole(age: timedelta) -> timedelta:
    return timedelta(seconds=int(age.total_seconds()))


def _migrations_waiting() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
