"""P9 and P11: a move with its entry against a state machine with a log, and what keeping a history costs, each against itself without it."""

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

NEEDED = ("pghistory", "pgtrigger", "simple_history", "django_fsm_log", "auditlog")
ROWS = 400
OF_THE_PEERS = "select oid::regclass::text from pg_class where relkind = 'r' and relname ~ '^(peers_|django_fsm_log|auditlog|pghistory)'"


def main() -> int:
    """Measure in this database, which is thrown away, and write the rows where the page waits for them."""
    if absent := [name for name in NEEDED if importlib.util.find_spec(name) is None]:
        return _told([f"| not measured: {', '.join(absent)} could not be had | | | |"])
    import django

    django.setup()
    from django.core.management import call_command

    from tests.database import login

    call_command("migrate", "--database", "owner", "--run-syncdb", verbosity=0)
    with login("owner") as owner:  # the libraries write with the login of the pages
        for table, *_ in owner.execute(OF_THE_PEERS).fetchall():
            owner.execute(f"grant all on {table} to app")
    return _told([*_moves(), *_histories()])


def _moves() -> list[str]:
    """P9: one statement that weighs, moves and writes its entry, through Django's cursor, against ORM, state machine and state log."""
    from django.db import connections, transaction
    from psycopg.types.json import Jsonb

    from bench.pairs import cases_to_move, in_turns, ratios, row
    from bench.peers.models import WithFsm
    from tests.database import login

    with login("owner") as owner:
        refs = cases_to_move(owner)
    matters = [each.pk for each in WithFsm.objects.bulk_create(WithFsm(number=f"M{n}") for n in range(12_000))]
    worker = connections["worker"]

    def ours() -> None:
        with worker.cursor() as cursor:
            cursor.execute(
                "select machine_move(%s, 'screen', 'INELIGIBLE', %s)", [refs.pop(), Jsonb({"by": "machine", "policy": "x" * 64})]
            )

    def theirs() -> None:
        with transaction.atomic():
            matter = WithFsm.objects.select_for_update().get(pk=matters.pop())
            matter.screen()
            matter.save()

    found = ratios(*in_turns(ours, theirs))
    return [row("P9 a move with its entry / ORM, django-fsm-2 and django-fsm-log", found, "goal 3, floor 2")]


def _histories() -> list[str]:
    """P11: what is kept beside a save or a move, each to the same without it, in one run."""
    from bench.entries import ASKS_FOR_IT, WITH, WITHOUT, variants
    from bench.pairs import KEY_HASH, in_turns, ratios, row
    from bench.peers import models
    from tests.database import login

    rows = []
    with login("owner") as owner, login("intake") as intake:
        variants(owner)
        number = iter(range(10**9))

        def received(function: str) -> Callable[[], None]:
            asked = (
                f"select {function}(%s, jsonb_build_object('external_id', %s::text, 'idempotency_key', %s::text, 'agency_case', '25-peer', 'track', "
                "'suspect', 'list', jsonb_build_object('not_reported', '[]'::jsonb), 'candidates', '[]'::jsonb), 'x', '[]', '{}', '{\"by\": \"machine\"}')"
            )

            def do() -> None:
                name = f"peer-{next(number)}"
                intake.execute(asked, [KEY_HASH, name, name])

            return do

        owner.execute(f"alter table cases_case disable trigger {ASKS_FOR_IT}")
        rows.append(row("P11 a result received with its entry / without (the wall that asks for it asleep on both sides; P5 has it awake on one)", ratios(*in_turns(received(WITH), received(WITHOUT))), "goal: not below django-pghistory's"))  # fmt: skip
        owner.execute(f"alter table cases_case enable always trigger {ASKS_FOR_IT}")
    bare = _saves(models.Bare)
    for model, name in (
        (models.WithPghistory, "django-pghistory"),
        (models.WithSimpleHistory, "django-simple-history"),
        (models.WithAuditlog, "django-auditlog"),
    ):
        rows.append(row(f"P11 a save with {name} / without", ratios(*in_turns(_saves(model), bare)), "for comparison"))
    return rows


def _saves(model: Any) -> Callable[[], None]:
    """Save row after row of a table, each time with another note."""
    made = model.objects.bulk_create(model(number=f"M{n}") for n in range(ROWS))
    at = iter(range(10**9))

    def save() -> None:
        n = next(at)
        made[n % ROWS].note = f"note {n}"
        made[n % ROWS].save()

    return save


def _told(rows: list[str]) -> int:
    print("\n".join(rows), flush=True)
    if page := os.environ.get("BENCH_PEERS"):
        Path(page).write_text("\n".join(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
