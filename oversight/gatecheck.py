"""Derives every countersignature again from stored rows, by other code and with the auditor's login, and says in words what differs.

It shares nothing with ``review.rules`` nor with the SQL gate: it reads rows, and the entries that must stand beside them. Memory stays
flat: some investigations are read at a time, each time in one picture of the database.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper

from ledger.keyed import keyed
from oversight import recounting
from oversight.reading import File, Row, files_of, rows_of
from oversight.rederiving import OF_ONE_MOMENT, Asking, Picture, without_face
from oversight.tables import DEMANDS, NATURES, SHUT
from oversight.witnessed import signed_unseen

AT_A_TIME = 200
MOST_SAID = 20  # findings of one alarm; an entry has at most 64 KiB
MOST_INNOCENT = 0.01  # docs/independence.md, T5
LAW = ("A face search was used in this investigation.", "Its result is an investigative lead only")
OPEN = ("SIGNED", "STARTED")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that differs: a word to sort by, and a plain sentence."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A countersignature, a lead, a case or a table of which something differs."""

    ref: str
    state: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """One pass. ``open_and_hold``: how many that were signed or started hold at this moment; that one lapses is no fault."""

    checked: int
    leads: int
    moves: int
    wrong: tuple[Wrong, ...]
    holds: int
    lapsed: int
    persons_compared: bool

    def said(self) -> dict[str, Any]:
        return {**asdict(self), "wrong": [asdict(each) for each in self.wrong]}


def gatecheck(*, using: str, since: datetime | None = None) -> Checked:
    """Check everything that was decided since then, or ever, and return what was found."""
    counts: Counter[str] = Counter()
    wrong: list[Wrong] = []
    can_name = Path(settings.MASTER_KEY_FILE).is_file()
    with one_picture(using) as cursor:
        wrong += _tables(cursor)
        wrong += [
            Wrong(ref, state, (Finding("witnesses_silent", said),)) for ref, state, said in signed_unseen(cursor, since, OF_ONE_MOMENT)
        ]
        wrong += _lots_counted(cursor)
    for found in (
        _countersignatures(using, since, counts, can_name),
        _leads(using, since, counts),
        _moves(using, since, counts),
        _examined_again(using, since),
        _lots(using, since),
        _without_face(using, since),
    ):
        wrong += found
    return Checked(counts["checked"], counts["leads"], counts["moves"], _by_ref(wrong), counts["holds"], counts["lapsed"], can_name)


def _by_ref(wrong: list[Wrong]) -> tuple[Wrong, ...]:
    """Return what is wrong with one thing as one: an alarm that stands is known by its name."""
    found: dict[str, Wrong] = {}
    for each in wrong:
        before = found.get(each.ref)
        found[each.ref] = Wrong(each.ref, before.state, (*before.findings, *each.findings)) if before else each
    return tuple(found.values())


@contextmanager
def one_picture(using: str) -> Iterator[CursorWrapper]:
    """Read within one snapshot, so that nothing half done is seen. A transaction that is open already is the caller's to answer for."""
    connection = connections[using]
    inside = connection.in_atomic_block
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if not inside:
            cursor.execute("set transaction isolation level repeatable read, read only")
        yield cursor


def new_alarms(found: Checked, *, using: str) -> list[dict[str, Any]]:
    """Return what is wrong and not yet in the record in these words: an alarm that stands is not raised again every night."""
    refs = [each.ref for each in found.wrong]
    with one_picture(using) as cursor:
        entries = rows_of(
            cursor,
            "select distinct on (subject) subject, kind, body, leaf, at from ledger_entry where kind = 'gatecheck_differs' and subject = any(%s) "
            "order by subject, seq desc",
            refs,
        )
    raised = {entry.subject: (_read(entry) or {}).get("findings") for entry in entries}
    alarms = [
        {"ref": each.ref, "state": each.state, "findings": [asdict(finding) for finding in each.findings[:MOST_SAID]]}
        for each in found.wrong
    ]
    return [alarm for alarm in alarms if raised.get(str(alarm["ref"])) != alarm["findings"]]


def record(found: Checked, *, using: str) -> int:
    """Let the database write the pass and its new alarms into the record; return how many alarms are new."""
    alarms = new_alarms(found, using=using)
    with connections[using].cursor() as cursor:
        cursor.execute("select gatecheck_said(%s, %s, %s)", [found.checked, len(found.wrong), json.dumps(alarms)])
    return len(alarms)


# -- countersignatures ----------------------------------------------------------------------------------------------


def _countersignatures(using: str, since: datetime | None, counts: Counter[str], can_name: bool) -> Iterator[Wrong]:
    after = 0
    while True:
        with one_picture(using) as cursor:
            page = rows_of(
                cursor,
                "select s.id, s.ref, s.lead_id, c.investigation_id from review_countersignature s join review_lead l on l.id = s.lead_id "
                "join cases_case c on c.id = l.case_id left join review_decision d on d.countersignature_id = s.id "
                "where s.id > %s and (%s::timestamptz is null or coalesce(d.at, s.asked_at) >= %s) order by s.id limit %s",
                after,
                since,
                since,
                AT_A_TIME,
            )
            if not page:
                return
            ((now,),) = rows_of(cursor, "select house_now()")
            files = files_of(cursor, {row.investigation_id for row in page})
        for row in page:
            found = _one(files[row.investigation_id], row.id, now, counts, can_name)
            if found.findings:
                yield found
        after = page[-1].id


def _one(file: File, number: int, now: datetime, counts: Counter[str], can_name: bool) -> Wrong:
    asked = next(row for row in file.rows["asked"] if row.id == number)
    decision = next((row for row in file.rows["decisions"] if row.countersignature_id == number), None)
    if asked.state == "ASKED":
        return Wrong(asked.ref, asked.state, tuple(_never_answered(file, asked, decision)))
    counts["checked"] += 1
    if asked.state in OPEN:
        counts["holds" if _holds(file, asked, now) else "lapsed"] += 1
    return Wrong(asked.ref, asked.state, tuple(_Deciding(file, asked, decision, can_name).findings()))


def _never_answered(file: File, asked: Row, decision: Row | None) -> Iterator[Finding]:
    if decision is not None or any(entry.kind == "countersign" for entry in file.entries[asked.ref]):
        yield Finding("answered_and_asked", "It stands as asked, and yet an answer is on file.")


def _holds(file: File, asked: Row, now: datetime) -> bool:
    """Whether it holds now: signed or started, in time, and every safeguard open. What is in the record has been, also where the clock was set back."""
    lead, case = _lead_of(file, asked)
    now_or_later = max([now, *(entry.at for entry in file.by_seq.values())])
    in_time = asked.state == "STARTED" or (asked.act_by is not None and asked.act_by > now)
    return in_time and asked.action in DEMANDS and not set(Asking(Picture(file, case, now_or_later), lead, asked.action).all())


def _lead_of(file: File, asked: Row) -> tuple[Row, Row]:
    lead = next(row for row in file.rows["leads"] if row.id == asked.lead_id)
    return lead, next(case for case in file.cases if case.id == lead.case_id)


class _Deciding:
    """One countersignature that was answered: its rows, its entries, and the file as it stood when it was."""

    def __init__(self, file: File, asked: Row, decision: Row | None, can_name: bool) -> None:
        self.file, self.asked, self.decision, self.can_name = file, asked, decision, can_name
        self.lead, self.case = _lead_of(file, asked)
        self.answers = [entry for entry in file.entries[asked.ref] if entry.kind == "countersign"]
        self.entry = file.by_seq.get(decision.entry) if decision else next(iter(self.answers), None)
        self.was = {"SIGNED": "signed", "STARTED": "signed", "REFUSED": "refused"}[asked.state]

    def findings(self) -> Iterator[Finding]:
        yield from self._rows_and_entry()
        at = self._moment()
        picture = Picture(self.file, self.case, at)
        if self.asked.action not in DEMANDS:
            yield Finding("unknown_action", f"There is no action “{self.asked.action}”.")
            return
        if self.lead.case_id not in picture.cases or self.lead.at > at:
            yield Finding("lead_later", f"When it was {self.was}, the lead did not exist.")
            return
        asking = Asking(picture, self.lead, self.asked.action)
        found = set(asking.all())
        yield from self._signed(asking, found) if self.asked.state in OPEN else self._refused(asking, found)
        if self.decision is not None:
            yield from self._signer(picture, self.decision)
            yield from self._rests_on(asking, self.decision)
            yield from self._policy(picture, self.decision)
        yield from _rows_without_entries(picture)
        if self.asked.state == "STARTED":
            yield from self._started()

    def _moment(self) -> datetime:
        """When it was decided. The entry dates it; the row is believed only where the two agree."""
        if self.entry is not None and (self.decision is None or abs(self.entry.at - self.decision.at) > OF_ONE_MOMENT):
            return self.entry.at  # type: ignore[no-any-return]
        return self.decision.at if self.decision is not None else self.asked.at  # type: ignore[no-any-return]

    def _rows_and_entry(self) -> Iterator[Finding]:
        row, entry = self.decision, self.entry
        if row is None:
            yield Finding("no_decision", f"It stands as {self.asked.state.lower()}, and no decision is on file.")
        else:
            if row.signed != (self.asked.state in OPEN):
                yield Finding("decision_says_otherwise", f"It stands as {self.asked.state.lower()}, and its decision says the contrary.")
            if not row.sentence.strip():
                yield Finding("no_sentence", "The decision holds no sentence of its signer.")
        if entry is None:
            yield Finding("no_entry", "The decision has no entry in the record.")
            return
        if len(self.answers) > 1:
            yield Finding("answered_twice", "The record holds more than one answer to it.")
        if (entry.kind, entry.subject) != ("countersign", self.asked.ref):
            yield Finding("entry_of_another", f"The entry of the decision speaks of “{entry.kind}” on “{entry.subject}”.")
            return
        said = _read(entry)
        if said is None:
            yield Finding(
                "entry_altered", "The entry of the decision was altered: its bytes do not fit its hash, or do not say what its columns say."
            )
            return
        yield from self._entry_against_row(said)

    def _entry_against_row(self, said: Mapping[str, Any]) -> Iterator[Finding]:
        row = self.decision
        outcome = "SIGNED" if self.asked.state in OPEN else "REFUSED"
        if said.get("to") != outcome:
            yield Finding(
                "entry_says_otherwise", f"It stands as {self.asked.state.lower()}, and its entry says {str(said.get('to')).lower()}."
            )
        if row is None:
            return
        if set(said.get("reasons") or ()) != set(row.reasons):
            yield Finding("entry_says_otherwise", "The reasons on file are not those of the entry.")
        if (said.get("policy") or "") != row.policy_digest:
            yield Finding("entry_says_otherwise", "The policy on file is not that of the entry.")
        if self.can_name and said.get("by") != keyed("person", row.by_id):
            yield Finding("entry_says_otherwise", "The signer on file is not the person of the entry.")
        if self.entry is not None and abs(self.entry.at - row.at) > OF_ONE_MOMENT:
            yield Finding("dated_otherwise", "The decision carries another time than its entry.")

    def _signed(self, asking: Asking, found: set[str]) -> Iterator[Finding]:
        for code in sorted(found):
            yield Finding(code, f"When it was signed, {SHUT[code]}.")
        if self.decision is not None and self.decision.reasons:
            yield Finding("signed_with_reasons", "It was signed, and reasons against it are on file.")
        papers = asking.papers
        if "G8" in asking.demand.safeguards and papers is not None:
            lacking = [sentence for sentence in LAW if _folded(sentence) not in _folded(papers.text)]
            if lacking and not papers.missing:
                yield Finding("papers_text", f"The papers are stored as complete, and their text lacks: “{lacking[0]}”")
        for number, weight in sorted(asking.weights.items()):
            fixing = asking.p.fixed.get(number)
            if weight.counts and fixing is not None and not _discriminates(fixing):
                yield Finding(
                    "sharper_than_it_is", f"{fixing.ref} is stored as telling people apart, and its own numbers say that it does not."
                )

    def _refused(self, asking: Asking, found: set[str]) -> Iterator[Finding]:
        if self.decision is None:
            return
        stored = set(self.decision.reasons)
        if not stored and not self.decision.sentence.strip():
            yield Finding("refused_without_reason", "It was refused without a reason.")
        if not stored:
            return  # the supervisor declined, in his own sentence; the gate was not asked
        for code in sorted(stored - found - asking.perhaps):
            yield Finding("reason_was_not_so", f"It was refused because {SHUT.get(code, code)}; when it was decided, that was not so.")
        for code in sorted(found - stored):
            yield Finding("reason_was_left_out", f"When it was refused, {SHUT[code]}; that reason was left out.")

    def _signer(self, picture: Picture, decision: Row) -> Iterator[Finding]:
        who, people = decision.by_id, picture.file.people
        if not people.held(who, "supervisor", picture.at.astimezone(UTC).date()):
            yield Finding("signer_not_supervisor", f"Whoever answered held the role of supervisor not on the day it was {self.was}.")
        if self.asked.by_id == who:
            yield Finding("signer_asked", "Whoever asked for it answered it.")
        if picture.of_a_unit_that_asked(who, picture.at):
            yield Finding(
                "signer_of_the_unit",
                f"When it was {self.was}, whoever answered was of the requester's unit, or had been since the request.",
            )
        if picture.other_part(who, than="supervisor"):
            yield Finding("signer_took_part", f"When it was {self.was}, whoever answered held another part in the investigation.")

    def _rests_on(self, asking: Asking, decision: Row) -> Iterator[Finding]:
        said, counting = set(decision.rests_on), set(asking.counting)
        if said - counting:
            yield Finding("rests_on_what_did_not_count", f"It rests on what did not count: {', '.join(sorted(said - counting))}.")
        if counting - said:
            yield Finding("rests_on_left_out", f"What it rests on leaves out what counted: {', '.join(sorted(counting - said))}.")

    def _policy(self, picture: Picture, decision: Row) -> Iterator[Finding]:
        in_force = picture.policy.digest if picture.policy else ""
        if decision.policy_digest != in_force:
            yield Finding("policy_differs", "The policy that the decision names was not the one in force.")
        if self.asked.state in OPEN:
            until = picture.at + timedelta(hours=picture.number("hours_to_act", 72))
            if self.asked.act_by is None or abs(self.asked.act_by - until) > OF_ONE_MOMENT:
                yield Finding("act_by_differs", "It may be acted on until another time than the policy in force gave.")

    def _started(self) -> Iterator[Finding]:
        begun = [entry for entry in self.file.entries[self.asked.ref] if entry.kind == "start"]
        custody = [row for row in self.file.rows["custodies"] if row.countersignature_id == self.asked.id]
        if len(begun) != 1 or _read(begun[0]) is None:
            yield Finding("start_without_entry", "It stands as started, and the record does not hold its start once, as it was written.")
            return
        at = begun[0].at
        shut = set(Asking(Picture(self.file, self.case, at), self.lead, self.asked.action).all())
        for code in sorted(shut):
            yield Finding("started_shut", f"When it was started, {SHUT[code]}.")
        if self.asked.act_by is None or self.asked.act_by <= at:
            yield Finding("started_too_late", "It was started after the time until which it might be acted on.")
        if DEMANDS[self.asked.action].custody != bool(custody):
            yield Finding(
                "custody_missing" if not custody else "custody_of_nothing",
                "It was started and takes somebody into custody, and no custody is on file: no clock runs."
                if not custody
                else "A custody is on file for an action that takes nobody into custody.",
            )
        for row in custody:
            if row.lead_id != self.lead.id or abs(row.at - at) > OF_ONE_MOMENT:
                yield Finding("custody_differs", "The custody on file is of another lead or another time than the start.")


def _discriminates(fixing: Row) -> bool:
    return bool(fixing.one_in >= 1 and 1 - (1 - 1 / fixing.one_in) ** fixing.tested_on <= MOST_INNOCENT + 1e-12)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def _read(entry: Row) -> Mapping[str, Any] | None:
    """Return what an entry says, or None where its bytes do not fit its hash or its columns."""
    body = bytes(entry.body)
    try:
        said = json.loads(body)
        at = datetime.fromisoformat(said["at"])
    except (ValueError, TypeError, KeyError):
        return None
    whole = hashlib.sha256(b"\x00" + body).digest() == bytes(entry.leaf)
    return said if whole and (said.get("kind"), said.get("subject"), at) == (entry.kind, entry.subject, entry.at) else None


# -- rows and their entries -----------------------------------------------------------------------------------------

# table, kinds of its entries, what the entry speaks of ("ref", or the case), and what both say: key of the entry -> column
BESIDE: tuple[tuple[str, frozenset[str], str, Mapping[str, str]], ...] = (
    ("items", frozenset({"add_evidence", "record_line_up"}), "ref", {"direction": "direction", "kind_of_item": "kind"}),
    ("fixings", frozenset({"fix_evidence", "fix_again"}), "ref", {"kind_of_item": "kind", "links_to": "links_to", "one_in": "one_in"}),
    ("statements", frozenset({"record_statement"}), "ref", {"shown": "shown", "named_first_by": "named_first_by"}),
    ("closings", frozenset({"close_exculpatory"}), "ref", {"how": "how"}),
    ("holds", frozenset({"decide_hold"}), "ref", {"may_be_used": "may_be_used", "ruling": "ruling"}),
    ("warrants", frozenset({"file_warrant"}), "ref", {"search_used": "search_used"}),
    ("papers", frozenset({"file_papers"}), "ref", {"action": "action", "missing": "missing"}),
    ("views", frozenset({"give_legal_view"}), "ref", {"action": "action", "agrees": "agrees"}),
    ("forms", frozenset({"file_line_up_form"}), "ref", {}),
    ("rivals", frozenset({"weigh_rival"}), "ref", {}),
    ("leads", frozenset({"open_lead"}), "ref", {}),
    ("ends", frozenset({"end_lead"}), "ref", {}),
    ("reports", frozenset({"confirm_offence"}), "case", {"offence": "code", "statute": "statute"}),
    ("checks", frozenset({"check_probe"}), "case", {"grade": "grade"}),
    ("drawn", frozenset({"take_next"}), "case", {}),
)
SPEAKS = {
    "items": "an item", "fixings": "a fixing", "statements": "a statement", "closings": "a closing", "holds": "a decision on a hold",
    "warrants": "the form of a warrant", "papers": "the papers", "views": "a legal adviser's view", "forms": "a line-up form",
    "rivals": "a rival weighed away", "leads": "a lead", "ends": "the end of a lead", "reports": "the report of crime",
    "checks": "the check of the probe", "drawn": "the drawing of a reviewer", "conclusions": "conclusions", "edges": "an edge",
}  # fmt: skip


def _rows_without_entries(picture: Picture) -> Iterator[Finding]:
    """Each row that was on file has its own entry of the same moment that says the same; and no entry has lost its row."""
    refs = {case.id: case.ref for case in picture.cases.values()}
    known = set(refs.values())
    said: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))  # kind -> subject -> entries
    for subject, entries in picture.file.entries.items():
        if "-".join(subject.split("-")[:3]) in known:
            for entry in entries:
                if entry.at <= picture.at + OF_ONE_MOMENT:
                    said[entry.kind][subject].append(entry)
    for table, kinds, of, same in BESIDE:
        rows = defaultdict(list)
        for row in picture.rows(table):
            rows[row.ref if of == "ref" else refs[row.case_id]].append(row)
        yield from _beside(picture, said, table, rows, kinds, same)
    concluded: dict[str, list[Row]] = defaultdict(list)
    for row in {(row.case_id, row.by_id): row for row in picture.rows("conclusions")}.values():
        concluded[refs[row.case_id]].append(row)
    yield from _beside(picture, said, "conclusions", concluded, frozenset({"conclude"}), {})
    edges: dict[str, list[Row]] = defaultdict(list)
    for row in picture.rows("edges"):
        if row.written_by_id is not None:
            edges[row.ref].append(row)
    yield from _beside(picture, said, "edges", edges, frozenset({"add_edge"}), {"edge": "kind"})


def _beside(
    picture: Picture,
    said: Mapping[str, Mapping[str, list[Row]]],
    table: str,
    rows: Mapping[str, list[Row]],
    kinds: frozenset[str],
    same: Mapping[str, str],
) -> Iterator[Finding]:
    subjects = set(rows).union(*(said[kind] for kind in kinds if kind in said))
    for subject in sorted(subjects):
        entries = sorted((e for kind in kinds if kind in said for e in said[kind].get(subject, ())), key=lambda entry: entry.seq)
        waiting = sorted(rows.get(subject, ()), key=lambda row: row.at)
        for row in waiting:
            entry = next((e for e in entries if abs(e.at - row.at) <= OF_ONE_MOMENT), None)
            if entry is None:
                yield Finding("row_without_entry", f"Of {subject}, {SPEAKS[table]} has no entry of its moment in the record.")
                continue
            entries.remove(entry)
            yield from _says_the_same(table, subject, row, entry, same)
        if any(entry.at <= picture.at for entry in entries):
            yield Finding("entry_without_row", f"The record says that {SPEAKS[table]} of {subject} was entered, and it is not on file.")


def _says_the_same(table: str, subject: str, row: Row, entry: Row, same: Mapping[str, str]) -> Iterator[Finding]:
    said = _read(entry)
    if said is None:
        yield Finding("entry_altered", f"Of {subject}, the entry of {SPEAKS[table]} was altered.")
        return
    for key, column in same.items():
        if key in said and said[key] != getattr(row, column):
            yield Finding("row_differs", f"Of {subject}, {SPEAKS[table]} is not what was entered ({column.replace('_', ' ')}).")


# -- what stands without the face ------------------------------------------------------------------------------------


WITHOUT_FACE = """
select o.id, c.investigation_id from review_outsidegate o join cases_case c on c.id = o.case_id
 where o.basis = 'stands_without_face' and o.id > %s and (%s::timestamptz is null or o.entered_at >= %s) order by o.id limit 200
"""


def _without_face(using: str, since: datetime | None) -> Iterator[Wrong]:
    """Every action that is on file as standing without the face did stand so when it was recorded, was checked, and has its entry."""
    after = 0
    while True:
        with one_picture(using) as cursor:
            page = rows_of(cursor, WITHOUT_FACE, after, since, since)
            files = files_of(cursor, {row.investigation_id for row in page})
        for number, file in ((row.id, files[row.investigation_id]) for row in page):
            row = next(each for each in file.rows["outside_gate"] if each.id == number)
            case = next(each for each in file.cases if each.id == row.case_id)
            lead = next((each for each in file.rows["leads"] if each.id == row.lead_id), None)
            if found := tuple(_recorded(Picture(file, case, row.at), row, lead)):
                yield Wrong(lead.ref if lead else case.ref, "without face", found)
        if not page:
            return
        after = page[-1].id


def _recorded(picture: Picture, row: Row, lead: Row | None) -> Iterator[Finding]:
    recorded = "When it was recorded as standing without the face,"
    for code in sorted(without_face(picture, lead)):
        yield Finding(code, f"{recorded} {SHUT[code]}.")
    if not picture.holds_role(row.checked_by_id, "corroboration_officer", picture.at.astimezone(UTC).date()):
        yield Finding("checker_not_officer", f"{recorded} whoever checked it was no corroboration officer that day.")
    if row.checked_by_id == row.by_id or picture.other_part(row.checked_by_id, than="corroboration_officer"):
        yield Finding("checker_took_part", f"{recorded} whoever checked it held another part in the investigation.")
    if row.lead_id is not None and (lead is None or lead.case_id != row.case_id):
        yield Finding("lead_of_another_case", "It is on file of another case than its lead.")
    entries = picture.file.entries[lead.ref if lead else picture.of_case.ref]
    beside = (each for each in entries if each.kind == "record_without_face" and abs(each.at - picture.at) <= OF_ONE_MOMENT)
    if not any(_read(entry) is not None for entry in beside):
        yield Finding("row_without_entry", "What is on file as standing without the face has no entry of its moment in the record.")


# -- leads, moves, tables -------------------------------------------------------------------------------------------


def _leads(using: str, since: datetime | None, counts: Counter[str]) -> Iterator[Wrong]:
    """Every lead has two conclusions or more that support, no exclusion when it was opened, and every case that is a LEAD has one."""
    after = 0
    while True:
        with one_picture(using) as cursor:
            page = rows_of(
                cursor,
                "select l.id, l.ref, l.case_id, k.case_id as of_candidate, c.state, "
                "(select count(distinct o.by_id) from review_conclusion o where o.candidate_id = l.candidate_id and o.rating >= 1 and o.at <= l.opened_at) as support, "
                "(select count(*) from review_conclusion o where o.candidate_id = l.candidate_id and o.rating <= -2 and o.at <= l.opened_at) as exclude "
                "from review_lead l join cases_candidate k on k.id = l.candidate_id join cases_case c on c.id = l.case_id "
                "where l.id > %s and (%s::timestamptz is null or l.opened_at >= %s) order by l.id limit 2000",
                after,
                since,
                since,
            )
        for row in page:
            counts["leads"] += 1
            found = []
            if row.support < 2:
                found.append(
                    Finding("lead_without_conclusions", "When the lead was opened, fewer than two reviewers had concluded in support.")
                )
            if row.exclude:
                found.append(Finding("lead_against_an_exclusion", "When the lead was opened, a reviewer had excluded this candidate."))
            if row.of_candidate != row.case_id:
                found.append(Finding("lead_of_another_case", "The lead is of another case than its candidate."))
            if found:
                yield Wrong(row.ref, "lead", tuple(found))
        if not page:
            return
        after = page[-1].id


def _moves(using: str, since: datetime | None, counts: Counter[str]) -> Iterator[Wrong]:
    """Every case stands where its moves brought it, each move goes on from the one before, and each has its own entry."""
    after = 0
    while True:
        with one_picture(using) as cursor:
            cases = rows_of(
                cursor,
                "select c.id, c.ref, c.state, exists (select 1 from review_lead l where l.case_id = c.id) as has_lead from cases_case c "
                "where c.id > %s and (%s::timestamptz is null or exists (select 1 from cases_move m where m.case_id = c.id and m.at >= %s)) "
                "order by c.id limit 2000",
                after,
                since,
                since,
            )
            if not cases:
                return
            moves = rows_of(
                cursor,
                "select m.case_id, m.act, m.source, m.target, m.at as moved_at, m.xid::text = e.xid::text as together, "
                "e.seq, e.kind, e.subject, e.body, e.leaf, e.at from cases_move m left join ledger_entry e on e.seq = m.entry "
                "where m.case_id = any(%s) order by m.id",
                [case.id for case in cases],
            )
        of_case = defaultdict(list)
        for move in moves:
            of_case[move.case_id].append(move)
            counts["moves"] += 1
        for case in cases:
            if found := tuple(_of_case(case, of_case[case.id])):
                yield Wrong(case.ref, case.state, found)
        after = cases[-1].id


def _of_case(case: Row, moves: list[Row]) -> Iterator[Finding]:
    here = "RECEIVED"
    for move in moves:
        step = f"from {move.source} to {move.target}"
        if move.source != here:
            yield Finding("move_from_elsewhere", f"The move {step} began where the case did not stand.")
        here = move.target
        said = _read(move) if move.seq is not None else None
        if move.seq is None:
            yield Finding("move_without_entry", f"The move {step} has no entry in the record.")
        elif said is None:
            yield Finding("entry_altered", f"The entry of the move {step} was altered.")
        elif (move.kind, move.subject, said.get("from"), said.get("to"), move.together) != (
            move.act,
            case.ref,
            move.source,
            move.target,
            True,
        ):
            yield Finding("move_with_another_entry", f"The entry of the move {step} speaks of something else.")
        elif abs(move.at - move.moved_at) > OF_ONE_MOMENT:
            yield Finding("dated_otherwise", f"The move {step} carries another time than its entry.")
    if here != case.state:
        yield Finding("stands_elsewhere", f"The case stands at {case.state}, and its moves brought it to {here}.")
    if case.state == "LEAD" and not case.has_lead:
        yield Finding("lead_without_lead", "The case stands at LEAD and has no lead.")


AGAIN = """
select r.case_id, c.ref, c.state, r.agrees, r.items, x.chosen, x.nonce, x.commitment, a.ori,
       (select convert_from(e.body, 'UTF8') from ledger_entry e where e.kind = 'draw_lot' and e.subject = c.ref order by e.seq limit 1) as lot,
       (select s.answers from review_reexaminationturn t join review_reexaminationend d on d.turn_id = t.id and d.how = 'done'
          join review_reexaminationstep s on s.turn_id = t.id and s.step = 'rate' where t.reexamination_id = r.case_id) as answers,
       (select jsonb_agg(jsonb_build_object('token', k.token, 'lead', l.id is not null, 'item',
                 l.id is null or exists (select 1 from review_leadend z where z.lead_id = l.id and z.at < r.at)
                 or exists (select 1 from review_evidence v where v.lead_id = l.id and v.direction = 'exculpatory' and v.ref = any (r.items))))
          from cases_candidate k left join review_lead l on l.candidate_id = k.id where k.case_id = r.case_id) as faces
  from review_reexaminationresult r join review_reexamination x on x.case_id = r.case_id join cases_case c on c.id = r.case_id
  join people_agency a on a.id = r.lender_id
 where r.case_id > %s and (%s::timestamptz is null or r.at >= %s) order by r.case_id limit 2000
"""


def _pages(using: str, asked: str, since: datetime | None, key: str) -> Iterator[Row]:
    """Yield what a question finds, page by page, each within one snapshot and after the key of the one before."""
    after = 0
    while True:
        with one_picture(using) as cursor:
            page = rows_of(cursor, asked, after, since, since)
        yield from page
        if not page:
            return
        after = getattr(page[-1], key)


def _sealed(row: Row) -> str:
    """Return the commitment that a lot has by its own row."""
    return hashlib.sha256(f"{row.nonce}|{row.ref}|{row.ori}|{'t' if row.chosen else 'f'}".encode()).hexdigest()


def _examined_again(using: str, since: datetime | None) -> Iterator[Wrong]:
    """Every case that another agency examined again drew its lot as the record holds it, and its result is what was locked."""
    for row in _pages(using, AGAIN, since, "case_id"):
        if found := tuple(_result_again(row)):
            yield Wrong(row.ref, row.state, found)


LOTS = """
select e.seq, e.subject as ref, coalesce(c.state, '') as state, convert_from(e.body, 'UTF8') as lot, x.chosen, x.nonce, x.commitment, a.ori,
       exists (select 1 from review_reexaminationwaiting w where w.reexamination_id = c.id)
       or exists (select 1 from review_reexaminationresult r where r.case_id = c.id) as kept
  from ledger_entry e left join cases_case c on c.ref = e.subject left join review_reexamination x on x.case_id = c.id
  left join people_agency a on a.id = x.lender_id
 where e.kind = 'draw_lot' and e.seq > %s and (%s::timestamptz is null or e.at >= %s) order by e.seq limit 2000
"""


def _lots(using: str, since: datetime | None) -> Iterator[Wrong]:
    """Every lot is still the one that the record holds, drawn or not, and what was drawn waits or was examined. The words say not which."""
    for row in _pages(using, LOTS, since, "seq"):
        if not json.loads(row.lot).get("commitment") == row.commitment == _sealed(row) or (row.chosen and not row.kept):
            yield Wrong(row.ref, row.state, (Finding("lot_lost", "The lot of this joined case is not kept as the record holds it."),))


def _lots_counted(cursor: CursorWrapper) -> Iterator[Wrong]:
    """What everybody is told of the lots is what their rows say."""
    if recounting.told_otherwise(cursor):
        said = "How many cases were drawn to be examined again, or what became of them, is told otherwise than the lots say."
        yield Wrong("examined again", "", (Finding("lots_told_otherwise", said),))


def _result_again(row: Row) -> Iterator[Finding]:
    if not row.chosen or not json.loads(row.lot or "{}").get("commitment") == row.commitment == _sealed(row):
        yield Finding("lot_differs", "The case was examined again, and its lot in the record is not that of a case that was drawn.")
    answers, faces = json.loads(row.answers or "{}"), json.loads(row.faces or "[]")
    rated = [(face, answers.get(face["token"], {}).get("rating")) for face in faces]
    if row.agrees != all(face["lead"] == (rating is not None and rating >= 1) for face, rating in rated):
        yield Finding("result_differs", "What is said of the examination again is not what was locked.")
    if not all(face["item"] for face, rating in rated if rating is not None and rating <= -2):
        yield Finding("exclusion_not_on_file", "An examination again excluded the person of a lead, and nothing on file says so.")


def _tables(cursor: CursorWrapper) -> Iterator[Wrong]:
    """The reference rows that the database's gate reads say what is written down here."""
    found = []
    actions = {
        row.action: row
        for row in rows_of(cursor, "select action, demands, standing_apart, arrest_like, takes_into_custody from review_action")
    }
    for action in sorted(actions.keys() | DEMANDS.keys()):
        row, demand = actions.get(action), DEMANDS.get(action)
        if row is None or demand is None or (frozenset(row.demands), row.standing_apart, row.arrest_like, row.takes_into_custody) != (
            demand.safeguards, demand.apart, demand.arrest, demand.custody
        ):  # fmt: skip
            found.append(Finding("action_differs", f"What the action “{action}” demands is not what is written down for it."))
    kinds = {
        row.kind: (row.channel, frozenset(row.traits)) for row in rows_of(cursor, "select kind, channel, traits from review_evidencekind")
    }
    for kind in sorted(kinds.keys() | NATURES.keys()):
        nature = NATURES.get(kind)
        if nature is None or kinds.get(kind) != (nature.channel, nature.traits):
            found.append(Finding("kind_differs", f"What the kind “{kind}” is differs from what is written down for it."))
    if found:
        yield Wrong("reference rows", "", tuple(found))
