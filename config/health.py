"""/healthz and /readyz: whether this process lives, and whether it may serve."""

from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse


def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Ready when the database answers and is migrated, the house clock stands at zero and no test login exists; Redis only degrades."""
    found: dict[str, Any] = {}
    try:
        waiting = _migrations_waiting()
        found["migrations"] = "ok" if not waiting else f"{waiting} not applied; run manage.py migrate as owner"
        with connection.cursor() as cursor:
            cursor.execute("select ahead_by, (select count(*) from pg_roles where rolname = 'tester') from ledger_clock")
            ahead_by, testers = cursor.fetchone()
        found["database"] = "ok"
        found["clock"] = "ok" if ahead_by == timedelta(0) else f"the house clock is set {ahead_by} ahead"
        found["logins"] = "ok" if not testers else "the test login exists on this server"
    except DatabaseError:
        found["database"] = "does not answer"
    ready = all(value == "ok" for value in found.values())
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1).ping()
        found["redis"] = "ok"
    except (redis.exceptions.RedisError, ValueError):
        found["redis"] = "degraded: jobs wait for the sweeper"
    return JsonResponse({"ready": ready, **found}, status=200 if ready else 503)


def _migrations_waiting() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
