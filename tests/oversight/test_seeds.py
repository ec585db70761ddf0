"""Seeds: whole known cases among the real ones. They never become leads, nobody but the auditor's login can tell them, and they come out in batch."""

import json
import re
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from io import StringIO
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from cases.rules.finding import Permit, Refusal
from ledger.asking import ask_database, ask_rows
from ledger.clock import house_now
from ledger.models import Entry
from oversight import seeds
from people.measuring import Answer
from people.models import Trial
from review.access import NotVisible
from review.acts.reveal_seeds import reveal_seeds
from review.models import CandidateEnd, Countersignature, Lead, Reveal, RevealedSeed
from review.rules import seeds as rule
from tests import world
from tests.database import login
from tests.pages.signing import client_of
from tests.pages.test_blindness import Received, code_for

FACES = Path(settings.ROOT) / "demo" / "people"
MATED, STRANGER = "p012", "p026"  # p026 is not enrolled


def known(*faces: str, mates: tuple[str, ...] = (MATED,)) -> list[seeds.Known]:
    return [seeds.Known(FACES / f"{face}_cctv.jpg", (FACES / f"{face}_mugshot.jpg",) if face in mates else ()) for face in faces]


def decided(agency_case: str, face: str, keep: str, ratings: tuple[int, int] = (2, 1)) -> Case:
    """A case on a face, of which both kept one candidate and rated it; with -9 they set every face aside."""
    case = world.searched(agency_case, face)
    world.drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(case, name, (keep,) if ratings[0] > -9 else ())
    for name, rating in zip(("ada", "ben"), ratings, strict=True):
        if rating > -9:
            world.concluded(case, name, {keep: rating})
    return world.again(case)


def candidate_of(case: Case) -> str:
    return sorted(world.tokens(case))[0]


@pytest.mark.django_db
def test_how_many_are_due():
    assert [rule.due(n, waiting=0) for n in (0, 1, 20, 21, 400)] == [0, 1, 1, 2, 20]
    assert rule.due(400, waiting=30) == 0
    assert rule.at_least_half_strangers([True, False])
    assert not rule.at_least_half_strangers([True, True, False])


@pytest.mark.django_db(transaction=True, databases=["default", "auditor"])
def test_a_seed_ends_without_a_lead_where_the_same_case_would_be_one():
    assert seeds.seal(known(STRANGER, MATED), using="auditor") == 2
    case = decided("25-1", MATED, MATED)

    assert case.state == "NO_LEAD"
    assert not Lead.objects.exists()
    assert CandidateEnd.objects.get(candidate__case=case, candidate__subject_ref=MATED).because == "not_supported"
    real = decided("25-2", "p013", "p013")
    assert real.state == "LEAD"
    (entry,) = Entry.objects.filter(kind="seal_seeds")
    assert b"cctv" not in bytes(entry.body)
    assert len(json.loads(bytes(entry.body))["commitments"]) == 2


@pytest.mark.django_db(transaction=True, databases=["default", "auditor"])
def test_what_is_sealed_after_it_arrived_is_no_seed():
    """Whoever holds the auditor's login cannot turn a real case into a known one."""
    case = world.searched("25-1", MATED)
    seeds.seal(known(STRANGER, MATED), using="auditor")
    world.examined(case, face=MATED)
    assert world.again(case).state == "LEAD"


@pytest.mark.django_db(transaction=True, databases=["default", "auditor"])
def test_at_least_half_are_strangers(tmp_path):
    batch = [{"probe": str(FACES / f"{face}_cctv.jpg"), "mates": [str(FACES / f"{face}_mugshot.jpg")]} for face in ("p012", "p013")]
    path = tmp_path / "batch.json"
    for text in (json.dumps(batch), "[]", "{", json.dumps([{"probe": "not there"}])):
        path.write_text(text)
        with pytest.raises(CommandError):
            call_command("seeds", str(path), using="auditor", stdout=StringIO())
    for nothing in ("null", "'[]'", "'[{}]'", "'[null]'"):
        with login("auditor") as auditor, pytest.raises(psycopg.Error, match="at least half|names the SHA-256"):
            auditor.execute(f"select seal_seeds({nothing})")
    assert not Entry.objects.filter(kind="seal_seeds").exists()
    path.write_text(json.dumps([*batch[:1], {"probe": str(FACES / f"{STRANGER}_cctv.jpg")}]))
    call_command("seeds", str(path), using="auditor", stdout=StringIO())
    said = StringIO()
    call_command("seeds", using="auditor", stdout=said)
    assert "0 examinations in 30 days; 2 seeds wait" in said.getvalue()


# -- attacks, with real logins on committed data --------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True, databases=["default", "auditor"])
@pytest.mark.parametrize("name", ["app", "intake", "worker", "auditor"])
def test_no_login_makes_a_lead_of_a_seed_or_learns_of_it(name):
    seeds.seal(known(STRANGER, MATED), using="auditor")
    case = world.searched("25-1", MATED)
    world.drawn(case, "ada", "ben")
    with login("app") as pages:
        assert pages.execute("select ends_as_known(%s)", [case.pk]).fetchone() == (False,), "not before everybody has concluded"
    for who in ("ada", "ben"):
        world.sorted_by(case, who, (MATED,))
    world.concluded(case, "ada", {MATED: 2})
    assert not ask_database("select ends_as_known(%s)", case.pk)
    world.concluded(case, "ben", {MATED: 2})
    sol = world.person("sol").pk

    attempts = [
        "insert into review_lead(candidate_id, case_id, ref) select k.id, k.case_id, 'FR-X-L1' from cases_candidate k where subject_ref = 'p012'",
        "insert into review_countersignature(ref, lead_id, action, place, because, state, asked_by_id) values ('X', 1, 'arrest', 'x', '', 'ASKED', 1)",
        f"select person_move('{case.ref}', 'join', 'LEAD', {world.person('ben').pk}, '{{}}')",
        f"select machine_move('{case.ref}', 'join', 'LEAD', '{{}}')",
        f"select ask('{case.ref}-L1', {world.person('dana').pk}, 'arrest', 'x', '', '{{}}')",
        f"select countersign('{case.ref}-L1-C1', {sol}, true, 'x', '{{}}', '{{}}')",
        "update review_sealedseed set mates = '{}'",
        "delete from review_sealedseed",
        "delete from review_revealedseed",
        "insert into review_sealedseed(probe_sha256, mates, nonce, commitment) values ('x', '{}', 'x', 'x')",
        f"insert into review_revealedseed(case_id, reveal_id, mated, commitment, nonce) values ({case.pk}, 1, true, 'x', 'x')",
        f"insert into review_reveal(agency_id, by_id, seeds) values (1, {sol}, 9)",
        f"select reveal_seeds({sol}, '{{}}')",
        "drop trigger a_seed_is_no_lead on review_lead",
        "create or replace view review_realwork as select 1 as case_id",
    ]
    sealed = [
        "select * from review_sealedseed",
        f"select is_seed({case.pk})",
        "select seal_seeds('[]')",
        f"select * from trials_of_seed({case.pk}, '{{}}')",
    ]
    for attempt in attempts:  # judged by what is there afterwards
        with login(name) as process, suppress(psycopg.Error):
            process.execute(attempt)
    for secret in sealed[3:] if name == "auditor" else sealed:
        with login(name) as process, pytest.raises(psycopg.errors.InsufficientPrivilege):
            process.execute(secret)
    assert not Countersignature.objects.exists()
    assert not RevealedSeed.objects.exists()
    with login("owner") as owner:
        assert owner.execute("select count(*) from review_sealedseed where cardinality(mates) < 2").fetchone() == (2,)
        assert owner.execute("select count(*) from review_realwork").fetchone() == (0,)
    assert not Lead.objects.exists()
    assert world.again(case).state == "NO_LEAD"


@pytest.mark.django_db(transaction=True, databases=["default", "auditor"])
def test_even_the_owner_makes_no_lead_of_a_seed():
    seeds.seal(known(STRANGER, MATED), using="auditor")
    decided("25-1", MATED, MATED)
    attempt = "insert into review_lead(candidate_id, case_id, ref) select id, case_id, 'X' from cases_candidate where subject_ref = %s"
    with login("owner") as owner, pytest.raises(psycopg.Error, match="becomes no lead"):
        owner.execute(attempt, [MATED])


# -- the batch ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True, databases=["default", "auditor"])
def test_they_are_revealed_in_batch_and_become_trials():
    otto, before = world.person("otto"), Trial.objects.count()
    strangers = ("p014", "p020", "p005")
    seeds.seal(known(MATED, "p013", *strangers, STRANGER, mates=(MATED, "p013")), using="auditor")
    real = decided("25-9", "p002", "p002")
    decided("25-1", MATED, MATED)  # both support the person
    decided("25-2", "p013", "p013", (-2, -3))  # both exclude the person
    for number, face in enumerate(strangers[:2], start=3):
        case = world.searched(f"25-{number}", face)
        world.drawn(case, "ada", "ben")
        keep = candidate_of(case)
        for name in ("ada", "ben"):
            world.sorted_by(case, name, (keep,))
        world.concluded(case, "ada", {keep: 1})
        world.concluded(case, "ben", {keep: 0})
    refused = reveal_seeds(by=otto, at=house_now())
    assert isinstance(refused, Refusal)
    assert refused.codes == ("too_few_seeds",)
    assert not RevealedSeed.objects.exists()
    with login("app") as pages:
        assert pages.execute("select count(*) from review_realwork").fetchone() == (0,), "before a reveal nothing is told apart"
    last = world.searched("25-5", strangers[2])
    world.drawn(last, "ada", "ben")
    for name in ("ada", "ben"):
        world.sorted_by(last, name, ())

    assert isinstance(reveal_seeds(by=otto, at=house_now()), Permit)
    assert Reveal.objects.get().seeds == 5
    assert set(RevealedSeed.objects.values_list("case__investigation__agency_case", "mated")) == {
        ("25-1", True), ("25-2", True), ("25-3", False), ("25-4", False), ("25-5", False)
    }  # fmt: skip
    told = Trial.objects.filter(source="seed")
    assert told.count() == Trial.objects.count() - before == 10
    mine = {(row.mated, row.answer) for row in told.filter(person=world.person("ada"))}
    assert mine == {(True, Answer.SUPPORTS), (True, Answer.EXCLUDES), (False, Answer.SUPPORTS), (False, Answer.SET_ASIDE)}
    assert told.filter(person=world.person("ben"), mated=False, answer=Answer.NO_CONCLUSION).count() == 2
    assert all(row.seconds is not None and row.seconds > 0 for row in told)
    with login("app") as pages:
        assert pages.execute("select case_id, ended from review_realwork").fetchall() == [(real.pk, "LEAD")]
    assert isinstance(reveal_seeds(by=otto, at=house_now()), Refusal), "once told, a seed is not told again"
    said = json.loads(bytes(Entry.objects.get(kind="reveal_seeds").body))
    sealed = json.loads(bytes(Entry.objects.get(kind="seal_seeds").body))
    assert set(said["opened"].values()) < set(sealed["commitments"])


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["ada", "mia", "dana", "sol"])
def test_only_an_auditor_reveals(name):
    with pytest.raises(NotVisible):
        reveal_seeds(by=world.person(name), at=house_now())


# -- nobody can tell ------------------------------------------------------------------------------------------------------

SHAPED = (
    (rb"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])", b"face"),
    (rb"(?<![0-9A-Za-z])[0-9A-F]{10}(?![0-9A-Za-z])", b"CODE"),
    (rb'(csrfmiddlewaretoken" value=")[^"]+', rb"\1"),
    (rb'(name="sent" value=")[^"]+', rb"\1"),
)
TABLES = re.compile(r'"?((?:cases|review|people|ledger)_[a-z]+)"?')


def walked(agency_case: str, rating: int) -> tuple[list[tuple[str, int, tuple[tuple[str, str], ...], bytes, int]], Case]:
    """Everything that the last of two reviewers gets of a case, without what lots and tokens make different each time."""
    case = world.searched(agency_case, MATED)
    ada, ben = client_of("ada"), client_of("ben")
    both = {"ada": Received("ada", ada), "ben": Received("ben", ben)}
    at = {name: one.take() for name, one in both.items()}
    for name, one in both.items():
        one.sort(at[name], {code_for(name, case, MATED)})
    for name, one in both.items():
        one.rate(at[name], rating)
        one.get(at[name])
        one.get("/")
    found = []
    for what, answer, body, statements in both["ada"].answers + both["ben"].answers:
        if answer.headers.get("Content-Type", "").startswith("image/"):
            what, body = "a picture", b""
        for pattern, shape in SHAPED:
            body = re.sub(pattern, shape, body)
        body = b"\n".join(sorted(re.sub(rb"\b[A-Z]\b", b"L", body).split(b"\n")))  # the letters and their order are drawn anew
        what = re.sub(r"[0-9A-F]{10}", "CODE", what)
        head = tuple(sorted((k, re.sub(r"[0-9A-F]{10}", "CODE", v)) for k, v in answer.items() if k not in ("Expires", "Content-Length")))
        found.append((what, answer.status_code, head, body, statements))
    return found, world.again(case)


@pytest.mark.django_db
@pytest.mark.parametrize("rating", [2, 0, -3])
def test_a_reviewer_cannot_tell_a_seed_from_real_work(rating, as_role: Callable[[str], None]):
    """Same bytes, same heads and the same number of statements, from the draw to the end, whatever he answers."""

    def sealed_first(batch: list[seeds.Known]) -> tuple[object, Case]:
        here = transaction.savepoint()
        as_role("auditor")
        seeds.seal(batch)
        as_role("app")
        found = walked("25-1", rating)
        transaction.savepoint_rollback(here)
        return found

    real, its_case = sealed_first(known("p005", "p020", mates=()))
    seed, seeds_case = sealed_first(known(STRANGER, MATED))
    assert len(real) > 20
    assert [row[:3] for row in real] == [row[:3] for row in seed]
    for one, two in zip(real, seed, strict=True):
        assert one == two
    assert (its_case.state, seeds_case.state) == ("LEAD" if rating > 0 else "NO_LEAD", "NO_LEAD")


@pytest.mark.django_db
def test_the_statements_of_the_last_lock_touch_as_many_tables(as_role: Callable[[str], None]):
    """The one statement that differs writes the end of a candidate instead of a lead."""
    seen = []
    for batch in (known("p005", "p020", mates=()), known(STRANGER, "p013", mates=("p013",))):
        here = transaction.savepoint()
        as_role("auditor")
        seeds.seal(batch)
        as_role("app")
        case = world.searched("25-1", "p013")
        world.drawn(case, "ada", "ben")
        for name in ("ada", "ben"):
            world.sorted_by(case, name, ("p013",))
        world.concluded(case, "ada", {"p013": 2})
        with CaptureQueriesContext(connection) as counted:
            world.concluded(case, "ben", {"p013": 2})
        seen.append([tuple(TABLES.findall(query["sql"])) for query in counted])
        transaction.savepoint_rollback(here)
    assert len(seen[0]) == len(seen[1])
    touched = [Counter(table for statement in statements for table in set(statement)) for statements in seen]
    assert touched[0] - touched[1] == Counter({"review_lead": 1})
    assert touched[1] - touched[0] == Counter({"review_candidateend": 1})


@pytest.mark.django_db
def test_nothing_that_the_pages_may_read_names_a_seed(as_role: Callable[[str], None]):
    as_role("auditor")
    seeds.seal(known(STRANGER, MATED))
    as_role("app")
    world.searched("25-1", MATED)
    sealed = ask_rows("select relname from pg_class where relname like '%%sealedseed' and has_table_privilege(oid, 'select')")
    assert sealed == []
