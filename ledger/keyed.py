"""Keyed hashes: how a person or a subject id appears in the record without appearing in it."""

import hashlib
import hmac
from functools import cache
from pathlib import Path

from django.conf import settings

from ledger.away import Away


class KeysAway(Away):
    """The master key, or a key under it, cannot be reached; nothing that needs one is written meanwhile."""


@cache
def derived_key(purpose: str) -> bytes:
    """Return 32 bytes for one purpose, derived from the master key; knowing one tells nothing of another. Raises KeysAway."""
    try:
        master = bytes.fromhex(Path(settings.MASTER_KEY_FILE).read_text(encoding="ascii").strip())
    except (OSError, ValueError) as trouble:
        raise KeysAway(f"the master key cannot be read: {trouble}") from trouble
    return hmac.new(master, f"countersign/{purpose}/v1".encode(), hashlib.sha256).digest()


def keyed(scope: str, value: str | int) -> str:
    """Return a 128-bit keyed hash (hex) of ``value`` within ``scope``; equal values stay comparable, none is readable."""
    return hmac.new(derived_key("record/subjects"), f"{scope}\x00{value}".encode(), hashlib.sha256).hexdigest()[:32]
