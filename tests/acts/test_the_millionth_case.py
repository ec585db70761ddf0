"""A house that has numbered 999,999 cases and countersignatures numbers on: no number is cut, and each page, search and log line knows the longer ones."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from config.logs import case_in
from oversight.audit_form import AuditForm
from tests import world
from tests.database import login
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db
NUMBERS = ("cases_case_number", "review_countersignature_number")


@pytest.fixture
def nearly_a_million() -> Iterator[None]:
    with login("owner") as owner:
        kept = [owner.execute(f"select last_value, is_called from {name}").fetchone() for name in NUMBERS]
        for name in NUMBERS:
            owner.execute("select setval(%s, 999999)", [name])
        try:
            yield
        finally:
            for name, (value, called) in zip(NUMBERS, kept, strict=True):
                owner.execute("select setval(%s, %s, %s)", [name, value, called])


def test_the_millionth_case_goes_its_road_under_a_number_of_its_own(nearly_a_million):
    lead = world.a_lead("25-1")
    second = world.searched("25-2", "p005")
    request = world.asked(lead)
    assert [ref.rpartition("-")[2] for ref in (lead.case.ref, second.ref, request)] == ["1000000", "1000001", "1000000"]
    assert lead.ref == f"{lead.case.ref}-L1"
    for ref in (lead.case.ref, lead.ref, request):
        form = AuditForm({"case": ref}, kinds=[])
        assert form.is_valid(), form.errors
    assert case_in(f"/cases/{lead.ref}/arrest") == lead.case.ref
    page = signed_in("dana").get(reverse("cases"), {"q": "1000000"})
    assert lead.case.ref in page.content.decode()
    entries = signed_in("otto").get("/audit/", {"case": request}).content.decode()
    assert request in entries
