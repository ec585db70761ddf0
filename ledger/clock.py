"""The clock of the house, read once at each door and passed along as ``at``."""

from datetime import datetime

from ledger.asking import ask_database


def house_now(*, using: str = "default") -> datetime:
    """Return the database's time (UTC). The application never chooses it."""
    now: datetime = ask_database("select house_now()", using=using)
    return now
