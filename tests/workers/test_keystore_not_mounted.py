"""A keystore is made once. Where its volume is not mounted, or another house's is, it is away: nothing is made there, and no key reads as destroyed."""

import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import StringIO
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from cases import jobs
from cases import keystore as keystores
from cases.acts.destroy import destroy
from cases.images import keystore
from cases.keystore import MARK, FileKeystore, KeystoreAway
from cases.models import Job, KeysDestroyed, StoredImage
from ledger.clock import house_now
from tests import world
from tests.acts.test_retention import closed, days_later
from tests.workers.test_given_up import a_job, run
from workers.effects import EFFECTS


@pytest.fixture
def keys(tmp_path: Path) -> FileKeystore:
    (tmp_path / "volume").mkdir()
    (tmp_path / "master").write_text("ab" * 32, encoding="ascii")
    keys = FileKeystore(tmp_path / "volume" / "keystore", tmp_path / "master")
    assert keys.make()
    return keys


def not_mounted(keys: FileKeystore) -> None:
    keys.path.parent.rename(keys.path.parent.with_name("elsewhere"))
    keys.path.parent.mkdir()


def folder_away(keys: FileKeystore) -> None:
    keys.path.parent.rename(keys.path.parent.with_name("elsewhere"))


def empty_file(keys: FileKeystore) -> None:
    not_mounted(keys)
    keys.path.touch()


def without_mark(keys: FileKeystore) -> None:
    with sqlite3.connect(keys.path) as file:
        file.execute("delete from wrapped_key where id = ?", (MARK,))


def of_another_house(keys: FileKeystore) -> None:
    not_mounted(keys)
    other = keys.path.with_name("other.master")
    other.write_text("cd" * 32, encoding="ascii")
    FileKeystore(keys.path, other).make()


def another_master_key(keys: FileKeystore) -> None:
    keys.master_key_file.write_text("cd" * 32, encoding="ascii")


def no_database(keys: FileKeystore) -> None:
    keys.path.write_bytes(b"lost+found" * 1000)


AWAY = (not_mounted, folder_away, empty_file, without_mark, of_another_house, another_master_key, no_database)


@pytest.mark.parametrize("away", AWAY)
def test_it_is_away_whatever_is_asked_and_nothing_is_made(keys: FileKeystore, away: Callable[[FileKeystore], None]) -> None:
    key = keys.create("a case")
    away(keys)
    left = sorted((path.name, path.read_bytes()) for path in keys.path.parent.iterdir()) if keys.path.parent.exists() else None
    for ask in (lambda: keys.key(key), lambda: keys.exists(key), lambda: keys.destroy(key), lambda: keys.create("another"), keys.check):
        with pytest.raises(KeystoreAway) as said:
            ask()
        assert str(keys.path) in str(said.value), "where"
        assert "restore it from its backup" in str(said.value), "what to do"
    assert left == (sorted((path.name, path.read_bytes()) for path in keys.path.parent.iterdir()) if keys.path.parent.exists() else None)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("away", AWAY)
def test_a_job_waits_for_it_however_long_and_is_done_when_it_is_back(
    keys: FileKeystore, away: Callable[[FileKeystore], None], tmp_path: Path
) -> None:
    key, job = keys.create("a case"), a_job()
    shutil.copytree(keys.path.parent, tmp_path / "backup")
    master = keys.master_key_file.read_bytes()
    away(keys)
    for _ in range(2 * jobs.LAST_ATTEMPT):
        assert run(job, {"search": lambda _: keys.key(key)}) == "waiting"
    assert (job.attempts, job.given_up_at) == (0, None)
    assert str(keys.path) in job.last_error, "a manager sees what it waits for"

    shutil.rmtree(keys.path.parent, ignore_errors=True)
    (tmp_path / "backup").rename(keys.path.parent)
    keys.master_key_file.write_bytes(master)
    assert run(job, {"search": lambda _: keys.key(key)}) == "done"


@pytest.mark.django_db(transaction=True)
def test_no_receipt_says_that_keys_are_gone_where_the_volume_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    case = closed(world.searched())
    (tmp_path / "volume").mkdir()
    with days_later(2):
        with world.the_machine():
            world.must(destroy(case_ref=case.ref, at=house_now()))
        job = Job.objects.get(kind="destroy_keys")
        with monkeypatch.context() as volume, world.the_machine():
            volume.setattr(keystore(), "path", tmp_path / "volume" / "keystore")
            assert jobs.run(job_id=job.pk, effects=EFFECTS) == "waiting"
        assert not KeysDestroyed.objects.exists()
        with world.the_machine():
            assert jobs.run(job_id=job.pk, effects=EFFECTS) == "done"
        assert KeysDestroyed.objects.count() == 1


def test_one_that_is_there_is_never_made_again(keys: FileKeystore) -> None:
    key = keys.create("a case")
    before = keys.path.read_bytes()
    assert not keys.make()
    assert keys.path.read_bytes() == before
    assert len(keys.key(key)) == 32
    assert [path.name for path in keys.path.parent.iterdir()] == ["keystore"]


@pytest.mark.parametrize("away", [empty_file, without_mark, of_another_house, another_master_key, no_database])
def test_what_is_not_the_keystore_of_this_house_is_left_as_it_is(keys: FileKeystore, away: Callable[[FileKeystore], None]) -> None:
    away(keys)
    before = keys.path.read_bytes()
    with pytest.raises(KeystoreAway):
        keys.make()
    assert keys.path.read_bytes() == before


def test_of_many_that_make_it_at_once_one_does(tmp_path: Path) -> None:
    (tmp_path / "master").write_text("ab" * 32, encoding="ascii")
    with ThreadPoolExecutor(8) as all_at_once:
        made = list(all_at_once.map(lambda _: FileKeystore(tmp_path / "keystore", tmp_path / "master").make(), range(8)))
    assert sorted(made) == [False] * 7 + [True]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keystore", "master"]


def test_it_is_made_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "master").write_text("ab" * 32, encoding="ascii")
    keys = FileKeystore(tmp_path / "keystore", tmp_path / "master")

    class Killed(BaseException):
        pass

    def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as moment, suppress(Killed):
        moment.setattr("cases.keystore.os.link", killed)
        keys.make()
    assert not keys.path.exists()
    assert keys.make()


def test_one_from_before_there_were_marks_is_marked_if_each_key_opens(keys: FileKeystore) -> None:
    key = keys.create("a case")
    without_mark(keys)
    keys.master_key_file.write_text("cd" * 32, encoding="ascii")
    with pytest.raises(KeystoreAway, match="not of the same house"):
        keys.mark()
    keys.master_key_file.write_text("ab" * 32, encoding="ascii")
    with pytest.raises(KeystoreAway, match="has no mark"):
        keys.key(key)
    assert keys.mark()
    assert not keys.mark()
    assert len(keys.key(key)) == 32


def told(*how: str) -> str:
    out = StringIO()
    call_command("make_keystore", *how, stdout=out)
    return out.getvalue().strip()


@pytest.mark.django_db
def test_the_command_makes_none_where_the_database_names_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert told() == "the keystore is there, and the one of this house"
    monkeypatch.setattr(keystore(), "path", tmp_path / "keystore")
    with pytest.raises(CommandError, match="there is no keystore at"):
        call_command("make_keystore")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_the_command_names_a_keystore_without_the_keys_of_the_log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    world.sequenced()
    assert told() == "the keystore is there, and the one of this house"
    other = FileKeystore(tmp_path / "keystore", settings.MASTER_KEY_FILE)
    assert other.make()
    monkeypatch.setattr(keystore(), "path", other.path)
    with pytest.raises(CommandError, match="not the key with which it signs its"):
        call_command("make_keystore")


@pytest.mark.django_db(transaction=True)
def test_what_was_destroyed_since_a_copy_was_made_is_destroyed_again_when_it_is_restored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    case, other = closed(world.searched("25-1")), world.searched("25-2", "p013")
    gone, kept = (list(StoredImage.objects.filter(case=each).values_list("key_id", flat=True)) for each in (case, other))
    monkeypatch.setattr(keystore(), "path", Path(shutil.copy(settings.KEYSTORE_PATH, tmp_path / "keystore")))
    copy = Path(shutil.copy(tmp_path / "keystore", tmp_path / "copy"))
    with days_later(2), world.the_machine():
        world.must(destroy(case_ref=case.ref, at=house_now()))
        assert jobs.run(job_id=Job.objects.get(kind="destroy_keys").pk, effects=EFFECTS) == "done"

    copy.rename(tmp_path / "keystore")
    assert all(keystore().exists(key) for key in (*gone, *kept))
    assert told("--restored").splitlines() == [f"destroyed again: {len(set(gone))}", "the keystore is there, and the one of this house"]
    assert not any(keystore().exists(key) for key in gone)
    assert all(keystore().exists(key) for key in kept)


def test_of_two_that_mark_it_at_once_neither_fails(keys: FileKeystore, monkeypatch: pytest.MonkeyPatch) -> None:
    key = keys.create("a case")
    without_mark(keys)
    both, own = Barrier(2, timeout=20), keystores.open_sealed

    def opened(*args: Any, **said: Any) -> bytes:
        found = own(*args, **said)
        with suppress(BrokenBarrierError):
            both.wait()
        return found

    with monkeypatch.context() as moment, ThreadPoolExecutor(2) as at_once:
        moment.setattr(keystores, "open_sealed", opened)
        list(at_once.map(lambda _: FileKeystore(keys.path, keys.master_key_file).mark(), range(2)))
    assert len(keys.key(key)) == 32
    assert not keys.mark()
