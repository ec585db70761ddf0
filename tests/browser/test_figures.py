"""The pages of what is measured, in a browser: axe clean, wide and narrow, and the same without scripts."""

import json
from collections.abc import Callable

import pytest

from people.measuring import Answer
from review import signed
from tests.browser.conftest import Walker
from tests.pages.test_figures import seeds_told

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
People = Callable[..., Walker]


def test_figures_are_looked_at_and_taken_along(walker: People):
    yes = [(bool(n % 2), Answer.SUPPORTS) for n in range(40)]
    seeds_told({"ada": yes, "ben": yes, "cleo": [(False, Answer.EXCLUDES)] * 5})
    ada = walker("ada").follow("Your figures").says("Suspended").picture("figures-mine")
    with ada.page.expect_download() as taken:
        ada.page.get_by_role("link", name="Take them along").click()
    document = taken.value.path().read_text(encoding="utf-8")
    assert signed.is_genuine(document, key=signed.public_key())
    assert json.loads(json.loads(document)["statement"])["name"] == "Ada Brandt"

    walker("mia").follow("Figures").says("not enough data (5 of 20)").says("raised").picture("figures-units")
    otto = walker("otto").follow("Figures").says("Ada Brandt and Ben Okafor").picture("figures-auditor")
    otto.press("Reveal the decided seeds").says("at least five")


def test_figures_without_scripts(walker: People):
    walker("ada", scripts=False).follow("Your figures").says("62 strangers")
    otto = walker("otto", scripts=False).follow("Figures").says("None is raised")
    otto.press("Reveal the decided seeds").says("at least five")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_pair_is_rated_and_the_truth_is_told(walker: People, scripts: bool):
    ada = walker("ada", scripts=scripts).follow("Practice").says("None yet").press("Draw a pair")
    if scripts:
        ada.picture("practice")
    ada.choose("rating", "2")
    ada.press("Rate, and see what is true").says("They show").follow("Stop").says("you rated 2")
