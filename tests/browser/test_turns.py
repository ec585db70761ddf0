"""Turns in a real browser: held, given back unopened, sent back, and the claim that was lost while the page was open."""

import pytest

from tests import world
from tests.acts.test_turns import lapsed, later
from tests.browser.test_the_road import People, answer_all

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_turn_is_held_and_the_next_given_back_unopened(walker: People) -> None:
    world.searched()
    ada = walker("ada").press("Take the next").says("no face of it is open yet").picture("drawn")
    ada.follow("Put it on hold").fill(hours="10").press("Put it on hold").says("The timer has these hours more")
    ben = walker("ben").press("Take the next").follow("Give it back unopened")
    ben.page.get_by_text("I have looked at no face of it").click()
    ben.press("Give it back").says("Somebody else is drawn")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_lost_claim_is_said_and_nothing_is_taken(walker: People, scripts: bool) -> None:
    world.searched()
    ada = walker("ada", scripts=scripts).press("Take the next").follow("Open it")
    later(9)
    assert lapsed() == 1
    answer_all(ada, lambda face: "aside", "nose")
    ada.press("check page").says("Nothing that you have just sent was taken").picture("gone")


def test_a_supervisor_sends_an_examination_back(walker: People) -> None:
    case = world.searched()
    world.drawn(case, "ada")
    sol = walker("sol").go("/turns").says("In time").picture("turns")
    sol.follow("Send back").fill(because="Ill since noon").press("Send it back").says("It is back in the lot").says(
        "No examination is under way"
    )
