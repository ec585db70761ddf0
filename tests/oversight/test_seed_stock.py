"""Known cases enter by themselves: about one for twenty real ones, as a source system's own results, and nobody is told which or when."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.core.management import CommandError, call_command
from scipy.stats import binom

from cases.acts.receive_result import hash_of_key
from cases.models import Case, SourceSystem
from ledger.clock import house_now
from ledger.models import Entry
from people.models import Agency
from review.models import Lead, SealedSeed, SeedPace, SeedStock
from review.replay.forms import looked
from review.rules.seeds import SHARE
from tests import world
from tests.acts.test_road import the_owner_says
from tests.api.test_search_results import send, sound
from tests.database import as_owner, login
from tests.pages.signing import client_of
from workers.app import app
from workers.seeds import send_seeds

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "intake"])
KEY = "key-of-the-test-source"
ORI = "XX0010000"


@pytest.fixture(autouse=True)
def source(transactional_db):
    with login("owner") as owner:
        owner.execute(
            "insert into cases_sourcesystem(agency_id, name, key_sha256, active_until) select id, 'State system', %s, '2999-01-01'"
            " from people_agency where ori = %s",
            [hash_of_key(KEY), ORI],
        )


def pictured(face: str) -> dict[str, str]:
    return {"base64": base64.b64encode(world.picture(face)).decode()}


def a_case(number: int, face: str, *, agency_case: str = "25-900") -> dict:
    """A result of a search for one face, which returned that person and another."""
    return sound(
        external_id=f"SNAP-{number}",
        agency_case=agency_case,
        probe={
            "image": pictured(f"{face}_cctv.jpg"),
            "source": "camera",
            "target_because": "at the till",
            "captured_at": (house_now() - timedelta(days=2)).isoformat(),
        },
        candidates=[
            {"subject_ref": "S1", "rank": 1, "score": 912.0, "image": pictured(f"{face}_mugshot.jpg")},
            {"subject_ref": "S2", "rank": 2, "score": 700.0, "image": pictured("p007_mugshot.jpg")},
        ],
    )


def registered(folder: Path, *lines: dict, source: str = "State system", agency: str = ORI) -> str:
    path, said = folder / "known.ndjson", StringIO()
    path.write_text("\n".join(json.dumps(line) for line in lines))
    with as_owner():
        call_command("register_seeds", str(path), agency=agency, source=source, stdout=said)
    return said.getvalue()


def two(folder: Path) -> str:
    """One person's, and one stranger's: p026 with two others."""
    stranger = a_case(2, "p026")
    stranger["candidates"][0]["image"] = pictured("p013_mugshot.jpg")
    lines = ({"result": a_case(1, "p012"), "mates": ["S1"]}, {"result": stranger, "mates": []})
    return registered(folder, *({**line, "idempotency_key": f"idem-000{number}"} for number, line in enumerate(lines, start=1)))


@contextmanager
def later(hours: float = 1) -> Iterator[None]:
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = ahead_by + %s", [timedelta(hours=hours)])
    yield


def asked() -> None:
    with world.the_machine():
        send_seeds()


def examined_of_late(number: int) -> None:
    """So many real cases came to be examined, as the table of moves says it."""
    case = world.searched(f"25-{Case.objects.count()}", "p005")
    with login("owner") as owner:
        owner.execute(
            "insert into cases_move(case_id, act, source, target, entry) select %s, 'check_probe', 'ELIGIBLE', 'FIT', -n"
            " from generate_series(1, %s) n",
            [case.pk, number],
        )


def owing(number: int) -> None:
    """What the lots would have come to."""
    with login("owner") as owner:
        owner.execute("update review_seedpace set owed = %s, seen_move = (select coalesce(max(id), 0) from cases_move)", [number])


def entered(number: int) -> list[Case]:
    """Ask until so many have entered; with an hour between and much owed, each time one does."""
    for _ in range(number):
        owing(40)
        with later():
            asked()
    with login("owner") as owner:
        rows = owner.execute("select id from cases_case where is_seed(id) order by id").fetchall()
    return list(Case.objects.filter(pk__in=[row[0] for row in rows]).order_by("pk"))


def stocked(number: int) -> None:
    """A large stock without pictures to look at."""
    with login("owner") as owner:
        owner.execute(
            "select seal_known((select jsonb_agg(jsonb_build_object('probe_sha256', encode(sha256(n::text::bytea), 'hex'), 'mates', '[]'::jsonb,"
            " 'nonce', repeat('n', 32))) from generate_series(1, %s) n), 'administrator')",
            [number],
        )
        owner.execute(
            "insert into review_seedstock(seed_id, source_id, result, body_sha256, pictures, sealed, said) select s.id, y.id,"
            " jsonb_build_object('external_id', 'E' || s.id, 'idempotency_key', 'K' || s.id, 'agency_case', '25-s', 'track', 'suspect',"
            " 'list', jsonb_build_object('not_reported', '[]'::jsonb), 'candidates', '[]'::jsonb, 'probe', jsonb_build_object('image', u.id)), 'b',"
            " jsonb_build_array(jsonb_build_object('id', u.id, 'shows', 'probe', 'key_id', 'k', 'original_sha256', s.probe_sha256,"
            " 'stored_sha256', 'x', 'media_type', 'image/png', 'width', 1, 'height', 1)), array[''::bytea], '{\"by\": \"machine\"}'"
            " from review_sealedseed s cross join cases_sourcesystem y cross join lateral (select gen_random_uuid() as id where s.id > 0) u"
        )


# -- the share ------------------------------------------------------------------------------------------------------------


def test_about_one_enters_for_twenty_real_ones():
    stocked(400)
    asked()  # from now on it counts
    assert not Case.objects.filter(door="machine").exists()
    examined_of_late(3000)
    for _ in range(400):
        with later():
            asked()
        if SeedPace.objects.db_manager("owner").get(agency__ori=ORI).owed == 0:
            break
    number = Case.objects.filter(door="machine").count()
    low, high = binom.ppf(0.0001, 3000, SHARE), binom.ppf(0.9999, 3000, SHARE)
    assert low <= number <= high, (low, number, high)


def test_known_cases_do_not_ask_for_more_of_them():
    stocked(4)
    asked()
    (seed, *_) = entered(1)
    with login("owner") as owner:
        owner.execute(
            "insert into cases_move(case_id, act, source, target, entry) select %s, 'check_probe', 'ELIGIBLE', 'FIT', -n"
            " from generate_series(1, 2000) n",
            [seed.pk],
        )
        owner.execute("update review_seedpace set owed = 0")
    with later():
        asked()
    assert SeedPace.objects.db_manager("owner").get(agency__ori=ORI).owed == 0


def test_they_do_not_come_at_once_however_often_it_is_asked():
    """Asked a hundred times in one moment no more enter than asked once, and never two."""
    stocked(40)
    asked()
    owing(40)
    with later():
        for _ in range(100):
            asked()
    assert Case.objects.filter(door="machine").count() == 1


def test_when_one_enters_is_a_lot_and_no_count():
    """One that is owed enters within the hour in about 63 of 100 trials: neither at once nor by a timetable."""
    stocked(200)
    asked()
    hits = 0
    for _ in range(200):
        before = Case.objects.filter(door="machine").count()
        owing(1)
        with later():
            asked()
        hits += Case.objects.filter(door="machine").count() - before
    assert binom.ppf(0.0001, 200, 0.632) <= hits <= binom.ppf(0.9999, 200, 0.632), hits


def test_a_worker_asks_every_minute():
    assert {"task": "workers.plan_seeds", "schedule": 60.0} in app.conf.beat_schedule.values()


# -- an empty stock -------------------------------------------------------------------------------------------------------


def test_an_empty_stock_does_nothing_and_managers_see_an_alarm(tmp_path):
    asked()
    cases = Case.objects.count()
    assert "No known case is left" not in client_of("mia").get("/figures").content.decode()
    owing(40)
    with later():
        asked()

    assert Case.objects.count() == cases
    assert SeedPace.objects.db_manager("owner").get(agency__ori=ORI).owed == 0, "what was missed is not made up for in a rush"
    for name in ("mia", "otto"):
        assert "No known case is left in stock" in client_of(name).get("/figures").content.decode()
    two(tmp_path)
    assert "No known case is left" not in client_of("mia").get("/figures").content.decode()


def test_the_last_one_entering_raises_no_alarm(tmp_path):
    """Whoever watches the alarm learns that one was missed, and of no case that it was known."""
    two(tmp_path)
    asked()
    assert len(entered(2)) == 2
    assert "No known case is left" not in client_of("mia").get("/figures").content.decode()


# -- what enters ----------------------------------------------------------------------------------------------------------

TABLES = (
    "cases_case",
    "cases_probe",
    "cases_storedimage",
    "cases_candidatelist",
    "cases_candidate",
    "cases_searchresult",
    "cases_job",
    "ledger_entry",
)
MASKS = (
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "uuid"),
    (r"FR-\d{4}-\d{6}", "FR"),
    (r"\d{4}-\d\d-\d\dT[0-9:.+Z]+", "time"),
    (r"idem-\d+", "idem"),
    (r"[0-9a-f]{32,}", "hash"),
    (r"\\\\x[0-9a-f]*", "bytes"),
    (r"SNAP-\d+", "SNAP"),
)
NUMBERS = ("id", "seq", "xid", "case_id", "image_id", "investigation_id", "candidate_list_id", "list_id", "entry", "leaf", "body", "sealed")


def rows_of(case: Case) -> dict[str, list[str]]:
    """Every row that an arrival leaves, without what is another for each arrival."""
    found = {}
    with login("owner") as owner:
        for table in TABLES:
            of = (
                "ref = %s"
                if table == "cases_case"
                else "subject = %s"
                if table == "ledger_entry"
                else "case_id = (select id from cases_case where ref = %s)"
            )
            rows = owner.execute(f"select to_jsonb(t)::text from {table} t where {of}", [case.ref]).fetchall()
            said = [{k: "n" if k in NUMBERS and v is not None else v for k, v in json.loads(row[0]).items()} for row in rows]
            texts = [json.dumps(row, sort_keys=True) for row in said]
            for pattern, mask in MASKS:
                texts = [re.sub(pattern, mask, text) for text in texts]
            found[table] = sorted(texts)
    return found


def test_a_known_case_leaves_the_same_rows_as_a_real_one(tmp_path):
    two(tmp_path)
    asked()
    with later(24 * 30):
        seeds = entered(2)
    real = [Case.objects.get(ref=send(a_case(n, face), idem=f"idem-000{n}").json()["case"]) for n, face in ((11, "p014"), (12, "p015"))]
    shapes = [rows_of(case) for case in (*seeds, *real)]
    assert all(shapes[0][table] for table in TABLES)
    for table in TABLES:
        for shape in shapes[1:]:
            assert [re.sub(r'"(width|height)": \d+', r'"\1": n', text) for text in shape[table]] == [
                re.sub(r'"(width|height)": \d+', r'"\1": n', text) for text in shapes[0][table]
            ], table
    said = [json.loads(bytes(Entry.objects.get(subject=case.ref, kind="receive_result").body)) for case in (*seeds, *real)]
    assert len({tuple(sorted(each)) for each in said}) == 1
    ages = [case.received_at - case.probes.get().captured_at for case in seeds]
    assert all(timedelta(days=1.9) < age < timedelta(days=2.2) for age in ages), "a probe is as old as it was when it was registered"


def test_it_goes_the_whole_road_and_becomes_no_lead(tmp_path):
    two(tmp_path)
    asked()
    case = next(case for case in entered(2) if case.result.external_id == "SNAP-1")
    world.run_jobs()
    case = world.checked(world.screened(case))
    assert case.state == "FIT", case.state
    world.drawn(case, "ada", "ben")
    for step, locks in ((5, lambda name: world.sorted_by(case, name, ("S1",))), (10, lambda name: world.concluded(case, name, {"S1": 2}))):
        for name in ("ada", "ben"):
            looked(world.person(name), case)
        ahead = f"update ledger_clock set ahead_by = ahead_by {{}} interval '{step} minutes'"
        with the_owner_says(ahead.format("+"), ahead.format("-")):
            for name in ("ada", "ben"):  # real faces get their time
                locks(name)
    assert world.again(case).state == "NO_LEAD"
    assert not Lead.objects.exists()


# -- the stock ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["{"], "Line 1 is no known case"),
        ([{"result": {}, "mates": []}], "external_id"),
        ([{"result": sound(candidates=[]), "mates": []}], "at least one candidate"),
        ([{"result": sound(), "mates": []}], "each with its picture"),
    ],
)
def test_what_is_no_known_case_is_refused_with_its_line(tmp_path, lines, said):
    path = tmp_path / "known.ndjson"
    path.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    with as_owner(), pytest.raises(CommandError, match=said):
        call_command("register_seeds", str(path), agency=ORI, source="State system", stdout=StringIO())
    assert not SeedStock.objects.db_manager("owner").exists()


def test_half_are_strangers_mates_are_named_and_no_probe_is_in_a_case(tmp_path):
    person = {"result": a_case(1, "p012"), "mates": ["S1"]}
    with pytest.raises(CommandError, match="at least half"):
        registered(tmp_path, person)
    with pytest.raises(CommandError, match="no candidate is called S9"):
        registered(tmp_path, {**person, "mates": ["S9"]})
    with pytest.raises(CommandError, match="no source system"):
        registered(tmp_path, person, source="Another")
    world.requested("25-1", "p012")
    with pytest.raises(CommandError, match="in a case already"):
        registered(tmp_path, person)
    assert not SealedSeed.objects.db_manager("owner").exists()
    assert not Entry.objects.filter(kind="seal_seeds").exists()


def test_the_record_has_commitments_and_says_who_sealed(tmp_path):
    assert "2 known cases are in stock" in two(tmp_path)
    said = json.loads(bytes(Entry.objects.get(kind="seal_seeds").body))
    assert (said["by"], said["number"], len(said["commitments"])) == ("administrator", 2, 2)


@pytest.mark.parametrize("name", ["app", "intake", "worker", "auditor"])
def test_no_login_reads_or_writes_the_stock_or_its_pace(tmp_path, name):
    two(tmp_path)
    asked()
    attempts = [
        "select * from review_seedstock",
        "select owed from review_seedpace",
        "delete from review_seedstock",
        "update review_seedpace set owed = 99",
        "insert into review_seedpace(agency_id, seen_move, owed, looked_at) values (1, 0, 9, now())",
        "select seal_known('[]', 'me')",
        "select strong_chance()",
    ]
    if name != "worker":
        attempts.append(f"select send_seed({Agency.objects.get(ori=ORI).pk})")
    for attempt in attempts:
        with login(name) as process, pytest.raises(psycopg.errors.InsufficientPrivilege):
            process.execute(attempt)


def test_the_worker_is_told_nothing(tmp_path):
    two(tmp_path)
    asked()
    of = Agency.objects.get(ori=ORI).pk
    answers = []
    for owed in (0, 40):
        owing(owed)
        with later(), login("worker") as worker:
            answers.append(worker.execute("select send_seed(%s)", [of]).fetchall())
    assert answers[0] == answers[1] == [("",)]
    assert Case.objects.filter(door="machine").count() == 1


def test_a_source_whose_key_has_ended_sends_nothing(tmp_path):
    two(tmp_path)
    asked()
    with login("owner") as owner:
        owner.execute("update cases_sourcesystem set active_until = house_now()")
    assert entered(1) == []
    assert SourceSystem.objects.count() == 1
