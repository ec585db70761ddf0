"""Many results at once, and files of them: each line has its own answer, nothing is doubled, and a killed import goes on where it was."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.importing import MANY, beside
from cases.models import Candidate, Case, Job, SearchResult, StoredImage
from ledger.models import Entry
from tests.api.test_search_results import KEY, counts, send, sound, source
from tests.database import login

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


def test_what_the_database_refuses_keeps_no_other_back(source):
    """A trigger of the test stands for a value of which nobody thought."""
    with login("owner") as owner:
        owner.execute(
            "create function no_such_number() returns trigger language plpgsql as "
            "$$ begin if new.external_id = 'B-2' then perform 1 / 0; end if; return new; end $$"
        )
        owner.execute("create trigger x before insert on cases_searchresult for each row execute function no_such_number()")
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
