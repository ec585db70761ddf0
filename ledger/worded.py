"""Queries for which Django finds the words once. From then on only what is said in them changes.

Django composes a statement anew each time that it is asked, and that takes more processor time than most answers: of what an act or a page
spends in this program, a third. Where a query has always the same shape the words are kept, and Django reads the rows as ever.
"""

from collections.abc import Callable, Sequence
from copy import copy
from functools import wraps
from inspect import signature
from typing import Any, Generic, ParamSpec, TypeVar

from django.db import connections
from django.db.models import QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

P = ParamSpec("P")
R = TypeVar("R")


class _Place(Value):
    """Where something is said. It can stand in a query and nowhere else."""

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


def worded_once(query: Callable[P, "QuerySet[Any, R]"]) -> Callable[P, list[R]]:
    """Keep the words of a query, and answer with its rows.

    What it is called with is said by place, as plain values (the key of a row, not the row), and goes into the statement as parameters:
    the function compares with it and does nothing else. ``any_of`` is for lists. Not kept can be what makes another value of what is said
    (``contains``, ``iexact``), or is another query (``first``, ``get``, ``exists``, ``prefetch_related``): slice, or ask for a key. No field of
    the model sees what is said: a day is said as a date, a text as a ``str``.

    Raises TypeError where too few values are said, or None, which equals nothing in SQL.
    """
    number = len(signature(query).parameters)
    found: list[Words[R]] = []

    @wraps(query)
    def asked(*said: P.args, **named: P.kwargs) -> list[R]:
        if named or len(said) != number or None in said:
            raise TypeError(f"{query.__name__} is told {number} values, by place, and none of them is None.")
        if not found:
            found.append(Words(query, number))
        return found[0].answer(said)

    return asked


class Words(Generic[R]):
    """A query, the words that Django found for it, and the places in them."""

    def __init__(self, query: Callable[..., "QuerySet[Any, R]"], number: int) -> None:
        self.query, self.rows = query, query(*map(_Place, range(number)))
        if getattr(self.rows, "_prefetch_related_lookups", ()):  # they would keep the rows of one answer until the next
            raise TypeError(f"{query.__name__}: fetch what hangs on the rows with prefetch_related_objects.")
        self.compiler: SQLCompiler = self.rows.query.get_compiler(self.rows.db)
        self.words, self.places = self.compiler.as_sql()

    def answer(self, said: Sequence[Any]) -> list[R]:
        """Return the rows for what is said, in the words that are kept."""
        filled = tuple(said[each.value] if isinstance(each, _Place) else each for each in self.places)
        rows, compiler = self.rows.all(), copy(self.compiler)  # each answer has its own, for several threads may ask
        compiler.connection = connections[rows.db]
        if self.rows.query.select_for_update and compiler.connection.get_autocommit():
            raise TransactionManagementError("A row is locked in a transaction: outside of one it is let go at once.")
        compiler.as_sql = lambda *_, **__: (self.words, filled)  # type: ignore[method-assign]
        rows.query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        return list(rows)

    def anew(self, said: Sequence[Any]) -> list[R]:
        """Return the same in words that Django finds for it now: tests and ``bench.gate`` compare with this."""
        return list(self.query(*said))


def any_of(keys: Sequence[int]) -> Value:
    """Return what a key is compared with in such a query where it may be one of several, however many: ``case=any_of(cases)``."""
    return _AnyOf(keys)


class _AnyOf(Value):
    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "any (%s::bigint[])", (self.value,)


def first(rows: list[R]) -> R | None:
    """Return the first row, or None."""
    return rows[0] if rows else None
