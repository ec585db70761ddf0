"""The number of new notices in the bar: counted now and then and not on each page; the page of notices is always read anew."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ledger.clock import house_now
from review.acts.close import close
from tests import world
from tests.oversight import roads
from tests.pages.test_queries import at_home

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def counted_now_and_then(settings):
    settings.NOTICES_COUNTED_EVERY = 30
    cache.clear()
    yield
    cache.clear()


def signed_in(name: str) -> Client:
    client = at_home(name)
    cache.clear()  # signing in showed a page
    return client


def asked(client: Client, page: str) -> tuple[int, int]:
    """Return the number in the bar, and how often a page asked whether what was signed holds."""
    with CaptureQueriesContext(connection) as statements:
        text = client.get(page).content.decode()
    number = re.search(r"Notices \((\d+)\)", text)
    return int(number[1]) if number else 0, sum("countersignature_holds" in each["sql"] for each in statements)


def test_a_page_does_not_ask_the_gate_of_all_that_a_supervisor_signed():
    lead, _ = roads.signed(1)
    sol = signed_in("sol")
    assert asked(sol, "/turns") == (0, 1)
    assert asked(sol, "/turns") == (0, 0)
    world.must(close(by=world.person("dana"), at=house_now(), case_ref=lead.case.ref, disposition="withdrawn", note="over"))

    assert asked(sol, "/turns") == (0, 0), "not asked again yet"
    assert "Does not hold any more: " in sol.get("/notices").content.decode(), "read anew"
    cache.clear()  # half a minute later
    assert asked(sol, "/turns") == (1, 1)


def test_who_has_read_them_is_told_of_none_at_once():
    roads.signed(1)
    dana = signed_in("dana")
    number, _ = asked(dana, "/cases")
    assert number > 0
    dana.post("/notices")
    assert asked(dana, "/cases")[0] == 0
    world.must(world.signed(roads.ready(2)[1]))
    assert asked(dana, "/cases")[0] == 0, "not counted again yet"
    cache.clear()
    assert asked(dana, "/cases")[0] > 0
