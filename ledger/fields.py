"""Column types that PostgreSQL has and Django does not."""

from typing import Any

from django.db import models


class TransactionIdField(models.Field):  # type: ignore[type-arg]
    """The id of the transaction that wrote the row (``xid8``), set by the database and never by us."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("db_default", models.Func(function="pg_current_xact_id"))
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str:
        return "xid8"


class HouseNow(models.Func):
    """The database's own clock, ``house_now()``: stored times come from here, never from the application."""

    function = "house_now"
    template = "%(function)s()"
    output_field = models.DateTimeField()
