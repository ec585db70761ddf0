"""What everybody is told of the cases that were drawn to be examined again: nothing is hidden, nobody learns which waits, and the re-check counts the same."""

import re
from html import unescape

import psycopg
import pytest
from django.test import Client

from ledger.clock import house_now
from oversight.gatecheck import gatecheck
from tests import world
from tests.acts.test_examined_again import no_lead
from tests.acts.test_retention import closed, days_later
from tests.acts.test_retention_attacked import destroyed
from tests.config.test_metrics import figures
from tests.database import login, write_past_the_promises
from tests.examined_again import a_pool_lends, examined_again, one_in
from tests.pages.signing import client_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "auditor"])
HALF_A_YEAR = 215
BESIDE = (
    "insert into cases_case(ref, agency_id, investigation_id, state, track, door, searched_before_screening, requested_by_id) "
    "select 'CS-2000-' || n, agency_id, investigation_id, 'NO_LEAD', track, door, searched_before_screening, requested_by_id "
    "from generate_series(1, %(number)s) n, (select * from cases_case order by id limit 1) c",
    "insert into review_reexamination(case_id, lender_id, chosen, nonce, commitment) select c.id, r.lender_id, false, 'n', lot_of(c.ref, a.ori, false, 'n') "
    "from cases_case c, review_reexamination r join people_agency a on a.id = r.lender_id where c.ref like 'CS-2000-%%' and r.chosen",
)


@pytest.fixture
def pool():
    """Every joined case is examined again."""
    a_pool_lends()
    one_in(1)


def told() -> dict[str, object]:
    """What the pages and the auditor are told alike, when the re-check finds nothing of it wrong."""
    found = []
    for role in ("app", "auditor"):
        with login(role) as session:
            session.row_factory = psycopg.rows.dict_row  # type: ignore[assignment]
            found.append(session.execute("select * from lots_counted()").fetchone())
    assert found[0] == found[1]
    assert "examined again" not in {wrong.ref for wrong in gatecheck(using="auditor").wrong}
    return dict(found[0])  # type: ignore[call-overload]


def said(path: str, name: str = "") -> str:
    client = client_of(name) if name else Client()
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", client.get(path).content.decode())).split())


def gauge() -> float:
    return figures()["oldest_reexamination_seconds",]


def test_one_that_waits_is_told_after_half_a_year_by_its_month_and_not_at_once(pool):
    world.a_lead()
    began = house_now().date().replace(day=1)
    nothing = {"lots": 1, "drawn": 0, "examined": 0, "waiting": 0, "not_lent": 0, "oldest_from": None, "gone_by_time": 0, "gone_by_law": 0}
    assert told() == nothing
    assert gauge() == 0

    with days_later(HALF_A_YEAR):
        assert told() == nothing | {"drawn": 1, "waiting": 1, "oldest_from": began}
        assert gauge() >= HALF_A_YEAR * 86400
        for page in (said("/policy"), said("/policy-board", "petra"), said("/figures", "mia"), said("/figures", "otto")):
            assert f"Waiting 1, the oldest since {began:%B %Y}" in page


def test_until_then_no_page_tells_a_lot_that_was_drawn_from_one_that_was_not(pool):
    world.a_lead()
    drawn = said("/policy")
    with login("owner") as owner:
        owner.execute("alter table review_reexamination disable trigger stays_as_it_is")
        owner.execute("update review_reexamination set chosen = false")
    assert said("/policy") == drawn
    assert "Joined cases that drew a lot 1 " in drawn


def test_fifty_lots_that_are_whole_tell_what_waits_among_them(pool):
    world.a_lead()
    beside(48)
    assert told()["lots"] == 49
    assert told()["waiting"] == 0

    beside(1, "2001")
    assert {name: told()[name] for name in ("lots", "drawn", "waiting")} == {"lots": 50, "drawn": 1, "waiting": 1}


def beside(number: int, year: str = "2000") -> None:
    """So many lots more that were not drawn."""
    with login("owner") as owner:
        write_past_the_promises(
            owner, ("cases_case", "review_reexamination"), [each.replace("2000", year) for each in BESIDE], {"number": number}
        )


def test_neither_pictures_that_are_gone_nor_an_agreement_that_ends_tells_which_of_them_it_is(pool):
    """Else it is the last that is left of its fifty, or the one whose agency lends no more."""
    case = closed(no_lead())
    beside(49)
    before = told()
    assert (before["drawn"], before["waiting"]) == (1, 1)

    with days_later(40):
        destroyed(case)
        with login("owner") as owner:
            owner.execute("update people_agreement set until_on = current_date - 1")
        assert told() == before
        assert "pictures are gone 0" in said("/policy")
    with days_later(HALF_A_YEAR):
        assert {name: told()[name] for name in ("drawn", "waiting", "gone_by_law")} == {"drawn": 1, "waiting": 0, "gone_by_law": 1}


def test_nor_does_the_month_in_which_it_was_drawn_while_its_fifty_are_young(pool):
    """In a month in which one case was joined, that month is its name."""
    world.a_lead()
    began = house_now().date().replace(day=1)
    with days_later(70):
        later = house_now().date().replace(day=1)
        beside(49)
        assert (told()["waiting"], told()["oldest_from"]) == (1, later)
    with days_later(HALF_A_YEAR):
        assert (told()["waiting"], told()["oldest_from"]) == (1, began)


def test_what_was_examined_is_counted_at_once(pool):
    examined_again(world.a_lead().case, 2)

    assert {name: told()[name] for name in ("lots", "drawn", "examined", "waiting")} == {"lots": 1, "drawn": 1, "examined": 1, "waiting": 0}
    with days_later(HALF_A_YEAR):
        assert told()["waiting"] == 0
        assert gauge() == 0


def test_pictures_that_went_first_are_counted_with_the_reason(pool):
    case = closed(no_lead())
    with days_later(40):
        destroyed(case)
        assert told()["drawn"] == 0
    with days_later(HALF_A_YEAR):
        assert {name: told()[name] for name in ("drawn", "waiting", "gone_by_time", "gone_by_law")} == {
            "drawn": 1, "waiting": 0, "gone_by_time": 0, "gone_by_law": 1,
        }  # fmt: skip
        assert "their pictures are gone 1 Destroyed before: 0 when the time to keep them had run, 1 because the law" in said("/policy")


def test_also_where_the_time_to_keep_them_had_run(pool):
    lead = closed(world.a_lead().case)
    with days_later(400):
        destroyed(lead)
        assert {name: told()[name] for name in ("drawn", "waiting", "gone_by_time", "gone_by_law")} == {
            "drawn": 1, "waiting": 0, "gone_by_time": 1, "gone_by_law": 0,
        }  # fmt: skip


def test_an_agency_that_lends_no_more_is_told(pool):
    world.a_lead()
    with login("owner") as owner:
        owner.execute("update people_agreement set until_on = current_date - 1")
    with days_later(HALF_A_YEAR):
        assert (told()["waiting"], told()["not_lent"]) == (1, 1)
        assert "1 of them for an agency that lends its reviewers no more." in said("/policy")


def test_without_a_lender_there_is_no_lot():
    world.a_lead()

    assert told()["lots"] == 0
    assert "Joined cases that drew a lot 0 None is drawn where no other agency lends its reviewers." in said("/policy")


HIDES = {
    "a figure that leaves it out": [
        "alter function lots_counted() rename to honest",
        "create function lots_counted() returns table (lots bigint, drawn bigint, examined bigint, waiting bigint, not_lent bigint, oldest_from date, "
        "gone_by_time bigint, gone_by_law bigint) language sql security definer as "
        "'select lots, drawn - waiting, examined, 0::bigint, 0::bigint, null::date, gone_by_time, gone_by_law from honest()'",
        "grant execute on function lots_counted() to auditor",
    ],
    "one that is younger": [
        "alter function lots_counted() rename to honest",
        "create function lots_counted() returns table (lots bigint, drawn bigint, examined bigint, waiting bigint, not_lent bigint, oldest_from date, "
        "gone_by_time bigint, gone_by_law bigint) language sql security definer as "
        "'select lots, drawn, examined, waiting, not_lent, oldest_from + 31, gone_by_time, gone_by_law from honest()'",
        "grant execute on function lots_counted() to auditor",
    ],
    "a receipt that is none": [
        "alter table cases_destruction disable trigger user",
        "insert into cases_destruction(case_id, pictures, digest, keys, rules) select case_id, 0, '', '{}', '{}' from review_reexamination",
    ],
}


@pytest.mark.parametrize("how", HIDES)
def test_a_figure_that_hides_one_is_found_by_the_recheck(pool, how):
    world.a_lead()
    with days_later(HALF_A_YEAR):
        assert told()["waiting"] == 1
        with login("owner") as owner:
            (always,) = owner.execute(
                "select array_agg(tgname::text) from pg_trigger where tgrelid = 'cases_destruction'::regclass and not tgisinternal"
            ).fetchone() or ([],)
            for name in always:
                owner.execute(f"alter table cases_destruction disable trigger {name}")
            for statement in HIDES[how]:
                owner.execute(statement)

        (wrong,) = (each for each in gatecheck(using="auditor").wrong if each.ref == "examined again")
        assert [finding.code for finding in wrong.findings] == ["lots_told_otherwise"]
