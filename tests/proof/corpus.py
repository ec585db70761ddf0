"""Writes items into a throw-away database as its owner, thousands at once, and reads back how the database weighs them.

Triggers are off while it writes: nobody asks here who may write a row, only what is computed of the rows.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg

from review.rules.graph import OUTSIDE_THE_ITEMS, PROBE, Item, Weighed
from review.rules.kinds import BY_PERSONS, Trait
from tests import database

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=900)
AT_LAST = datetime(2100, 1, 1, tzinfo=UTC)  # when everything is decided: nothing is entered since

Owner = psycopg.Connection[tuple[object, ...]]
Answer = tuple[frozenset[str], bool, bool, bool, bool, frozenset[str]]


@contextmanager
def throw_away(name: str) -> Iterator[Owner]:
    """Yield the owner's connection to a copy of the furnished database, in which a lone transaction may change anything."""
    whole = f"{database._template}_{name}"
    database._copy(database._template, whole)
    try:
        with database.login("owner") as here:
            s = here.info
            with psycopg.connect(host=s.host, user=s.user, password=s.password, dbname=whole) as owner:
                owner.execute("set plan_cache_mode = force_generic_plan")  # the same few questions, thousands of times
                owner.execute("set jit = off")
                for table in WRITTEN:  # swept by hand: statistics taken in the midst of a batch make one question take minutes
                    owner.execute(f"alter table {table} set (autovacuum_enabled = false)")  # type: ignore[arg-type]
                owner.commit()
                yield owner
    finally:
        with database._maintenance() as maintenance:
            database._patiently(maintenance, f'drop database if exists "{whole}"')


@contextmanager
def triggers_off(owner: Owner) -> Iterator[None]:
    """Switch every trigger of the house off, and on again as it was."""
    was = owner.execute(
        "select c.relname, t.tgname, t.tgenabled from pg_trigger t join pg_class c on c.oid = t.tgrelid where not t.tgisinternal and t.tgenabled <> 'D'"
    ).fetchall()
    for table, name, _ in was:
        owner.execute(f"alter table {table} disable trigger {name}")  # type: ignore[arg-type]
    owner.commit()
    try:
        yield
        owner.commit()
    finally:
        owner.rollback()
        for table, name, enabled in was:
            owner.execute(f"alter table {table} enable {'always ' if enabled == 'A' else ''}trigger {name}")  # type: ignore[arg-type]
        owner.commit()


def sweep(owner: Owner) -> None:
    """Take the rows that were undone out of the tables, which are written again and again."""
    owner.autocommit = True
    owner.execute(f"vacuum {', '.join(WRITTEN)}")  # type: ignore[arg-type]
    owner.autocommit = False


def put(owner: Owner, table: str, columns: str, rows: Iterable[Sequence[object]]) -> None:
    """Copy rows into a table."""
    with owner.cursor().copy(f"copy {table} ({columns}) from stdin") as copy:
        for row in rows:
            copy.write_row(row)


@dataclass(frozen=True, slots=True)
class Place:
    """Where items are written: an investigation with one case whose face was searched NOW, and two persons who write."""

    investigation: int
    case: int
    person: int
    second: int


def open_places(owner: Owner, grades: Sequence[str], first: int = 1_000_000) -> list[Place]:
    """Make investigations with one case and one lead each, searched NOW and the probe graded so; all bear one number."""
    dana, agency = _one(owner, "select id, agency_id from people_person where username = 'dana'")
    (cody,) = _one(owner, "select id from people_person where username = 'cody'")
    places = [Place(number, number, dana, cody) for number in range(first, first + len(grades))]
    each = [place.case for place in places]
    put(owner, "cases_investigation", "id, agency_id, agency_case", [(n, agency, f"proof {n}") for n in each])
    put(
        owner,
        "cases_case",
        "id, ref, state, track, door, searched_before_screening, received_at, agency_id, investigation_id",
        [(n, f"proof {n}", "LEAD", "suspect", "machine", True, NOW, agency, n) for n in each],
    )
    put(
        owner,
        "cases_candidatelist",
        "id, engine_name, engine_version, template_version, score_scale, gallery_name, gallery_revision, number, not_reported, received_at, case_id",
        [(n, "e", "1", "1", "s", "g", "1", 1, [], NOW, n) for n in each],
    )
    put(owner, "cases_candidate", "id, token, subject_ref, image_sha256, list_id, case_id", [(n, uuid4(), f"p{n}", "", n, n) for n in each])
    put(owner, "review_lead", "id, ref, candidate_id, case_id", [(n, f"proof {n}", n, n) for n in each])
    put(
        owner,
        "review_probecheck",
        "id, grade, depicts, role_shown_by, limits, by_id, case_id",
        [(n, grade, "d", "r", "", dana, n) for n, grade in zip(each, grades, strict=True)],
    )
    return places


def _one(owner: Owner, sql: str) -> tuple[int, ...]:
    row = owner.execute(sql).fetchone()
    assert row is not None, sql
    return row  # type: ignore[return-value]


def possible(item: Item) -> bool:
    """Whether rows can say this: exposure stands in a statement record, and a confession discriminates only by its record."""
    if item.exposed and not item.exposure_written_down:
        return False
    return not (Trait.CONFESSION in item.kind and item.discriminates and not item.exposure_written_down)


def write(
    owner: Owner, place: Place, items: Sequence[Item], *, first: int = 1_000_000, lead: int | None = None, rng: random.Random | None = None
) -> dict[str, int]:
    """Write items as rows that say what they say, and return the row number of each. With ``rng`` they say it in many ways."""
    numbers = {item.ref: first + n for n, item in enumerate(items)}
    said = [_Said(item, numbers, place, lead if item.mine else None, rng) for item in items]
    for table, columns in COLUMNS.items():
        put(owner, table, columns, [row for each in said for row in each.rows[table]])
    return numbers


COLUMNS = {
    "review_evidence": "id, ref, direction, description, source_document, exculpatory_code, entered_at, case_id, entered_by_id, kind, lead_id",
    "review_fixing": "item_id, number, because, links_to, discriminates, one_in, tested_on, source_document_seen, outside_system, outside_at, "
    "earlier_agrees, by_id, kind, second_id",
    "review_statement": "item_id, taken_by_name, present, taken_at, recorded, name_unprompted, named_first_by, shown, told_of_search, warned, "
    "detail_not_public, by_id",
    "review_edge": "item_id, kind, parent_id, root",
    "review_holddecision": "item_id, may_be_used, grounds, court, by_id, at",
    "review_existingwarrant": "item_id, court, number, issued_on, search_used, by_id",
}
WRITTEN = (
    "cases_investigation",
    "cases_case",
    "cases_candidatelist",
    "cases_candidate",
    "cases_policynumber",
    "review_lead",
    "review_probecheck",
    *COLUMNS,
)
EXPOSING = (
    ("nobody", "nothing", True),
    ("nobody", "candidate", False),
    ("nobody", "array", False),
    ("taker", "nothing", False),
    ("other", "probe", False),
)  # each alone exposes: who named first, what was shown, whether told of the search


class _Said:
    """One item as rows. Each thing an item says can be said in several ways; without ``rng`` the plainest is taken."""

    def __init__(self, item: Item, numbers: dict[str, int], place: Place, lead: int | None, rng: random.Random | None) -> None:
        self.item, self.place, self.number = item, place, numbers[item.ref]
        self.rows: dict[str, list[Sequence[object]]] = {table: [] for table in COLUMNS}
        unfixed = not item.source_shown and not item.links_to
        blank = not item.source_shown and rng is not None and rng.random() < 0.5
        other = rng.choice(sorted(BY_PERSONS)) if rng and not unfixed else item.kind.name
        direction = "incriminating" if item.incriminating else "exculpatory"
        entered = (self.number, f"proof {self.number}", direction, item.ref, " " if blank else "Report", "", NOW)
        self.rows["review_evidence"] = [(*entered, place.case, place.person, other, lead)]
        if not unfixed:
            self._fixed(blank=blank, rng=rng)
        if item.exposure_written_down:
            self._told(rng)
        self.rows["review_edge"] = [
            (self.number, kind.value, numbers.get(parent), parent if parent in OUTSIDE_THE_ITEMS else "") for kind, parent in item.edges
        ]
        self._decided(rng)
        if rng and item.kind.name == "existing_warrant":
            self.rows["review_existingwarrant"] = [
                (self.number, "Court", "1", LONG_AGO.date(), rng.choice(["yes", "no", "unknown"]), place.person)
            ]

    def _fixed(self, *, blank: bool, rng: random.Random | None) -> None:
        item, number = self.item, 1
        if rng and rng.random() < 0.3:  # fixed twice: only the newest is read
            first = (self.number, number, "", "offence", True, 1, 1, True, "reader", LONG_AGO, False, self.place.person)
            self.rows["review_fixing"].append((*first, rng.choice(sorted(BY_PERSONS)), None))
            number = 2
        time = LONG_AGO if item.fixed_before else NOW if rng and rng.random() < 0.3 else None
        seen = item.source_shown or blank
        read = (item.links_to, item.discriminates, 1, 1, seen, "reader" if time else "", time, False, self.place.person, item.kind.name)
        self.rows["review_fixing"].append((self.number, number, "read again", *read, self.place.second if number == 2 else None))

    def _told(self, rng: random.Random | None) -> None:
        named, shown, told = ("nobody", "nothing", False)
        if self.item.exposed:
            named, shown, told = rng.choice(EXPOSING) if rng else EXPOSING[0]
        elif rng:
            named, shown = rng.choice(["nobody", "witness"]), rng.choice(["nothing", "probe"])
        record = (True, True, True)
        if rng and Trait.CONFESSION not in self.item.kind:
            record = tuple(rng.random() < 0.5 for _ in range(3))  # type: ignore[assignment]
        recorded, warned, detail = record
        how = ("an officer", [], NOW, recorded, named == "witness", named, shown, told, warned, detail, self.place.person)
        self.rows["review_statement"] = [(self.number, *how)]

    def _decided(self, rng: random.Random | None) -> None:
        """A judge's ruling outranks an adviser's view, and of two the newer counts."""
        yes, no = (self.item.may_be_used, ""), (not self.item.may_be_used, "")
        ruling = (self.item.may_be_used, "Court")
        plain = [yes] if self.item.may_be_used else []
        ways = [plain, [no, yes], [ruling, no], [no, ruling], [(no[0], "Court"), ruling]]
        decided = rng.choice(ways) if rng else plain
        self.rows["review_holddecision"] = [(self.number, used, "x", court, self.place.person, AT_LAST) for used, court in decided]


def weighed_by_database(owner: Owner, place: Place, numbers: dict[str, int], items: Sequence[Item]) -> dict[str, Answer]:
    """Ask ``weigh_items`` once for the whole batch."""
    names = {number: ref for ref, number in numbers.items()} | {0: PROBE}
    mine = [numbers[item.ref] for item in items if item.mine]
    asked = owner.execute(
        "select item_id, taints, counts, shows_identity, fixed_before, statement, ancestors from weigh_items(%s::bigint[], %s::bigint[])",
        ([place.investigation], mine),
    )
    return {
        names[row[0]]: (frozenset(row[1]), row[2], row[3], row[4], row[5], frozenset(names[n] for n in row[6]))  # type: ignore[index,arg-type,union-attr,misc]
        for row in asked
    }


def as_answer(weighed: Weighed) -> Answer:
    """Return what Python weighed, in the form of the database's answer."""
    taints = frozenset(taint.value for taint in weighed.taints)
    return taints, weighed.counts, weighed.shows_identity, weighed.fixed_before, weighed.statement, weighed.ancestors
