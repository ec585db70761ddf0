"""What another agency found stands in the bundle, agreement and dissent alike, and not before it is done; its looks are looks with a task."""

import pytest

from oversight.disclosure import sections_of
from oversight.gatecheck import gatecheck
from oversight.record_search import Asked, search
from tests import world
from tests.database import login
from tests.examined_again import POOL, a_pool_lends, again_of, examined_again, looked, one_in, taken_again

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "auditor"])


@pytest.fixture
def lead():
    a_pool_lends()
    one_in(1)
    return world.a_lead()


def told(case_ref: str) -> tuple[tuple[object, ...], ...]:
    (section,) = (each for each in sections_of(case_ref, using="auditor") if each.title == "Examined again by another agency")
    return section.rows


@pytest.mark.parametrize(("rating", "agrees"), [(2, True), (-2, False)])
def test_both_outcomes_stand_in_the_bundle_and_the_recheck_finds_nothing_wrong(lead, rating, agrees):
    assert told(lead.case.ref) == ()

    examined_again(lead.case, rating)

    rows = told(lead.case.ref)
    (of_the_lead,) = (row for row in rows if row[2] == "lead")
    assert of_the_lead[:5] == ("p012", "Regional examiners", "lead", rating, "ear and brow")
    assert {row[6] for row in rows} == {agrees}
    assert len(rows) > 2
    assert gatecheck(using="auditor").wrong == ()


@pytest.mark.parametrize(
    ("table", "change", "code"),
    [
        ("review_reexaminationresult", "agrees = not agrees", "result_differs"),
        ("review_reexaminationresult", "items = '{}'", "exclusion_not_on_file"),
        ("review_reexamination", "nonce = 'another'", "lot_differs"),
    ],
)
def test_what_an_owner_alters_afterwards_is_found_by_the_recheck(lead, table, change, code):
    examined_again(lead.case, -2)
    with login("owner") as owner:
        owner.execute(f"alter table {table} disable trigger user")
        owner.execute(f"alter table {table} disable trigger stays_as_it_is")
        owner.execute(f"update {table} set {change}")

    found = gatecheck(using="auditor").wrong
    assert {wrong.ref for wrong in found} == {lead.case.ref}
    assert code in {finding.code for wrong in found for finding in wrong.findings}


@pytest.mark.parametrize(
    "altered",
    [
        "delete from review_reexaminationwaiting",
        "update review_reexamination set chosen = false",
        "update review_reexamination set nonce = 'n'",
    ],
)
def test_a_lot_that_an_owner_takes_back_is_found_by_the_recheck(lead, altered):
    assert gatecheck(using="auditor").wrong == ()
    with login("owner") as owner:
        owner.execute("alter table review_reexaminationwaiting disable trigger goes_with_its_result")
        owner.execute("alter table review_reexamination disable trigger stays_as_it_is")
        owner.execute(altered)

    (wrong,) = gatecheck(using="auditor").wrong
    assert (wrong.ref, [finding.code for finding in wrong.findings]) == (lead.case.ref, ["lot_lost"])


def test_a_look_of_whoever_examines_again_is_none_without_a_task(lead):
    taken_again(lead.case)
    looked(again_of("cleo"))
    otto = {"ori": POOL, "auditor": world.person("otto").pk, "before": None, "at_most": 50}

    assert [entry.about for entry in search(Asked(kind="look"), **otto)]
    assert search(Asked(question="looks-without-a-task"), **otto) == []
