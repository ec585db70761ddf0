"""A key that is taken in advance would keep a machine from what a later fact asks for: attacked from below, as the login of the pages."""

import json

import psycopg
import pytest

from cases.models import Job, Policy, Screening
from tests import world
from tests.acts.test_policy import shorter
from tests.acts.test_policy_meanwhile import all_done, confirmed
from tests.database import login

pytestmark = pytest.mark.django_db(transaction=True)


def asked(kind, key, case=None, **said):
    """Ask a machine as the pages may, by SQL; return the code of the refusal, or nothing."""
    row = {"kind": kind, "key": key, "case_id": case and case.pk, "details": "{}", **said}
    columns = ", ".join(row)
    with login("app") as app:
        try:
            app.execute(f"insert into cases_job({columns}) values ({', '.join(['%s'] * len(row))})", list(row.values()))
        except psycopg.Error as refused:
            return refused.sqlstate
    return ""


def test_a_screening_under_the_next_policy_is_not_asked_for_in_advance(tmp_path):
    case = world.screened(world.requested("25-1"))
    adopted = Policy.objects.latest("id").pk
    for policy in (adopted, adopted + 1, adopted + 2):
        assert asked("screen", f"screen:{case.ref}:{policy}", case) == "CS013"
        assert asked("find_empty", f"screen:{case.ref}:{policy}", case) == "CS013"
        assert asked("rescreen", f"rescreen:{policy}:500", details=json.dumps({"policy": policy, "after": 500})) == "CS013"
    assert asked("rescreen", f"rescreen:{adopted + 1}:0", details=json.dumps({"policy": adopted + 1})) == "CS013"
    world.in_force(shorter(tmp_path))
    all_done()
    assert Screening.objects.filter(case=case, policy=Policy.objects.latest("id")).exists()
    assert world.again(case).state == "INELIGIBLE"


def test_no_step_of_the_road_is_asked_for_before_its_fact():
    case = world.requested("25-1")
    all_done()
    assert asked("screen", f"screen:{case.ref}", case) == "CS013"
    assert world.screened(case).state == "ELIGIBLE"
    for kind in ("search", "find_empty", "link_near", "destroy_keys", "expire", "enrol", "retain", "screen"):
        assert asked(kind, f"{kind}:{case.ref}", case) in {"CS013", "23505"}, kind
    assert world.checked(case).candidate_list.number
    assert asked("find_empty", f"find_empty:{case.ref}", case) == "CS013"


def test_what_is_asked_for_takes_its_own_key_alone():
    case, other = confirmed(), world.requested("25-2", "p013")
    assert asked("screen", f"screen:{other.ref}", case) == "CS013"
    assert asked("link_near", f"screen:{other.ref}", case) == "CS013"
    assert asked("screen", f"screen:{case.ref}:1", case) == "CS013"
    assert asked("screen", f"screen:{case.ref}", case, details='{"after": 1}') == "CS013"


def test_what_is_asked_for_is_not_begun_and_due_now():
    case = world.requested("25-1")
    all_done()
    with login("app") as app:
        app.execute("begin")
        app.execute(
            "insert into cases_offencereport(case_id, by_id, code, statute, report_reference, attempt, out_of_state, equivalent, open_reasons, "
            "open_approver) values (%s, %s, '120', '', 'p. 1', false, false, '', '', '')",
            [case.pk, world.person("aris").pk],
        )
        app.execute("select ledger_append('confirm_offence', %s, '{}')", [case.ref])
        app.execute(
            "insert into cases_job(kind, key, case_id, details, not_before, told_at, attempts, last_error, done_at, given_up_at) "
            "values ('screen', %s, %s, '{}', '2100-01-01', '2100-01-01', 8, 'x', now(), now())",
            [f"screen:{case.ref}", case.pk],
        )
        app.execute("commit")
    job = Job.objects.get(key=f"screen:{case.ref}")
    assert (job.attempts, job.last_error, job.told_at, job.done_at, job.given_up_at) == (0, "", None, None, None)
    all_done()
    assert world.again(case).state == "ELIGIBLE"


@pytest.mark.parametrize("table", ["cases_job", "cases_policyproposal", "cases_proposedpack", "cases_proposedsettlement"])
def test_no_number_is_taken_in_advance(table):
    with login("app") as app, pytest.raises(psycopg.Error) as told:
        app.execute(f"insert into {table}(id) overriding system value values (9000000000000000)")
    assert told.value.sqlstate == "42501"
