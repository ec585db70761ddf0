"""Calls a function of the database and returns its one answer, or its rows."""

import json
from typing import Any

from django.db import connections

JSONB = 3802  # PostgreSQL's type number; Django leaves it undecoded


def ask_database(sql: str, *params: Any, using: str = "default") -> Any:
    """Return the first column of the first row; jsonb comes decoded. One statement, one round trip."""
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        (answer,) = cursor.fetchone()
        if cursor.description[0].type_code == JSONB and answer is not None:
            return json.loads(answer)
    return answer


def ask_rows(sql: str, *params: Any, using: str = "default") -> list[tuple[Any, ...]]:
    """Return every row. One statement, one round trip."""
    with connections[using].cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
