"""What lapses by time alone. It only takes away: a turn on which nothing was done goes back to the lot."""

from psycopg.types.json import Jsonb

from cases.audit import details
from ledger.asking import ask_database

AT_ONCE = 200


def lapse_turns() -> int:
    """Give back every turn whose time is over, each in a transaction of its own; return how many."""
    return sum(_lapsed(ask) for ask in ("select lapse_turn(%s)", "select lapse_turn_again(%s)"))


def _lapsed(ask: str) -> int:
    for number in range(AT_ONCE):
        if not ask_database(ask, Jsonb(details(by=None))):
            return number
    return AT_ONCE
