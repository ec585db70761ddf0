"""A stage that is copied is the one that was walked; and none is, where somebody else may have written since."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import TestCase

from cases.images import for_the_engine, keystore
from cases.models import Case, Job, Probe
from ledger.clock import house_now
from review.acts.confirm_offence import confirm_offence
from tests import world
from tests.database import furnished_anew, known, login
from tests.proof.queue import running

pytestmark = pytest.mark.django_db(transaction=True)


def anew() -> None:
    with furnished_anew():
        pass


def stood(agency_case: str) -> Probe:
    anew()
    case = world.screened(world.requested(agency_case))
    assert (case.state, Job.objects.filter(case=case, done_at__isnull=True).count()) == ("ELIGIBLE", 0)
    return Probe.objects.select_related("image").get(case=case)


def test_the_third_who_stands_there_has_what_the_second_walked_also_the_keys_that_were_destroyed_meanwhile():
    first, second = stood("25-stage"), stood("25-stage")
    seen = for_the_engine(second.image)
    keystore().destroy(second.image.key_id)

    third = stood("25-stage")

    assert third.image.pk == second.image.pk != first.image.pk
    assert for_the_engine(third.image) == seen


@contextmanager
def rolled_back() -> Iterator[None]:
    """What a test is that is rolled back."""
    atomics = TestCase._enter_atomics()
    try:
        yield
    finally:
        TestCase._rollback_atomics(atomics)


def stood_and_went_on(agency_case: str) -> tuple[str, int]:
    """In which copy such a test stands after its stage, and how many cases there are; it writes more, which is gone with it."""
    case = world.requested(agency_case)
    stands = known.away, Case.objects.count()
    assert world.again(case).state == "RECEIVED"
    world.must(confirm_offence(by=world.person("aris"), at=house_now(), case_ref=case.ref, code="120", report_reference="p. 1"))
    return stands


def test_whoever_is_rolled_back_goes_into_the_copy_and_leaves_it_as_it_was():
    anew()
    found = []
    for _ in range(4):
        with rolled_back():
            found.append(stood_and_went_on("25-rolled-back"))
        assert (known.away, Case.objects.count()) == ("", 0)
    copy = found[1][0]
    assert found == [("", 1), (copy, 1), (copy, 1), (copy, 1)]
    assert copy
    world.requested("25-rolled-back")  # and whoever commits begins from it too
    assert Case.objects.count() == 1


def test_a_copy_in_which_somebody_else_may_have_written_is_used_no_more():
    anew()
    for _ in range(2):
        with rolled_back():
            copy, _ = stood_and_went_on("25-spoilt")
    with rolled_back():
        assert stood_and_went_on("25-spoilt") == (copy, 1)
        with login("owner") as owner:
            owner.execute("update people_person set display_name = 'X' where username = 'dana'")
    with rolled_back():
        assert stood_and_went_on("25-spoilt") not in {(copy, 1), ("", 1)}  # another was made
        assert world.person("dana").display_name != "X"


@contextmanager
def forked() -> Iterator[None]:
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    yield


@pytest.mark.parametrize("beside", [lambda: login("owner"), lambda: running([sys.executable, "-c", ""]), forked])
def test_nothing_is_copied_where_somebody_else_may_have_written(beside):
    anew()
    assert known.at == ()
    with beside():
        assert known.at is None


@pytest.mark.django_db
@pytest.mark.parametrize("time", range(4))
def test_whoever_closes_its_session_in_a_copy_leaves_it_to_the_next(time):
    case = world.screened(world.requested("25-closed"))
    assert known.away or time == 0
    assert case.offence_report.case.state == "ELIGIBLE"
    connection.close()
