"""The log in the database: places, tiles and checkpoints, with real logins on committed data."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import psycopg
import pytest
from django.db import connection

from cases import log_keys
from cases.images import keystore
from ledger.append import append
from ledger.checkpoint import trusted_checkpoint
from ledger.log import log_key, newest_checkpoint, nodes_at, read_entries, read_tile
from ledger.models import Leaf, LogKey
from ledger.note import Signer, signed_note
from ledger.sequencer import LogForked, sign, step
from ledger.tiles import Tile, read_bundle, tiles_of
from ledger.tree import inclusion_proof, is_included, leaf_hash, root_of
from tests import world
from tests.database import login, until_other_databases_are_done

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "worker", "auditor"])
SIGNER = Signer("localhost/log", bytes(range(32)))


def entries() -> list[bytes]:
    with connection.cursor() as cursor:
        cursor.execute("select body from ledger_entry order by xid, seq")
        return [bytes(body) for (body,) in cursor.fetchall()]


def add(count: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select ledger_append('note', 'house', jsonb_build_object('n', n)) from generate_series(1, %s) n", [count])


@pytest.fixture
def a_kind():
    """A kind that a test may write as often as it likes."""
    with login("owner") as owner:
        owner.execute("insert into ledger_kind(kind, function_only, meaning) values ('note', false, 'tests') on conflict do nothing")


@contextmanager
def busy(role: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """A transaction of that login which has written an entry and does not end."""
    with login(role) as other:
        other.execute("begin")
        other.execute("set application_name = 'a slow import'")
        other.execute("select ledger_append('note', 'slow', '{}')")
        yield other


def test_committed_entries_get_their_places_and_every_one_is_proven(a_kind):
    add(300)
    found = world.sequenced()
    with world.the_machine():
        key = log_key()
    assert key
    checkpoint, _ = trusted_checkpoint(newest_checkpoint().note.encode(), key[1])
    said = entries()
    nodes = nodes_at(found.size)

    assert (checkpoint.size, checkpoint.root) == (found.size, root_of([leaf_hash(each) for each in said]))
    assert found.size == len(said) > 300
    for index in (0, 255, 256, found.size - 1):
        assert is_included(leaf_hash(said[index]), index, found.size, inclusion_proof(nodes, index, found.size), checkpoint.root)
    assert read_bundle(read_entries(Tile(None, 0))) == said[:256]
    assert read_tile(Tile(1, 0, 1)) == root_of([leaf_hash(each) for each in said[:256]])


def test_every_size_on_the_way_is_signed_and_goes_on_from_the_last(a_kind):
    sizes = []
    add(60)
    for at_most in (1, 2, 3, 20, 7, 5000):
        found = world.sequenced(at_most=at_most)
        assert found.signed
        sizes.append(found.size)
        for tile in tiles_of(found.size):
            assert len(read_tile(tile)) == tile.width * 32

    assert sizes == sorted(set(sizes))
    assert not world.sequenced().signed


def test_large_tiles_are_those_of_the_book(a_kind):
    """66,000 entries, so that a tile of the second level is full; the owner copies them, which is faster than appending."""
    with login("owner") as owner:
        owner.execute(
            "insert into ledger_entry(at, kind, subject, body, leaf) select house_now(), 'note', 'n', b, sha256('\\x00'::bytea || b) "
            "from generate_series(1, 66000) n, lateral (select convert_to(n::text, 'UTF8') b) x"
        )
    while (found := world.sequenced(at_most=20_000)).waiting_since:
        continue
    leaves = [leaf_hash(each) for each in entries()]

    assert newest_checkpoint().root == root_of(leaves)
    assert read_tile(Tile(2, 0, 1)) == root_of(leaves[:65_536])
    assert found.size == len(leaves)


def test_an_entry_waits_for_an_older_transaction_and_gets_its_place_before_the_younger(a_kind):
    world.sequenced()
    with busy("app") as slow:
        add(3)
        waiting = world.sequenced()
        assert waiting.waiting_since
        assert not waiting.signed
        slow.execute("commit")
    found = world.sequenced()
    with connection.cursor() as cursor:
        cursor.execute("select e.subject from ledger_leaf l join ledger_entry e on e.seq = l.entry_id order by index desc limit 4")
        subjects = [subject for (subject,) in cursor.fetchall()]

    assert subjects == ["house", "house", "house", "slow"]
    assert (found.signed, found.waiting_since) == (True, None)


def test_an_entry_that_was_rolled_back_leaves_no_gap(a_kind):
    with busy("app") as slow:
        add(2)
        slow.execute("rollback")
    found = world.sequenced()

    assert list(Leaf.objects.order_by("index").values_list("index", flat=True)) == list(range(found.size))
    assert found.size == len(entries())


def test_a_long_transaction_raises_one_alarm_that_names_it(a_kind):
    world.sequenced()
    with busy("app") as slow:
        add(1)
        (pid,) = slow.execute("select pg_backend_pid()").fetchone()
        assert world.sequenced(too_long=timedelta(hours=1)).held_by is None
        held_by = world.sequenced(too_long=timedelta(0)).held_by
        assert f"process {pid} of app (a slow import) in database test_" in held_by
        assert world.sequenced(too_long=timedelta(0)).held_by is None
        slow.execute("rollback")
    world.sequenced()
    with connection.cursor() as cursor:
        cursor.execute("select convert_from(body, 'UTF8') from ledger_entry where kind = 'log_stalled'")
        ((said,),) = cursor.fetchall()

    assert f"process {pid} of app" in said


def test_what_a_sequencer_that_was_away_has_still_to_do_is_no_alarm(a_kind):
    add(5)

    found = world.sequenced(at_most=2, too_long=timedelta(0))

    assert found.waiting_since
    assert found.held_by is None
    assert not any(b"log_stalled" in body for body in entries())


def test_a_backlog_before_what_is_held_back_only_delays_the_alarm(a_kind):
    world.sequenced()
    add(9)
    with busy("app"):
        add(2)
        with world.the_machine():
            signer = log_keys.signer("log")
            alarms = [bool(step(signer=signer, at_most=4, too_long=timedelta(0)).held_by) for _ in range(5)]

    assert alarms.count(True) == 1


def test_where_transactions_are_numbered_anew_nothing_is_written_that_would_never_get_a_place(a_kind):
    world.sequenced()
    with login("owner") as owner:  # as in a dump that was restored into another cluster
        owner.execute(
            "insert into ledger_entry(at, xid, kind, subject, body, leaf) select house_now() - interval '1 hour', '999999999999'::xid8, 'note', 'n', b, "
            "sha256('\\x00'::bytea || b) from (select 'x'::bytea b) x"
        )
        owner.execute(
            "insert into ledger_leaf(index, entry_id) select (select max(index) + 1 from ledger_leaf), max(seq) from ledger_entry"
        )

    with pytest.raises(psycopg.DatabaseError, match="restore a physical copy, not a dump"), login("app") as app:
        app.execute("select ledger_append('note', 'house', '{}')")


def test_two_sequencers_at_once_harm_nothing(a_kind):
    world.sequenced()
    add(2000)
    with world.the_machine():
        signer = log_keys.signer("log")
    trouble: list[BaseException] = []

    def work() -> None:
        try:
            with login("worker") as worker:
                for _ in range(60):
                    worker.execute("select * from ledger_sequence(37)")
        except psycopg.Error as error:
            trouble.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    until_other_databases_are_done()
    with world.the_machine():
        while (found := step(signer=signer)) and found.waiting_since:
            time.sleep(0.01)

    assert not trouble
    assert [bytes(e.entry.body) for e in Leaf.objects.select_related("entry").order_by("index")] == entries()
    assert newest_checkpoint().root == root_of([leaf_hash(each) for each in entries()])


def test_one_sequencer_at_work_keeps_the_other_out(a_kind):
    add(1)
    with login("worker") as first, login("worker") as second:
        first.execute("begin")
        assert first.execute("select size from ledger_sequence(10)").fetchall()
        assert not second.execute("select size from ledger_sequence(10)").fetchall()
        first.execute("rollback")
        assert second.execute("select size from ledger_sequence(10)").fetchall()


def test_an_old_picture_of_the_data_is_refused(a_kind):
    with login("worker") as worker:
        worker.execute("begin isolation level repeatable read")
        with pytest.raises(psycopg.Error, match="committed now"):
            worker.execute("select * from ledger_sequence(10)")


def test_the_keys_are_made_once_and_the_spare_is_destroyed():
    with world.the_machine():
        log_keys.make_keys()
        first = dict(LogKey.objects.values_list("what", "vkey"))
        log_keys.make_keys()
        spare = keystore().create("signs log")
        with login("worker") as worker:
            kept = worker.execute("select ledger_register_key('log', %s, 'x')", [spare]).fetchone()

        assert kept != (spare,)
        assert dict(LogKey.objects.values_list("what", "vkey")) == first
        assert log_keys.signer("bundles").verifier.name == "localhost/log/bundles"


FALSE_CHECKPOINTS = {
    "another root": lambda lines: [lines[0], lines[1], "A" * 43 + "=", *lines[3:]],
    "a size that is not there": lambda lines: [lines[0], "999999", *lines[2:]],
    "a smaller size under the same root": lambda lines: [lines[0], str(int(lines[1]) - 1), *lines[2:]],
    "another log": lambda lines: ["elsewhere/log", *lines[1:]],
    "an extension": lambda lines: [*lines[:3], "extension", *lines[3:]],
    "no signature": lambda lines: lines[:3] + [""],
    "another signer": lambda lines: [*lines[:4], lines[4].replace("localhost/log", "localhost/lag")],
    "a number written otherwise": lambda lines: [lines[0], f"0{lines[1]}", *lines[2:]],
}


def test_nothing_false_is_stored_as_signed(a_kind):
    found = world.sequenced()
    add(3)
    with login("worker") as worker:
        worker.execute("select * from ledger_sequence(100)")
        for altered in FALSE_CHECKPOINTS.values():
            lines = altered(newest_checkpoint().note.split("\n"))
            with pytest.raises(psycopg.Error):
                worker.execute("select ledger_sign(%s)", ["\n".join(lines)])

    assert newest_checkpoint().size == found.size


def test_the_log_only_grows(a_kind):
    add(2)
    world.sequenced(at_most=1)
    early = newest_checkpoint().note
    world.sequenced()
    with login("worker") as worker:
        assert worker.execute("select ledger_sign(%s)", [early]).fetchone() == (False,)


def test_what_does_not_go_on_from_the_last_is_not_signed(a_kind):
    """The owner of the database puts another root beside the signed size; the sequencer stops."""
    found = world.sequenced()
    add(5)
    with login("owner") as owner:
        owner.execute("alter table ledger_checkpoint disable trigger user")
        owner.execute("update ledger_checkpoint set root = sha256('x') where size = %s", [found.size])
    until_other_databases_are_done()
    with world.the_machine(), pytest.raises(LogForked, match=f"does not go on from the one of {found.size}"):
        step(signer=log_keys.signer("log"))
    assert newest_checkpoint().size == found.size


TABLES = {"ledger_leaf": "entry_id", "ledger_tile": "root", "ledger_checkpoint": "root", "ledger_logkey": "vkey"}


def test_nobody_rewrites_a_place_a_tile_a_checkpoint_or_a_key(a_kind):
    add(300)
    world.sequenced()

    def rows() -> object:
        with login("owner") as owner:
            return [owner.execute(f"select md5(string_agg(t::text, '' order by t::text)) from {table} t").fetchone() for table in TABLES]

    before = rows()
    for role in ("app", "intake", "worker", "auditor", "owner"):
        with login(role) as attacker:
            for table, column in TABLES.items():
                attacks = [f"update {table} set {column} = {column}", f"delete from {table}"]
                if role != "owner":  # whoever owns a table may fill and empty it: for him there are witnesses
                    attacks += [f"truncate {table}", f"insert into {table} select * from {table}"]
                for sql in attacks:
                    with pytest.raises(psycopg.Error):
                        attacker.execute(sql)

    assert rows() == before


def test_only_the_worker_sequences_and_signs():
    for role in ("app", "intake", "auditor"):
        with login(role) as other:
            for sql in ("ledger_sequence(1)", "ledger_sign('x')", "ledger_register_key('log', 'x', 'x')", "ledger_stalled('0 s')"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    other.execute(f"select {sql}")


def test_the_signature_is_the_one_of_the_house(a_kind):
    add(1)
    with world.the_machine():
        log_keys.make_keys()
    size = len(entries())
    until_other_databases_are_done()
    with world.the_machine():
        step(signer=log_keys.signer("log"))
        assert sign(signer=log_keys.signer("log"), size=size) is False
    note = newest_checkpoint().note
    text = note.partition("\n\n")[0] + "\n"

    assert signed_note(text, [log_keys.signer("log").sign(text)]) == note
    assert append(kind="note", subject="house", details={}) > 0
