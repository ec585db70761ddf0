"""The only way a floor writes to the record: one entry, in the transaction that does the thing."""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from ledger.asking import ask_database


def append(*, kind: str, subject: str, details: Mapping[str, Any], using: str = "default") -> int:
    """Append one entry and return its sequence number.

    ``details`` holds references and keyed hashes only. The database adds kind, subject and its own time,
    stores the exact bytes and hashes them (RFC 6962 leaf: SHA-256 of 0x00 and the bytes). A kind that only a
    database function may write, or one that is not registered, is refused there with a sentence.
    """
    return int(ask_database("select ledger_append(%s, %s, %s)", kind, subject, Jsonb(dict(details)), using=using))
