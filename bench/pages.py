"""Server time of pages at 100,000 cases: rows in bulk on a throw-away database, then the pages as their people ask for them."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import psycopg
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cases.models import Case
from ledger.clock import house_now
from review.acts.take_next import take_next
from review.models import Drawn, Lead
from tests import world
from tests.database import write_past_the_promises
from tests.pages.signing import client_of

CASES, DETECTIVES, ASKED_FOR = 100_000, 200, 120
TITLE = f"Server time of pages, {CASES:,} cases: median and 95th percentile of {ASKED_FOR}"
# one in twenty: the states of a house whose reviewers are far behind; half of all cases wait to be examined
STATES = ("RECEIVED", "ELIGIBLE", *["FIT"] * 10, "DISPUTED", *["LEAD"] * 3, "NO_LEAD", *["CLOSED"] * 3)
TABLES = (
    "cases_investigation", "cases_case", "cases_searchrequest", "cases_offencereport", "cases_candidatelist", "cases_candidate",
    "cases_move", "cases_policynumber", "review_drawn", "review_waiting", "review_conclusion", "review_lead", "review_countersignature", "people_person",
    "review_evidence", "review_itemwaiting", "review_notewords",
)  # fmt: skip
ROWS = (
    """create temporary table n as select g, (array[{states}])[1 + g % 20] as state, house_now() - g * interval '12 minutes' as at,
         1 + g % {detectives} as d from generate_series(1, {cases}) g""",
    """insert into people_person(username, password, display_name, agency_id, unit_id, is_active, mail)
         select 'detective' || d, 'x', 'Detective ' || d, p.agency_id, p.unit_id, true, ''
           from people_person p, generate_series(2, {detectives}) d where p.username = 'dana'""",
    """insert into people_unitheld(person_id, unit_id) select id, unit_id from people_person where username like 'detective%'""",
    """create temporary table who as select 1 as d, id from people_person where username = 'dana'
         union select substr(username, 10)::int, id from people_person where username like 'detective%'""",
    """insert into cases_investigation(agency_id, agency_case) select a.id, '19-' || lpad(g::text, 6, '0') from people_agency a, n""",
    """insert into cases_case(ref, agency_id, investigation_id, state, track, door, searched_before_screening, requested_by_id, received_at)
         select 'FR-2019-' || lpad(g::text, 6, '0'), i.agency_id, i.id, state, 'suspect', 'person', false, who.id, at
           from n join cases_investigation i on i.agency_case = '19-' || lpad(g::text, 6, '0') join who using (d) order by g desc""",
    """create temporary table c as select c.id, n.* from n join cases_case c on c.ref = 'FR-2019-' || lpad(g::text, 6, '0')""",
    "create index on c(id)",
    """insert into cases_searchrequest(case_id, by_id, gallery_id, offence_code, purpose, tried_before, persons_named, repeats_because,
           earlier_search, armed)
         select c.id, who.id, (select min(id) from cases_gallery), '120', 'x', 'x', '{{}}', '', '', '' from c join who using (d)""",
    """insert into cases_offencereport(case_id, by_id, code, statute, report_reference)
         select id, (select id from people_person where username = 'aris'), (array['120', '100', '09A'])[1 + g % 3], '', 'p. 1' from c
          where state <> 'RECEIVED'""",
    """insert into cases_candidatelist(case_id, engine_name, engine_version, template_version, score_scale, gallery_name,
           gallery_revision, number, not_reported)
         select id, '', '', '', '', '', '', 1, '{{}}' from c where state not in ('RECEIVED', 'ELIGIBLE', 'INELIGIBLE')""",
    """insert into cases_candidate(list_id, case_id, token, subject_ref, image_sha256)
         select l.id, l.case_id, gen_random_uuid(), 'S' || l.case_id, '' from cases_candidatelist l join c on c.id = l.case_id""",
    """insert into cases_move(case_id, act, source, target, entry, xid, at)
         select id, 'screen', 'RECEIVED', 'ELIGIBLE', -id, pg_current_xact_id(), at + interval '1 hour' from c where state <> 'RECEIVED'""",
    "insert into cases_policynumber(policy_id, name, value, citation) select policy_in_force(), 'turns_a_day', 1000000, 'she drew them all today'",
    # Ada has examined ten thousand, and every fifth case that waits already has its two reviewers
    """insert into review_drawn(case_id, reviewer_id, turn, seed, code)
         select c.id, r.id, 1, c.id, md5(c.id || 'a') from c, people_person r where r.username = 'ada' and state in ('LEAD', 'NO_LEAD', 'CLOSED')
          order by c.id limit 10000""",
    """insert into review_drawn(case_id, reviewer_id, turn, seed, code)
         select c.id, r.id, case r.username when 'ben' then 1 else 2 end, c.id, md5(c.id || r.username)
           from c, people_person r where r.username in ('ben', 'cleo') and (state = 'DISPUTED' or state = 'FIT' and g % 5 = 0)""",
    """insert into review_waiting(case_id, agency_id, received_at, state, drawn, parts, asked)
         select c.id, k.agency_id, k.received_at, k.state, case when k.state = 'DISPUTED' or g % 5 = 0 then 2 else 0 end,
                array[k.requested_by_id], array[k.requested_by_id] from c join cases_case k using (id) where k.state in ('FIT', 'DISPUTED')""",
    """insert into review_conclusion(candidate_id, by_id, rating, grounds, limits)
         select k.id, d.reviewer_id, 2, 'x', '{{}}' from review_drawn d join cases_candidate k on k.case_id = d.case_id
           join c on c.id = d.case_id where c.state <> 'FIT'""",
    """insert into review_lead(candidate_id, case_id, ref)
         select k.id, k.case_id, 'FR-2019-' || lpad(c.g::text, 6, '0') || '-L1' from cases_candidate k join c on c.id = k.case_id
          where c.state = 'LEAD'""",
    """insert into review_countersignature(ref, lead_id, action, place, because, state, asked_by_id, asked_at)
         select 'CS-2019-' || lpad(l.id::text, 6, '0'), l.id, 'arrest', 'x', '', case when l.id % 20 = 0 then 'ASKED' else 'REFUSED' end,
                (select id from people_person where username = 'dana'), l.opened_at from review_lead l where l.ref like 'FR-2019-%'""",
    """insert into review_evidence(ref, case_id, lead_id, kind, direction, description, source_document, exculpatory_code, entered_by_id)
         select l.ref || '-E1', l.case_id, l.id, 'fingerprint', 'incriminating', 'x', 'Report', '', (select id from people_person where username = 'dana')
           from review_lead l where l.ref like 'FR-2019-%'""",
    """insert into review_itemwaiting(item_id, desk, agency_id, entered_at) select e.id, 'to_fix', c.agency_id, e.entered_at
         from review_evidence e join cases_case c on c.id = e.case_id where e.ref like 'FR-2019-%'""",
    # each case has a note; one in a thousand says an umbrella, one in eight a coat
    """insert into review_notewords(case_id, words)
         select id, to_tsvector('english', 'Find out who was at the quay' || case when g % 8 = 0 then ', in a coat' else '' end
           || case when g % 1000 = 0 then ', with an umbrella' else '' end) from c""",
)  # fmt: skip


def fill(owner: "psycopg.Connection[Any]") -> None:
    """Write the rows as the owner."""
    said = {"cases": CASES, "detectives": DETECTIVES, "states": ", ".join(f"'{state}'" for state in STATES)}
    write_past_the_promises(owner, TABLES, [sql.format(**said) for sql in ROWS])


def measure(owner: "psycopg.Connection[Any]", lead: Lead, asked: str) -> list[str]:
    """Return one row a page: median and 95th percentile of the server's own time, and its statements."""
    fill(owner)
    assert Case.objects.count() > CASES
    pages = [
        ("dana", "/", "desk of a detective"),
        ("aris", "/", "desk of an analyst"),
        ("ada", "/", "desk of a reviewer who has examined 10,000"),
        ("cora", "/", "desk of a corroboration officer"),
        ("sol", "/", "desk of a supervisor, 750 requests waiting"),
        ("dana", "/cases", "case list"),
        ("dana", f"/cases?before={CASES // 2}", "case list, half way down"),
        ("dana", "/cases?q=004711", "case list, searched by a part of a number"),
        ("dana", "/cases?q=19-0047", "case list, searched by agency case"),
        ("dana", "/cases?q=nothing", "case list, searched for what is not there"),
        ("dana", "/cases?q=09A", "case list, searched by offence"),
        ("dana", "/cases?notes=umbrella", "case list, searched by a rare word of the notes"),
        ("dana", "/cases?notes=coat", "case list, searched by a word of one note in eight"),
        ("dana", "/cases?notes=umbrella+-coat", "case list, searched by a word without another"),
        ("dana", "/cases?state=DISPUTED", "case list, one state"),
        ("dana", f"/cases/{lead.case.ref}", "case page with a lead"),
        ("sol", f"/countersignatures/{asked}", "supervisor's screen"),
        ("dana", "/notices", "notices"),
        ("mia", "/house", "the house"),
    ]
    lines = [timed(said, as_page(name, path)) for name, path, said in pages]
    mine = Drawn.objects.filter(reviewer__username="ada").order_by("id")[5_000]
    lines.append(timed("examination of a reviewer who has examined 10,000", as_page("ada", f"/examinations/{mine.code}")))
    lines.append(timed("take the next, 50,000 cases waiting", taken))
    return lines


def taken() -> None:
    assert take_next(by=world.person("ada"), at=house_now())


def as_page(name: str, path: str) -> Callable[[], None]:
    client = client_of(name, Client(SERVER_NAME="localhost"))

    def ask() -> None:
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)

    return ask


def timed(said: str, do: Callable[[], None]) -> str:
    for _ in range(3):
        do()
    times = []
    for _ in range(ASKED_FOR):
        began = time.perf_counter()
        do()
        times.append((time.perf_counter() - began) * 1000)
    with CaptureQueriesContext(connection) as counted:
        do()
    cuts = statistics.quantiles(times, n=20)
    line = f"| {said} | {statistics.median(times):.0f} ms | p95 {cuts[-1]:.0f} ms | {len(counted)} statements |"
    print(line, flush=True)
    return line
