"""The law as people see it: the public text, a request under a law that asks much, and what a case was asked; each passes axe."""

from collections.abc import Callable

import pytest

from tests import world
from tests.browser.conftest import Walker

pytestmark = pytest.mark.django_db(transaction=True)
People = Callable[..., Walker]


@pytest.mark.parametrize("scripts", [True, False])
def test_the_law_is_read_on_its_pages(walker: People, scripts: bool) -> None:
    lead = world.a_lead()
    walker(scripts=scripts).go("/policy").says("The policy in force").says("(to verify)").picture("public-policy")

    dana = walker("dana", scripts=scripts).go(f"/cases/{lead.case.ref}").says("What the law was asked")
    dana.page.locator("#law details summary").first.click()
    dana.check().says("Only serious or violent crimes").picture("case-law")

    world.in_force("nlc-2021", "us-mi-detroit-307-5")
    dana.go("/requests/new").says("What the law in force asks besides").picture("request-law")
