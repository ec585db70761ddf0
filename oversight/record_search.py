"""Searches the record for an auditor: entries of his agency, newest first, by kind, outcome, case, person and days, or by a saved question."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from ledger.asking import ask_database

COLUMNS = ("number", "place in the log", "at", "kind", "outcome", "about", "by", "says")
OUTCOMES = {"done": "Done", "refused": "Refused or failed", "alarm": "An alarm"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of the record. ``person`` holds the keyed hashes under which one person's entries stand; None asks of everybody."""

    kind: str = ""
    outcome: str = ""
    case: str = ""
    person: tuple[str, ...] | None = None
    since: date | None = None
    until: date | None = None
    question: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is shown: references and keyed hashes, as they stand in the record."""

    number: int
    place: int | None
    at: datetime
    kind: str
    outcome: str
    about: str
    case: str
    by: str
    says: str

    def row(self) -> tuple[Any, ...]:
        """Return what ``COLUMNS`` name."""
        return (self.number, self.place, self.at, self.kind, self.outcome, self.about, self.by, self.says)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that is asked again and again, and what it finds."""

    title: str
    finds: str
    where: str
    of_each_look: bool = False  # the whole investigation is read for each


# Of a look: who looked held no part in any investigation whose probe or candidate it was.
WITHOUT_TASK = """
e.kind = 'look' and exists (
  select 1 from cases_look k join cases_storedimage i on i.id = k.image_id where k.entry = e.seq and k.purpose not in ('practice', 'reexamination') and not exists (
    select 1 from (select i.case_id union select n.case_id from cases_candidate n where n.image_id = k.image_id) of_image(id)
      join cases_case o on o.id = of_image.id cross join lateral parts_in(investigation_set(o.investigation_id)) x where x.person_id = k.by_id)
   and not exists (  -- a known non-mate that stood among his own
    select 1 from review_nonmateshown s join review_nonmate m on m.id = s.non_mate_id join review_drawn d on d.id = s.drawn_id
     where m.image_id = k.image_id and d.reviewer_id = k.by_id))
"""
QUESTIONS: Mapping[str, Question] = {
    "looks-without-a-task": Question(
        "Who looked at a face without a task?", "Looks by persons who hold no part in the investigation.", WITHOUT_TASK, of_each_look=True
    ),
    "outside-the-gate": Question(
        "What was done outside the gate?",
        "Actions outside the gate, and those that stand without the face.",
        "e.kind in ('record_outside_gate', 'record_without_face')",
    ),
    "gates-that-disagreed": Question(
        "Where did two gates disagree?",
        "The two gates at a signature, and the re-check afterwards.",
        "e.kind in ('gates_disagree', 'gatecheck_differs')",
    ),
}
# In the words of the indexes that find them (ledger/sql/0005).
OUTCOMES = {
    "alarm": "e.kind in ('gatecheck_differs', 'gates_disagree', 'sentence_repeated', 'log_stalled', 'witness_refused', 'witnesses_silent')",
    "refused": "(e.kind in ('refused', 'refuse_probe', 'sign_in_failed', 'job_given_up') or ledger_said(e.body, 'to') = 'REFUSED')",
}
# Entries of the auditor's agency, and those of no agency; none of an investigation in which he is drawn as a reviewer, or that is linked to one.
# What is said of an entry is looked up entry by entry (``limit 1``), however the planner counts: it would read every case to show fifty entries.
FOUND = f"""
select e.seq, l.index, e.at, e.kind, b.outcome, e.subject, coalesce(c.ref, ''), convert_from(e.body, 'UTF8')
  from ledger_entry e left join lateral (select x.index from ledger_leaf x where x.entry_id = e.seq limit 1) l on true
  cross join lateral (select case when {OUTCOMES["alarm"]} then 'alarm' when {OUTCOMES["refused"]} then 'refused' else 'done' end as outcome) b
  left join lateral (select h.case_id from review_countersignature s join review_lead h on h.id = s.lead_id where s.ref = e.subject limit 1) s on true
  left join lateral (select x.id from cases_case x where x.ref = array_to_string((string_to_array(e.subject, '-'))[1:3], '-') limit 1) n on true
  left join lateral (select x.ref, x.agency_id, x.investigation_id from cases_case x where x.id = coalesce(n.id, s.case_id) limit 1) c on true
  left join lateral (select x.ori from people_agency x where x.id = c.agency_id limit 1) a on true
 where (c.investigation_id in (select unnest(investigation_set(o.investigation_id)) from review_drawn d join cases_case o on o.id = d.case_id
                                where d.reviewer_id = %(auditor)s
                               union select investigations_examined_again(%(auditor)s))) is not true
"""  # noqa: S608 - the words above, no input
# In words from which a planner sees that nearly every entry is ours: it begins with the newest and reads no further than asked for.
OURS = "(a.ori = %(ori)s or a.ori is null and coalesce(ledger_said(e.body, 'agency'), %(ori)s) = %(ori)s)"
# A case, a lead, an item or a countersignature, and whatever is numbered under it.
UNDER = """
e.subject = any(array(select %(case)s union select ref from review_lead where ref like %(case)s || '-%%'
  union select ref from review_evidence where ref like %(case)s || '-%%'
  union select s.ref from review_countersignature s join review_lead h on h.id = s.lead_id where h.ref = %(case)s or h.ref like %(case)s || '-%%'))
"""
# A person stands in an entry as who acts or as who signs in: each way is found by its own index, no further than the page asks.
PERSON = """
e.seq = any(array(select x.seq from ledger_entry x where ledger_said(x.body, 'by') = any(%(person)s) and x.seq < %(begins)s and x.seq >= %(ends)s
  union select x.seq from ledger_entry x where ledger_said(x.body, 'name') = any(%(person)s) and x.seq < %(begins)s and x.seq >= %(ends)s))
"""
HIGHEST = 2**63 - 1
# A day is asked of the clock, and of the numbers too: they were given in its order, so whatever is newer by a day is not read.
FILTERS = {
    "kind": "e.kind = %(kind)s",
    "outcome": "b.outcome = %(outcome)s",
    "case": UNDER,
    "person": PERSON,
    "since": "e.at >= %(since)s::date",
    "until": "e.at < %(until)s::date + 1 and e.seq < coalesce((select x.seq from ledger_entry x where x.at >= %(until)s::date + 2 order by x.at limit 1), %(highest)s)",
    "before": "e.seq < %(before)s",
    "down_to": "e.seq >= %(down_to)s",
}
AT_ONCE = 2_000  # of looks, and of the entries of one person, so many are asked about at a time
OLDEST_LOOK = "(select seq from ledger_entry where kind = 'look' and seq < %s order by seq desc offset %s limit 1)"
OLDEST_OF_A_PERSON = "(select seq from ledger_entry where ledger_said(body, %s) = %s and seq < %s order by seq desc offset %s limit 1)"


def asks_down_to(asked: Asked, *, before: int | None, at_once: int | None = None) -> int | None:
    """Return down to which entry a question about every look, or about one person, is asked; None where it is asked of all that is left.

    For each look the whole investigation is read; what one person did in years is more than a page sorts.
    """
    given = (HIGHEST if before is None else before, AT_ONCE if at_once is None else at_once)
    if asked.person:
        ways = [(what, value) for value in asked.person for what in ("by", "name")]
        oldest = ", ".join([OLDEST_OF_A_PERSON] * len(ways))
        return _number(f"select greatest({oldest})", *(each for way in ways for each in (*way, *given)))
    of_each_look = asked.question and QUESTIONS[asked.question].of_each_look
    return _number(f"select {OLDEST_LOOK}", *given) if of_each_look and not asked.case and asked.person is None else None


def _number(sql: str, *given: object) -> int | None:
    found: int | None = ask_database(sql, *given)
    return found


def search(asked: Asked, *, ori: str, auditor: int, before: int | None, at_most: int, down_to: int | None = None) -> list[Entry]:
    """Return the newest entries that answer, at most so many, of those before a number, and down to one, where they are given."""
    given: dict[str, Any] = {
        "kind": asked.kind or None,
        "outcome": asked.outcome or None,
        "case": asked.case or None,
        "person": None if asked.person is None else list(asked.person),
        "since": asked.since,
        "until": asked.until,
        "before": before,
        "down_to": down_to,
    }
    wheres = [FILTERS[name] for name, value in given.items() if value is not None]
    wheres.append(OURS)
    if asked.outcome in OUTCOMES:
        wheres.append(OUTCOMES[asked.outcome])  # beside the filter, so that an index answers
    if asked.question:
        wheres.append(QUESTIONS[asked.question].where)
    bounds = {"begins": HIGHEST if before is None else before, "ends": -HIGHEST if down_to is None else down_to}
    sql = "".join([FOUND, *(f" and {where}" for where in wheres), " order by e.seq desc limit %(at_most)s"])
    with connection.cursor() as cursor:
        cursor.execute(sql, {**given, **bounds, "highest": HIGHEST, "ori": ori, "auditor": auditor, "at_most": at_most})
        return [_entry(*row) for row in cursor.fetchall()]


def _entry(number: int, place: int | None, at: datetime, kind: str, outcome: str, about: str, case: str, body: str) -> Entry:
    said = {name: value for name, value in json.loads(body).items() if name not in ("kind", "subject", "at")}
    by = str(said.pop("by", said.pop("name", "")))
    return Entry(
        number, place, at, kind, outcome, about, case, by, "; ".join(f"{name}: {_plain(value)}" for name, value in sorted(said.items()))
    )


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
