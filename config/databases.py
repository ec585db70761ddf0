"""Which login a process gets: each is given only its own address, and a missing one is named."""

import os
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

URLS = {
    "app": "DATABASE_URL",
    "owner": "OWNER_DATABASE_URL",
    "intake": "INTAKE_DATABASE_URL",
    "worker": "WORKER_DATABASE_URL",
    "auditor": "AUDITOR_DATABASE_URL",
}
ALL_NAMES = (*URLS.values(), "REDIS_URL")

# process -> alias -> login. The test process logs in as tester, which becomes app, and has every real login beside it.
PROCESSES: dict[str, dict[str, str]] = {
    "web": {"default": "app", "intake": "intake"},
    "demo": {"default": "app", "intake": "intake"},
    "intake": {"default": "intake", "intake": "intake"},
    "worker": {"default": "worker"},
    "owner": {"default": "owner"},
    "auditor": {"default": "auditor"},
    "replay": {"default": "app", "worker": "worker", "owner": "owner", "auditor": "auditor"},  # in a throw-away database only
}


def missing_names(environment: dict[str, str]) -> list[str]:
    """Return the names of addresses that are not set, where some are; none set, or all, gives an empty list."""
    found = [name for name in ALL_NAMES if environment.get(name)]
    return [name for name in ALL_NAMES if name not in found] if found else []


def database(url: str, **options: Any) -> dict[str, Any]:
    """Return Django's settings for ``postgresql://user:password@host:port/name``; ``?host=/folder`` names a unix socket."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.path.strip("/"):
        raise ImproperlyConfigured("a database address reads postgresql://user:password@host:port/name")
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**query, **options},
    }


def databases(process: str) -> dict[str, dict[str, Any]]:
    """Return the databases of a process. Raises ImproperlyConfigured naming what is missing."""
    if process not in PROCESSES:
        raise ImproperlyConfigured(f"COUNTERSIGN_PROCESS is “{process}”; allowed are {', '.join(PROCESSES)}")
    wanted = {alias: URLS[login] for alias, login in PROCESSES[process].items()}
    absent = [name for name in wanted.values() if not os.environ.get(name)]
    if absent:
        raise ImproperlyConfigured(f"the process “{process}” needs {', '.join(absent)}; set it, or start with “make run”")
    return {alias: database(os.environ[name]) for alias, name in wanted.items()}
