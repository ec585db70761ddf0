"""Reads raw rows for the re-check, some investigations at a time, with plain SQL. It calls no function that the gate is made of.

Each row has the case it belongs to and the time at which the house wrote it, so that a file can be read as it stood.
"""

from collections import defaultdict, namedtuple
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.db.backends.utils import CursorWrapper

OF_CASES = {
    "moves": "select id, case_id, act, source, target, at from cases_move where case_id = any(%s)",
    "requests": "select r.case_id, r.by_id, c.received_at as at from cases_searchrequest r join cases_case c on c.id = r.case_id where c.id = any(%s)",
    "outside": "select o.case_id, o.filed_by_id as by_id, o.they_sent_at, c.received_at as at from cases_outsideresult o join cases_case c on c.id = o.case_id where c.id = any(%s)",
    "reports": "select case_id, by_id, code, statute, confirmed_at as at from cases_offencereport where case_id = any(%s)",
    "screenings": "select id, case_id, policy_id, eligible, at from cases_screening where case_id = any(%s)",
    "probes": "select p.case_id, i.original_sha256, p.added_at as at from cases_probe p join cases_storedimage i on i.id = p.image_id where p.case_id = any(%s)",
    "searches": "select case_id, at from cases_search where case_id = any(%s)",
    "lists": "select id, case_id, gallery_name, received_at as at from cases_candidatelist where case_id = any(%s)",
    "candidates": "select k.id, k.case_id, k.subject_ref, k.image_sha256, l.gallery_name, l.received_at as at from cases_candidate k join cases_candidatelist l on l.id = k.list_id where k.case_id = any(%s)",
    "looks": "select k.by_id, k.image_id, c.case_id, k.at as looked_at, greatest(k.at, l.received_at) as at from cases_look k join cases_candidate c on c.image_id = k.image_id join cases_candidatelist l on l.id = c.list_id where c.case_id = any(%s)",
    "checks": "select case_id, by_id, grade, role_shown_by, at from review_probecheck where case_id = any(%s)",
    "drawn": "select case_id, reviewer_id as by_id, at from review_drawn where case_id = any(%s)",
    "recusals": "select d.case_id, d.reviewer_id as by_id, r.at from review_recusal r join review_drawn d on d.id = r.drawn_id where d.case_id = any(%s)",
    "conclusions": "select o.id, k.case_id, o.candidate_id, o.by_id, o.rating, o.at from review_conclusion o join cases_candidate k on k.id = o.candidate_id where k.case_id = any(%s)",
    "stepped_back": "select s.id, k.case_id, s.candidate_id, s.by_id, s.rating, r.at from review_conclusionsetaside s join cases_candidate k on k.id = s.candidate_id join review_drawn d on d.case_id = k.case_id and d.reviewer_id = s.by_id join review_recusal r on r.drawn_id = d.id where k.case_id = any(%s)",
    "leads": "select id, case_id, candidate_id, ref, opened_at as at from review_lead where case_id = any(%s)",
    "ends": "select l.case_id, x.lead_id, l.ref, x.at from review_leadend x join review_lead l on l.id = x.lead_id where l.case_id = any(%s)",
    "items": "select id, case_id, lead_id, ref, kind, direction, source_document, exculpatory_code, claimed_at, earlier_id, entered_by_id as by_id, entered_at as at from review_evidence where case_id = any(%s)",
    "fixings": "select f.id, e.case_id, e.ref, f.item_id, f.number, f.by_id, f.second_id, f.kind, f.links_to, f.discriminates, f.one_in, f.tested_on, f.source_document_seen, f.outside_system, f.outside_at, f.earlier_agrees, f.at from review_fixing f join review_evidence e on e.id = f.item_id where e.case_id = any(%s)",
    "statements": "select e.case_id, e.ref, s.item_id, s.author_id, s.taken_by_id, s.present, s.taken_at, s.recorded, s.name_unprompted, s.named_first_by, s.shown, s.told_of_search, s.warned, s.detail_not_public, s.by_id, s.at from review_statement s join review_evidence e on e.id = s.item_id where e.case_id = any(%s)",
    "edges": "select g.id, e.case_id, e.ref, g.item_id, g.kind, g.parent_id, g.root, g.written_by_id, g.at from review_edge g join review_evidence e on e.id = g.item_id where e.case_id = any(%s)",
    "holds": "select h.id, e.case_id, e.ref, h.item_id, h.may_be_used, h.court <> '' as ruling, h.by_id, h.at from review_holddecision h join review_evidence e on e.id = h.item_id where e.case_id = any(%s)",
    "warrants": "select e.case_id, e.ref, w.item_id, w.search_used, w.at from review_existingwarrant w join review_evidence e on e.id = w.item_id where e.case_id = any(%s)",
    "closings": "select e.case_id, e.ref, k.item_id, k.how, k.by_id, k.at from review_closing k join review_evidence e on e.id = k.item_id where e.case_id = any(%s)",
    "rivals": "select l.case_id, l.ref, w.lead_id, w.rival_id, w.at from review_rivalweighed w join review_lead l on l.id = w.lead_id where l.case_id = any(%s)",
    "forms": "select f.id, l.case_id, l.ref, f.lead_id, f.prior_interview, f.suspicion_in_writing, f.administrator, f.fillers, f.instructions, f.words_at_once, f.recorded_on_video, f.no_repeat, f.no_show_up, f.by_id, f.at from review_lineupform f join review_lead l on l.id = f.lead_id where l.case_id = any(%s)",
    "line_ups": "select l.case_id, f.lead_id, h.at from review_lineupheld h join review_lineupform f on f.id = h.form_id join review_lead l on l.id = f.lead_id where l.case_id = any(%s)",
    "papers": "select p.id, l.case_id, l.ref, p.lead_id, p.action, p.text, p.missing, p.wording, p.by_id, p.at from review_papers p join review_lead l on l.id = p.lead_id where l.case_id = any(%s)",
    "views": "select v.id, l.case_id, l.ref, v.lead_id, v.action, v.agrees, v.by_id, v.at from review_legalview v join review_lead l on l.id = v.lead_id where l.case_id = any(%s)",
    "outside_gate": "select id, case_id, lead_id, basis, action, checked_by_id, entered_by_id as by_id, entered_at as at from review_outsidegate where case_id = any(%s)",
    "custodies": "select id, case_id, lead_id, countersignature_id, recheck_by, began_at as at from review_custody where case_id = any(%s)",
    "rechecks": "select r.id, c.case_id, c.lead_id, r.outcome, r.at from review_recheck r join review_custody c on c.id = r.custody_id where c.case_id = any(%s)",
    "asked": "select s.id, s.ref, l.case_id, s.lead_id, s.action, s.state, s.asked_by_id as by_id, s.act_by, s.asked_at as at from review_countersignature s join review_lead l on l.id = s.lead_id where l.case_id = any(%s)",
    "decisions": "select l.case_id, d.countersignature_id, d.by_id, d.signed, d.sentence, d.reasons, d.rests_on, d.policy_digest, d.entry, d.at from review_decision d join review_countersignature s on s.id = d.countersignature_id join review_lead l on l.id = s.lead_id where l.case_id = any(%s)",
}  # fmt: skip
SAME_PICTURES = (
    "select p.case_id, c.investigation_id, i.original_sha256, p.added_at as at from cases_storedimage i join cases_probe p on p.image_id = i.id "
    "join cases_case c on c.id = p.case_id where i.original_sha256 = any(%s)"
)
ENTRIES = "select seq, kind, subject, body, leaf, at from ledger_entry where subject = any(%s) or seq = any(%s) order by seq"
PERSONS = {
    "units": "select person_id, unit_id, from_at from people_unitheld where person_id = any(%s) order by person_id, from_at",
    "roles": "select person_id, role, from_on, until_on from people_roleheld where person_id = any(%s)",
    "trainings": "select person_id, subject, passed_on, valid_until from people_training where person_id = any(%s)",
}
Row = Any


@dataclass(frozen=True, slots=True)
class Policy:
    """One adopted policy: what the gate reads of it, and since when it is in force."""

    id: int
    digest: str
    at: datetime
    until: date | None
    numbers: dict[str, int]
    offences: frozenset[str]
    statutes: frozenset[tuple[str, str]]  # (code, statute)
    tests: frozenset[str]


@dataclass(frozen=True, slots=True)
class Stay:
    """A person's time in one unit. His first began before anything he did; one without an end goes on."""

    unit: int
    began: datetime | None
    ended: datetime | None

    def meets(self, since: datetime, until: datetime) -> bool:
        """Whether any moment of it lies in this time, ends included."""
        return (self.began is None or self.began <= until) and (self.ended is None or self.ended >= since)


@dataclass(slots=True)
class People:
    """Roles, trainings and units of the persons of some files, each with its days."""

    stays: dict[int, list[Stay]]
    roles: dict[int, list[Row]]
    trainings: dict[int, list[Row]]

    def held(self, who: int, role: str, day: Any) -> bool:
        return any(r.role == role and r.from_on <= day and (r.until_on is None or r.until_on >= day) for r in self.roles[who])

    def trained(self, who: int, day: Any) -> bool:
        return any(t.subject == "face_comparison" and t.passed_on <= day <= t.valid_until for t in self.trainings[who])

    def units(self, who: int, since: datetime, until: datetime) -> set[int]:
        """Return every unit to which a person belonged at any time from one moment to another."""
        return {stay.unit for stay in self.stays[who] if stay.meets(since, until)}

    def stayed_somewhere(self, *who: int) -> bool:
        """Whether it is on file of each where he was."""
        return all(self.stays.get(each) for each in who)


@dataclass(slots=True)
class File:
    """One whole investigation, linked ones included: its rows, its entries in the record, its people, and every policy."""

    cases: list[Row]
    links: list[Row]
    rows: dict[str, list[Row]]
    entries: dict[str, list[Row]]
    by_seq: dict[int, Row]
    people: People
    policies: list[Policy]
    same_pictures: list[Row]  # the probes of any investigation that are the very picture of one of these


@cache
def _shape(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names)  # noqa: PYI024 - the columns are those of the statement


def rows_of(cursor: CursorWrapper, sql: str, *params: Any) -> list[Row]:
    """Return the rows of one statement, each by the names of its columns."""
    cursor.execute(sql, params)
    shape = _shape(tuple(column[0] for column in cursor.description))
    return [shape(*row) for row in cursor.fetchall()]


def files_of(cursor: CursorWrapper, investigations: Iterable[int]) -> dict[int, File]:
    """Return the file of each investigation, read whole: the links, then every table once for all of them."""
    together, links = _linked(cursor, set(investigations))
    cases = rows_of(
        cursor,
        "select id, ref, investigation_id, track, searched_before_screening, received_at as at from cases_case where investigation_id = any(%s) order by id",
        list(together),
    )
    numbers = [case.id for case in cases]
    tables = {name: rows_of(cursor, sql, numbers) for name, sql in OF_CASES.items()}
    people = _people(cursor, tables)
    policies = _policies(cursor)
    home = {case.id: together[case.investigation_id] for case in cases}
    files = {
        root: File([], [], {name: [] for name in OF_CASES}, defaultdict(list), {}, people, policies, []) for root in set(together.values())
    }
    for case in cases:
        files[home[case.id]].cases.append(case)
    for link in links:
        files[together[link.one_id]].links.append(link)
    owner: dict[str, int] = {case.ref: home[case.id] for case in cases}
    for name, found in tables.items():
        for row in found:
            files[home[row.case_id]].rows[name].append(row)
            if name in ("leads", "items", "asked"):
                owner[row.ref] = home[row.case_id]
    shown: dict[str, set[int]] = defaultdict(set)
    for row in tables["probes"]:
        shown[row.original_sha256].add(home[row.case_id])
    for row in rows_of(cursor, SAME_PICTURES, list(shown)):
        for number in shown[row.original_sha256]:
            files[number].same_pictures.append(row)
    claimed = {row.entry: home[row.case_id] for row in tables["decisions"]}
    for entry in rows_of(cursor, ENTRIES, list(owner), list(claimed)):
        for root in {owner.get(entry.subject), claimed.get(entry.seq)} - {None}:
            files[root].entries[entry.subject].append(entry)  # type: ignore[index]
            files[root].by_seq[entry.seq] = entry  # type: ignore[index]
    return {investigation: files[root] for investigation, root in together.items()}


def _linked(cursor: CursorWrapper, investigations: set[int]) -> tuple[dict[int, int], list[Row]]:
    """Return the root of each investigation that is linked, however indirectly, and the links."""
    links: dict[tuple[int, int, datetime], Row] = {}
    ahead, root = set(investigations), {number: number for number in investigations}
    while ahead:
        found = rows_of(
            cursor,
            "select one_id, other_id, linked_at as at from cases_investigationlink where one_id = any(%s) or other_id = any(%s)",
            list(ahead),
            list(ahead),
        )
        links |= {(link.one_id, link.other_id, link.at): link for link in found}
        ahead = {end for link in found for end in (link.one_id, link.other_id)} - root.keys()
        root |= {number: number for number in ahead}

    def top(number: int) -> int:
        while root[number] != number:
            number = root[number]
        return number

    for link in links.values():
        root[top(link.one_id)] = top(link.other_id)
    return {number: top(number) for number in root}, list(links.values())


def _people(cursor: CursorWrapper, tables: dict[str, list[Row]]) -> People:
    named = ("by_id", "second_id", "checked_by_id")
    who = {getattr(row, name, None) for found in tables.values() for row in found for name in named} - {None}
    units, roles, trainings = (rows_of(cursor, sql, list(who)) for sql in PERSONS.values())
    began: dict[int, list[Row]] = defaultdict(list)
    of_roles: dict[int, list[Row]] = defaultdict(list)
    of_trainings: dict[int, list[Row]] = defaultdict(list)
    for unit in units:
        began[unit.person_id].append(unit)
    for role in roles:
        of_roles[role.person_id].append(role)
    for training in trainings:
        of_trainings[training.person_id].append(training)
    stays = defaultdict(list, {person: _stays(rows) for person, rows in began.items()})
    return People(stays, of_roles, of_trainings)


def _stays(rows: list[Row]) -> list[Stay]:
    """Return the stays of one person whose rows come in their order: each ends with the next."""
    firsts, ends = [None, *(row.from_at for row in rows[1:])], [*(row.from_at for row in rows[1:]), None]
    return [Stay(row.unit_id, began, ended) for row, began, ended in zip(rows, firsts, ends, strict=True)]


def _policies(cursor: CursorWrapper) -> list[Policy]:
    numbers: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows_of(cursor, "select policy_id, name, value from cases_policynumber"):
        numbers[row.policy_id][row.name] = row.value
    codes: dict[str, dict[int, set[str]]] = {}
    for table in ("cases_policyoffence", "cases_policyexculpatory"):
        codes[table] = defaultdict(set)
        for row in rows_of(cursor, f"select policy_id, code from {table}"):  # noqa: S608 - one of two names above
            codes[table][row.policy_id].add(row.code)
    statutes: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for row in rows_of(cursor, "select policy_id, code, statute from cases_policystatute"):
        statutes[row.policy_id].add((row.code, row.statute))
    return [
        Policy(
            row.id,
            row.digest,
            row.at,
            row.until,
            numbers[row.id],
            frozenset(codes["cases_policyoffence"][row.id]),
            frozenset(statutes[row.id]),
            frozenset(codes["cases_policyexculpatory"][row.id]),
        )
        for row in rows_of(cursor, "select id, digest, adopted_at as at, holds_until as until from cases_policy order by id")
    ]
