"""A job that was given up stands on the page of a manager who may have it tried again; one of the whole house on every manager's."""

import pytest

from cases.models import Job
from ledger.asking import ask_database
from ledger.clock import house_now
from people.models import Agency
from review import access
from review.acts.try_job_again import try_job_again
from review.sheets import house
from tests import world
from tests.database import login
from tests.pages.test_doors import ELSEWHERE, appoint, as_owner

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def another_agency() -> None:
    with as_owner():
        lakeside = Agency.objects.create(ori="XX0020000", name="Lakeside Police", time_zone="UTC")
        appoint(agency=lakeside, appointments=ELSEWHERE, passwords={}, on=house_now().date())


def given_up(kind: str, case_id: int | None = None) -> int:
    with login("owner") as owner:
        owner.execute(
            "insert into cases_job(kind, key, details, case_id, attempts, last_error, given_up_at) values (%s, 'dead', '{\"run\": 0}', %s, 8, 'KeyError', house_now())",
            [kind, case_id],
        )
    return Job.objects.get(key="dead").pk


def shown(name: str) -> set[int]:
    return {row.number for row in house.of(world.person(name), at=house_now()).jobs}


@pytest.mark.parametrize("kind", ["rescreen", "retain"])
def test_one_of_the_whole_house_is_every_managers(kind: str) -> None:
    job = given_up(kind)
    assert job in shown("mia") & shown("ivy")
    assert try_job_again(by=world.person("ivy"), at=house_now(), job_id=job)
    assert Job.objects.get(pk=job).given_up_at is None
    assert not ask_database("select try_job_again(%s, %s, '{}')", job, world.person("mia").pk), "it is tried again already"


def test_one_of_an_agency_is_its_own_managers() -> None:
    job = given_up("screen", world.requested("25-1").pk)
    assert (job in shown("mia"), job in shown("ivy")) == (True, False)
    with pytest.raises(access.NotVisible):
        try_job_again(by=world.person("ivy"), at=house_now(), job_id=job)


def test_one_that_enrols_into_a_gallery_that_is_nobodys_is_no_job_of_the_house() -> None:
    job = given_up("enrol")
    assert job not in shown("mia") | shown("ivy")
    assert not ask_database("select try_job_again(%s, %s, '{}')", job, world.person("mia").pk)
