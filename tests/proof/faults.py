"""kill -9 at every place of the road: a process is stopped while it writes a row, at its commit, or after it, before anybody was answered.

The owner of a test database puts a trigger on every table; no other database ever has one. Armed for a place, it waits; then the process that
came there is killed, its session with it or left to find out by itself. The same road is walked once without faults, and what each step leaves
behind must be the same, row for row by count. Redis is away all the while.
"""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from celery import current_app
from django.db import connections
from django.test import Client
from kombu import pools

from cases import log_keys
from cases.images import for_the_engine, keystore, look
from cases.keystore import FileKeystore
from cases.models import Case, StoredImage
from ledger.clock import house_now
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.check_probe import check_probe
from review.acts.close_exculpatory import close_exculpatory
from review.acts.confirm_offence import confirm_offence
from review.acts.start import start
from review.models import Countersignature, Evidence, Lead
from review.rules.probe_fitness import Grade
from tests import world
from tests.api.test_search_results import KEY, send, sound
from tests.database import furnished_anew, login
from tests.proof.table import Proof

Owner = psycopg.Connection[Any]
PLACE = 4711  # the advisory lock at which an armed place waits
LONGEST = 30.0  # seconds, of a recovery
NOWHERE = "redis+socket:///nonexistent/valkey.sock"
BATCH = "/api/v1/search-results/batch"
FAILPOINTS = f"""
create table failpoint (place text not null);
create function failpoint() returns trigger language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare here text := case when tg_nargs > 0 then tg_argv[0] else tg_table_name || ' ' || tg_op end;
begin
  if tg_table_name = 'cases_job' and tg_op = 'UPDATE' and to_jsonb(new) ->> 'done_at' is null then
    here := 'cases_job ATTEMPT';  -- counted by itself, before the effect
  end if;
  if exists (select 1 from failpoint where place = here) then
    perform pg_advisory_lock_shared({PLACE});
  end if;
  return null;
end $$;
do $$ declare t text; begin
  for t in select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname ~ '^(cases|review|ledger)_' loop
    execute format('create trigger zz_failpoint after insert or update on %I for each row execute function failpoint()', t);
  end loop;
end $$;
create constraint trigger zz_commit after insert on ledger_entry deferrable initially deferred for each row execute function failpoint('commit');
create constraint trigger zz_commit after update on cases_job deferrable initially deferred for each row execute function failpoint('commit');
create constraint trigger zz_commit after insert on ledger_leaf deferrable initially deferred for each row execute function failpoint('commit');
"""


def case() -> Case:
    return Case.objects.get(investigation__agency_case="25-road")


def lead() -> Lead:
    return Lead.objects.select_related("case", "candidate").get(case=case())


def request() -> Countersignature:
    return Countersignature.objects.get(lead=lead())


def result() -> None:
    assert send(sound(probe=None, candidates=[{"subject_ref": "S1", "rank": 1, "score": 2.0}])).status_code in (200, 201)


def batch() -> None:
    raw = b"\n".join(json.dumps(sound(external_id=f"B-{n}", probe=None, candidates=[])).encode() for n in range(3))
    answer = Client().post(BATCH, raw, content_type="application/x-ndjson", headers={"Authorization": f"Bearer {KEY}"})
    assert answer.content.count(b'"outcome":"new"') + answer.content.count(b'"outcome":"same"') == 3


def confirmed() -> None:
    world.must(confirm_offence(by=world.person("aris"), at=house_now(), case_ref=case().ref, code="120", report_reference="p. 1"))


def checked() -> None:
    said = {"grade": Grade.FIT, "depicts": "him", "role_shown_by": "the film"}
    world.must(check_probe(by=world.person("aris"), at=house_now(), case_ref=case().ref, **said))


def ben_too() -> None:
    world.drawn(case(), "ben")
    world.sorted_by(case(), "ben", ("p012",))


def item() -> None:
    wanted = ItemWanted("fingerprint", "a fingerprint", "Report LP-1")
    world.must(add_evidence(by=world.person("dana"), at=house_now(), lead_ref=lead().ref, item=wanted)[0])


def fixed() -> None:
    world.fixed(Evidence.objects.get(lead=lead(), kind="fingerprint").ref)


def tests_to_make() -> None:
    for code in world.CODES:
        wanted = ItemWanted("alibi_lead", code, "Worksheet", exculpatory=True, exculpatory_code=code)
        world.must(add_evidence(by=world.person("dana"), at=house_now(), lead_ref=lead().ref, item=wanted)[0])


def closed() -> None:
    of_list = Evidence.objects.filter(lead=lead()).exclude(exculpatory_code="").exclude(closing__isnull=False).order_by("id")
    for each in of_list:
        world.must(close_exculpatory(by=world.person("cora"), at=house_now(), item_ref=each.ref, how="tested_does_not", because="compared"))


# step -> (what is done, the tables at which it is killed, whether a machine does it again by itself)
STEPS: dict[str, tuple[Callable[[], object], tuple[str, ...], bool]] = {
    "a result comes": (
        result,
        (
            "cases_investigation INSERT", "cases_case INSERT", "cases_job INSERT", "cases_candidatelist INSERT", "cases_candidate INSERT",
            "cases_sealedscore INSERT", "cases_searchresult INSERT", "ledger_entry INSERT",
        ),
        True,
    ),
    "a batch comes": (batch, ("cases_case INSERT", "cases_searchresult INSERT"), True),
    "a search is requested": (
        lambda: world.requested("25-road"),
        ("cases_storedimage INSERT", "cases_probe INSERT", "cases_searchrequest INSERT", "cases_searchground INSERT"),
        False,
    ),
    "cases are linked": (world.run_jobs, ("cases_job UPDATE",), True),
    "the offence is confirmed": (confirmed, ("cases_offencereport INSERT", "cases_job INSERT"), False),
    "the case is screened": (
        world.run_jobs,
        ("cases_screening INSERT", "cases_move INSERT", "cases_case UPDATE", "cases_moved INSERT", "cases_job UPDATE"),
        True,
    ),
    "the probe is checked": (checked, ("review_probecheck INSERT", "cases_case UPDATE", "cases_job INSERT"), False),
    "the search runs": (
        world.run_jobs,
        ("cases_search INSERT", "cases_candidatelist INSERT", "cases_candidate INSERT", "cases_job UPDATE", "cases_job ATTEMPT"),
        True,
    ),
    "a reviewer is drawn": (lambda: world.drawn(case(), "ada"), ("review_drawn INSERT",), False),
    "a reviewer sorts": (lambda: world.sorted_by(case(), "ada", ("p012",)), ("review_sorting INSERT",), False),
    "another draws and sorts": (ben_too, (), False),
    "a reviewer concludes": (lambda: world.concluded(case(), "ada", {"p012": 2}), ("review_conclusion INSERT",), False),
    "the last concludes": (
        lambda: world.concluded(case(), "ben", {"p012": 1}),
        ("review_conclusion INSERT", "review_lead INSERT", "cases_case UPDATE"),
        False,
    ),
    "an item is added": (item, ("review_evidence INSERT",), False),
    "it is fixed": (fixed, ("review_fixing INSERT",), False),
    "tests are listed": (tests_to_make, (), False),
    "tests are closed": (closed, ("review_closing INSERT",), False),
    "papers are filed": (lambda: world.papers_filed(lead()), ("review_papers INSERT",), False),
    "an arrest is asked for": (lambda: world.asked(lead()), ("review_countersignature INSERT",), False),
    "it is countersigned": (
        lambda: world.must(world.signed(request().ref)),
        ("review_decision INSERT", "review_countersignature UPDATE", "ledger_entry INSERT"),
        False,
    ),
    "it starts": (
        lambda: world.must(start(by=world.person("dana"), at=house_now(), ref=request().ref)),
        ("review_countersignature UPDATE", "ledger_entry INSERT"),
        False,
    ),
    "the log goes on": (world.sequenced, ("ledger_leaf INSERT", "ledger_checkpoint INSERT"), True),
}  # fmt: skip
SEVERAL = {"another draws and sorts", "tests are listed", "tests are closed"}  # transactions each: they are torn away in the first
BY_ITSELF = {"a result comes", "a batch comes", "the log goes on"}  # statements which commit though nobody waits for them any more


def kill_9(full: bool) -> Iterator[Proof]:
    """Every place of every step in twenty rounds; or one place of each step, once."""
    rounds = 20 if full else 1
    places = sum(len(places_of(step)) + 1 for step in STEPS) if full else 2 * len(STEPS)
    proof = Proof(f"faults: kill -9 at {places} places of the road, {rounds} rounds")
    slowest = 0.0
    with without_redis():
        clean = walk(None, Proof(""))[0]
        for number in range(rounds):
            found, slow = walk(number, proof, every=full)
            slowest = max(slowest, slow)
            for step in STEPS:
                proof.check(found[step] == clean[step], f"round {number}, {step}: {_apart(found[step], clean[step])}")
    proof.note = f"slowest recovery {slowest:.1f} s"
    proof.check(slowest <= LONGEST, f"a recovery took {slowest:.1f} s")
    yield proof
    yield before_the_bytes(rounds)


def walk(number: int | None, proof: Proof, *, every: bool = False) -> tuple[dict[str, dict[str, int]], float]:
    """Walk the road on a furnished database: with kills, or (None) with none. Return what each step added, by table, and the slowest recovery."""
    added, slowest = {}, 0.0
    with furnished_anew(), login("owner") as owner:
        arm(owner)
        with world.the_machine():
            log_keys.make_keys()
        owner.execute(
            "insert into cases_sourcesystem(agency_id, name, key_sha256, active_until) "
            "select id, 'Fault', encode(sha256(%s::bytea), 'hex'), 'infinity' from people_agency", [KEY.encode()],
        )  # fmt: skip
        for step, (do, _, again) in STEPS.items():
            before = rows(owner)
            if number is None:
                do()
            else:
                places = places_of(step)
                for at, place in enumerate(places if every else [places[len(added) % len(places)]]):
                    torn = step in SEVERAL or (at + number) % 2 == 0
                    slowest = max(slowest, killed(owner, step, do, place, proof, torn=torn))
                    if rows(owner) != before:
                        break
                if again or rows(owner) == before:
                    killed_unanswered(step, do, proof)
                if again:
                    began = time.monotonic()
                    do()
                    slowest = max(slowest, time.monotonic() - began)
            now = rows(owner)
            added[step] = {table: now[table][0] - before[table][0] for table in now if now[table] != before[table]}
        connections.close_all()
    return added, slowest


def arm(owner: Owner) -> None:
    """Put the triggers on every table of a test database."""
    assert owner.info.dbname.startswith("test_"), owner.info.dbname
    owner.execute(FAILPOINTS)


def places_of(step: str) -> tuple[str, ...]:
    """Where a step is killed before it is done."""
    return (*STEPS[step][1], "commit")


def killed(owner: Owner, step: str, do: Callable[[], object], place: str, proof: Proof, *, torn: bool) -> float:
    """Kill the process that does this when it comes to the place; nothing may be there afterwards, or all of it. Return the seconds it took."""
    before, states = rows(owner), stood(owner)
    owner.execute("truncate failpoint")
    owner.execute("insert into failpoint values (%s)", [place])
    owner.execute("select pg_advisory_lock(%s)", [PLACE])
    child, told = forked(do)
    waits = _came(owner, child)
    began = time.monotonic()
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    proof.check(os.read(told, 1000) == b"", f"{step}: answered before {place}")
    os.close(told)
    if waits and torn:
        _torn_away(waits)
    owner.execute("select pg_advisory_unlock(%s)", [PLACE])
    owner.execute("truncate failpoint")
    _gone(owner, waits)
    after = rows(owner)
    proof.check(bool(waits), f"{step}: {place} was never reached")
    may_be_done = not torn and (place == "commit" or step in BY_ITSELF)  # then the whole walk says whether it was done once
    whole = after == before and stood(owner) == states
    proof.check(whole or may_be_done, f"{step}: killed at {place} left {_apart_rows(after, before)}")
    return time.monotonic() - began


def killed_unanswered(step: str, do: Callable[[], object], proof: Proof) -> None:
    """Kill the process after its commit, before it said so to anybody."""
    child, told = forked(do)
    said = os.read(told, 1000)
    os.close(told)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    proof.check(said == b".", f"{step}: {said.decode()}")


def before_the_bytes(rounds: int) -> Proof:
    """Kill a process that shows a face before its look is written, at the commit, and between the commit and the bytes.

    The master key is read last of all. It is a pipe here, so the process waits at it for as long as we like.
    """
    proof = Proof(f"faults: no bytes of a face without the entry, kill -9 at 3 places, {rounds} rounds")
    with furnished_anew(), login("owner") as owner:
        arm(owner)
        image = StoredImage.objects.filter(shows="gallery")[0]
        for _ in range(rounds):
            for place in ("cases_look INSERT", "commit"):
                killed(owner, "a face is looked at", lambda: _looked(image), place, proof, torn=True)
            looks, sent = _at_the_key(owner, lambda: _looked(image))
            proof.check((looks, sent) == (1, b""), f"killed between entry and bytes: {looks} looks, {len(sent)} bytes sent")
        looks, sent = _at_the_key(owner, lambda: _looked(image), then_killed=False)
        proof.check(looks == 1 and len(sent) > 0, f"not killed: {looks} looks, {len(sent)} bytes sent")
        looks, _ = _at_the_key(owner, lambda: for_the_engine(image))
        proof.check(looks == 0, "a picture opened with no look on purpose was not seen")
    return proof


def _looked(image: StoredImage) -> bytes:
    return look(image_id=image.pk, by=world.person("ada"), purpose="case page").content


def _at_the_key(owner: Owner, do: Callable[[], object], *, then_killed: bool = True) -> tuple[int, bytes]:
    """Have the process wait for the master key; return the looks that are committed then, and the bytes that it ever sent."""
    store = keystore()
    assert isinstance(store, FileKeystore)
    kept = store.master_key_file
    pipe = kept.with_name("master.pipe")
    os.mkfifo(pipe, 0o600)
    before = _looks(owner)
    store.master_key_file = pipe
    try:
        child, told = forked(do)
    finally:
        store.master_key_file = kept
    writer = _reader_is_there(pipe)
    looks = _looks(owner) - before
    if then_killed:
        os.kill(child, signal.SIGKILL)
    else:
        os.write(writer, kept.read_bytes())
    os.close(writer)
    sent = os.read(told, 1000)
    os.close(told)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    pipe.unlink()
    return looks, sent


def _reader_is_there(pipe: Path) -> int:
    """Wait until somebody has opened the pipe to read it."""
    end = time.monotonic() + 20
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            assert time.monotonic() < end, "the master key was never asked for"
            time.sleep(0.005)


def _looks(owner: Owner) -> int:
    (number,) = owner.execute(
        "select count(*) from cases_look l join ledger_entry e on e.seq = l.entry where e.kind = 'look'"
    ).fetchone() or (0,)
    return int(number)


def forked(do: Callable[[], object]) -> tuple[int, int]:
    """Do it in a process of its own, which sends what came of it (a dot, or bytes) and then waits to be killed."""
    connections.close_all()
    reads, writes = os.pipe()
    child = os.fork()
    if child:
        os.close(writes)
        return child, reads
    try:
        found = do()
        os.write(writes, found[:900] if isinstance(found, bytes) else b".")
        time.sleep(600)
    except BaseException as trouble:
        os.write(writes, repr(trouble).encode()[:900])
    finally:
        os._exit(1)


def _came(owner: Owner, child: int) -> int:
    """Wait until the process is at the armed place; return its session, or 0 where it never came."""
    end = time.monotonic() + 20
    while time.monotonic() < end and os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        found = owner.execute(
            "select pid from pg_locks where locktype = 'advisory' and objid = %s and not granted and database = (select oid from pg_database where datname = current_database())",
            [PLACE],
        ).fetchone()
        if found:
            return int(found[0])
        time.sleep(0.005)
    return 0


def _torn_away(session: int) -> None:
    """End the session as its own login; the owner may not end another's."""
    for role in ("default", "intake"):
        with login(role) as same:
            try:
                same.execute("select pg_terminate_backend(%s)", [session])
            except psycopg.errors.InsufficientPrivilege:
                continue


def _gone(owner: Owner, session: int) -> None:
    end = time.monotonic() + LONGEST
    while owner.execute("select 1 from pg_stat_activity where pid = %s", [session]).fetchone() and time.monotonic() < end:
        time.sleep(0.005)


def rows(owner: Owner) -> dict[str, tuple[int, int]]:
    """How many rows each table has, and a hash over them; that a job was tried is what a kill leaves of it."""
    names = [
        str(n)
        for (n,) in owner.execute(
            "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname ~ '^(cases|review|ledger)_' order by 1"
        )
    ]
    said = {"cases_job": "(to_jsonb(t) - 'attempts')::text"}
    every = " union all ".join(
        f"select '{name}', count(*), coalesce(sum(hashtextextended({said.get(name, 't::text')}, 0)), 0)::numeric % 9007199254740881 from {name} t"
        for name in names
    )
    return {str(name): (int(number), int(digest)) for name, number, digest in owner.execute(every)}


def stood(owner: Owner) -> list[tuple[Any, ...]]:
    return owner.execute("select ref, state from cases_case order by 1").fetchall()


def _apart(found: dict[str, int], clean: dict[str, int]) -> str:
    return ", ".join(
        f"{table} {found.get(table, 0)} and not {clean.get(table, 0)}"
        for table in sorted({*found, *clean})
        if found.get(table) != clean.get(table)
    )


def _apart_rows(after: dict[str, tuple[int, int]], before: dict[str, tuple[int, int]]) -> str:
    return ", ".join(f"{table} {before[table][0]} -> {after[table][0]}" for table in after if after[table] != before[table])


@contextmanager
def without_redis() -> Iterator[None]:
    """Redis is away, for whoever looks for it."""
    kept = current_app.conf.broker_url
    _broker(NOWHERE)
    try:
        yield
    finally:
        _broker(kept)


def _broker(address: str) -> None:
    """Have Celery look there, with no connection kept from before."""
    current_app.conf.broker_url = address
    pools.reset()
    current_app._after_fork()
