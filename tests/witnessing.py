"""Witnesses over HTTP for the tests, the policy that names them, and the owner with the walls of the log taken down."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from io import StringIO
from pathlib import Path

import psycopg
from django.core.management import call_command

from ledger.models import Entry
from ledger.note import Verifier
from ledger.witness import Witness, handler_of
from ledger.witnesses import Witnesses
from tests import world
from tests.database import PATIENCE, login


@contextmanager
def serving(witness: Witness) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(witness)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def policy(tmp_path: Path, named: Sequence[tuple[Verifier, str]], quorum: int, minutes: int = 60) -> None:
    lines = [f"quorum = {quorum}", f"silent_after_minutes = {minutes}"]
    for key, address in named:
        lines += ["[[witness]]", f'key = "{key.vkey()}"', f'address = "{address}"']
    file = tmp_path / "witnesses.toml"
    file.write_text("\n".join(lines))
    call_command("witnesses", file, "--using", "owner", stdout=StringIO())


def asked(witnesses: Witnesses) -> None:
    """Go on until nobody is awaited."""
    went_on_until(witnesses, lambda: not witnesses.asked)


def went_on_until(witnesses: Witnesses, there: Callable[[], bool]) -> None:
    """Go on, once at least, until it is there; the end is for a house that never gets there."""
    until = time.monotonic() + PATIENCE
    with world.the_machine():
        witnesses.go_on()
        while not there():
            assert time.monotonic() < until
            time.sleep(0.02)
            witnesses.go_on()


@contextmanager
def unguarded(*tables: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """The owner, with the walls of some tables taken down and put up again."""
    guards = "select tgname from pg_trigger where tgrelid = %s::regclass and not tgisinternal"
    with login("owner") as owner:
        names = {table: [name for (name,) in owner.execute(guards, [table]).fetchall()] for table in tables}
        for table in tables:
            owner.execute(f"alter table {table} disable trigger user")
        yield owner
        for table in tables:
            for name in names[table]:
                owner.execute(f"alter table {table} enable always trigger {name}")


def alarms(kind: str) -> list[dict[str, object]]:
    return [json.loads(bytes(each.body)) for each in Entry.objects.filter(kind=kind).order_by("seq")]
