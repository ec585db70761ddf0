"""However many notes there are, a search goes to them by the index of their words, and reads no more of them for a page further on."""

import json

import pytest
from django.db import connection

from ledger.clock import house_now
from review import access
from review.views.case_file import PAGE
from tests import world
from tests.database import login, write_past_the_promises

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = 20_000
NUMBERS = f"generate_series(1, {NUMBER}) n, (select id, agency_id from people_person where username = 'dana') d"
ROWS = (
    f"insert into cases_investigation(id, agency_id, agency_case) overriding system value select 10000000 + n, agency_id, 'n' || n from {NUMBERS}",
    "insert into cases_case(id, ref, agency_id, investigation_id, state, track, door, searched_before_screening, requested_by_id) "
    "overriding system value select 10000000 + n, 'FR-2019-' || n, agency_id, 10000000 + n, 'FIT', 'suspect', 'person', false, d.id "
    f"from {NUMBERS}",
    "insert into review_notewords(case_id, words) select 10000000 + n, to_tsvector('english', 'Camera ' || n % 900 || ' at the quay, ' || "
    f"case n % 8 when 0 then 'umbrella' else 'coat' end || case n % 1000 when 0 then ' zephyr' else '' end) from {NUMBERS}",
)


def filled() -> None:
    """Have the owner write cases with notes past the promises: in one of a thousand a rare word, in one of eight a common one."""
    with login("owner") as owner:
        write_past_the_promises(owner, ("cases_investigation", "cases_case"), ROWS)


def read(words: str, *, before: int = 0) -> tuple[str, int, int]:
    """Return how a page of the list is read, how many rows it shows, and how many pages of the database it looks at."""
    rows = access.noted(access.cases_for_reading(world.person("dana"), on=house_now().date()), words)
    rows = (rows.filter(pk__lt=before) if before else rows).order_by("-pk")[: PAGE + 1]
    sql, given = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"explain (analyze, buffers, format json) {sql}", given)
        (plan,) = cursor.fetchone()
    top = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return json.dumps(top), int(top["Actual Rows"]), int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def test_a_search_goes_by_the_index_and_by_the_key_of_the_page():
    filled()

    plan, shown, buffers = read("zephyr")
    assert '"notes_by_word"' in plan
    assert shown == NUMBER // 1000
    assert buffers < 300
    plan, shown, buffers = read("zephyr", before=10_000_000 + NUMBER // 2)
    assert '"notes_by_word"' in plan
    assert (shown, buffers < 300) == (NUMBER // 2000 - 1, True)
    plan, shown, _ = read("nowhere")
    assert ('"notes_by_word"' in plan, shown) == (True, 0)
    for before in (0, 10_000_000 + NUMBER // 2):
        _, shown, buffers = read("umbrella", before=before)
        assert (shown, buffers < 300) == (PAGE + 1, True), "of a common word only as many as the page shows"
