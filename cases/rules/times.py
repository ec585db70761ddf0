"""Which times the house takes: those that every part of it can hold."""

from datetime import UTC, date, datetime

FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)  # also ``ledger/sql/0001``
YEARS = f"from {FIRST.year} to {LAST.year - 1}"


def of_these_centuries(time: datetime) -> bool:
    """Whether a time with its zone lies from 1900 to 2199, in UTC.

    PostgreSQL keeps times for which Python has no year, and whoever reads such a row fails: "9999-12-31 23:00" in Detroit is of the year 10000.
    """
    return FIRST <= time < LAST


def day_of_these_centuries(day: date) -> bool:
    """Whether a day lies from 1900 to 2199: a rule may count on from it, and a period be added, without leaving the calendar."""
    return FIRST.date() <= day < LAST.date()
