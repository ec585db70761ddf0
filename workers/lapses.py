"""What lapses by time alone. It only takes away: a turn on which nothing was done goes back to the lot."""

from psycopg.types.json import Jsonb

from cases.audit import details
from ledger.asking import ask_database

AT_ONCE = 200


def lapse_turns() -> int:
    """Give back every turn whose time is over, each in a transaction of its own; return how many."""
    for number in range(AT_ONCE):
        if not ask_database("select lapse_turn(%s)", Jsonb(details(by=None))):
            return number
    return AT_ONCE
