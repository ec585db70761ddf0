"""A fact asks its machine itself: also where it is written from below, as the login of the pages; and nobody else asks."""

import psycopg
import pytest
from psycopg import errors
from psycopg.types.json import Jsonb

from cases import jobs
from cases.models import Job, Policy, Screening
from ledger.clock import house_now
from tests import world
from tests.acts.test_policy import a_record, proposed
from tests.acts.test_policy_meanwhile import all_done
from tests.database import login, write_past_the_promises

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = ("screen", "search", "find_empty", "rescreen", "link", "link_near", "expire", "destroy", "destroy_keys", "enrol", "retain")
REPORT = """insert into cases_offencereport(case_id, by_id, code, statute, report_reference, attempt, out_of_state, equivalent, open_reasons, open_approver)
  values (%s, %s, '120', '', 'p. 1', false, false, '', '', '')"""
CHECK = """insert into review_probecheck(case_id, probe_id, by_id, grade, depicts, role_shown_by, limits)
  select c.id, p.id, %s, 'fit', 'The person at the till', 'The film shows the hand in the drawer', ''
    from cases_case c join cases_probe p on p.case_id = c.id where c.ref = %s"""


def in_one(*statements):
    """Write as the pages may, in one transaction."""
    with login("app") as app:
        app.execute("begin")
        for statement, values in statements:
            app.execute(statement, values)
        app.execute("commit")


def asked(kind, about):
    """The job of this fact: it is there once, not begun and due."""
    job = Job.objects.get(key=f"{kind}:{about}")
    assert (job.kind, job.attempts, job.last_error, job.told_at, job.done_at, job.given_up_at) == (kind, 0, "", None, None, None)
    assert job.not_before <= house_now()
    return job


@pytest.mark.parametrize("kind", KINDS)
def test_the_pages_write_no_job(kind):
    case = world.requested("25-1")
    with login("app") as app, pytest.raises(errors.InsufficientPrivilege):
        app.execute("insert into cases_job(kind, key, case_id, details) values (%s, %s, %s, '{}')", [kind, f"{kind}:{case.ref}", case.pk])


def test_the_pages_call_nothing_that_writes_one():
    case = world.requested("25-1")
    with login("app") as app, pytest.raises(errors.InsufficientPrivilege):
        app.execute("select cases_ask_machine('search', %s, %s, '{}')", [case.ref, case.pk])


@pytest.mark.parametrize("key", ["link:{next}", "screen:{ref}", "search:{ref}", "find_empty:{ref}", "rescreen:{policy}:0"])
@pytest.mark.parametrize("kind", ["retain", None])
def test_no_machine_takes_the_key_of_a_fact_in_advance(key, kind):
    """With the key of the next case taken, its door would be shut; with a later one, the case would stand still."""
    case = world.requested("25-1")
    with login("owner") as owner:
        (last,) = owner.execute("select last_value from cases_case_number").fetchone()
    following = f"{case.ref[:-6]}{last + 1:06}"
    key = key.format(ref=case.ref, next=following, policy=Policy.objects.latest("id").pk + 1)
    with login("worker") as worker, pytest.raises(psycopg.DatabaseError, match="comes with its fact"):
        worker.execute("insert into cases_job(kind, key, details) values (%s, %s, '{}')", [kind or key.partition(":")[0], key])
    assert world.requested("25-2", "p014")


def test_a_machine_goes_on_with_its_own_keys():
    case = world.requested("25-1")
    with login("worker") as worker:
        for key in (
            f"search:{case.ref}:1",
            f"screen:{case.ref}:1",
            f"link_near:{case.ref}",
            "rescreen:1:7",
            f"destroy_keys:{case.ref}",
            "retain:2026-01-01",
            "enrol:9:0",
        ):
            worker.execute("insert into cases_job(kind, key, details) values (%s, %s, '{}')", [key.partition(":")[0], key])


def test_a_report_of_crime_asks_for_the_screening_also_by_sql_alone():
    case = world.requested("25-1")
    all_done()
    in_one((REPORT, [case.pk, world.person("aris").pk]), ("select ledger_append('confirm_offence', %s, '{}')", [case.ref]))
    asked("screen", case.ref)
    all_done()
    assert world.again(case).state == "ELIGIBLE"


@pytest.mark.parametrize(("searched", "kind"), [(False, "search"), (True, "find_empty")])
def test_a_fit_probe_asks_for_the_search_also_by_sql_alone(searched, kind):
    case = world.screened(world.requested("25-1"))
    if searched:
        with login("owner") as owner:
            write_past_the_promises(owner, ["cases_case"], ["update cases_case set searched_before_screening = true"])
    assert not Job.objects.filter(case=case, kind=kind).exists()
    by = world.person("aris").pk
    in_one((CHECK, [by, case.ref]), ("select person_move(%s, 'check_probe', 'FIT', %s, '{}')", [case.ref, by]))
    asked(kind, case.ref)


def test_an_adoption_asks_it_of_each_case_also_by_sql_alone():
    case = world.screened(world.requested("25-1"))
    first = Policy.objects.latest("id")
    _, proposal = proposed("nlc-2021")
    in_one(("select adopt_policy(%s, %s, %s, '{}')", [proposal, world.person("paul").pk, Jsonb(a_record().plain())]))
    adopted = Policy.objects.latest("id")
    assert adopted.pk > first.pk
    assert asked("rescreen", f"{adopted.pk}:0").details == {"policy": adopted.pk}
    all_done()
    assert Screening.objects.filter(case=case, policy=adopted).exists()


def test_whoever_listens_is_told_of_what_a_fact_asks_for():
    told = []

    def hear(*, job_id, **_):
        told.append(Job.objects.get(pk=job_id).key)

    case = world.requested("25-1")
    all_done()
    jobs.waiting.connect(hear)
    try:
        world.screened(case)
        world.checked(case)
        adopted = world.in_force("nlc-2021")
    finally:
        jobs.waiting.disconnect(hear)
    assert told == [f"screen:{case.ref}", f"search:{case.ref}", f"rescreen:{adopted}:0"]


@pytest.mark.parametrize(
    "table", ["cases_job", "cases_policyproposal", "cases_proposedpack", "cases_proposedsettlement", "people_signintry", "people_usedcode"]
)
def test_no_number_is_taken_in_advance(table):
    with login("app") as app, pytest.raises(errors.InsufficientPrivilege):
        app.execute(f"insert into {table}(id) overriding system value values (9000000000000000)")
