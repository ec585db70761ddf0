"""Every line of the log is JSON, says its request and its case, and carries no name, picture or score, whatever happens on the road."""

import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.test import Client

from cases import jobs
from cases.models import Case, Job
from config.logs import JsonLines
from ledger.clock import house_now
from people.models import Person
from review.acts.check_probe import check_probe
from review.rules.probe_fitness import Grade
from tests import world
from tests.api.test_search_results import b64, send, sound, source
from tests.database import login
from tests.pages.signing import PASSWORD, signed_in, try_password

__all__ = ["source"]
HIS_CASE, SUBJECT, SCORE, SAID = "25-QX99172", "S-KRONENBERG", 731.4159, "a tall man named Kronenberg"


class Lines(logging.Handler):
    """What the console would have been sent."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonLines("web"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def listened() -> Iterator[list[str]]:
    handler = Lines()
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield handler.lines
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def canaries() -> set[str]:
    """What may stand in no line: names, what people typed, subjects, scores, and the beginnings of pictures however they are written."""
    pictures = [world.picture("p012_cctv.jpg"), world.picture("p001_cctv.jpg")]
    names = {part.lower() for person in Person.objects.all() for part in person.display_name.split() if len(part) > 3}
    return (
        names
        | set(Person.objects.values_list("username", flat=True))
        | {HIS_CASE, SUBJECT, SAID, "kronenberg", "731.4", "731,4", PASSWORD, "quay street", "data:image", "jfif", "p012", "bearer"}
        | {picture[:12].hex() for picture in pictures}
        | {b64("p001_cctv.jpg")["base64"][:16], repr(pictures[0][:8])[2:-1]}
    )


def carried(line: str) -> set[str]:
    said = json.loads(line)
    words = json.dumps({name: value for name, value in said.items() if name not in ("at", "request", "where", "log")}).lower()
    return {canary for canary in canaries() if canary.lower() in words.replace(" ", "  ").replace("  ", " ") and len(canary) > 3}


def of_the_server() -> Callable[[], str]:
    """Return how to read what the server of the database writes into its own log from now on."""
    log = Path(os.environ["COUNTERSIGN_TEST_HOME"]) / "postgres.log"
    begins = log.stat().st_size if log.exists() else 0
    return lambda: log.read_bytes()[begins:].decode(errors="replace").lower() if log.exists() else ""


def named_in(written: str) -> set[str]:
    """Those canaries of this module that stand in it; the tests beside write into the same log."""
    return {said for said in (HIS_CASE, SUBJECT, str(SCORE), SAID, "kronenberg") if said.lower() in written}


def the_whole_road() -> tuple[set[str], list[str]]:
    """Every door with canaries in what is sent: the pages, the machine's door, the worker, a failed job, an error, an unknown address."""
    with listened() as lines:
        assert send(sound(agency_case=HIS_CASE, candidates=[{"subject_ref": SUBJECT, "rank": 1, "score": SCORE}])).status_code == 201
        assert send(sound(agency_case=HIS_CASE, track=SAID), idem="idem-0002").status_code == 422
        assert send(sound(), key="wrong-key-kronenberg", idem="idem-0003").status_code == 401
        try_password(Client(), "kronenberg", "a password of kronenberg")
        lead, request = world.ready_to_sign(HIS_CASE)
        dana, sol = signed_in("dana"), signed_in("sol")
        ref = lead.case.ref
        for page in (
            f"/cases/{ref}",
            f"/cases/{ref}/probe/picture",
            f"/leads/{lead.ref}/report",
            "/cases?q=Kronenberg",
            "/Kronenberg",
            "/cases/Kronenberg",
        ):
            dana.get(page)
        dana.post(f"/cases/{ref}/close", {"because": SAID})
        dana.post("/requests/new", {"agency_case": HIS_CASE, "purpose": SAID})
        dana.get("/", headers={"X-Request-ID": "kronenberg"})
        sol.get(f"/countersignatures/{request}")
        world.must(world.signed(request))
        world.sequenced()
        fails(f"no room for {SAID}, {SCORE}")
        breaks(dana, ref)
        with login("owner") as owner:
            refs = {str(found) for (found,) in owner.execute("select ref from cases_case")}
    return refs, lines


def fails(trouble: str) -> None:
    def effect(_: object) -> None:
        raise ValueError(trouble)

    case = world.screened(world.requested("25-2", "p013"))
    world.must(check_probe(by=world.person("aris"), at=house_now(), case_ref=case.ref, grade=Grade.FIT, depicts=SAID, role_shown_by=SAID))
    with world.the_machine():
        (job,) = Job.objects.filter(pk__in=jobs.due(), kind="search").values_list("pk", flat=True)
        assert jobs.run(job_id=job, effects={"search": effect}) == "put off"


def breaks(client: Client, ref: str) -> None:
    """An error within a page: the database refuses in the middle, and its message is the only thing that would name somebody."""
    client.raise_request_exception = False
    with login("owner") as owner:
        owner.execute("alter table review_lead rename to review_lead_of_kronenberg")
        try:
            assert client.get(f"/cases/{ref}").status_code == 500
        finally:
            owner.execute("alter table review_lead_of_kronenberg rename to review_lead")


@pytest.mark.django_db(transaction=True, databases=["default", "intake"])
def test_no_line_of_the_road_names_anybody_or_shows_a_score(source):
    written = of_the_server()
    refs, lines = the_whole_road()
    said = [json.loads(line) for line in lines]

    assert not {line: found for line in lines if (found := carried(line))}
    assert named_in(written()) == set()
    answered = [each for each in said if each["said"] == "a request was answered"]
    assert len(answered) >= 18
    assert all(len(each["request"]) == 32 and each["route"] and each["ms"] >= 0 for each in answered)
    assert len({each["request"] for each in answered}) == len(answered)
    assert refs <= {each.get("case") for each in said}, "each case stands in some line"
    assert {each["status"] for each in answered} >= {200, 201, 302, 401, 404, 422, 500}
    (error,) = [each for each in said if each["level"] == "ERROR"]
    assert error["trouble"] == "ProgrammingError"
    assert error["where"]
    assert error["request"] in {each["request"] for each in answered if each["status"] == 500}
    (failed,) = [each for each in said if each.get("trouble") == "ValueError"]
    assert (failed["job_kind"], failed["case"]) == ("search", Case.objects.get(investigation__agency_case="25-2").ref)


def refuses_what_it_was_told(name: str) -> None:
    """Statements that fail in four ways, as each login sends them: with values in the text, in a row, in a row that stands already, and in a block."""
    with login(name) as session:
        table = f"create temporary table said (it text primary key check (it <> '{SAID}'), twice text unique)"
        for error, statement in (
            (psycopg.errors.DivisionByZero, f"select 1 / 0 where '{SAID}' <> ''"),
            (psycopg.errors.CheckViolation, f"{table}; insert into said values ('{SAID}')"),
            (psycopg.errors.UniqueViolation, f"{table}; insert into said values ('a', '{SAID}'), ('b', '{SAID}')"),
            (psycopg.errors.DivisionByZero, f"do $$ begin perform 1 / 0 from (select '{SAID}') as said; end $$"),
        ):
            with pytest.raises(error):
                session.execute(statement)  # type: ignore[arg-type]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute("set log_min_error_statement = error")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["app", "intake", "worker", "auditor", "owner"])
def test_the_server_of_the_database_writes_nothing_that_was_said_to_it_either(name):
    written = of_the_server()
    refuses_what_it_was_told(name)

    if not written():
        pytest.skip("the server of this run is not its own, and its log is not here")
    assert "division by zero" in written(), "what went wrong is said"
    assert named_in(written()) == set()


@pytest.mark.django_db(transaction=True)
def test_nor_whom_a_court_copy_was_refused():
    written = of_the_server()
    with login("owner") as owner, pytest.raises(psycopg.DatabaseError, match="a court that has asked") as refused:
        owner.execute("select court_copy_door(1, jsonb_build_object('court_copy', true, 'recipient', %s::text))", [SAID])

    assert SAID in str(refused.value.diag.message_detail), "whoever asked is told"
    assert named_in(written()) == set()


@pytest.mark.django_db
def test_whoever_looks_through_the_lines_would_see_a_name():
    log = logging.getLogger("cases.test")
    with listened() as lines:
        log.warning("Det. %s asked", world.person("dana").display_name)
        log.warning("%s", world.picture("p012_cctv.jpg")[:40].hex())
        log.warning("a score of %s", SCORE)

    assert all(carried(line) for line in lines)
    assert len(lines) == 3


def line_of(name: str, text: str, *given: object, **more: object) -> dict:
    with listened() as lines:
        logging.getLogger(name).error(text, *given, **more)
    return json.loads(lines[-1])


def test_a_librarys_line_keeps_its_template_and_nothing_that_was_put_in():
    assert line_of("some.library", "cannot read %s", "Kronenberg")["said"] == "cannot read %s"
    assert "said" not in line_of("some.library", "cannot read Kronenberg")
    assert line_of("cases.jobs", "job %s waits", 7)["said"] == "job 7 waits"


def test_of_an_error_its_kind_and_its_place_are_written():
    try:
        raise ValueError("Kronenberg")
    except ValueError as trouble:
        said = line_of("cases.jobs", "failed", exc_info=trouble)

    assert "Kronenberg" not in json.dumps(said)
    assert said["trouble"] == "ValueError"
    assert said["where"][0].startswith("test_logs.py:")
    assert said["where"][0].endswith("test_of_an_error_its_kind_and_its_place_are_written")


def test_a_proxys_number_is_kept_and_anything_else_is_not(client):
    number = "0123456789abcdef-0123"
    with listened() as lines:
        client.get("/healthz", headers={"X-Request-ID": number})
        client.get("/healthz", headers={"X-Request-ID": "det-kronenberg-asks"})

    assert json.loads(lines[0])["request"] == number
    assert len(json.loads(lines[1])["request"]) == 32


def test_the_console_of_every_process_writes_these_lines_and_nobody_is_mailed_a_request():
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "json"
    assert settings.LOGGING["formatters"]["json"]["()"] == "config.logs.JsonLines"
    assert [type(handler).__name__ for handler in logging.getLogger("django").handlers] == []
