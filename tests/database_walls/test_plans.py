"""What the planner is told, so that nothing is read whole because somebody left it to guess."""

import pytest

from ledger.asking import ask_rows
from ledger.models import Entry
from tests import world
from tests.database import login, write_past_the_promises

SCANNED = "select idx_scan from pg_stat_user_indexes where indexrelname = 'sentences_that_were_signed'"
GUESSED = "select proname from pg_proc where pronamespace = 'public'::regnamespace and proretset and prorows = 1000"


@pytest.mark.django_db
def test_each_function_that_answers_rows_says_about_how_many():
    """Left to guess, PostgreSQL takes a thousand, and then reads a table of millions rather than look a few items up."""
    with login("owner") as owner:
        assert owner.execute(GUESSED).fetchall() == []


@pytest.mark.django_db(transaction=True)
def test_an_end_that_one_number_in_a_thousand_has_is_not_taken_for_more():
    numbered = "insert into cases_investigation(agency_id, agency_case) select id, '25-' || lpad(n::text, 6, '0') from people_agency, generate_series(1, 30000) n where id = (select min(id) from people_agency)"
    with login("owner") as owner:
        write_past_the_promises(owner, ("cases_investigation",), (numbered,))
        for end in range(100, 1000, 23):
            asked = f"explain (format json) select id from cases_investigation where reverse(upper(agency_case)) like '{str(end)[::-1]}%'"
            plan = owner.execute(asked).fetchone()[0][0]["Plan"]
            assert plan["Plan Rows"] <= 120, (end, plan)  # there are thirty


@pytest.mark.django_db(transaction=True)
def test_whether_a_sentence_was_used_before_is_asked_of_an_index():
    lead = world.a_lead()
    world.must(world.signed(world.asked(lead, "interview")))
    older = "insert into review_countersignature(ref, lead_id, action, place, because, state, asked_by_id) select 'CS-2019-' || n, lead_id, action, place, because, 'REFUSED', asked_by_id from review_countersignature, generate_series(1, 3000) n"
    decided = "insert into review_decision(countersignature_id, by_id, signed, sentence, reasons, rests_on, policy_digest, entry) select s.id, d.by_id, true, 'Because of ' || s.ref, '{}', '{}', '', -s.id from review_countersignature s, review_decision d where s.state = 'REFUSED'"
    with login("owner") as owner:
        write_past_the_promises(owner, ("review_countersignature", "review_decision"), (older, decided))
        asked = world.asked(lead, "surveillance")
        ask_rows("select pg_stat_force_next_flush()")
        before = owner.execute(SCANNED).fetchone()
        world.must(world.signed(asked, sentence=" if the FACE result vanished; I would still act"))
        ask_rows("select pg_stat_force_next_flush()")
        assert owner.execute(SCANNED).fetchone() == (before[0] + 1,)

    assert Entry.objects.filter(kind="sentence_repeated").count() == 1
