"""The analyst's page measures the probe, shows values and flags, and the record keeps them with the thresholds that were asked."""

import json

import pytest

from ledger.models import Entry
from tests import world
from tests.database import login
from tests.pages.signing import client_of

pytestmark = pytest.mark.django_db
FIT = {"grade": "fit", "depicts": "The person at the till", "role_shown_by": "The film"}


def a_policy_sets(**numbers: int) -> None:
    """The policy in force with these numbers besides, written by the owner of the database: no pack names them yet."""
    with login("owner") as owner:
        for name, value in numbers.items():
            owner.execute(
                "insert into cases_policynumber(policy_id, name, value, citation) select policy_in_force(), %s, %s, 'tests'", [name, value]
            )


def test_values_flags_and_thresholds_are_shown_and_kept():
    case = world.screened(world.requested())
    analyst = client_of("aris")
    page = analyst.get(f"/cases/{case.ref}/probe").content.decode()
    for said in ("Inter-eye distance", "27.5 px", "Illumination uniformity", "Single face present", "House threshold; it forbids nothing", "No overall score is made"):  # fmt: skip
        assert said in page

    assert analyst.post(f"/cases/{case.ref}/probe", FIT).status_code == 302
    kept = json.loads(bytes(Entry.objects.get(subject=case.ref, kind="check_probe").body))["quality"]
    assert kept["measures"]["inter_eye_distance"] == 27.5
    assert kept["thresholds"]["probe_inter_eye_unfit_below"] == 30
    assert kept["flags"] == ["inter_eye_distance_unfit", "inter_eye_distance_limited"]
    assert kept["tool"].startswith("opencv") or kept["tool"]


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_threshold_of_the_policy_takes_a_grade_away():
    a_policy_sets(probe_inter_eye_limited_below=40)
    case = world.screened(world.requested())
    analyst = client_of("aris")

    answer = analyst.post(f"/cases/{case.ref}/probe", FIT)
    assert answer.status_code == 422
    assert "The measures of the probe allow no such grade" in answer.content.decode()
    assert "allows no better grade than" in answer.content.decode()
    refused = json.loads(bytes(Entry.objects.get(subject=case.ref, kind="refused").body))
    assert refused["reasons"] == ["measures_forbid"]
    assert refused["quality"]["thresholds"]["probe_inter_eye_limited_below"] == 40
    assert analyst.post(f"/cases/{case.ref}/probe", {**FIT, "grade": "limited"}).status_code == 302
    assert world.again(case).state == "FIT"
