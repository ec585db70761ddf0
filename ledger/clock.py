"""The clock of the house, read once at each door and passed along as ``at``."""

from datetime import datetime

from django.db import connections


def house_now(*, using: str = "default") -> datetime:
    """Return the database's time (UTC). The application never chooses it."""
    with connections[using].cursor() as cursor:
        cursor.execute("select house_now()")
        (now,) = cursor.fetchone()
    return now  # type: ignore[no-any-return]
