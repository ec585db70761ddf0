"""The worker asks whether a known case enters at a moment that follows no tick, and goes on with the next agency where one cannot be asked."""

import json
import logging
from datetime import UTC, datetime

import pytest
import redis
from django.conf import settings

from people.models import Agency
from tests import world
from tests.database import as_owner, login
from workers.seeds import send_seeds
from workers.tasks import plan_seeds

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
QUEUE = "celery"


@pytest.fixture
def queue():
    found = redis.Redis.from_url(settings.REDIS_URL)
    found.flushdb()
    yield found
    found.flushdb()


def test_each_minute_it_is_asked_at_another_moment(queue):
    began = datetime.now(UTC)
    for _ in range(12):
        plan_seeds()
    heads = [json.loads(message)["headers"] for message in queue.lrange(QUEUE, 0, -1)]
    waits = [(datetime.fromisoformat(head["eta"]) - began).total_seconds() for head in heads]
    assert {head["task"] for head in heads} == {"workers.ask_for_seeds"}
    assert len(set(waits)) == 12
    assert all(0 <= wait < 75 for wait in waits)
    assert max(waits) - min(waits) > 5, "twelve moments of a minute lie within five seconds once in a thousand million times"


def test_an_agency_that_cannot_be_asked_keeps_no_other_back(caplog):
    with as_owner():
        Agency.objects.create(ori="XX0990000", name="Another agency", time_zone="UTC")
    first, *others = Agency.objects.order_by("pk").values_list("pk", flat=True)
    with login("owner") as owner:
        owner.execute(f"alter table review_seedpace add constraint nobody check (agency_id <> {first:d})")
    with caplog.at_level(logging.WARNING, logger="workers.seeds"), world.the_machine():
        send_seeds()
    with login("owner") as owner:
        asked = {row[0] for row in owner.execute("select agency_id from review_seedpace").fetchall()}
    assert others
    assert asked == set(others)
    assert "drawn again" in caplog.text
