"""No login moves a case otherwise than along the table with its entry: every way round, on committed data, judged by what is there after."""

import json
import threading
import time

import psycopg
import pytest
from django.core import serializers
from django.db import DatabaseError, connection, transaction

from cases.models import Case, Move
from ledger.models import Entry
from review.models import Conclusion, Countersignature
from tests import world
from tests.database import login

PROCESSES = ("app", "intake", "worker", "auditor")
DETAILS = json.dumps({"by": "attack"})


def snapshot() -> tuple[object, ...]:
    with login("owner") as owner:
        return tuple(
            tuple(owner.execute(sql).fetchall())
            for sql in (
                "select ref, state from cases_case order by 1",
                "select case_id, act, source, target from cases_move order by 1, id",
                "select candidate_id, by_id, rating from review_conclusion order by 1, 2",
                "select ref, state from review_countersignature order by 1",
                "select countersignature_id, signed from review_decision order by 1",
                "select seq, kind, body from ledger_entry where kind <> 'look' order by 1",
                "select act, source, target, mover from cases_transition order by 1, 2, 3",
                "select ahead_by from ledger_clock",
                "select candidate_id, rank, score from cases_sealedscore order by 1",
                "select person_id, role from people_roleheld order by 1, 2",
                "select pack, digest from cases_policy order by id",
            )
        )


@pytest.fixture
def committed(transactional_db):
    """A case at FIT with its list, a lead with a request for an arrest that is not ready, all committed."""
    lead = world.a_lead("25-lead")
    request = world.asked(lead)
    case = world.requested("25-case", "p013")
    return case, lead, request


@pytest.mark.django_db(transaction=True)
def test_through_the_orm(committed):
    case, _, request = committed
    before = snapshot()
    found = Case.objects.get(pk=case.pk)
    attempts = {
        "save": lambda: found.save(),
        "assign": lambda: setattr(found, "state", "LEAD"),
        "update": lambda: Case.objects.filter(pk=case.pk).update(state="LEAD"),
        "bulk_update": lambda: Case.objects.bulk_update([found], ["state"]),
        "create": lambda: Case.objects.create(
            ref="FR-2026-777777", agency=case.agency, investigation=case.investigation, state="LEAD", track="suspect", door="person", searched_before_screening=False
        ),
        "bulk_create": lambda: Case.objects.bulk_create([Case(ref="FR-2026-777778", agency=case.agency, investigation=case.investigation, state="LEAD", searched_before_screening=False)]),
        "constructor": lambda: Case(pk=case.pk, ref=case.ref, agency=case.agency, investigation=case.investigation, state="LEAD", searched_before_screening=False).save(),
        "delete": lambda: Case.objects.filter(pk=case.pk).delete(),
        "countersignature update": lambda: Countersignature.objects.filter(ref=request).update(state="SIGNED"),
        "countersignature create": lambda: Countersignature.objects.create(ref="CS-X", lead_id=1, action_id="arrest", state="SIGNED", asked_by_id=1),
        "conclusion": lambda: Conclusion.objects.create(candidate_id=1, by_id=1, rating=3, grounds="x"),
        "move": lambda: Move.objects.create(case=case, act="join", source="FIT", target="LEAD", entry=1),
        "entry": lambda: Entry.objects.update(body=b"{}"),
    }  # fmt: skip
    for name, attempt in attempts.items():
        with pytest.raises((DatabaseError, AttributeError)), transaction.atomic():
            attempt()
            raise AssertionError(name)
    assert snapshot() == before


@pytest.mark.django_db(transaction=True)
def test_through_loaddata(committed):
    case, _, _ = committed
    before = snapshot()
    fixture = serializers.serialize("json", [Case.objects.get(pk=case.pk)]).replace('"RECEIVED"', '"LEAD"')

    with pytest.raises(DatabaseError):
        for each in serializers.deserialize("json", fixture):
            each.save()

    assert snapshot() == before


@pytest.mark.django_db(transaction=True)
def test_through_an_admin_that_somebody_installs(committed, rf):
    """Django's admin is not installed; were it, its save would end at the same wall."""
    admin = pytest.importorskip("django.contrib.admin.sites")
    case, _, _ = committed
    before = snapshot()
    found = Case.objects.get(pk=case.pk)
    found.__dict__["state"] = "LEAD"

    with pytest.raises(DatabaseError):
        # ModelAdmin.save_model is obj.save()
        assert admin
        found.save()

    assert snapshot() == before


RAW = (
    "update cases_case set state = 'LEAD'",
    "update cases_case set state = 'LEAD' where ref = '{case}'",
    "insert into cases_case(ref, agency_id, investigation_id, state, track, door, searched_before_screening) values ('FR-2026-1', 1, 1, 'RECEIVED', 'suspect', 'person', false)",
    "delete from cases_case",
    "truncate cases_case cascade",
    "merge into cases_case c using (select 1) s on c.ref = '{case}' when matched then update set state = 'LEAD'",
    "select cases_move('{case}', 'screen', 'ELIGIBLE', 'machine', null, '{{}}')",
    "select cases_move('{case}', 'close', 'CLOSED', 'person', 1, '{{}}')",
    "select person_move('{case}', 'screen', 'ELIGIBLE', 1, '{{}}')",
    "select machine_move('{case}', 'close', 'CLOSED', '{{}}')",
    "select machine_move('{case}', 'join', 'LEAD', '{{}}')",
    "select person_move('{case}', 'join', 'LEAD', 1, '{{}}')",
    "select person_move('{case}', 'close', 'CLOSED', 999999, '{{}}')",
    "insert into cases_move(case_id, act, source, target, entry) values (1, 'join', 'FIT', 'LEAD', 999999)",
    "delete from cases_moved",
    "insert into cases_transition(act, source, target, mover) values ('screen', 'RECEIVED', 'LEAD', 'machine')",
    "update cases_transition set target = 'LEAD'",
    "insert into ledger_entry(kind, subject, body, leaf) values ('join', '{case}', 'x', 'x')",
    "update ledger_entry set body = 'x'",
    "delete from ledger_entry",
    "truncate ledger_entry cascade",
    "select ledger_write('join', '{case}', '{{}}')",
    "select ledger_append('join', '{case}', '{{}}')",
    "select ledger_append('countersign', '{request}', '{{}}')",
    "update ledger_clock set ahead_by = interval '10 years'",
    "insert into review_conclusion(candidate_id, by_id, rating, grounds) values (1, 1, 3, 'x')",
    "update review_conclusion set rating = 3",
    "delete from review_conclusion",
    "insert into review_sorting(candidate_id, by_id, kept, reason) values (1, 1, true, 'x')",
    "insert into review_setaside(drawn_id, because) values (1, 'non_mate_supported')",
    "insert into review_nonmate(agency_id, image_id, subject_ref, source, source_document, original_sha256) values (1, gen_random_uuid(), 'x', 'synthetic', 'x', 'x')",
    "insert into review_nonmateshown(drawn_id, non_mate_id, token, again) values (1, 1, gen_random_uuid(), true)",
    "insert into review_nonmaterating(shown_id, rating, grounds) values (1, -3, 'x')",
    "select show_non_mates(1)",
    "insert into review_drawn(case_id, reviewer_id, turn, seed) values (1, 1, 1, 1)",
    "update review_countersignature set state = 'SIGNED'",
    "insert into review_countersignature(ref, lead_id, action, place, because, state, asked_by_id) values ('CS-9', 1, 'arrest', 'x', '', 'SIGNED', 1)",
    "insert into review_decision(countersignature_id, by_id, signed, sentence, reasons, rests_on, policy_digest, entry) values (1, 1, true, 'x', '{{}}', '{{}}', '', 1)",
    "delete from review_decision",
    "insert into cases_policy(pack, title, digest, source, proposal_id, first_adopter_id, second_adopter_id) values ('x', 'x', 'x', 'x', 1, 1, 2)",
    "update cases_policynumber set value = 1",
    "delete from cases_policyoffence",
    "insert into people_roleheld(person_id, role, from_on) values (1, 'supervisor', '2020-01-01')",
    "insert into people_training(person_id, subject, passed_on, valid_until, certificate) values (1, 'face_comparison', '2020-01-01', '2030-01-01', 'x')",
    "update people_person set is_active = true, unit_id = 1",
    "insert into review_evidencekind(kind, channel, judgement, passes_on) values ('x', 'record', false, false)",
    "update review_action set demands = '{{}}'",
    "delete from cases_storedimage",
    "update cases_candidate set subject_ref = 'x'",
    "delete from cases_look",
    "set session authorization owner",
    "set role owner",
    "set session_replication_role = replica",
    "alter table cases_case disable trigger all",
    "create or replace function gate_reasons(of_lead bigint, of_action text) returns text[] language sql as 'select ''{{}}''::text[]'",
    "create or replace function policy_in_force() returns bigint language sql as 'select 1::bigint'",
    "drop trigger only_the_state_moves on cases_case",
    "create rule r as on update to cases_case do instead nothing",
    "create table public.people_person2 (id int)",
    "grant all on cases_case to public",
    "grant owner to current_user",
    "alter role current_user superuser",
    "create role evil superuser",
    "do $$ begin update cases_case set state = 'LEAD'; end $$",
    "copy cases_case(ref, state) from '/dev/null'",
    "copy cases_case to program 'id'",
    "with x as (update cases_case set state = 'LEAD' returning 1) select * from x",
    "prepare p as update cases_case set state = 'LEAD'; execute p",
)  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_as_every_login_by_raw_sql(committed):
    """Judged by the end state, not by the error: a GRANT that one may not give only warns."""
    case, _, request = committed
    before = snapshot()
    tried = 0
    for role in PROCESSES:
        with login(role) as intruder:
            for sql in RAW:
                tried += 1
                try:
                    intruder.execute(sql.format(case=case.ref, request=request))
                except psycopg.Error:
                    intruder.rollback()
                intruder.execute("reset role")
    after = snapshot()
    assert after == before, "the records differ"
    assert tried == len(RAW) * len(PROCESSES)


@pytest.mark.django_db(transaction=True)
def test_shadowing_tables_and_functions_in_the_temporary_schema_changes_nothing(committed):
    case, lead, request = committed
    before = snapshot()
    with login("app") as intruder:
        for sql in (
            "create temp table review_evidence (id bigint, lead_id bigint, direction text)",
            "create temp table cases_policy (id bigint)",
            "create temp table people_roleheld (person_id bigint, role text, from_on date, until_on date)",
            "set search_path = pg_temp, public",
        ):
            intruder.execute(sql)
        sol = world.person("sol").pk
        answer = intruder.execute("select public.countersign(%s, %s, true, 'I would', '{}', '{}')", [request, sol]).fetchone()
    assert answer[0]["state"] == "ASKED"
    assert answer[0]["reasons"] == ["gates_disagree"]
    after = snapshot()
    assert [rows for rows, same in zip(after, before, strict=True) if rows != same] == [after[5]], "only the alarm was written"
    assert after[5][-1][1] == "gates_disagree"


@pytest.mark.django_db(transaction=True)
def test_the_owner_too_cannot_move_a_case_without_its_entry(committed):
    case, _, _ = committed
    before = snapshot()
    with login("owner") as owner:
        with pytest.raises(psycopg.Error, match="without its own entry"):
            owner.execute("update cases_case set state = 'CLOSED' where ref = %s", [case.ref])
        with pytest.raises(psycopg.Error, match="begins at RECEIVED"):
            owner.execute(
                "insert into cases_case(ref, agency_id, investigation_id, state, track, door, searched_before_screening) "
                "select 'FR-2026-9', agency_id, investigation_id, 'LEAD', 'suspect', 'person', false from cases_case limit 1"
            )
        with pytest.raises(psycopg.Error, match="opened without an entry"):
            owner.execute(
                "insert into cases_case(ref, agency_id, investigation_id, state, track, door, searched_before_screening) "
                "select 'FR-2026-9', agency_id, investigation_id, 'RECEIVED', 'suspect', 'person', false from cases_case limit 1"
            )
        with pytest.raises(psycopg.Error, match="without its own entry"), owner.transaction():
            owner.execute("select machine_move(%s, 'screen', 'INELIGIBLE', '{}')", [case.ref])
            owner.execute("update cases_case set state = 'RECEIVED' where ref = %s", [case.ref])
            owner.execute("update cases_case set state = 'INELIGIBLE' where ref = %s", [case.ref])
        with pytest.raises(psycopg.Error, match="stay as they are"):
            owner.execute("update ledger_entry set subject = 'x'")
        for change in (
            "ref = 'FR-2026-000999'",
            "received_at = received_at + interval '1 microsecond'",
            "requested_by_id = null",
            "searched_before_screening = not searched_before_screening",
            "state = 'CLOSED', track = 'missing'",
        ):
            with pytest.raises(psycopg.Error, match="nothing but the state"):
                owner.execute(f"update cases_case set {change} where ref = %s", [case.ref])
        with pytest.raises(psycopg.Error, match="no decision"):
            owner.execute("update review_countersignature set state = 'SIGNED'")
    assert snapshot() == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", ["kind", "subject", "at"])
def test_nobody_gives_an_entry_another_kind_subject_or_time(transactional_db, key):
    with login("app") as app, pytest.raises(psycopg.Error) as no:
        app.execute("select ledger_append('add_edge', 'FR-1', jsonb_build_object(%s::text, 'x'))", [key])
    assert no.value.sqlstate == "CS006"
    assert not Entry.objects.filter(subject="FR-1").exists()


@pytest.mark.django_db(transaction=True)
def test_the_machines_door_opens_no_case_that_no_screening_found_eligible(transactional_db):
    case = world.requested("25-unscreened", "p013")
    screening = "insert into cases_screening(case_id, policy_id, eligible, reasons, refused_by) select %s, max(id), %s, '{}', '{}' from cases_policy having max(id) > 0"
    for found in ((), (False,), (True, False)):
        with login("worker") as worker, pytest.raises(psycopg.Error) as no, worker.transaction():
            for eligible in found:
                worker.execute(screening, [case.pk, eligible])
            worker.execute("select machine_move(%s, 'screen', 'ELIGIBLE', %s)", [case.ref, DETAILS])
        assert no.value.sqlstate == "CS013", found
    assert world.again(case).state == "RECEIVED"


@pytest.mark.django_db(transaction=True)
def test_what_waited_for_the_lock_is_dated_after_it(transactional_db):
    case, other = world.requested("25-lock", "p013"), world.requested("25-lock-2", "p016")
    one, two = sorted((case.investigation_id, other.investigation_id))
    dated: dict[str, object] = {}

    def write(name: str, sql: str, *params: object) -> None:
        with login("worker") as worker:
            dated[name] = worker.execute(sql, params).fetchone()[0]

    rows = {
        "screening": (
            "insert into cases_screening(case_id, policy_id, eligible, reasons, refused_by, at) "
            "select %s, max(id), false, '{}', '{}', '2020-01-01' from cases_policy returning at",
            case.pk,
        ),
        "link": (
            "insert into cases_investigationlink(one_id, other_id, because, linked_at) values (%s, %s, 'same_person', '2020-01-01') "
            "returning linked_at",
            one,
            two,
        ),
    }
    with login("app") as app, app.transaction():
        app.execute("select lock_investigation(%s, true)", [case.investigation_id])
        threads = [threading.Thread(target=write, args=(name, *row)) for name, row in rows.items()]
        for thread in threads:
            thread.start()
        time.sleep(0.4)
        (until,) = app.execute("select house_now()").fetchone()
    for thread in threads:
        thread.join()
    assert {name: at >= until for name, at in dated.items()} == {"screening": True, "link": True}


@pytest.mark.django_db(transaction=True)
def test_two_workers_that_race_move_a_case_once(transactional_db):
    case = world.requested("25-race", "p013")
    moved, refused = [], []

    def race() -> None:
        with login("worker") as worker:
            try:
                worker.execute("select machine_move(%s, 'screen', 'INELIGIBLE', %s)", [case.ref, DETAILS])
                moved.append(1)
            except psycopg.Error as no:
                refused.append(no.sqlstate)

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(moved), refused) == (1, ["CS001"] * 7)
    assert Move.objects.filter(case=case).count() == 1
    assert Entry.objects.filter(subject=case.ref, kind="screen").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_supervisors_that_race_sign_once(transactional_db):
    _, request = world.ready_to_sign("25-signers")
    sol = world.person("sol").pk
    answers = []

    def race() -> None:
        with login("app") as app:
            answers.append(app.execute("select countersign(%s, %s, true, 'I would', '{}', '{}')", [request, sol]).fetchone()[0])

    threads = [threading.Thread(target=race) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(tuple(a["reasons"]) for a in answers) == [(), *[("not_waiting",)] * 5]
    assert Entry.objects.filter(subject=request, kind="countersign").count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_pages_cannot_read_a_score_nor_a_key(committed):
    for sql in ("select * from cases_sealedscore", "select score from cases_sealedscore", "select key_sha256 from cases_sourcesystem"):
        for role in ("app", "intake"):
            with login(role) as reader, pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(sql)


@pytest.mark.django_db(transaction=True)
def test_the_machines_door_reads_nothing(committed):
    with login("owner") as owner:
        tables = [t for (t,) in owner.execute("select tablename from pg_tables where schemaname = 'public'")]
    with login("intake") as door:
        for table in tables:
            if table in ("ledger_clock", "django_migrations", "django_content_type"):
                continue
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                door.execute(f'select 1 from "{table}"')


@pytest.mark.django_db
def test_no_login_of_a_running_process_is_superuser_or_owns_a_table():
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolname from pg_roles where rolname = any(%s) and (rolsuper or rolcreaterole or rolbypassrls)", [list(PROCESSES)]
        )
        assert cursor.fetchall() == []
        cursor.execute("select distinct tableowner from pg_tables where schemaname = 'public'")
        assert cursor.fetchall() == [("owner",)]
        cursor.execute(
            "select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' and prosecdef "
            "and not coalesce(proconfig::text, '') like '%search_path=pg_catalog%pg_temp%'"
        )
        assert cursor.fetchall() == []
        cursor.execute(
            "select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace "
            "where n.nspname = 'public' and has_function_privilege('public', p.oid, 'execute')"
        )
        assert cursor.fetchall() == []
