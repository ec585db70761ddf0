"""What speaks for a person and is on no lead, on each page on which somebody decides on a lead; one item is ours, one of another agency."""

from collections.abc import Callable

import pytest

from tests import world
from tests.acts.test_speaks_for_nobody_by_name import DESK, PAGES, closed, on_the_case
from tests.acts.test_what_an_adviser_is_shown import to_lakeside
from tests.browser.conftest import Walker
from tests.oversight import roads
from tests.world import must

pytestmark = pytest.mark.django_db(transaction=True)


def test_each_page_shows_it_wide_and_narrow(walker: Callable[..., Walker]) -> None:
    other = world.requested("25-9", "p014")
    on_the_case(other.ref)
    lead, request = roads.ready(1)
    ours, tested = on_the_case(lead.case.ref), on_the_case(lead.case.ref)
    must(closed(tested, "tested_does_not"))
    to_lakeside(other, lead)
    for to, (who, path) in PAGES.items():
        page = walker(who).go(path.format(case=lead.case.ref, request=request, lead=lead.ref)).says("is on no lead")
        page.says(ours).says(tested).says("An item of another agency").says(DESK).picture(f"on-no-lead-{to.replace(' ', '-')}")

    sol = walker("sol").go(f"/countersignatures/{request}").fill(sentence="The print on the till is his.", answer="sign")
    sol.press("check page").says(ours).says(DESK).picture("on-no-lead-check")
    sol.press("Record it").says("Refused").says(ours).picture("on-no-lead-refused")
