"""A bundle of a real case, and the log that somebody with every right in the database has altered."""

import json
import subprocess
import sys
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command

from cases.models import Candidate
from ledger import verify
from ledger.bundle import VERIFIER
from ledger.log import log_key
from oversight.export import NotMade, export
from oversight.fsck import fsck
from people.models import Person
from review.models import Evidence
from review.rules.leaving import Leaving
from tests import world
from tests.database import login
from tests.oversight import roads

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "worker", "auditor"])
COURT = Leaving("District Court, part 4", "discovery", "order of 1 March 2026")


def sequenced() -> bool:
    return bool(world.sequenced())


def bundle(case_ref: str) -> bytes:
    return export(case_ref=case_ref, leaving=COURT, wait=sequenced, using="auditor")


def test_a_bundle_tells_the_case_holds_and_goes_on_from_the_one_before(transactional_db, tmp_path):
    lead, request = roads.signed(1)
    sequenced()
    first = bundle(lead.case.ref)
    files = verify.unzipped(first)
    told = {each["title"]: each["rows"] for each in json.loads(files["case.json"])["sections"]}
    page = files["case.html"].decode()

    assert verify.check(first, log_key()[1].vkey())[:2] == (lead.case.ref, "1")
    assert len(told["The whole candidate list"]) == Candidate.objects.filter(case=lead.case).count() > 0
    assert [row["rank"] for row in told["The whole candidate list"]] == list(range(1, Candidate.objects.filter(case=lead.case).count() + 1))
    assert {row["conclusion"] for row in told["Every conclusion"]} >= {1, 2}
    assert {row["reviewer"] for row in told["Every conclusion"]} == {"reviewer 1", "reviewer 2"}
    assert told["Countersignatures"][0]["state"] == "SIGNED"
    assert len(told["Evidence"]) == Evidence.objects.filter(case=lead.case).count() > 1
    assert "It is no probability" in page
    assert request in page
    for name, raw in files.items():
        for person in Person.objects.all():
            assert person.display_name.encode() not in raw, (name, person.display_name)

    world.an_item(lead)
    sequenced()
    second = bundle(lead.case.ref)
    size = verify.check(first)[3]
    assert json.loads(files["case.json"])["new"] is None
    new = json.loads(verify.unzipped(second)["case.json"])["new"]
    assert new["since"] == 1
    assert {each["kind"] for each in new["entries"]} == {"export_bundle", "add_evidence", "fix_evidence"}
    assert [(each["title"], each["has"] - each["had"]) for each in new["changed"]] == [
        ("Evidence", 1),
        ("What each item depends on", 1),
        ("What left the agency before this bundle", 1),
    ]
    listed = {each["index"] for each in json.loads(files["case.json"])["entries"]}
    assert listed.isdisjoint(each["index"] for each in new["entries"])
    assert "New since bundle 1" in verify.unzipped(second)["case.html"].decode()
    assert list(verify.check(second, since=first)[6]) == [size]
    assert b'"recipient": "District Court, part 4"' in b"".join(raw for name, raw in verify.unzipped(second).items() if "entries/" in name)

    path = tmp_path / "third.zip"
    words = ("--recipient", "Defence", "--purpose", "discovery", "--authority", "rule 16", "--to", str(path), "--using", "auditor")
    sequencer = subprocess_free_wait()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("time.sleep", sequencer)
        call_command("export_bundle", lead.case.ref, *words, stdout=StringIO())
    done = subprocess.run([sys.executable, "-I", VERIFIER, path], capture_output=True, text=True)
    assert (done.returncode, done.stdout[:5]) == (0, "HOLDS"), done.stdout


def subprocess_free_wait():
    """While the command sleeps, the sequencer works."""

    def slept(seconds: float) -> None:
        assert seconds < 1
        sequenced()

    return slept


def test_nothing_leaves_before_the_log_has_signed_it_nor_without_a_recipient(transactional_db):
    case = world.requested("26-1")
    with pytest.raises(NotMade, match="no key yet"):
        export(case_ref=case.ref, leaving=COURT, wait=lambda: False, using="auditor")
    sequenced()
    with pytest.raises(NotMade, match="there is no case FR-1999-000001"):
        export(case_ref="FR-1999-000001", leaving=COURT, wait=lambda: False, using="auditor")
    with pytest.raises(NotMade, match="is the sequencer running"):
        export(case_ref=case.ref, leaving=COURT, wait=lambda: False, using="auditor")
    with login("auditor") as auditor:
        for number, said in (
            (1, '{"recipient": "x", "purpose": "x", "authority": "x"}'),
            (2, '{"recipient": " ", "purpose": "x", "authority": "x"}'),
        ):
            with pytest.raises(psycopg.Error, match="not the next|must be said"):
                auditor.execute("select export_recorded(%s, %s, %s)", [case.ref, number, said])
    for role in ("app", "intake", "worker"):
        with login(role) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute("select export_recorded(%s, 2, '{}')", [case.ref])
    with pytest.raises(CommandError):
        call_command("export_bundle", "FR-1999-000001", "--recipient", "x", "--purpose", "x", "--authority", "x", "--using", "auditor")


# By whoever may do everything in the database; what is altered, and what fsck then says.
ATTACKS = {
    "an entry is edited": ("update ledger_entry set body = body || '\\x20' where seq = {seq}", "entry 7 is not the one that was hashed"),
    "an entry is edited and hashed anew": (
        "update ledger_entry set body = body || '\\x20', leaf = sha256('\\x00'::bytea || body || '\\x20'::bytea) where seq = {seq}",
        "entry 7 is not the one in tile 0 of level 0",
    ),
    "so is its tile": (
        "update ledger_entry set body = body || '\\x20', leaf = sha256('\\x00'::bytea || body || '\\x20'::bytea) where seq = {seq}; "
        "update ledger_tile set hashes = (select string_agg(leaf, ''::bytea order by index) from ledger_leaf join ledger_entry on seq = entry_id where index < 256); "
        "update ledger_tile set root = ledger_root_over(hashes)",
        "an entry before {size} is not the one that the log signed",
    ),
    "an entry is taken away": ("delete from ledger_leaf where index = 7; delete from ledger_entry where seq = {seq}", "entry 7 is missing"),
    "those behind it move up": (
        "delete from ledger_leaf where index = 7; update ledger_leaf set index = index - 1000000 where index > 7; "
        "update ledger_leaf set index = index + 999999 where index < 0",
        "entry 7 is not the one in tile 0 of level 0",
    ),
    "two change places": (
        "update ledger_leaf set index = -1 where index = 7; update ledger_leaf set index = 7 where index = 8; update ledger_leaf set index = 8 where index = -1",
        "entry 8 stands out of order",
    ),
    "one is put between": (
        "insert into ledger_entry(at, kind, subject, body, leaf) values (house_now(), 'note', 'between', 'x', sha256('\\x0078')); "
        "update ledger_leaf set index = index + 1000000 where index >= 7; update ledger_leaf set index = index - 999999 where index >= 1000000; "
        "insert into ledger_leaf(index, entry_id) select 7, max(seq) from ledger_entry",
        "entry 8 stands out of order",
    ),
    "the tail is cut": ("delete from ledger_leaf where index >= {size} - 5", "the log signed {size} entries"),
    "a tile is taken away": ("delete from ledger_tile", "tile 0 of level 0 is missing"),
    "a tile is added": ("insert into ledger_tile(level, number, hashes, root) values (0, 1, '', '')", "level 0 has 2 tiles and should have 1"),
    "a checkpoint is altered": ("update ledger_checkpoint set note = replace(note, E'\\n{size}\\n', E'\\n1\\n')", "does not hold"),
    "another root is stored": ("update ledger_checkpoint set root = sha256('')", "is not the one that the log signed"),
}  # fmt: skip


def test_whatever_is_altered_in_the_log_is_named(transactional_db):
    with login("owner") as owner:
        owner.execute("insert into ledger_kind(kind, function_only, meaning) values ('note', false, 'tests')")
    with login("app") as app:
        app.execute("select ledger_append('note', 'house', jsonb_build_object('n', n)) from generate_series(1, 300) n")
    sequenced()
    sound = fsck(using="auditor")
    size = sound.entries
    assert (sound.checkpoints, sound.waiting, sound.first_wrong) == (1, 0, None)
    assert size > 300
    tables = ("ledger_entry", "ledger_leaf", "ledger_tile", "ledger_checkpoint")
    with login("owner") as owner:
        (seq,) = owner.execute("select entry_id from ledger_leaf where index = 7").fetchone()
        (key,) = owner.execute("select conname from pg_constraint where conrelid = 'ledger_leaf'::regclass and contype = 'f'").fetchone()
        owner.execute(f"alter table ledger_leaf drop constraint {key}")
        for table in tables:
            owner.execute(f"alter table {table} disable trigger user")
            owner.execute(f"create table kept_{table} as select * from {table}")
        for how, (sql, sentence) in ATTACKS.items():
            owner.execute(sql.format(seq=seq, size=size))
            found = fsck(using="auditor").first_wrong
            assert found, how
            assert sentence.format(size=size) in found, how
            with owner.transaction():
                for table in ("ledger_leaf", "ledger_tile", "ledger_checkpoint"):
                    owner.execute(f"delete from {table}")
                owner.execute(
                    "insert into ledger_entry overriding system value select * from kept_ledger_entry k where seq not in (select seq from ledger_entry)"
                )
                owner.execute(
                    "update ledger_entry e set body = k.body, leaf = k.leaf from kept_ledger_entry k where k.seq = e.seq and k.body <> e.body"
                )
                for table in ("ledger_leaf", "ledger_tile", "ledger_checkpoint"):
                    owner.execute(f"insert into {table} overriding system value select * from kept_{table}")
            assert fsck(using="auditor").first_wrong is None, how
        owner.execute("update ledger_entry set body = body || '\\x20' where seq = %s", [seq])
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("ledger", "fsck", "--using", "auditor", stdout=said)
    assert ended.value.code == 1
    assert "WRONG: entry 7 is not the one that was hashed." in said.getvalue()
