"""The law: rule time of screening one case under five layers, and a draft asked about many past cases on one core."""

import json
import statistics
import time
from typing import TYPE_CHECKING, Any

from cases.law.evaluate import evaluate
from cases.law.merge import merge
from cases.law.words import Gate
from ledger.clock import house_now
from review.backtest.run import backtest
from tests.database import write_past_the_promises
from tests.law.sound import PACKS, SOUND, law

if TYPE_CHECKING:
    import psycopg

TITLE = "The law"
LAYERS = ("us-fbi-ngi", "us-md-2024", "us-mi-detroit-307-5", "us-mi-snap", "nlc-2021")
SCREENED_AT = (Gate.INTAKE, Gate.BEFORE_SEARCH, Gate.GALLERY_CHECK)
CASES, ROUNDS = 10_000, 5
TABLES = (
    "cases_investigation", "cases_case", "cases_probe", "cases_searchrequest", "cases_searchground", "cases_offencereport", "cases_screening",
)  # fmt: skip
ROWS = (
    """insert into cases_investigation(agency_id, agency_case) select a.id, '18-' || g from people_agency a, generate_series(1, {cases}) g""",
    """insert into cases_case(ref, agency_id, investigation_id, state, track, door, searched_before_screening, requested_by_id, received_at)
         select 'FR-2018-' || lpad(split_part(i.agency_case, '-', 2), 6, '0'), i.agency_id, i.id, 'ELIGIBLE',
                (array['suspect', 'suspect', 'suspect', 'missing'])[1 + i.id % 4], 'person', false, p.id,
                house_now() + i.id % 300 * interval '1 minute'
           from cases_investigation i, people_person p where p.username = 'dana' and i.agency_case like '18-%' order by i.id""",
    """create temporary table b as select id, ref, received_at as at from cases_case where ref like 'FR-2018-%'""",
    """insert into cases_probe(case_id, version, image_id, kind, source, place, actors, frame, first_description, target_because, edit)
         select id, 1, (select id from cases_storedimage limit 1), 'cctv_still', 'Camera 2', 'x', 1, '', 'x', 'x', '' from b""",
    """insert into cases_searchrequest(case_id, by_id, gallery_id, offence_code, purpose, tried_before, persons_named, repeats_because,
                                       earlier_search, armed)
         select b.id, p.id, (select min(id) from cases_gallery), '120', 'x', 'x', '{{}}', '', '', '' from b, people_person p
          where p.username = 'dana'""",
    """insert into cases_searchground(case_id, purpose, channel, suspicion, grounds, in_writing, bases, authority, authority_document,
                                      exigent_reasons, conditions)
         select id, '', 'desktop', (array['', 'reasonable_suspicion', 'probable_cause'])[1 + id % 3], '{{}}', '', '{{}}', '', '', '', '{{}}' from b""",
    """insert into cases_offencereport(case_id, by_id, code, statute, report_reference)
         select b.id, p.id, (array['120', '100', '09A', '23C', '220'])[1 + b.id % 5], '', 'p. 1' from b, people_person p
          where p.username = 'aris'""",
    """insert into cases_screening(case_id, policy_id, eligible, reasons, refused_by, at)
         select id, (select max(id) from cases_policy), true, '{{}}', '{{}}', at + interval '1 minute' from b""",
)  # fmt: skip

GONE = "delete from {table} where case_id in (select id from b)"
GONE_TOO = ("delete from cases_case where id in (select id from b)", "delete from cases_investigation where agency_case like '18-%'")


def screening() -> list[str]:
    """Return the row: milliseconds a case, median with quartiles over batches of a hundred."""
    merged = law(*LAYERS)
    asked = sum(len(merged.rules_at(gate)) for gate in SCREENED_AT)
    times = []
    for _ in range(40):
        began = time.perf_counter()
        for _ in range(100):
            for gate in SCREENED_AT:
                evaluate(merged, gate=gate, facts=SOUND[gate])
        times.append((time.perf_counter() - began) * 10)
    low, middle, high = statistics.quantiles(times, n=4)
    return [
        f"| rule time of screening one case, five layers, {asked} rules asked | **{middle:.2f} ms** | {low:.2f} - {high:.2f} | goal at most 2 ms |"
    ]


def past_cases(owner: "psycopg.Connection[Any]") -> list[str]:
    """Return the row: past cases a second, from the rows in the database to the digest; every round answers the same."""
    write_past_the_promises(owner, TABLES, [statement.format(cases=CASES) for statement in ROWS])
    draft = merge([PACKS[name] for name in LAYERS])
    rates, processor, digests, found = [], [], set(), {}
    for _ in range(ROUNDS):
        began, used = time.perf_counter(), time.process_time()
        found = backtest(draft, at=house_now())
        rates.append(found["cases"] / (time.perf_counter() - began))
        processor.append(found["cases"] / (time.process_time() - used))
        digests.add(found["digest"])
    assert len(digests) == 1, digests
    write_past_the_promises(owner, TABLES, [GONE.format(table=table) for table in TABLES[:1:-1]] + list(GONE_TOO))
    low, middle, high = statistics.quantiles(rates, n=4)
    said = f"{found['cases']:,} cases, {found['questions']:,} questions, {len(json.dumps(found)) / 2**20:.0f} MiB of answer"
    return [
        f"| backtest of a draft of five layers, {said} | **{middle:,.0f} cases/s** | {low:,.0f} - {high:,.0f} | goal 2,000 on one core |",
        f"| the same by processor time of this process, the database's apart | {statistics.median(processor):,.0f} cases/s | | one digest in {ROUNDS} rounds |",
    ]
