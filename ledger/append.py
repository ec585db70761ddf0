"""The only way a floor writes to the record: one entry, in the transaction that does the thing."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connections


def append(*, kind: str, subject: str, details: Mapping[str, Any], using: str = "default") -> int:
    """Append one entry and return its sequence number.

    ``details`` holds references and keyed hashes only. The database adds kind, subject and its own time,
    stores the exact bytes and hashes them (RFC 6962 leaf: SHA-256 of 0x00 and the bytes). A kind that only a
    database function may write, or one that is not registered, is refused there with a sentence.
    """
    with connections[using].cursor() as cursor:
        cursor.execute("select ledger_append(%s, %s, %s::jsonb)", [kind, subject, json.dumps(dict(details))])
        (seq,) = cursor.fetchone()
    return int(seq)
