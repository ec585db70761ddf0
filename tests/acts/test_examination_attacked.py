"""Turns are attacked: two at once for one person, and fishing for a face by giving back what was looked at."""

import json
from threading import Thread
from time import sleep

import pytest

from cases.images import look
from cases.models import Probe
from ledger.clock import house_now
from review.acts.release_turn import release_turn
from review.models import Drawn
from tests import world
from tests.acts.test_turns import asks
from tests.database import login

committed = pytest.mark.django_db(transaction=True)
DRAW = "select draw(%s, %s, 1, %s, '{}')"


def drawn_at_once(first, second, who: str) -> list[object]:
    """Draw the same person for two cases in two browsers: the second begins before the first is done."""
    number, answers = world.person(who).pk, []

    def draws() -> None:
        with login("app") as app:
            answers.append(app.execute(DRAW, [second.pk, number, "SECOND"]).fetchone()[0])

    with login("app") as app:
        with app.transaction():
            answers.append(app.execute(DRAW, [first.pk, number, "FIRST"]).fetchone()[0])
            other = Thread(target=draws)
            other.start()
            sleep(1)
        other.join()
    return answers


@committed
def test_nobody_is_drawn_at_once_for_two_cases_of_one_investigation():
    one, other = world.searched("25-1"), world.searched("25-1", repeats_because="A better frame was found")
    assert drawn_at_once(one, other, "ada") == [1, None]
    assert Drawn.objects.filter(reviewer__username="ada").count() == 1


@committed
def test_two_browsers_do_not_take_more_than_a_day_allows():
    one, other = world.searched("25-1"), world.searched("25-2", "p013")
    with login("owner") as owner:
        owner.execute("create or replace function turns_a_day() returns integer language sql stable as 'select 1'")
    assert drawn_at_once(one, other, "ada") == [1, None]


@committed
def test_whoever_looked_at_the_probe_alone_does_not_give_it_back_unopened():
    case = world.searched()
    world.drawn(case, "ada")
    ada = world.person("ada")
    look(image_id=Probe.objects.get(case=case).image_id, by=ada, purpose="examination")
    assert release_turn(by=ada, at=house_now(), case_ref=case.ref).codes == ("turn_opened",)
    assert json.dumps(asks("release_turn(%s, %s, '{}')", case.ref, ada.pk)) == '["turn_opened"]'
