"""Examined again, attacked from below: no login reads, draws, answers or fakes one past its functions; the owner's rows have to be true too."""

import json

import psycopg
import pytest

from review.models import ReexaminationResult
from tests import world
from tests.database import login
from tests.examined_again import a_pool_lends, again_of, examined_again, one_in, sorted_again, taken_again

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ("", "waiting", "turn", "nonmate", "step", "end", "hold", "draft", "told", "result")


@pytest.fixture
def lead():
    a_pool_lends()
    one_in(1)
    return world.a_lead()


def refused(role: str, sql: str, code: str, *params: object) -> None:
    with login(role) as session, pytest.raises(psycopg.Error) as told:
        session.execute(sql, params)
    assert told.value.sqlstate == code, told.value


DENIED = "42501"


@pytest.mark.parametrize("role", ["app", "intake", "worker"])
def test_no_login_of_a_process_reads_what_was_drawn_or_answered(lead, role):
    taken_again(lead.case)
    for table in TABLES:
        allowed = {("app", "result"), ("worker", "result")}
        if (role, table) not in allowed:
            refused(role, f"select * from review_reexamination{table}", DENIED)
    refused(role, "select words from review_reexaminationtold", DENIED)
    for asked in ("strong_chance()", "reexamined_one_in()", "may_examine_again(1, 1)", "examined_again(1, 1)", "lender_by_lot(1)"):
        refused(role, f"select {asked}", DENIED)


@pytest.mark.parametrize("role", ["app", "intake", "worker", "auditor"])
def test_no_login_writes_any_of_it(lead, role):
    for table in TABLES:
        refused(role, f"insert into review_reexamination{table} default values", DENIED)
        refused(role, f"delete from review_reexamination{table}", DENIED)
        refused(role, f"truncate review_reexamination{table} cascade", DENIED)
    refused(role, "update review_reexamination set chosen = true", DENIED)
    refused(role, "update review_reexaminationresult set agrees = true", DENIED)


@pytest.mark.parametrize("role", ["intake", "worker", "auditor"])
def test_only_the_pages_ask_for_it(lead, role):
    again = taken_again(lead.case)
    who = again.reviewer_id
    for call in ("sort_again(%s, %s, '{}', '{}')", "conclude_again(%s, %s, '{}', '{}', '{}')", "reexamination_of(%s, %s)"):
        refused(role, f"select {call}", DENIED, who, again.code)
    refused(role, "select reexaminations_for(%s)", DENIED, who)


def test_the_pages_get_nothing_without_the_reviewer_and_the_code(lead):
    again = taken_again(lead.case)
    with login("app") as app:
        for who in (world.person("remy").pk, world.person("dana").pk, world.person("ada").pk):
            assert app.execute("select reexamination_of(%s, %s)", [who, again.code]).fetchone() is None or (
                app.execute("select (select reexamination_of(%s, %s))", [who, again.code]).fetchone() == (None,)
            )
            assert app.execute("select * from reexaminations_for(%s)", [who]).fetchall() == []
            assert app.execute("select sort_again(%s, %s, '{}', '{}')", [who, again.code]).fetchone() == (["not_drawn"],)
            assert app.execute("select conclude_again(%s, %s, '{}', '{}', '{}')", [who, again.code]).fetchone() == (["not_drawn"],)
            assert app.execute("select release_again(%s, %s, '{}')", [who, again.code]).fetchone() == (["not_drawn"],)


def test_what_its_reviewer_is_told_holds_no_score_rank_name_or_crime(lead):
    again = taken_again(lead.case)
    with login("app") as app:
        (said,) = app.execute("select reexamination_of(%s, %s)", [again.reviewer_id, again.code]).fetchone() or ({},)
    assert set(said) == {
        "turn",
        "case",
        "lender",
        "seed",
        "at",
        "sorted",
        "recused",
        "kept",
        "ended",
        "ended_at",
        "non_mates",
        "held",
        "opened",
    }
    assert said["kept"] == []  # what others kept is not told before he has sorted


def test_the_pages_draw_nobody_whom_the_lender_does_not_lend(lead):
    with login("app") as app:
        for name in ("ada", "ben", "dana", "sol"):
            who = world.person(name).pk
            assert app.execute("select draw(%s, %s, 7, 'CODE', '{}')", [lead.case_id, who]).fetchone() == (None,)


def test_a_look_is_not_hidden_under_this_purpose(lead):
    image = lead.candidate.image_id
    with login("app") as app, pytest.raises(psycopg.Error) as told:
        app.execute("select record_look(%s, %s, 'reexamination', '{}')", [image, world.person("dana").pk])
    assert told.value.sqlstate == "CS014"


def test_half_a_step_or_an_unwhole_form_is_not_taken_past_the_program_either(lead):
    taken_again(lead.case)
    with login("owner") as owner:
        (turn,) = owner.execute("select id from review_reexaminationturn").fetchone() or (0,)
        (tokens,) = owner.execute(
            "select array_agg(token::text) from (select k.token from cases_candidate k union all select n.token from review_reexaminationnonmate n) t"
        ).fetchone() or ([],)
    put = "insert into review_reexaminationstep(turn_id, step, answers) values (%s, %s, %s)"
    whole = {token: {"kept": True, "reason": "closer_look"} for token in tokens}
    refused("owner", put, "CS014", turn, "sort", json.dumps({}))
    refused("owner", put, "CS014", turn, "sort", json.dumps(whole | {tokens[0]: {"kept": False, "reason": "I say so"}}))
    with login("owner") as owner:
        owner.execute(put, [turn, "sort", json.dumps(whole)])
    refused("owner", put, "CS014", turn, "rate", json.dumps({token: {"rating": 3} for token in tokens}))


def test_a_result_is_what_its_rows_say_or_none(lead):
    put = "insert into review_reexaminationresult(case_id, lender_id, agrees, faces, items) select case_id, lender_id, %s, '[]', '{}' from review_reexamination"
    refused("owner", put, "CS014", True)
    taken_again(lead.case)
    world.must(sorted_again("cleo"))
    refused("owner", put, "CS014", True)


def test_nobody_examines_again_what_no_lot_has_drawn():
    a_pool_lends()
    world.a_lead()  # one in fifty
    with login("owner") as owner:
        owner.execute("alter table review_reexamination disable trigger user")
        owner.execute("alter table review_reexaminationwaiting disable trigger user")
        owner.execute("alter table review_reexaminationwaiting disable trigger goes_with_its_result")
        owner.execute("delete from review_reexaminationwaiting")
        owner.execute("delete from review_reexamination")
        owner.execute(
            "insert into review_reexamination(case_id, lender_id, chosen, nonce, commitment) "
            "select c.id, a.id, true, 'n', lot_of(c.ref, a.ori, true, 'n') from cases_case c, people_agency a where a.ori = 'XX0020000'"
        )
    put = (
        "insert into review_reexaminationturn(reexamination_id, reviewer_id, attempt, seed, code) "
        "select c.id, p.id, 1, 1, 'X' from cases_case c, people_person p where p.username = 'cleo'"
    )
    refused("owner", put, "CS014")


def test_what_was_told_stays(lead):
    examined_again(lead.case, -2)
    assert ReexaminationResult.objects.count() == 1
    for table in ("", "turn", "nonmate", "step", "end", "result"):
        refused("owner", f"delete from review_reexamination{table}", "CS003")
    refused("owner", "update review_reexaminationresult set agrees = true", "CS003")
    refused("owner", "update review_reexamination set chosen = false", "CS003")
    assert again_of("cleo").over


MOVES_OR_OPENS = """
with recursive reads(oid) as (
  select f.oid from pg_proc f join pg_namespace n on n.oid = f.pronamespace
   where n.nspname = 'public' and (f.proname = any (%s) or f.proname ~ '^g[0-9]+[a-z]*_')
  union
  select c.oid from reads r join pg_proc f on f.oid = r.oid
    join pg_proc c on c.proname <> f.proname and f.prosrc ~ ('\\m' || c.proname || '\\(') join pg_namespace n on n.oid = c.pronamespace and n.nspname = 'public'
) select f.proname from reads r join pg_proc f on f.oid = r.oid where f.prosrc ~ 'reexamination'
"""


def test_no_gate_join_or_lead_reads_any_of_it():
    """Every function that a gate, a joining, a lead or a signature calls, however far down."""
    begin = ["gate_reasons", "countersignature_holds", "without_face_reasons", "items_weighed", "review_lead_needs_its_conclusions", "sorting_settled",
             "kept_candidates", "counts_as_drawn", "ratings_of_same_person", "apart_as_reviewer", "parts_in", "note_waiting", "trials_of_seed", "ends_as_known"]  # fmt: skip
    with login("owner") as owner:
        found = [name for (name,) in owner.execute(MOVES_OR_OPENS, [begin]).fetchall()]
        (known,) = owner.execute("select count(*) from pg_proc where proname = any (%s)", [begin]).fetchone() or (0,)
    assert known == len(begin)
    assert found == []
