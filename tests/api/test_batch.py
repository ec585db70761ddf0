"""Many results at once, and files of them: each line has its own answer, nothing is doubled, and a killed import goes on where it was."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from psycopg.types.json import Jsonb

from cases.acts.receive_result import hash_of_key
from cases.importing import MANY, beside
from cases.models import Candidate, Case, Investigation, Job, SearchResult, StoredImage
from ledger.models import Entry
from tests import world
from tests.api.test_search_results import KEY, b64, counts, fields, send, sound, source
from tests.database import login, waiting

__all__ = ["source"]
URL = "/api/v1/search-results/batch"
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "intake"])


def plain(number: int, **changes: object) -> dict:
    return sound(**{"external_id": f"B-{number}", "agency_case": f"25-{number % 7}", "probe": None, "candidates": [], **changes})


def lines(*bodies: object) -> bytes:
    return b"".join((each if isinstance(each, bytes) else json.dumps(each).encode()) + b"\n" for each in bodies)


def post(content: bytes, key: str = KEY, kind: str = "application/x-ndjson"):
    return Client().post(URL, content, content_type=kind, headers={"Authorization": f"Bearer {key}"})


def told(answer) -> list[dict]:
    assert answer.status_code == 200, answer.content
    return [json.loads(line) for line in answer.content.splitlines()]


def outcomes(answer) -> list[str]:
    return [line["outcome"] for line in told(answer)]


def test_each_line_has_its_own_answer_and_a_bad_one_keeps_no_other_back(source):
    good, other = plain(1, candidates=[{"subject_ref": "S1", "rank": 1, "score": 2.0}]), plain(2)
    batch = lines(good, b"{", plain(3, track="revenge"), good, plain(1, agency_case="25-9"), b"", other)
    rows = told(post(batch))

    assert [(row["line"], row["outcome"]) for row in rows] == [(1, "new"), (2, "bad"), (3, "bad"), (4, "same"), (5, "conflict"), (7, "new")]
    assert [error["field"] for row in rows for error in row.get("errors", [])] == ["body", "track", "external_id"]
    assert rows[0]["case"] == rows[3]["case"] != rows[5]["case"]
    assert Case.objects.count() == SearchResult.objects.count() == Job.objects.filter(kind="link").count() == 2
    assert Entry.objects.filter(kind="receive_result").count() == 2
    assert Candidate.objects.count() == 1
    before = counts()
    assert outcomes(post(batch)) == ["same", "bad", "bad", "same", "conflict", "same"]
    assert counts() == before


def test_a_line_is_the_same_result_as_at_the_single_door(source):
    body = plain(1)
    first = send(body)

    assert told(post(lines(body))) == [{"line": 1, "outcome": "same", "external_id": "B-1", "case": first.json()["case"]}]
    assert send(plain(2), idem="idem-0002").status_code == 201
    assert send(plain(3), idem="idem-0002").status_code == 409


def test_pictures_come_with_their_line(source):
    rows = told(post(lines(sound(external_id="P-1"), plain(2), sound(external_id="P-3", candidates=[]))))

    assert [row["outcome"] for row in rows] == ["new"] * 3
    shown = {row["case"]: sorted(StoredImage.objects.filter(case__ref=row["case"]).values_list("shows", flat=True)) for row in rows}
    assert list(shown.values()) == [["candidate", "probe"], [], ["probe"]]


def test_a_value_that_cannot_be_stored_is_named_and_keeps_no_other_back(source):
    rows = told(post(lines(plain(1), plain(2, agency_case="a\u0000b"), plain(3, gallery={"compared": 10**17}), plain(4))))

    assert [row["outcome"] for row in rows] == ["new", "bad", "bad", "new"]
    assert [row["errors"][0]["field"] for row in rows[1:3]] == ["agency_case", "gallery.compared"]


def refuse_the_second() -> None:
    """A trigger of the test stands for a value of which nobody thought."""
    with login("owner") as owner:
        owner.execute(
            "create function no_such_number() returns trigger language plpgsql as "
            "$$ begin if new.external_id = 'B-2' then perform 1 / 0; end if; return new; end $$"
        )
        owner.execute("create trigger x before insert on cases_searchresult for each row execute function no_such_number()")


def test_what_the_database_refuses_keeps_no_other_back(source):
    refuse_the_second()
    rows = told(post(lines(plain(1), plain(2), plain(3))))

    assert [row["outcome"] for row in rows] == ["new", "bad", "new"]
    assert rows[1]["errors"][0]["code"] == "not_storable"


@pytest.mark.parametrize(
    ("content", "kind", "key", "status"),
    [
        (lines(plain(1)), "application/json", KEY, 415),
        (lines(plain(1)), "application/x-ndjson", "wrong", 401),
        (b"\n \n", "application/x-ndjson", KEY, 400),
        (lines(*(plain(n) for n in range(MANY + 1))), "application/x-ndjson", KEY, 413),
        (b" " * (25 * 1024 * 1024 + 1), "application/x-ndjson", KEY, 413),
    ],
)
def test_a_batch_that_cannot_be_taken_leaves_nothing(source, content, kind, key, status):
    before = counts()
    answer = post(content, key, kind)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert counts() == before


def test_a_batch_costs_three_statements_whatever_its_length(source):
    post(lines(plain(0)))
    for count in (1, MANY):
        with CaptureQueriesContext(connections["intake"]) as queries:
            assert outcomes(post(lines(*(plain(n + count * 1000) for n in range(count))))) == ["new"] * count
        assert len(queries) == 3, "whose key, what time, receive"


def test_two_batches_that_meet_in_another_order_end_in_one_case_each(source):
    bodies = [plain(number) for number in range(60)]
    answers = []

    def go(order: list[dict]) -> None:
        answers.append(outcomes(post(lines(*order))))
        connections.close_all()

    threads = [threading.Thread(target=go, args=(order,)) for order in (bodies, bodies[::-1], bodies[30:] + bodies[:30])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Case.objects.count() == 60
    assert sorted(sum(answers, [])).count("new") == 60
    assert set(sum(answers, [])) == {"new", "same"}


def bare(name: str, investigation: str) -> dict[str, object]:
    """A result as the door hands it to the database, with nothing but its names."""
    said = {"external_id": name, "idempotency_key": name, "agency_case": investigation, "track": "suspect"}
    return said | {"list": {"not_reported": []}, "candidates": []}


def at_the_door(by, *results: tuple[str, str, str], alone: bool = False) -> list[str]:
    """Hand results (external_id, agency_case, body) to the database itself; return how each was answered."""
    asked = [
        {
            "result": bare(name, investigation),
            "body_sha256": body,
            "pictures": [],
            "details": {"by": "machine"},
        }
        for name, investigation, body in results
    ]
    (answers,) = by.execute("select receive_results(%s, %s, '{}', %s)", [hash_of_key(KEY), Jsonb(asked), alone]).fetchone()
    return [str(answer["status"]) for answer in answers]


def test_batches_of_an_agency_go_side_by_side_and_one_alone_waits(source):
    with login("intake") as one, login("intake") as other:
        at_the_door(one, ("r0", "25-1", "x"))
        other.execute("set lock_timeout = '2s'")
        with one.transaction():
            at_the_door(one, ("r1", "25-1", "x"), ("r2", "25-2", "x"))
            at_the_door(other, ("r3", "25-1", "x"), ("r4", "25-3", "x"))
            with pytest.raises(psycopg.errors.LockNotAvailable):
                at_the_door(other, ("r5", "25-1", "x"), alone=True)
        assert at_the_door(other, ("r5", "25-1", "x"), alone=True) == ["201"]


def test_batches_that_open_the_same_investigations_never_wait_in_a_circle(source):
    """Each batch in the order of its lines, of which one is the other's turned round: taken as they come they meet in the middle."""
    raised: list[BaseException] = []

    def go(who: str, step: int) -> None:
        try:
            with login("intake") as door:
                for turn in range(12):
                    at_the_door(door, *((f"{who}-{turn}-{n}", f"25-{turn}-{n}", "x") for n in range(60)[::step]))
        except BaseException as trouble:
            raised.append(trouble)

    threads = [threading.Thread(target=go, args=each) for each in (("forwards", 1), ("backwards", -1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not raised
    assert Case.objects.count() == 2 * 12 * 60


def test_of_one_external_id_the_first_line_counts_and_each_answer_stands_in_its_place(source):
    with login("intake") as door:
        given = (("b", "25-9", "x"), ("a", "25-7", "x"), ("b", "25-1", "y"), ("c", "25-0", "x"), ("b", "25-9", "x"))
        assert at_the_door(door, *given) == ["201", "201", "409", "201", "200"]

    assert dict(SearchResult.objects.values_list("external_id", "case__investigation__agency_case")) == {
        "a": "25-7",
        "b": "25-9",
        "c": "25-0",
    }


def test_pictures_stay_with_their_line_in_whatever_order_the_lines_are_taken(source):
    names = {f"P-{n}": f"{face}_cctv.jpg" for n, face in enumerate(("p013", "p014", "p015"))}
    sent = [plain(0, external_id=key, agency_case=f"25-{9 - n}", probe={"image": b64(name)}) for n, (key, name) in enumerate(names.items())]
    assert outcomes(post(lines(*sent))) == ["new"] * 3

    found = {each.external_id: StoredImage.objects.get(case=each.case).original_sha256 for each in SearchResult.objects.all()}
    assert found == {key: hashlib.sha256(world.picture(name)).hexdigest() for key, name in names.items()}


@pytest.fixture
def company() -> Iterator["Company"]:
    """A batch that is on its way while others are, and what it was answered."""
    with Company() as found:
        yield found


class Company(ExitStack):
    """Two others whose results are in an open transaction, and a batch that waits for them."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list = []

    def other(self) -> "psycopg.Connection":
        """Open another intake, in a transaction."""
        by = self.enter_context(login("intake"))
        by.execute("begin")
        return by

    def send(self, *bodies: object) -> None:
        """Send a batch in a thread of its own, and come back when it waits."""
        self.thread = threading.Thread(target=self._go, args=bodies)
        self.thread.start()
        self.until_it_waits()

    def _go(self, *bodies: object) -> None:
        self.answers.append(post(lines(*bodies)))
        connections.close_all()

    def until_it_waits(self) -> None:
        with login("owner") as owner:
            while not waiting(owner):
                assert self.thread.is_alive()
                time.sleep(0.02)

    def answered(self) -> object:
        self.thread.join()
        return self.answers[0]


def a_single(by, name: str, investigation: str) -> None:
    by.execute("select receive_result(%s, %s, 'y', '[]', '{}', '{}')", [hash_of_key(KEY), Jsonb(bare(name, investigation))])


def test_a_batch_that_met_another_still_names_what_cannot_be_stored(source, company):
    refuse_the_second()
    other = company.other()
    at_the_door(other, ("B-1", "25-0", "y"))
    company.send(plain(1), plain(2), plain(3))
    other.execute("commit")

    assert outcomes(company.answered()) == ["conflict", "bad", "new"]


def test_a_batch_that_meets_one_after_the_other_is_answered_line_by_line(source, company):
    first, second = company.other(), company.other()
    a_single(first, "B-1", "25-0")
    company.send(plain(1, agency_case="25-1"), plain(2, agency_case="25-2"), plain(3, agency_case="25-3"))
    a_single(second, "B-2", "25-8")
    first.execute("commit")
    time.sleep(0.3)
    company.until_it_waits()
    second.execute("commit")

    assert outcomes(company.answered()) == ["conflict", "conflict", "new"]


def test_a_key_that_ends_while_a_batch_waits_is_not_known(source, company):
    other = company.other()
    at_the_door(other, alone=True)
    company.send(plain(1), plain(2))
    with login("owner") as owner:
        owner.execute("update cases_sourcesystem set active_until = house_now()")
    other.execute("commit")

    assert company.answered().status_code == 401
    assert not Case.objects.exists()


def test_a_result_takes_all_that_is_linked_in_the_order_of_a_countersignature(source, company):
    """Or each would wait for the other, and the one who signs would be sent away."""
    other = company.other()
    a_single(other, "s1", "25-9")
    a_single(other, "s2", "25-1")
    other.execute("commit")
    low, high = Investigation.objects.filter(agency_case__in=("25-9", "25-1")).order_by("pk").values_list("pk", flat=True)
    with login("owner") as owner:
        owner.execute("insert into cases_investigationlink(one_id, other_id, because) values (%s, %s, 'same_probe')", [low, high])
        owner.execute("begin")
        owner.execute("select 1 from cases_investigation where id = %s for update", [low])
        company.send(plain(1, agency_case="25-1"))
        owner.execute("select 1 from cases_investigation where id = %s for update nowait", [high])
        owner.execute("commit")

    assert outcomes(company.answered()) == ["new"]


def test_a_gallery_of_billions_and_a_value_that_nobody_thought_of(source):
    assert outcomes(post(lines(plain(1, gallery={"compared": 60_000_000_000})))) == ["new"]
    refuse_the_second()
    answer = send(plain(2))
    assert (answer.status_code, fields(answer)) == (422, ["body: not_storable"])


@pytest.mark.parametrize("results", [None, Jsonb(None), Jsonb({}), Jsonb([{}] * (MANY + 1))])
def test_what_is_no_batch_is_refused_by_the_database_itself(source, results):
    with login("intake") as door, pytest.raises(psycopg.Error, match="an array of at most 500"):
        door.execute("select receive_results(%s, %s, '{}', false)", [hash_of_key(KEY), results])


def a_file(folder: Path, length: int) -> tuple[Path, list[int]]:
    """A file of results of which some lines are no result, and the numbers of those."""
    file, bad = folder / "results.ndjson", [number for number in range(1, length + 1) if number % 100 == 7]
    with file.open("wb") as out:
        for number in range(1, length + 1):
            out.write(lines(b"no result" if number in bad else plain(number)))
    return file, bad


def imported(file: Path, *, environment: dict[str, str]) -> str:
    """Import in this process; what it said and why it ended."""
    out = StringIO()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        try:
            call_command("import_results", str(file), stdout=out)
        except CommandError as ended:
            return f"{out.getvalue()}{ended}"
    return out.getvalue()


def test_a_file_is_imported_and_its_bad_lines_are_named(source, tmp_path):
    file, bad = a_file(tmp_path, 1250)
    said = imported(file, environment={"COUNTERSIGN_SOURCE_KEY": KEY})
    mark, report = beside(file)

    assert "1,250 lines: 1,237 new" in said
    assert "13 bad, 0 conflicts" in said
    assert [json.loads(line)["line"] for line in report.read_text().splitlines()] == bad
    assert Case.objects.count() == 1250 - len(bad)
    assert not mark.exists()
    assert "0 new, 1,237 received before" in imported(file, environment={"COUNTERSIGN_SOURCE_KEY": KEY})
    assert Case.objects.count() == 1250 - len(bad)


def test_without_a_known_key_nothing_is_imported(source, tmp_path):
    file, _ = a_file(tmp_path, 3)
    assert "the key is not known" in imported(file, environment={"COUNTERSIGN_SOURCE_KEY": "wrong"})
    assert not Case.objects.exists()


def test_a_mark_of_another_file_is_refused(source, tmp_path):
    file, _ = a_file(tmp_path, 3)
    beside(file)[0].write_text(json.dumps({"offset": 10, "line": 1, "last_begins": 0, "last_sha256": "00"}))
    assert "belongs to another file" in imported(file, environment={"COUNTERSIGN_SOURCE_KEY": KEY})
    beside(file)[0].write_text("no mark")
    assert "cannot be read" in imported(file, environment={"COUNTERSIGN_SOURCE_KEY": KEY})


def test_a_killed_import_goes_on_where_it_was(source, tmp_path):
    file, bad = a_file(tmp_path, 6000)
    settings = connections["intake"].settings_dict
    environment = {
        **os.environ,
        "COUNTERSIGN_PROCESS": "test",
        "COUNTERSIGN_SOURCE_KEY": KEY,
    }
    program = (
        "import django; django.setup(); from django.db import connections\n"
        f"for each in connections.all(): each.settings_dict['NAME'] = {settings['NAME']!r}\n"
        f"from django.core.management import call_command; call_command('import_results', {str(file)!r})"
    )
    mark, report = beside(file)
    kills = 0
    while True:
        process = subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        began, seen = time.monotonic(), mark.read_bytes() if mark.exists() else b""
        while process.poll() is None and time.monotonic() - began < 60:
            if kills < 3 and mark.exists() and mark.read_bytes() != seen:
                process.send_signal(signal.SIGKILL)
                kills += 1
                break
            time.sleep(0.002)
        out, err = process.communicate(timeout=60)
        if process.returncode >= 0:
            break
    assert b"bad" in err, err
    assert kills == 3
    assert b"6,000 lines" in out
    assert Case.objects.count() == SearchResult.objects.count() == 6000 - len(bad)
    assert [json.loads(line)["line"] for line in report.read_text().splitlines()] == bad
