"""Two members of the board put packs in force in two browsers, one of them without scripts; a manager marks what was met."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from cases.law.in_force import law_in_force
from cases.models import ObligationMet
from ledger.clock import house_now
from tests import world
from tests.browser.conftest import Walker

pytestmark = pytest.mark.django_db(transaction=True)
People = Callable[..., Walker]


def tick(who: Walker, pack: str) -> None:
    who.page.locator(f"label[for={who.page.locator(f'[name=packs][value={pack}]').get_attribute('id')}]").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_two_members_put_packs_in_force(walker: People, the_worker: Callable[[], list[str]], scripts: bool) -> None:
    case = world.screened(world.requested("25-1"), "120")
    day = house_now().date()
    petra = walker("petra", scripts=scripts).go("/policy-board").says("In force").picture("policy-board").follow("Propose packs")
    for pack in ("us-ut", "us-mi-detroit-307-5"):
        tick(petra, pack)
    petra.press("Propose").says("1 to settle before they can be proposed").picture("policy-propose")
    first = petra.page.locator("[name^=first_]").first.get_attribute("name") or ""
    tail = first.split("_", 1)[1]
    petra.fill(**{first: "us-ut/fillers", f"by_{tail}": "Counsel of the city", f"writing_{tail}": "Letter of 3 March 2026"})
    petra.press("Propose").says("Counsel of the city").says("to verify").picture("policy-proposal")
    number = re.findall(r"\d+", petra.page.url)[-1]

    paul = walker("paul").go("/policy-board").follow(f"Proposal {number}").follow("Write down the vote and adopt").picture("policy-adopt")
    paul.fill(governing_body="City council", voted_on=str(day), votes_for="5", votes_against="2", votes_abstained="0")
    paul.fill(published_at="Town hall", review_on=str(day + timedelta(days=90)), meetings_on=str(day)).press("Adopt")
    paul.says("At least 15 days for comments are needed.")
    paul.fill(comments_from=str(day - timedelta(days=30)), comments_until=str(day - timedelta(days=1))).press("Adopt").says("In force")
    while the_worker():
        pass
    assert law_in_force().pack == "us-ut + us-mi-detroit-307-5"  # type: ignore[union-attr]
    assert world.again(case).state == "INELIGIBLE"  # nobody was asked for the ground of suspicion then, and unknown is no

    mia = walker("mia", scripts=scripts).go("/policy-board/obligations").picture("policy-obligations")
    mia.page.locator("[name=document]").first.fill("Minutes 7")
    mia.press("Mark", nth=0).says("Marked as met.").says("Minutes 7")
    assert ObligationMet.objects.get().document == "Minutes 7"
