"""A folder of n files is read once and each file is asked after once, however many batches there are; a killed worker goes on where it was."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.db.models.signals import post_save

from cases import jobs
from cases.acts import enrol as enrolling
from cases.jobs import enqueue
from cases.models import EnrolmentFile, EnrolmentRun, Gallery, Job
from tests import world
from tests.database import as_owner
from workers.effects import EFFECTS

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
FILES = 10 * enrolling.BATCH + 7


@pytest.fixture
def run(tmp_path: Path) -> Iterator[EnrolmentRun]:
    """A folder of files that are no pictures: what it costs to find the next ones is the same."""
    folder = tmp_path / "faces"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number:04}_x.jpg").write_bytes(b"no picture")
    with world.the_machine():
        run = EnrolmentRun.objects.create(gallery=Gallery.objects.get(), folder=str(folder), files=FILES)
        enqueue(kind="enrol", key=f"enrol:{run.pk}:0", details={"run": run.pk})
    yield run
    enrolling._listed.cache_clear()


def next_batch(run: EnrolmentRun) -> bool:
    """Do the job that waits, if one does."""
    waits = Job.objects.filter(kind="enrol", details__run=run.pk, done_at__isnull=True)
    assert waits.count() <= 1, "one batch comes after the other"
    with world.the_machine():
        return [jobs.run(job_id=job.pk, effects=EFFECTS) for job in waits] == ["done"]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter[str]]:
    """How many names were read, from the folder and from what is done."""
    found: Counter[str] = Counter()
    own = Path.iterdir

    def iterdir(folder: Path) -> Iterator[Path]:
        for each in own(folder):
            found["folder"] += folder.name == "faces"
            yield each

    def executed(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.startswith('SELECT "cases_enrolmentfile"."name"'):
            found["done"] += context["cursor"].rowcount
        return result

    monkeypatch.setattr(Path, "iterdir", iterdir)
    with connection.execute_wrapper(executed):
        yield found


def test_each_name_is_read_once(run, counted):
    batches = 0
    while next_batch(run):
        batches += 1
    assert batches == 11
    assert EnrolmentFile.objects.filter(run=run, outcome="skipped").count() == FILES
    assert counted == {"folder": FILES, "done": 0}, "none of them was done when its batch came"


def killed_at(run: EnrolmentRun, file: int) -> None:
    """Do batches in a process of its own, which ends at a file as a killed one does."""
    for each in connections.all():
        each.close()
    child = os.fork()
    if not child:
        stored = Counter[str]()

        def seen(**_: Any) -> None:
            stored["files"] += 1
            if stored["files"] == file:
                os._exit(137)

        try:
            post_save.connect(seen, sender=EnrolmentFile)
            while next_batch(run):
                continue
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 137


def test_after_a_kill_it_goes_on_where_it_was(run, counted):
    killed_at(run, 3 * enrolling.BATCH + 5)
    assert EnrolmentFile.objects.filter(run=run).count() == 3 * enrolling.BATCH, "a batch is done whole, or not at all"
    while next_batch(run):
        continue
    assert counted == {"folder": FILES, "done": 0}, "read again once, by the process that went on"
    assert sorted(EnrolmentFile.objects.filter(run=run).values_list("name", flat=True)) == sorted(os.listdir(run.folder))
    assert not Job.objects.filter(kind="enrol", done_at__isnull=True).exists()


def test_a_job_that_names_no_file_goes_on_where_its_run_stands(run):
    """As they were enqueued until now: the run alone, under the number of files that were done."""
    names, done = enrolling.files_of(Path(run.folder)), 2 * enrolling.BATCH
    with world.the_machine():
        earlier = EnrolmentRun.objects.create(gallery=run.gallery, folder=run.folder, files=FILES)
        for name in names[:done]:
            EnrolmentFile.objects.create(run=earlier, name=name, outcome="skipped")
        enqueue(kind="enrol", key=f"enrol:{earlier.pk}:{done}", details={"run": earlier.pk})
    while next_batch(earlier):
        continue
    assert sorted(EnrolmentFile.objects.filter(run=earlier).values_list("name", flat=True)) == names


def test_a_file_that_came_or_went_meanwhile_ends_no_run(run):
    next_batch(run)
    enrolling._listed.cache_clear()
    folder = Path(run.folder)
    (folder / "0000_a.jpg").write_bytes(b"came later, before what is done")
    for number in (1, 2, 150):
        (folder / f"{number:04}_x.jpg").unlink()
    while next_batch(run):
        continue
    assert EnrolmentFile.objects.filter(run=run).count() == FILES - 1
    assert not EnrolmentFile.objects.filter(run=run, name="0150_x.jpg").exists()


def test_whoever_waits_is_told_when_it_is_done_and_what_was_skipped(tmp_path):
    folder = tmp_path / "faces"
    folder.mkdir()
    for number in range(enrolling.BATCH + 1):
        (folder / f"{number:04}_x.jpg").write_bytes(b"no picture")
    gallery = Gallery.objects.select_related("agency").get()

    def works() -> None:
        try:
            end = time.monotonic() + 20
            while not (run := EnrolmentRun.objects.filter(folder=str(folder)).first()) and time.monotonic() < end:
                time.sleep(0.05)
            while run and next_batch(run):
                time.sleep(0.6)  # so long that he looks in between
        finally:
            connection.close()

    worker, out = Thread(target=works), StringIO()
    worker.start()
    with as_owner():
        call_command("enrol_folder", gallery.agency.ori, gallery.name, str(folder), "--wait", stdout=out)
    worker.join(60)
    said = out.getvalue().splitlines()
    assert said[0].endswith("21 pictures wait for the worker")
    assert [line.split(":")[0] for line in said[1:]] == [f"  skipped {number:04}_x.jpg" for number in range(enrolling.BATCH + 1)]


@pytest.mark.parametrize("empty", [True, False])
def test_a_folder_that_is_away_is_no_bad_file(run, empty):
    """As one that is not mounted, in the middle of a run and before it: it goes on when the folder is there again."""
    next_batch(run)
    folder = Path(run.folder)
    folder.rename(folder.with_name("elsewhere"))
    if empty:
        folder.mkdir()
    for listed in (True, False):
        if not listed:
            enrolling._listed.cache_clear()
        assert not next_batch(run)
        assert EnrolmentFile.objects.filter(run=run).count() == enrolling.BATCH
    if empty:
        folder.rmdir()
    folder.with_name("elsewhere").rename(folder)
    while next_batch(run):
        continue
    assert EnrolmentFile.objects.filter(run=run).count() == FILES


def test_a_name_that_is_no_text_is_refused_before_anything_begins(tmp_path: Path) -> None:
    for name in (b"a.jpg", b"b\xff.jpg"):
        (tmp_path / os.fsdecode(name)).write_bytes(b"no picture")
    gallery = Gallery.objects.select_related("agency").get()
    before = EnrolmentRun.objects.count()
    with as_owner(), pytest.raises(CommandError, match=r"1 names in .* are no UTF-8, as b'b\\xff\.jpg': rename"):
        call_command("enrol_folder", gallery.agency.ori, gallery.name, str(tmp_path))
    assert EnrolmentRun.objects.count() == before


def test_a_name_that_is_no_text_and_came_later_ends_no_run(run: EnrolmentRun) -> None:
    (Path(run.folder) / os.fsdecode(b"0000\xff.jpg")).write_bytes(b"no picture")
    while Job.objects.filter(kind="enrol", details__run=run.pk, done_at__isnull=True).exists():
        assert next_batch(run)
    assert run.done.count() == FILES


def test_whoever_waits_for_files_that_are_gone_is_told(tmp_path: Path) -> None:
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        (tmp_path / name).write_bytes(b"no picture")
    gallery, out = Gallery.objects.select_related("agency").get(), StringIO()

    def works() -> None:
        try:
            end = time.monotonic() + 20
            while not (run := EnrolmentRun.objects.filter(folder=str(tmp_path)).first()) and time.monotonic() < end:
                time.sleep(0.05)
            (tmp_path / "c.jpg").unlink()
            assert run
            assert next_batch(run)
        finally:
            connection.close()

    worker = Thread(target=works)
    worker.start()
    with as_owner():
        call_command("enrol_folder", gallery.agency.ori, gallery.name, str(tmp_path), "--wait", stdout=out)
    worker.join(60)
    assert "skipped b.jpg" in out.getvalue()
    assert "1 were not reached" in out.getvalue()
