"""The re-check over many cases: one walked case is copied as the owner, its walls aside, on a database that is thrown away."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import django
import psycopg

django.setup()

from django.conf import settings
from django.db import connections

from cases import jobs
from cases.images import look
from cases.models import Candidate
from tests import world
from tests.database import login
from workers.effects import EFFECTS

FEW, MANY = 1_000, 10_000
APART = 1_000_000  # the numbers of one copy lie this far from those of the next; no walked row has a higher one
ROOT = Path(settings.ROOT)
# The process says itself how much memory it had at most: what wait4 tells of a child begins with what its parent had.
PASS = """
import re, sys
from manage import main
main(["manage.py", "gatecheck", "--json"])
print(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read()).group(1), file=sys.stderr)
"""

# table -> which rows are the case's; numbers and references in them are moved on by the copy
OF_THE_CASE = {
    "cases_investigation": "id = (select investigation_id from cases_case where id = {case})",
    "cases_case": "id = {case}",
    **dict.fromkeys(
        (
            "cases_searchrequest", "cases_probe", "cases_offencereport", "cases_screening", "cases_search", "cases_candidatelist", "cases_candidate",
            "cases_move", "review_probecheck", "review_drawn", "review_lead", "review_evidence", "review_custody",
        ),
        "case_id = {case}",
    ),
    **dict.fromkeys(("review_conclusion", "review_sorting"), "candidate_id in (select id from cases_candidate where case_id = {case})"),
    **dict.fromkeys(
        ("review_fixing", "review_statement", "review_edge", "review_closing", "review_holddecision"),
        "item_id in (select id from review_evidence where case_id = {case})",
    ),
    **dict.fromkeys(("review_papers", "review_countersignature"), "lead_id in (select id from review_lead where case_id = {case})"),
    "review_decision": "countersignature_id in (select s.id from review_countersignature s join review_lead l on l.id = s.lead_id where l.case_id = {case})",
    "cases_storedimage": "case_id = {case} or id in (select image_id from cases_candidate where case_id = {case})",
    "cases_look": "image_id in (select image_id from cases_candidate where case_id = {case})",
}  # fmt: skip
POINTS_TO = """select a.attname::text, f.confrelid::regclass::text from pg_constraint f
  join pg_attribute a on a.attrelid = f.conrelid and a.attnum = f.conkey[1] where f.contype = 'f' and f.conrelid = %s::regclass"""


def main() -> None:
    """Measure in this database, which nothing else uses, and write the rows of the page."""
    while due := jobs.due():
        with world.the_machine():
            for job_id in due:
                assert jobs.run(job_id=job_id, effects=EFFECTS) == "done"
    lead, asked = world.ready_to_sign("25-9")
    world.must(world.signed(asked))
    with login("owner") as owner:
        lines = measure(owner, lead, asked)
    print("\n".join(lines), flush=True)
    Path(os.environ["BENCH_RECHECK"]).write_text("\n".join(lines), encoding="utf-8")


def measure(owner: "psycopg.Connection[Any]", lead: world.Lead, ref: str) -> list[str]:
    """Copy, check a tenth, copy the rest, check all; return time and the memory of each pass."""
    for candidate in Candidate.objects.filter(case=lead.case):
        for name in ("ada", "ben"):
            look(image_id=candidate.image_id, by=world.person(name), purpose="examination")
    _copy(owner, lead.case_id, lead.case.ref, ref, 1, FEW)
    few = _pass()
    _copy(owner, lead.case_id, lead.case.ref, ref, FEW + 1, MANY)
    many = _pass()
    return [
        f"| gatecheck of {few['checked']:,} cases | {few['seconds']} s | | peak memory of the process {few['peak']:.0f} MiB |",
        f"| gatecheck of {many['checked']:,} cases | **{many['seconds']} s** | | goal at most 60 s; peak memory {many['peak']:.0f} MiB "
        f"({many['peak'] - few['peak']:+.0f}); {many['leads']:,} leads, {many['moves']:,} moves, {many['wrong']} differ |",
    ]


def _copy(owner: "psycopg.Connection[Any]", case: int, case_ref: str, ref: str, first: int, last: int) -> None:
    began = time.perf_counter()
    with owner.transaction():
        for table in (*OF_THE_CASE, "ledger_entry"):
            owner.execute(f"alter table {table} disable trigger user")
        new_case, new_ref = "'FR-2019-' || lpad(g::text, 6, '0')", "'CS-2019-' || lpad(g::text, 6, '0')"
        for table, mine in OF_THE_CASE.items():
            stays = {name for name, other in owner.execute(POINTS_TO, [table]) if other not in OF_THE_CASE and other != "ledger_entry"}
            columns = [
                (name, name if name in stays else _moved(table, name, kind, case_ref, ref, new_case, new_ref))
                for name, kind in owner.execute(
                    "select column_name, data_type from information_schema.columns where table_schema = 'public' and table_name = %s order by ordinal_position",
                    [table],
                )
            ]
            names, values = ", ".join(name for name, _ in columns), ", ".join(value for _, value in columns)
            owner.execute(
                f"insert into {table}({names}) select {values} from {table} t, generate_series({first}::bigint, {last}::bigint) g where {mine.format(case=case)}"
            )
        body = f"convert_to(replace(replace(convert_from(body, 'UTF8'), '{case_ref}', {new_case}), '{ref}', {new_ref}), 'UTF8')"
        owner.execute(
            f"insert into ledger_entry(seq, xid, at, kind, subject, body, leaf) select seq + g * {APART}, xid, at, kind, "
            f"replace(replace(subject, '{case_ref}', {new_case}), '{ref}', {new_ref}), b, sha256('\\x00'::bytea || b) "
            f"from ledger_entry, generate_series({first}::bigint, {last}::bigint) g, lateral (select {body} as b) x "
            f"where subject = '{ref}' or subject = '{case_ref}' or starts_with(subject, '{case_ref}-')"
        )
        owner.execute("set constraints all immediate")
    owner.execute("vacuum analyze")
    print(f"copied {last - first + 1:,} in {time.perf_counter() - began:.0f} s", flush=True)


def _moved(table: str, name: str, kind: str, case_ref: str, ref: str, new_case: str, new_ref: str) -> str:
    """What a column holds in a copy that does not point to what all copies share: a person, an agency, a policy."""
    if kind == "uuid":
        return f"md5({name}::text || g)::uuid"
    if name == "sealed":
        return "''::bytea"
    if name == "ref":
        return f"replace(replace(ref, '{case_ref}', {new_case}), '{ref}', {new_ref})"
    if name in ("agency_case", "original_sha256") or (table, name) == ("review_drawn", "code"):
        return f"{name} || '-' || g"
    if name == "rests_on":
        return f"array(select replace(x, '{case_ref}', {new_case}) from unnest(rests_on) x)"
    if kind == "bigint" and (name in ("id", "entry") or name.endswith("_id")):
        return f"{name} + g * {APART}"
    return name


def _pass() -> dict[str, Any]:
    s = connections["auditor"].settings_dict
    url = f"postgresql://{s['USER']}:{s['PASSWORD']}@/{s['NAME']}?host={quote(s['HOST'])}"
    given = {"COUNTERSIGN_PROCESS": "auditor", "AUDITOR_DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.local"}
    done = subprocess.run([sys.executable, "-c", PASS], cwd=ROOT, env={**os.environ, **given}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    said = json.loads(done.stdout)
    return {**said, "wrong": len(said["wrong"]), "peak": int(done.stderr.split()[-1]) / 1024}


if __name__ == "__main__":
    main()
