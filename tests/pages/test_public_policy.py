"""The public text of the policy in force: read without signing in, with its citations, its marks, the vote and the exact texts."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.law.in_force import law_in_force
from tests import world
from tests.law.sound import PACKS

pytestmark = pytest.mark.django_db


def page():
    answer = Client().get("/policy")
    assert answer.status_code == 200
    return answer.content.decode()


def test_anybody_reads_each_rule_with_its_citation_and_whether_it_is_still_to_be_verified():
    law = law_in_force()
    assert law is not None
    said = " ".join(page().split())

    for rule in law.rules:
        assert rule.sentence.replace("'", "&#x27;") in said, rule.key
    assert said.count("<b>(to verify)</b>") == sum(rule.verify for rule in law.rules for _ in rule.gates)
    assert "City council (demonstration)" in said
    assert "7 for, 2 against" in said
    assert PACKS["nlc-2021"].digest in said
    assert "[[rule]]" in said


def test_nobody_and_no_case_stands_on_it():
    lead, _ = world.ready_to_sign()
    said = page()

    for word in (lead.case.ref, "Petra", "Paul Iver", "petra", "Dana"):
        assert word not in said


def test_a_newer_adoption_is_what_it_shows():
    world.in_force("nlc-2021", "us-ma")

    assert PACKS["us-ma"].title in page()


def test_it_is_linked_where_people_sign_in():
    assert 'href="/policy"' in Client().get("/sign-in").content.decode()


def test_it_asks_the_database_little_and_takes_no_orders():
    client = Client()
    client.get("/policy")
    with CaptureQueriesContext(connection) as counted:
        client.get("/policy")

    assert len(counted) <= 5, [each["sql"][:80] for each in counted]
    assert client.post("/policy").status_code == 405
