"""A query whose words are kept answers as Django would, whatever is said in it, on any connection and to several who ask at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from ledger.worded import any_of, first, worded_once
from people.models import Person, RoleHeld
from tests import world
from tests.database import as_owner


@worded_once
def named(username: str, active: bool):
    return Person.objects.filter(username=username, is_active=active)


@worded_once
def roles_of_any(people: list[int]):
    return RoleHeld.objects.filter(person=any_of(people)).order_by("id").values_list("person__username", "role")


@pytest.mark.django_db
def test_what_is_said_changes_and_the_words_stay():
    with CaptureQueriesContext(connection) as asked:
        dana, ada = first(named("dana", True)), first(named("ada", True))
    assert (dana.display_name, ada.display_name) == (world.person("dana").display_name, world.person("ada").display_name)
    assert dana.agency.ori == ada.agency.ori
    assert len(asked) == 2, "what the manager reads beside a person is read in the same statement"
    assert first(named("dana", False)) is None
    assert named("' or true --", True) == []


@pytest.mark.django_db
@pytest.mark.parametrize("who", [(), ("dana",), ("dana", "ada", "sol")])
def test_a_list_may_be_as_long_as_it_likes(who):
    keys = [world.person(name).pk for name in who]
    expected = RoleHeld.objects.filter(person__in=keys).order_by("id").values_list("person__username", "role")
    assert roles_of_any(keys) == list(expected)


def test_what_cannot_be_said_is_refused():
    with pytest.raises(TypeError, match="2 values, by place"):
        named("dana")
    with pytest.raises(TypeError, match="2 values, by place"):
        named(username="dana", active=True)
    with pytest.raises(TypeError, match="none of them is None"):  # = null would find nothing
        named("dana", None)


def test_what_hangs_on_the_rows_is_fetched_apart():
    @worded_once
    def with_roles(username: str):
        return Person.objects.filter(username=username).prefetch_related("roles_held")

    with pytest.raises(TypeError, match="prefetch_related_objects"):
        with_roles("dana")


@worded_once
def locked(username: str):
    return Person.objects.select_for_update(of=("self",)).filter(username=username)


@pytest.mark.django_db(transaction=True)
def test_a_row_is_locked_in_a_transaction_alone():
    with transaction.atomic():
        assert [each.username for each in locked("dana")] == ["dana"]
    with pytest.raises(transaction.TransactionManagementError):
        locked("dana")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_it_is_asked_on_the_connection_of_whoever_asks():
    first(named("dana", True))
    with as_owner(), CaptureQueriesContext(connections["default"]) as asked:
        assert first(named("dana", True)) is not None
    assert connections["default"].settings_dict["USER"] != connections["owner"].settings_dict["USER"]
    assert len(asked) == 1

    def beside(name: str) -> list[str]:
        try:
            return [first(named(name, True)).username for _ in range(50)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as four:
        names = ["dana", "ada", "ben", "sol"]
        assert list(four.map(beside, names)) == [[name] * 50 for name in names]
