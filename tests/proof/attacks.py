"""Attacks as every login, generated from the catalogue and tried on committed data; judged by what is there afterwards, not by the error."""

import json
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Any

import psycopg

from ledger.clock import house_now
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.ask import ask
from review.acts.close import close
from review.models import Lead
from review.replay.forms import scripted
from review.rules.feature_form import CLOSER_LOOK
from tests import world
from tests.database import login
from tests.proof.table import Proof

LOGINS = ("app", "intake", "worker", "auditor")

# Each section is one value that an attack must leave as it is. Rows that a login may rightly add are no section.
SECTIONS = {
    "cases": "select ref, state from cases_case order by 1",
    "moves": "select id, case_id, act, source, target, by_id, entry from cases_move order by 1",
    "examination": "select 1, id, case_id, reviewer_id, turn from review_drawn union all select 2, id, candidate_id, by_id, rating from review_conclusion "
    "union all select 3, id, candidate_id, by_id, kept::int from review_sorting order by 1, 2",
    "leads": "select id, candidate_id from review_lead order by 1",
    "probe checks": "select id, case_id, grade from review_probecheck order by 1",
    "countersignatures": "select ref, state, act_by from review_countersignature order by 1",
    "decisions": "select id, countersignature_id, signed, entry from review_decision order by 1",
    "gate": "select s.ref, gate_reasons(s.lead_id, s.action), countersignature_holds(s.ref) from review_countersignature s order by 1",
    "custody": "select id, lead_id from review_custody order by 1",
    "policies": "select p.id, p.digest, n.name, n.value from cases_policy p join cases_policynumber n on n.policy_id = p.id order by 1, 3",
    "offences": "select policy_id, code from cases_policyoffence union all select policy_id, code from cases_policyexculpatory order by 1, 2",
    "tables of rules": "select act || source || target || mover from cases_transition union all select action || demands::text || standing_apart from review_action "
    "union all select kind || channel || traits::text from review_evidencekind union all select act || source || target from review_countersignaturetransition "
    "union all select kind || function_only from ledger_kind order by 1",
    "persons": "select p.id, p.is_active, p.unit_id, r.role, r.from_on, r.until_on from people_person p left join people_roleheld r on r.person_id = p.id order by 1, 4",
    "units": "select id, person_id, unit_id, from_at from people_unitheld order by 1",
    "training": "select person_id, subject, passed_on, valid_until from people_training order by 1, 2",
    "trials": "select id, person_id, source, case_key, mated, answer from people_trial order by 1",
    "scores": "select candidate_id, rank, score from cases_sealedscore order by 1",
    "looks": "select count(*), min(id) from cases_look",
    "clock": "select ahead_by from ledger_clock",
    "log": "select index, entry_id from ledger_leaf where index < 5 order by 1",
    "functions": "select p.oid, md5(pg_get_functiondef(p.oid)), p.proacl::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' order by 1",
    "triggers": "select t.oid, t.tgenabled, pg_get_triggerdef(t.oid) from pg_trigger t order by 1",
    "tables": "select c.oid, c.relname, c.relkind, c.relowner, c.relacl::text, c.relrowsecurity from pg_class c join pg_namespace n on n.oid = c.relnamespace "
    "where n.nspname = 'public' order by 1",
    "columns": "select a.attrelid, a.attnum, a.attname, a.attacl::text from pg_attribute a join pg_class c on c.oid = a.attrelid "
    "join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' order by 1, 2",
    "constraints": "select oid, pg_get_constraintdef(oid) from pg_constraint order by 1",
    "rules and policies": "select oid, ev_enabled::text from pg_rewrite union all select oid, polname from pg_policy order by 1",
    "operators and casts": "select count(*) from pg_operator union all select count(*) from pg_cast union all select count(*) from pg_event_trigger",
    "schemas": "select oid, nspacl::text from pg_namespace where nspname !~ '^pg_t' order by 1",
    "roles": "select rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication, rolcanlogin from pg_roles order by 1",
    "memberships": "select roleid, member, admin_option from pg_auth_members order by 1, 2",
    "settings of roles": "select setdatabase, setrole, setconfig from pg_db_role_setting where setdatabase <> 0 order by 1, 2",
}
ENTRIES = "select coalesce(md5(string_agg(seq || kind || subject || encode(leaf, 'hex'), ',' order by seq)), '') from ledger_entry where seq <= %s"

# What must never be, whoever did what: asked after the doors were used, because a login may rightly use its own.
NEVER = {
    "a state that its moves do not lead to": "select ref from cases_case c where state <> coalesce((select target from cases_move m where m.case_id = c.id "
    "order by id desc limit 1), 'RECEIVED')",
    "a move without its entry": "select m.id from cases_move m where not exists (select 1 from ledger_entry e where e.seq = m.entry and e.kind = m.act)",
    "a move beside the table": "select m.id from cases_move m where not exists (select 1 from cases_transition t where (t.act, t.source, t.target) = (m.act, m.source, m.target))",
    "a lead state without a lead": "select ref from cases_case c where state = 'LEAD' and not exists (select 1 from review_lead l where l.case_id = c.id)",
    "a lead without two who support": "select l.ref from review_lead l where (select count(distinct by_id) from review_conclusion k where k.candidate_id = l.candidate_id and rating >= 1) < 2",
    "a probe found fit by nobody": "select c.ref from cases_case c join cases_move m on m.case_id = c.id and m.act = 'check_probe' where not exists "
    "(select 1 from review_probecheck p where p.case_id = c.id)",
    "closed by a person without a reason": "select c.ref from cases_case c join cases_move m on m.case_id = c.id and m.act = 'close' where not exists "
    "(select 1 from review_disposition d where d.case_id = c.id)",
    "a conclusion by somebody not drawn": "select c.id from review_conclusion c join cases_candidate k on k.id = c.candidate_id where not exists "
    "(select 1 from review_drawn d where d.case_id = k.case_id and d.reviewer_id = c.by_id)",
    "signed without its decision": "select s.ref from review_countersignature s where s.state in ('SIGNED', 'STARTED') and not exists "
    "(select 1 from review_decision d join ledger_entry e on e.seq = d.entry and e.kind = 'countersign' where d.countersignature_id = s.id and d.signed and d.reasons = '{}')",
    "signed while its gate was shut": "select s.ref from review_countersignature s where s.state in ('SIGNED', 'STARTED') and s.place = 'shut'",
}

TABLE_ATTACKS = (
    "insert into {t} default values",
    "insert into {t} select * from {t} limit 1",
    "insert into {t}({c}) select {c} from {t} limit 1",
    "insert into {t}({f}) select {f} from {t} limit 1 on conflict do nothing",
    "insert into {t} overriding system value select * from {t} limit 1 on conflict do nothing",
    "update {t} set {f1} = {f1}",
    "update only {t} set ({f}) = (select {f} from {t} limit 1)",
    "delete from {t}",
    "delete from {t} using (values (1)) v where true",
    "truncate {t} cascade",
    "truncate only {t} restart identity",
    "merge into {t} a using {t} b on a.ctid = b.ctid when matched then update set {f1} = b.{f1}",
    "merge into {t} a using {t} b on a.ctid = b.ctid when matched then delete",
    "merge into {t} a using (values (1)) v on false when not matched then insert default values",
    "select 1 from {t} for update",
    "select 1 from {t} for share",
    "copy {t} from '/dev/null'",
    "copy {t} from program 'true'",
    "copy {t} to program 'cat > /dev/null'",
    "with gone as (delete from {t} returning 1) select count(*) from gone",
    "with new as (update {t} set {f1} = {f1} returning 1) select count(*) from new",
    "do $$ begin delete from {t}; end $$",
    "do $$ begin execute 'update {t} set {f1} = {f1}'; end $$",
    "do $$ begin lock table {t} in access exclusive mode nowait; raise exception 'locked'; end $$",
    "prepare p as delete from {t}; execute p",
    "create rule r as on insert to {t} do instead nothing",
    "create rule r as on update to {t} do also delete from {t}",
    "create function pg_temp.f() returns trigger language plpgsql as 'begin return null; end'; create trigger x before insert on {t} execute function pg_temp.f()",
    "alter table {t} disable trigger all",
    "alter table {t} disable trigger user",
    "alter table {t} owner to current_user",
    "alter table {t} add column x int",
    "alter table {t} rename to gone",
    "alter table {t} set schema pg_temp",
    "alter table {t} enable row level security",
    "create policy x on {t} using (false)",
    "drop table {t} cascade",
    "grant all on {t} to current_user with grant option",
    "grant all on {t} to public",
    "revoke all on {t} from owner cascade",
    "comment on table {t} is 'x'",
    "security label on table {t} is 'x'",
    "create index on {t}(({f1}))",
    "create statistics s on {f1} from {t}",
    "create temp table kid () inherits ({t})",
    "create temp table kid (x bigint references {t})",
    "create table public.kid (like {t})",
    "create view public.kid as select * from {t}",
    "create temp view kid as select * from {t}; delete from kid",
    "create materialized view public.kid as select 1",
    "analyze {t}; vacuum full {t}",
    "cluster {t}",
    "reindex table {t}",
    # a table of the same name in the temporary schema, before every door that reads it
    "create temp table {n} as select * from {t} with no data; set search_path = pg_temp, public; "
    "select public.countersign('{request}', {sol}, true, 'I would', '{{}}', '{{}}')",
    "create temp table {n} as select * from {t} with no data; set search_path = pg_temp, pg_catalog; select public.countersignature_holds('{request}')",
    "create temp view {n} as select null::bigint as id, null::bigint as lead_id; set search_path = pg_temp, public; select public.start('{request}', {dana}, '{{}}')",
)  # fmt: skip

COLUMN_ATTACKS = ("update {t} set {f1} = default", "update {t} set {f1} = {f1}", "merge into {t} a using {t} b on false when not matched then insert ({f1}) values (default)")  # fmt: skip

ROUTES = (
    *(f"set role {role}" for role in ("owner", "app", "intake", "worker", "auditor", "tester", "postgres", "pg_write_all_data", "pg_execute_server_program")),
    *(f"set session authorization {role}" for role in ("owner", "postgres", "worker", "app")),
    *(f"set {setting}" for setting in ("session_replication_role = replica", "session_replication_role = local", "zero_damaged_pages = on", "allow_system_table_mods = on", "row_security = off",
       "lo_compat_privileges = on", "ignore_system_indexes = on", "session_preload_libraries = 'auto_explain'", "local_preload_libraries = '/tmp/x'")),
    *(f"grant {role} to current_user" for role in ("owner", "app", "worker", "postgres", "pg_read_all_data", "pg_write_all_data", "pg_write_server_files", "pg_signal_backend")),
    *(f"alter role {role}" for role in ("current_user superuser", "current_user createrole", "current_user bypassrls", "owner password 'x'", "postgres nologin", "all set search_path = pg_temp", "owner set role = worker")),
    "create role evil login", "create user evil superuser", "drop role worker", "drop owned by owner", "reassign owned by owner to current_user",
    "create database evil", "drop schema public cascade", "create schema evil", "alter schema public owner to current_user", "grant all on schema public to current_user",
    "alter database {database} owner to current_user", "alter database {database} set search_path = pg_temp", "alter database {database} set session_replication_role = replica",
    "alter system set session_replication_role = replica", "select set_config('session_replication_role', 'replica', false)", "select pg_reload_conf()",
    "alter default privileges grant all on tables to public", "create extension dblink", "create extension file_fdw", "create language plpython3u", "load 'auto_explain'",
    "create server evil foreign data wrapper postgres_fdw", "create publication evil for all tables", "create subscription evil connection 'x' publication x",
    "select pg_read_file('pg_hba.conf')", "select pg_read_binary_file('pg_hba.conf')", "select pg_ls_dir('.')", "select pg_stat_file('pg_hba.conf')", "select lo_import('/etc/passwd')",
    "select lo_export(1, '/tmp/x')", "select lo_from_bytea(0, 'x')", "select lo_put(1, 0, 'x')", "delete from pg_largeobject", "select pg_create_restore_point('x')", "select pg_switch_wal()",
    "select pg_logical_emit_message(true, 'x', 'x')", "select pg_create_logical_replication_slot('x', 'pgoutput')", "select pg_export_snapshot()", "select pg_current_xact_id()",
    "update pg_authid set rolsuper = true", "update pg_proc set prosecdef = false", "update pg_trigger set tgenabled = 'D'", "delete from pg_trigger", "update pg_class set relowner = 10",
    "select rolpassword from pg_authid", "select passwd from pg_shadow", "prepare transaction 'x'", "begin; prepare transaction 'x'",
    "create function public.gate_reasons(bigint, text) returns text[] language sql as 'select ''{{}}''::text[]'",
    "create or replace function public.gate_reasons(of_lead bigint, of_action text) returns text[] language sql as 'select ''{{}}''::text[]'",
    "create function pg_temp.gate_reasons(bigint, text) returns text[] language sql as 'select ''{{}}''::text[]'; set search_path = pg_temp, public; "
    "select public.countersign('{request}', {sol}, true, 'I would', '{{}}', '{{}}')",
    "create function pg_temp.person_holds(bigint, text, date) returns boolean language sql as 'select true'; set search_path = pg_temp, public; "
    "select public.countersign('{request}', {dana}, true, 'I would', '{{}}', '{{}}')",
    "create function pg_temp.house_now() returns timestamptz language sql as 'select timestamptz ''2020-01-01'''; set search_path = pg_temp, public; select public.countersignature_holds('{request}')",
    "create function pg_temp.yes(text, text) returns boolean language sql as 'select true'; create operator pg_temp.= (leftarg = text, rightarg = text, function = pg_temp.yes); "
    "set search_path = pg_temp, public; select public.countersign('{request}', {sol}, true, 'I would', '{{}}', '{{}}')",
    "create function pg_temp.yes(bigint) returns boolean language sql as 'select true'; create cast (bigint as boolean) with function pg_temp.yes(bigint) as implicit",
    "create type pg_temp.review_countersignature as (id bigint); set search_path = pg_temp, public; select public.countersignature_holds('{request}')",
    "create domain pg_temp.text as pg_catalog.text; set search_path = pg_temp, public; select public.start('{request}', {dana}, '{{}}')",
    "create aggregate pg_temp.bool_or(boolean) (sfunc = booland_statefunc, stype = boolean); set search_path = pg_temp, public; select public.countersignature_holds('{request}')",
    "create event trigger x on ddl_command_start execute function public.ledger_frozen()", "create trigger x before insert on pg_class execute function public.ledger_frozen()",
    "select public.ledger_frozen()", "do $$ begin perform public.ledger_write('countersign', '{request}', '{{}}'); end $$",
    "do $$ begin for n in 1..200 loop perform pg_notify('x', n::text); end loop; end $$", "listen x; notify x, 'SIGNED'",
    "do $$ begin perform pg_advisory_lock(n) from generate_series(1, 200) n; perform pg_advisory_unlock_all(); end $$",
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'owner'", "select pg_cancel_backend(pid) from pg_stat_activity where usename <> current_user",
    "select nextval('public.cases_case_number')", "select setval('public.review_countersignature_number', 1)", "select setval(pg_get_serial_sequence('public.ledger_entry', 'seq'), 1)",
    "alter sequence public.cases_case_number restart", "begin isolation level serializable; select public.countersign('{request}', {sol}, true, 'I would', '{{}}', '{{}}'); commit",
    "set constraints all deferred; update public.cases_case set locked_at = null; commit", "set default_transaction_read_only = off; update public.cases_case set state = 'LEAD'",
    "set transform_null_equals = on; select public.countersign('{request}', null, true, 'I would', null, '{{}}')",
    "declare c cursor with hold for select 1 from public.cases_case; update public.cases_case set state = 'LEAD' where current of c",
    "explain analyze update public.cases_case set state = 'LEAD'", "create temp table t as select public.countersign('{request}', {sol}, true, 'I would', '{{}}', '{{}}')",
    "savepoint s; update public.cases_case set locked_at = now(); rollback to s", "call pg_temp.x()", "fetch all from x", "discard all",
)  # fmt: skip


@dataclass(frozen=True)
class Stage:
    """What is on file when the attacks begin: a request whose gate is shut, one that is signed, and cases in other states."""

    request: str
    signed: str
    cases: dict[str, str]
    leads: tuple[str, ...]
    people: dict[str, int]


def stage() -> Stage:
    """Build it by walking real acts; everything is committed."""
    shut = lead_on("p012", "25-shut")
    _, request = ask(by=world.person("dana"), at=house_now(), lead_ref=shut.ref, action="arrest", place="shut", because="")
    ready = lead_on("p013", "25-ready")
    world.an_item(ready)
    world.cleared_tests(ready)
    world.papers_filed(ready)
    signed = world.asked(ready)
    world.must(world.signed(signed))
    gap = world.examined(world.searched("25-gap", "p014"), ratings=(3, 1), face="p014")
    assert gap.state == "DISPUTED"
    cases = {
        "LEAD": shut.case.ref,
        "DISPUTED": gap.ref,
        "FIT": world.searched("25-fit", "p015").ref,
        "ELIGIBLE": world.screened(world.requested("25-eligible", "p016")).ref,
        "RECEIVED": world.requested("25-new", "p017").ref,
    }
    people = {
        name: world.person(name).pk
        for name in ("dana", "aris", "ada", "ben", "cleo", "cora", "cody", "sol", "rex", "lea", "mia", "petra", "paul")
    }
    with login("worker") as worker:
        worker.execute("select * from ledger_sequence(20000)")
    return Stage(str(request), signed, cases, (shut.ref, ready.ref), people)


def lead_on(face: str, agency_case: str) -> Lead:
    """A LEAD on the face that was searched for."""
    case = world.examined(world.searched(agency_case, face), face=face)
    assert case.state == "LEAD", (face, case.state)
    return Lead.objects.select_related("case", "candidate").get(case=case, candidate__subject_ref=face)


Connection = psycopg.Connection[tuple[Any, ...]]


class Judge:
    """Looks as the owner, before and after."""

    def __init__(self, owner: Connection) -> None:
        self.owner = owner
        self.said: set[str] = set()
        self.seen, self.last, self.entries = self._look()

    def _look(self) -> tuple[dict[str, object], int, object]:
        one = " union all ".join(
            f"select '{name}', (select md5(coalesce(string_agg(x::text, chr(10)), '')) from ({sql}) x)" for name, sql in SECTIONS.items()
        )
        (last,) = self.owner.execute("select coalesce(max(seq), 0) from ledger_entry").fetchone() or (0,)
        (entries,) = self.owner.execute(ENTRIES, [last]).fetchone() or ("",)
        return {str(name): value for name, value in self.owner.execute(one)}, int(last), entries

    def differs(self, *, may_change: Sequence[str] = (), may_write: Sequence[str] = ()) -> list[str]:
        """Return what is no longer as it was, and look at it anew."""
        before, last, entries = self.seen, self.last, self.entries
        found = []
        (kept,) = self.owner.execute(ENTRIES, [last]).fetchone() or ("",)
        if kept != entries:
            found.append("entries changed")
        kinds = {str(kind) for (kind,) in self.owner.execute("select distinct kind from ledger_entry where seq > %s", [last])}
        found += [f"an entry of {kind}" for kind in sorted(kinds - set(may_write))]
        self.seen, self.last, self.entries = self._look()
        return found + [name for name, value in self.seen.items() if before[name] != value and name not in may_change]

    def never(self) -> list[str]:
        """Return what must never be and is, each once."""
        found = {f"{name}: {row[0]}" for name, sql in NEVER.items() for row in self.owner.execute(sql)}
        new, self.said = sorted(found - self.said), self.said | found
        return new


@contextmanager
def intrusion(role: str) -> Iterator[Connection]:
    """The real login of a role, with nothing prepared by the driver behind its back."""
    with login(role) as intruder:
        intruder.prepare_threshold = None
        yield intruder


def attempt(intruder: Connection, sql: str) -> None:
    """Run it as the login, commit what was not refused, and take off what the session put on."""
    try:
        intruder.execute(sql)
        intruder.execute("commit")
    except psycopg.Error:
        intruder.execute("rollback")
    intruder.execute("discard all")
    intruder.execute("set statement_timeout = '5s'")


ALARMS = ("gates_disagree",)  # a countersign that is asked behind the pages' back leaves its alarm


def on_tables(full: bool) -> Iterator[Proof]:
    """Every table, every verb, every login; then each column by itself, and every route that names no table."""
    here = stage()
    rng = random.Random(4)
    named = {"request": here.request, **here.people}
    with login("owner") as owner:
        tables = _tables(owner)
        judge = Judge(owner)
        (database,) = owner.execute("select current_database()").fetchone() or ("",)
        proof = Proof("attacks on tables, each login x table x verb")
        for role in LOGINS:
            with intrusion(role) as intruder:
                for some in _chunks(sorted(tables), 1 if full else 9):
                    every = []
                    for name in some:
                        columns, free = tables[name]
                        said = {"t": f"public.{name}", "n": name, "c": ", ".join(columns), "f": ", ".join(free), **named}
                        every += [a.format(**said, f1=free[0]) for a in (TABLE_ATTACKS if full else rng.sample(TABLE_ATTACKS, 8))]
                        every += [a.format(**said, f1=column) for column in (free if full else rng.sample(free, 1)) for a in COLUMN_ATTACKS]
                    _judged(proof, judge, intruder, role, every)
        yield proof
        proof = Proof("attacks by other routes, each login")
        for role in LOGINS:
            with intrusion(role) as intruder:
                for some in _chunks(ROUTES, 1 if full else 12):
                    _judged(proof, judge, intruder, role, [route.format(database=f'"{database}"', **named) for route in some])
        proof.faults += judge.never()
        yield proof


def _chunks(of: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    return (of[n : n + size] for n in range(0, len(of), size))


def _tables(owner: Connection) -> dict[str, tuple[list[str], list[str]]]:
    rows = owner.execute(
        "select c.relname, array_agg(quote_ident(a.attname) order by a.attnum), array_agg(quote_ident(a.attname) order by a.attnum) filter (where a.attidentity = '') "
        "from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped join pg_namespace n on n.oid = c.relnamespace "
        "where n.nspname = 'public' and c.relkind in ('r', 'v') group by 1 order by 1"
    )
    return {str(name): (columns, free) for name, columns, free in rows}  # type: ignore[misc]


def _judged(proof: Proof, judge: Judge, intruder: Connection, role: str, attacks: list[str]) -> None:
    """Try all, look once; where something differs, name the attacks among which it was."""
    for sql in attacks:
        attempt(intruder, sql)
    proof.tried += len(attacks)
    proof.faults += [f"as {role}: {what} after {' ;; '.join(attacks)[:300]}" for what in judge.differs(may_write=ALARMS)]


# The doors that a login may rightly use, and what may be written through them. Everything else has to stay as it is.
OWN_DOORS = {
    "app": ("cases", "moves", "examination", "leads", "probe checks", "countersignatures", "decisions", "gate", "custody", "looks"),
    "worker": ("cases", "moves", "gate"),
    "intake": (),
    "auditor": (),
}
OWN_ENTRIES = {
    "app": ("request_search", "file_outside_result", "take_next", "sort_candidates", "conclude", "join", "check_probe", "close", "ask", "countersign", "gates_disagree",
            "sentence_repeated", "start", "custody_began", "refused", "look", "try_job_again", "note", "set_aside", "meet_obligation",
            "check_certificate", "issue_certificate", "disseminate", "recuse", "report_contact", "read_sealed_reasons", "take_discovery", "answer_item",
            "serve_discovery", "file_receipt", "want_bundle", "give_notice_of_use", "use_in_court", "set_legal_hold", "lift_legal_hold", "release_turn", "hold_turn",
            "send_turn_back"),
    "worker": ("screen", "find_empty", "expire", "destroy", "attach_list", "refused", "log_stalled", "register_log_key", "witness_refused", "witnesses_silent",
               "keys_destroyed", "lapse_turn"),
    "intake": (),
    "auditor": ("gatecheck_done", "gatecheck_differs", "export_bundle", "bundle_not_made"),
}  # fmt: skip


def on_doors(full: bool) -> Iterator[Proof]:
    """Every function of public as every login, with arguments that could be meant; then what must never be is asked."""
    here = stage()
    rng = random.Random(11)
    with login("owner") as owner:
        (open_kinds,) = owner.execute("select array_agg(kind) from ledger_kind where not function_only").fetchone() or ([],)
        functions = owner.execute(
            "select p.proname, coalesce(p.proargnames[1:p.pronargs], '{}'), array(select format_type(t, null) from unnest(p.proargtypes) t), "
            "array(select r from unnest(%s::text[]) r where has_function_privilege(r, p.oid, 'execute')) "
            "from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'public' and prokind = 'f' order by 1",
            [list(LOGINS)],
        ).fetchall()
        pools = _Pools(here, owner)
        judge = Judge(owner)
        proof = Proof("calls of every function, each login")
        for role in LOGINS:
            with intrusion(role) as intruder:
                for some in _chunks(functions, 1 if full else 10):
                    for name, names, types, granted in some:
                        for _ in range((300 if full else 12) if role in granted else (10 if full else 1)):
                            arguments = pools.draw(rng, names or [""] * len(types), types)
                            attempt(intruder, f"select * from public.{name}({', '.join(arguments)})")
                            proof.tried += 1
                    found = judge.differs(
                        may_change=OWN_DOORS[role], may_write=(*OWN_ENTRIES[role], *(open_kinds if role in ("app", "worker") else ()))
                    )
                    proof.faults += [f"as {role}: {what} after calls of {[each[0] for each in some]}" for what in found + judge.never()]
        yield proof


class _Pools:
    """Arguments by their name, else by their type."""

    def __init__(self, here: Stage, owner: Connection) -> None:
        case_ids = [str(i) for (i,) in owner.execute("select id from cases_case")]
        lead_ids = [str(i) for (i,) in owner.execute("select id from review_lead")]
        token_sets = [
            json.dumps(dict.fromkeys(map(str, tokens), {"kept": True, "reason": CLOSER_LOOK, **asdict(scripted(3, "x")), "limits": []}))
            for (tokens,) in owner.execute("select array_agg(token) from cases_candidate group by case_id")
        ]
        quote = "'{}'".format
        self.moves = [(quote(act), quote(target)) for act, target in owner.execute("select act, target from cases_transition")]
        self.by_name: dict[str, list[str]] = {
            "of_ref": [quote(ref) for ref in (*here.cases.values(), here.request, here.signed)],
            "of_lead": [quote(ref) for ref in here.leads],
            "by_person": [str(pk) for pk in here.people.values()],
            "who": [str(pk) for pk in here.people.values()],
            "by_act": [quote(a) for a in ("screen", "check_probe", "join", "close", "expire", "destroy", "find_empty")],
            "to_state": [
                quote(s) for s in ("ELIGIBLE", "FIT", "UNFIT", "LEAD", "NO_LEAD", "DISPUTED", "CLOSED", "DESTROYED", "NO_CANDIDATES")
            ],
            "as_mover": ["'person'", "'machine'"],
            "of_action": ["'arrest'", "'line_up'", "'search_warrant'", "'interview'"],
            "answers": [quote(t) for t in token_sets],
            "sign": ["true", "false"],
            "pages_say": ["'{}'", "null", "array['nothing_stands_apart', 'exculpatory_untested', 'no_papers']"],
            "of_kind": ["'countersign'", "'join'", "'look'", "'add_evidence'"],
            "of_case": case_ids,
            "of_proposal": ["1", "2"],
            "at_place": ["'shut'"],  # whatever is asked here has a gate that is shut, except on the lead that is ready
            "because_": ["''"],
        }
        self.by_type: dict[str, list[str]] = {
            "text": ["'x'", "''", "null", "'I would'"],
            "jsonb": ["'{}'", "null", "'[]'", '\'{"kind": "countersign", "at": "2020-01-01"}\''],
            "bigint": [*lead_ids, "null", "999999999"],
            "bigint[]": ["'{1,2,3}'", "'{}'"],
            "boolean": ["true", "false", "null"],
            "integer": ["1", "-1"],
            "text[]": ["'{}'", "array['x']"],
            "uuid": ["gen_random_uuid()"],
            "date": ["current_date"],
            "timestamp with time zone": ["now()"],
            "bytea[]": ["'{}'"],
            "interval": ["interval '0'", "interval '1 day'"],
        }

    def draw(self, rng: random.Random, names: Sequence[str], types: Sequence[str]) -> list[str]:
        """Return one argument for each; an act and a state mostly as the table has them together."""
        act, target = rng.choice(self.moves)
        together = {"by_act": act, "to_state": target} if rng.random() < 0.8 else {}
        return [f"{together.get(n) or rng.choice(self._pool(n, t))}::{t}" for n, t in zip(names, types, strict=True)]

    def _pool(self, name: str, kind: str) -> list[str]:
        if name in self.by_name and not (name == "of_lead" and kind == "bigint") and not (name == "of_case" and kind == "text"):
            return [*self.by_name[name], "null"]
        return self.by_type.get(kind, ["null"])


def on_ways_once_open(full: bool) -> Iterator[Proof]:
    """What did get round the gate when it was first attacked, each kept as an attack; then holes that are dug to see that they are found."""
    del full
    proof = Proof("ways round that were once open")
    ready, other = _ready("p013", "25-one"), _ready("p014", "25-two")
    gap = world.examined(world.searched("25-gap", "p015"), ratings=(3, 1), face="p015")
    fit = world.searched("25-fit", "p016")
    eligible = world.screened(world.requested("25-eligible", "p017"))
    pk = {name: world.person(name).pk for name in ("dana", "ada", "mia", "sol", "cora", "paul", "lea")}
    with login("owner") as owner, login("app") as app:

        def tried(*statements: str) -> str:
            """Return the state code of the refusal, or nothing where all was committed."""
            try:
                app.execute("begin")
                for sql in statements:
                    app.execute(sql)
                app.execute("commit")
            except psycopg.Error as no:
                app.execute("rollback")
                return str(no.sqlstate)
            finally:
                app.execute("reset all")
            return ""

        def one(sql: str) -> object:
            return (owner.execute(sql).fetchone() or (None,))[0]

        def state(ref: str) -> object:
            return one(f"select state from review_countersignature where ref = '{ref}'")

        owner.execute("insert into people_roleheld(person_id, role, from_on) select %s, 'supervisor', house_today() + 1", [pk["mia"]])
        owner.execute(
            "update ledger_clock set ahead_by = (house_today() + time '20:00') at time zone 'UTC' - now()"
        )  # so that elsewhere it is tomorrow
        tried("set timezone = 'XXX-14'", f"select countersign('{ready}', {pk['mia']}, true, 'I would', '{{}}', '{{}}')")
        owner.execute("update ledger_clock set ahead_by = interval '0'")
        proof.check(state(ready) == "ASKED", "a role of tomorrow was held today, by the time zone of the session")

        for case, act, target in (
            (fit, "join", "LEAD"),
            (fit, "join", "NO_LEAD"),
            (gap, "join", "LEAD"),
            (eligible, "check_probe", "FIT"),
            (eligible, "close", "CLOSED"),
        ):
            code = tried(f"select person_move('{case.ref}', '{act}', '{target}', {pk['ada']}, '{{}}')")
            proof.check(code == "CS013", f"{act} moved a case to {target} with nothing on file")
        lead = f"insert into review_lead(candidate_id, case_id, ref) select id, case_id, '{gap.ref}-L1' from cases_candidate where case_id = {gap.pk} and subject_ref = 'p015'"
        code = tried(
            lead,
            f"select ledger_append('open_lead', '{gap.ref}-L1', '{{}}')",
            f"select person_move('{gap.ref}', 'join', 'LEAD', {pk['ada']}, '{{}}')",
        )
        proof.check(code == "CS010", "a lead was opened without the third reviewer")
        check = f"insert into review_probecheck(case_id, by_id, grade, depicts, role_shown_by, limits) values ({eligible.pk}, {pk['dana']}, 'fit', 'x', 'x', '')"
        code = tried(check, f"select person_move('{eligible.ref}', 'check_probe', 'FIT', {pk['dana']}, '{{}}')")
        proof.check(code == "CS008", "whoever asked for the search checked the probe")

        seen = ItemWanted("clothing_recovered", "A jacket", "Property sheet")
        world.must(add_evidence(by=world.person("dana"), at=house_now(), case_ref=fit.ref, item=seen)[0])
        item = one(f"select id from review_evidence where case_id = {fit.pk}")
        entry = f"select ledger_append('add_edge', (select ref from review_evidence where id = {item}), '{{}}')"
        edge = f"insert into review_edge(item_id, kind, root, written_by_id) values ({item}, 'authorised_by', 'nothing', {pk['dana']})"
        code = tried(edge.replace("nothing", "face_result"))
        proof.check(code == "CS002", "a fact was written without its entry")
        code = tried(
            edge.replace("nothing", "face_result"),
            f"select record_refusal((select ref from cases_case where id = {fit.pk}), 'ask', {pk['dana']}, array['x'], '{{}}')",
        )
        proof.check(code == "CS002", "a refusal stood for the entry of a fact")
        decided = (
            f"insert into review_holddecision(item_id, may_be_used, grounds, court, by_id) values ({item}, true, 'x', '', {pk['lea']})"
        )
        code = tried(decided, f"select ledger_append('decide_hold', (select ref from review_evidence where id = {item}), '{{}}')")
        proof.check(code == "CS011", "a legal decision was written in advance, of an item that awaited none")
        without = (
            "insert into review_outsidegate(case_id, basis, action, happened_at, description, lead_known, subject_ref, checked_by_id, entered_by_id) "
            f"values ({fit.pk}, 'stands_without_face', 'arrest', house_now(), 'x', '', '', {pk['cora']}, {pk['dana']})"
        )
        code = tried(without, f"select ledger_append('record_without_face', '{fit.ref}', '{{}}')")
        proof.check(code == "CS015", "what rests on the face was put on file as standing without it")
        for (table,) in owner.execute(
            "select distinct table_name from information_schema.column_privileges where grantee = 'app' and privilege_type = 'INSERT' and table_name like 'review%'"
        ).fetchall():
            code = tried(f"insert into {table}(id) overriding system value values (9000000000000000)")
            proof.check(code == "42501", f"a row of {table} was numbered by the pages, so that none would be newer")
        proof.check(
            tried(f"select adopt_policy(1, {pk['paul']}, '{{}}', '{{}}')") == "CS008",
            "one person alone adopted anew what two had adopted before",
        )

        world.must(world.signed(ready))
        world.must(world.signed(other))
        lead_ref = str(one(f"select l.ref from review_lead l join review_countersignature s on s.lead_id = l.id where s.ref = '{ready}'"))
        with login("app") as old:
            old.execute("begin isolation level repeatable read")
            old.execute("select count(*) from review_evidence")
            alibi = ItemWanted("alibi_lead", "He was at work", "Time sheet", exculpatory=True)
            world.must(add_evidence(by=world.person("dana"), at=house_now(), lead_ref=lead_ref, item=alibi)[0])
            try:
                old.execute(f"select start('{ready}', {pk['dana']}, '{{}}')")
                old.execute("commit")
            except psycopg.Error as no:
                proof.check(no.sqlstate == "CS012", str(no))
        proof.check(state(ready) == "SIGNED", "an action was started on a picture of the data that was old")

        case_ref = str(
            one(
                f"select c.ref from cases_case c join review_lead l on l.case_id = c.id join review_countersignature s on s.lead_id = l.id where s.ref = '{other}'"
            )
        )
        world.must(
            close(by=world.person("dana"), at=house_now(), case_ref=case_ref, disposition="withdrawn", note="The complaint was withdrawn")
        )
        tried(f"select start('{other}', {pk['dana']}, '{{}}')")
        proof.check(
            state(other) == "SIGNED" and one(f"select countersignature_holds('{other}')") is False, "an action was started on a closed case"
        )
        proof.check(tried(edge, entry) == "23514", "an edge led to nothing")
    yield proof
    yield _planted()


def _ready(face: str, agency_case: str) -> str:
    lead = lead_on(face, agency_case)
    world.an_item(lead)
    world.cleared_tests(lead)
    world.papers_filed(lead)
    return world.asked(lead)


HOLES = {
    "grant update on cases_policynumber to app; alter table cases_policynumber disable trigger user": "update cases_policynumber set value = 3 where name = 'reviewers'",
    "grant insert on people_roleheld to worker": "insert into people_roleheld(person_id, role, from_on) select id, 'supervisor', '2020-01-01' from people_person where username = 'dana'",
    "grant insert on people_unitheld to app": "insert into people_unitheld(person_id, unit_id) select p.id, u.id from people_person p, people_unit u where p.username = 'rex' and u.name = 'Evidence'",
    "grant execute on function ledger_write(text, text, jsonb) to app; alter function ledger_write(text, text, jsonb) security definer": "select ledger_write('countersign', 'CS-1', '{}')",
    "grant truncate on cases_policyoffence to auditor": "truncate cases_policyoffence",
    "grant create on schema public to intake": "create table public.x (id int)",
    "grant select, delete on review_closing to app; alter table review_closing disable trigger user": "delete from review_closing",
    "grant update on ledger_clock to worker": "update ledger_clock set ahead_by = interval '1 day'",
    "alter table ledger_entry disable trigger user; grant select, delete on ledger_entry to app": "delete from ledger_entry where seq = 3",
}  # fmt: skip


def _planted() -> Proof:
    """Dig each hole, attack through it, and see that the judge says so: an attack that cannot succeed proves nothing."""
    proof = Proof("holes dug on purpose, each found")
    with login("owner") as owner:
        for hole, sql in HOLES.items():
            for each in hole.split("; "):
                owner.execute(each)
            judge = Judge(owner)
            for role in LOGINS:
                with intrusion(role) as intruder:
                    attempt(intruder, sql)
            proof.check(bool(judge.differs()), f"nobody saw what came through: {hole}")
    return proof
