"""A bundle that is still kept is no way round the destruction of its pictures."""

import pytest
from django.urls import reverse

from cases.acts.destroy import destroy
from cases.keystore import SealBroken, open_sealed
from ledger.clock import house_now
from ledger.keyed import derived_key
from oversight.bundles import make_next
from review.acts.want_bundle import want_bundle
from review.models import BundleKept
from review.rules.leaving import Leaving
from tests import world
from tests.acts.test_retention import closed
from tests.database import login
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "worker", "auditor"])


def made(case) -> int:
    leaving = Leaving("Counsel Maria Weiss", "discovery", "order of 1 March 2026")
    finding, number = want_bundle(by=world.person("lea"), at=house_now(), case_ref=case.ref, leaving=leaving)
    world.must(finding)
    assert make_next(wait=lambda: bool(world.sequenced()), using="auditor") == number
    return int(number or 0)


def test_a_kept_bundle_goes_with_the_pictures_of_its_case(transactional_db):
    case = world.searched()
    world.sequenced()
    before = made(case)
    address = reverse("bundle_file", args=[before])
    lea = signed_in("lea")
    assert lea.get(address).status_code == 200
    with pytest.raises(SealBroken):  # a backup of the database holds it for years
        open_sealed(derived_key("bundles"), bytes(BundleKept.objects.get().sealed), aad=str(before).encode())

    closed(case)
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = interval '2 days'")
    with world.the_machine():
        world.must(destroy(case_ref=case.ref, at=house_now()))
    assert lea.get(address).status_code == 410
    while world.run_jobs():
        pass
    assert lea.get(address).status_code == 410
    after = made(world.again(case))
    assert lea.get(reverse("bundle_file", args=[after])).status_code == 200, "what was decided is still told"
