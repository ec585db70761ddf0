"""A queue that is flushed, told everything three times, late and out of order, and poisoned: each effect once, with real Celery processes."""

import hashlib
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import redis
from django.conf import settings

from cases.models import Case, Job
from ledger.clock import house_now
from review.acts.check_probe import check_probe
from review.acts.confirm_offence import confirm_offence
from review.acts.try_job_again import try_job_again
from review.rules.probe_fitness import Grade
from tests import world
from tests.database import furnished_anew, known, login
from tests.proof.table import Proof
from tests.workers.test_nothing_lost import ROOT, environment, kill
from workers.tasks import run_job, sweep

Owner = psycopg.Connection[Any]
LONGEST = 60.0  # seconds until every job is done
PATIENCE = 300.0
CELERY = [sys.executable, "-m", "celery", "--quiet", "-A", "workers"]
QUIET = ["--loglevel", "ERROR"]
RESULTS = """insert into cases_sourcesystem(agency_id, name, key_sha256, active_until) select id, 'S', 'k', 'infinity' from people_agency;
do $$ begin for n in 1..{many} loop perform receive_result('k', jsonb_build_object('external_id', 'm' || n, 'idempotency_key', 'mkey-' || n,
  'agency_case', '25-volume-' || n, 'track', 'suspect', 'list', jsonb_build_object('not_reported', '[]'::jsonb), 'candidates', '[]'::jsonb),
  'x' || n, '[]', '{{}}', '{{}}'); end loop; end $$"""
POISON = """insert into cases_job(kind, key, details, case_id)
  select 'nobody_knows', 'poison-' || n, '{{}}', (select min(id) from cases_case) from generate_series(1, {many}) n"""
STATE = (
    "select ref, state from cases_case",
    "select c.ref, m.act, m.source, m.target from cases_move m join cases_case c on c.id = m.case_id",
    "select c.ref, k.subject_ref, s.rank, s.score from cases_candidate k join cases_case c on c.id = k.case_id join cases_sealedscore s on s.candidate_id = k.id",
    "select kind, key, attempts, done_at is not null, given_up_at is not null from cases_job",
    "select kind, subject, count(*) from ledger_entry group by 1, 2",
)


def each_effect_once(full: bool) -> Iterator[Proof]:
    """A thousand jobs and a hundred poisonous ones; the queue flushed; two beats, two sweepers, ten workers."""
    good, bad, workers = (1000, 100, 10) if full else (100, 10, 3)
    with furnished_anew(), login("owner") as owner, ExitStack() as processes:
        the_queue().flushdb()
        owner.execute(RESULTS.format(many=good))
        for case in Case.objects.order_by("id")[: good // 25]:
            world.must(confirm_offence(by=world.person("aris"), at=house_now(), case_ref=case.ref, code="120", report_reference="p. 1"))
        with world.the_machine():
            sweep()
        processes.enter_context(running([*CELERY, "worker", "--concurrency", str(workers), "--without-gossip", "--without-mingle", *QUIET]))
        until(lambda: Job.objects.filter(done_at__isnull=False).exists())
        the_queue().flushdb()
        began = time.monotonic()
        for number in range(2):
            schedule = Path(settings.VAR) / f"beat-{number}"
            processes.enter_context(running([*CELERY, "beat", "--schedule", str(schedule), "--pidfile=", *QUIET]))
            processes.enter_context(running([sys.executable, "manage.py", "sweep", "--loop"]))
        yield _all_done(good, workers, began)
        owner.execute(POISON.format(many=bad))
        yield _poison(owner, bad)


def _all_done(good: int, workers: int, began: float) -> Proof:
    proof = Proof(f"queue: flushed with {good} jobs waiting; {workers} workers, 2 beats, 2 sweepers")
    until(lambda: not Job.objects.filter(done_at__isnull=True).exists())
    took = time.monotonic() - began
    for key, attempts in Job.objects.values_list("key", "attempts"):
        proof.check(attempts == 1, f"{key}: {attempts} effects")
    with login("auditor") as auditor:
        for what in ("cases_screening", "cases_move"):
            twice = auditor.execute(f"select case_id from {what} group by 1 having count(*) > 1").fetchall()  # type: ignore[call-overload]
            proof.check(not twice, f"{what}: {twice}")
    proof.check(took <= LONGEST, f"all were done after {took:.0f} s")
    proof.note = f"all done after {took:.1f} s"
    return proof


def _poison(owner: Owner, bad: int) -> Proof:
    """The good go on among the bad; the bad say why, are given up in the end, and are tried again when a person says so."""
    proof = Proof(f"queue: {bad} poisonous jobs among the good")
    more = [world.requested(f"25-beside-{n}", f"p0{n + 10}") for n in range(3)]
    until(lambda: not Job.objects.filter(case__in=more, done_at__isnull=True).exists())
    poisonous = Job.objects.filter(key__startswith="poison-")
    until(lambda: not poisonous.filter(attempts=0).exists())
    for job in poisonous:
        proof.check(job.done_at is None and "KeyError" in job.last_error, f"{job.key}: {job.last_error}")
    owner.execute("update cases_job set attempts = 7, not_before = house_now() where key like 'poison-%' and given_up_at is null")
    until(lambda: not poisonous.filter(given_up_at__isnull=True).exists())
    (entries,) = owner.execute("select count(*) from ledger_entry where kind = 'job_given_up'").fetchone() or (0,)
    proof.check(entries == bad, f"{entries} of {bad} given up on record")
    again = poisonous[0]
    proof.check(try_job_again(by=world.person("mia"), at=house_now(), job_id=again.pk), "a person could not have it tried again")
    until(lambda: "KeyError" in Job.objects.get(pk=again.pk).last_error and Job.objects.get(pk=again.pk).attempts > 0)
    proof.check(Job.objects.filter(case__in=more).exclude(attempts=1).count() == 0, "a good one was done twice")
    return proof


def in_any_order(full: bool) -> Iterator[Proof]:
    """Every message three times, too early, late and out of order: the state in the end is the one of messages once and in order."""
    cases, rounds = (6, 5) if full else (2, 1)
    proof = Proof(f"queue: messages three times, early, late and out of order, {rounds} rounds")
    with furnished_anew():
        expected = _walked(cases, lambda _: world.run_jobs())
    for number in range(rounds):
        with furnished_anew(), running([*CELERY, "worker", "--concurrency", "4", "--without-gossip", "--without-mingle", *QUIET]):
            the_queue().flushdb()
            found = _walked(cases, partial(_shuffled, random.Random(number)))
        proof.check(found == expected, f"round {number}: the state differs: {found} and not {expected}")
    proof.note = f"state {expected[:12]}"
    yield proof


def _shuffled(chance: random.Random, _: int) -> None:
    """Tell of every job there is or will be, three times each, in any order; then wait until all are done."""
    ids = list(Job.objects.values_list("id", flat=True))
    told = [*ids, *(max(ids) + ahead for ahead in range(1, 4))] * 3
    chance.shuffle(told)
    for job_id in told:
        run_job.delay(job_id)
    until(lambda: _swept() and the_queue().llen("celery") == 0 and not Job.objects.filter(done_at__isnull=True).exists())


def _swept() -> bool:
    with world.the_machine():
        sweep()
    return True


def _walked(number: int, work: Callable[[int], object]) -> str:
    """Request, screen, check and search as many; return a digest of the state."""
    cases = [world.requested(f"25-order-{n}", f"p0{n + 10}") for n in range(number)]
    work(0)
    for case in cases:
        world.must(confirm_offence(by=world.person("aris"), at=house_now(), case_ref=case.ref, code="120", report_reference="p. 1"))
    work(1)
    for case in cases:
        said = {"grade": Grade.FIT, "depicts": "him", "role_shown_by": "the film"}
        world.must(check_probe(by=world.person("aris"), at=house_now(), case_ref=case.ref, **said))
    work(2)
    return digest()


def digest() -> str:
    """One hash over what the house holds, without numbers and times."""
    with login("auditor") as auditor:
        rows = [sorted(map(str, auditor.execute(each).fetchall())) for each in STATE]  # type: ignore[call-overload]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


@contextmanager
def running(command: Sequence[str]) -> Iterator[None]:
    """A process of the worker's, killed in the end. It writes beside the test: where the database stands nobody knows."""
    known.forget()
    process = subprocess.Popen(
        command, cwd=ROOT, env=dict(environment()), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        kill(process)


def the_queue() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, list(Job.objects.filter(done_at__isnull=True).values_list("key", "attempts", "last_error")[:20])
        time.sleep(0.1)
