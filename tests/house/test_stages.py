"""A stage that is copied is the one that was walked; and none is, where somebody else may have written since."""

import sys

import pytest

from cases.images import for_the_engine, keystore
from cases.models import Job, Probe
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


@pytest.mark.parametrize("beside", [lambda: login("owner"), lambda: running([sys.executable, "-c", ""])])
def test_nothing_is_copied_where_somebody_else_may_have_written(beside):
    anew()
    assert known.at == ()
    with beside():
        assert known.at is None
