"""What a fresh eye tried with people who are moved: by an old picture of the data, without a stay, by the clock, by the owner's hand, at the same time."""

import pytest

from cases.rules.finding import Refusal
from oversight.gatecheck import gatecheck
from tests import world
from tests.acts.test_moved_to_another_unit import database_says, three_gates
from tests.database import login

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "auditor"])


# ---- a person without a stay


def without_stays() -> None:
    with login("owner") as owner:
        owner.execute("truncate people_unitheld")


def test_whoever_has_no_stay_on_file_counts_as_of_every_unit():
    lead, ref = world.ready_to_sign()
    without_stays()

    assert three_gates(lead) == [{"reviewer_not_apart", "too_few_reviewers"}] * 3
    assert database_says(ref, "sol") == ["signer_of_the_unit"]
    finding = world.signed(ref)
    assert isinstance(finding, Refusal)
    assert finding.codes == ("signer_of_the_unit",)


def test_the_recheck_takes_nobody_for_apart_whose_stays_are_lost():
    _, ref = world.ready_to_sign()
    world.must(world.signed(ref))
    without_stays()

    found = {finding.code for each in gatecheck(using="auditor").wrong for finding in each.findings}
    assert {"signer_of_the_unit", "reviewer_not_apart"} <= found
