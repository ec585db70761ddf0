"""Asks every safeguard again of a file as it stood at a moment. Written from docs/independence.md and docs/road.md, not from either gate."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

from oversight.reading import File, Policy, Row
from oversight.tables import DEMANDS, NATURES, NOT_LISTED, Nature
from oversight.weighing import Item, Weight, stand_apart, weigh

FLOOR = 2
DETECTIVES = ("requests", "outside", "items", "statements", "outside_gate", "forms", "papers", "asked")
OF_ONE_MOMENT = timedelta(minutes=2)  # what one transaction writes; the database ends those that idle for a minute


@dataclass(frozen=True, slots=True)
class Part:
    """What a person did in the whole investigation."""

    who: int
    part: str


class Picture:
    """One file as it stood at ``at``."""

    def __init__(self, file: File, of_case: Row, at: datetime) -> None:
        self.file, self.of_case, self.at = file, of_case, at
        self._read: dict[str, list[Row]] = {}
        self.whole = self.whole_at(at)
        self.cases = {case.id: case for case in file.cases if case.investigation_id in self.whole and case.at <= at}

    def whole_at(self, at: datetime, *, strictly: bool = False) -> set[int]:
        """Return the linked set as it stood at a moment, or strictly before it."""
        whole, before = {self.of_case.investigation_id}, 0
        while len(whole) != before:
            before = len(whole)
            for link in self.file.links:
                known = link.at < at if strictly else link.at <= at
                if known and {link.one_id, link.other_id} & whole:
                    whole |= {link.one_id, link.other_id}
        return whole

    def rows(self, table: str) -> list[Row]:
        """Return the rows of a table that were on file."""
        if table not in self._read:
            self._read[table] = [row for row in self.file.rows[table] if row.at <= self.at and row.case_id in self.cases]
        return self._read[table]

    def newest(self, table: str, **same: object) -> Row | None:
        found = [row for row in self.rows(table) if all(getattr(row, name) == value for name, value in same.items())]
        return max(found, key=lambda row: row.id, default=None)

    @cached_property
    def adopted(self) -> Policy | None:
        """Return the newest policy that had been adopted, whether it still held or not."""
        return max((p for p in self.file.policies if p.at <= self.at), key=lambda p: p.id, default=None)

    @cached_property
    def policy(self) -> Policy | None:
        held = self.adopted is not None and (self.adopted.until is None or self.at.astimezone(UTC).date() < self.adopted.until)
        return self.adopted if held else None

    def number(self, name: str, otherwise: int) -> int:
        return self.policy.numbers.get(name, otherwise) if self.policy else otherwise

    @cached_property
    def reviewers_needed(self) -> int:
        return max(FLOOR, self.number("reviewers", FLOOR))

    # -- persons ----------------------------------------------------------------------------------------------------

    @cached_property
    def parts(self) -> frozenset[Part]:
        """Who did what, over the whole investigation."""
        did = (
            ("detective", DETECTIVES),
            ("analyst", ("reports", "checks")),
            ("reviewer", ("drawn",)),
            ("corroboration_officer", ("fixings", "closings")),
            ("legal_adviser", ("holds", "views")),
        )
        found = {Part(row.by_id, part) for part, tables in did for table in tables for row in self.rows(table) if row.by_id is not None}
        found |= {Part(row.second_id, "corroboration_officer") for row in self.rows("fixings") if row.second_id is not None}
        found |= {Part(row.checked_by_id, "corroboration_officer") for row in self.rows("outside_gate") if row.checked_by_id is not None}
        found |= {Part(row.by_id, "supervisor") for row in self.rows("decisions") if row.at < self.at}  # not the one that is asked about
        return frozenset(found)

    @cached_property
    def asked_since(self) -> dict[int, datetime]:
        """Return who took a detective's part, and when first."""
        found: dict[int, datetime] = {}
        for row in (row for table in DETECTIVES for row in self.rows(table) if row.by_id is not None):
            found[row.by_id] = min(row.at, found.get(row.by_id, row.at))
        return found

    def of_a_unit_that_asked(self, who: int, acted_at: datetime) -> bool:
        """Whether somebody who acted then belonged to a unit of somebody who asked, at any time from then until the act.

        Whoever asked after the act did so from his unit of then; it is compared with that from which the other acted. Of whom no stay is on
        file nobody knows where he was: he counts as of every unit.
        """
        people = self.file.people
        return any(
            not people.stayed_somewhere(who, asker)
            or people.units(who, min(asked_at, acted_at), acted_at) & people.units(asker, asked_at, max(asked_at, acted_at))
            for asker, asked_at in self.asked_since.items()
        )

    def other_part(self, who: int, *, than: str) -> bool:
        return any(each.who == who and each.part != than for each in self.parts)

    def holds_role(self, who: int, role: str, day: date) -> bool:
        return self.file.people.held(who, role, day)

    @cached_property
    def drawn_in(self) -> dict[int, set[int]]:
        found: dict[int, set[int]] = defaultdict(set)
        for row in self.rows("drawn"):
            found[row.by_id].add(row.case_id)
        return found

    def apart(self, conclusion: Row) -> bool:
        """Whether a reviewer was drawn for this case and no other, trained on the day, of another unit, with no other part,
        and has not stepped back."""
        who, day = conclusion.by_id, conclusion.at.astimezone(UTC).date()
        return (
            self.drawn_in[who] == {conclusion.case_id}
            and self.holds_role(who, "reviewer", day)
            and self.file.people.trained(who, day)
            and not self.other_part(who, than="reviewer")
            and not self.of_a_unit_that_asked(who, conclusion.at)
            and not any(row.by_id == who and row.case_id == conclusion.case_id for row in self.rows("recusals"))
        )

    def saw_a_candidate(self, who: int | None, before: datetime) -> bool:
        return who is not None and any(look.by_id == who and look.looked_at < before for look in self.rows("looks"))

    # -- the lead ---------------------------------------------------------------------------------------------------

    @cached_property
    def candidates(self) -> dict[int, Row]:
        return {row.id: row for row in self.rows("candidates")}

    def same_person(self, candidate_id: int) -> set[int]:
        me = self.candidates.get(candidate_id)
        if me is None:
            return set()
        return {
            other.id
            for other in self.candidates.values()
            if other.id == me.id
            or (me.subject_ref and (other.subject_ref, other.gallery_name) == (me.subject_ref, me.gallery_name))
            or (me.image_sha256 and other.image_sha256 == me.image_sha256)
        }

    @cached_property
    def ended(self) -> frozenset[int]:
        return frozenset(row.lead_id for row in self.rows("ends"))

    def family(self, lead: Row) -> set[int]:
        same = self.same_person(lead.candidate_id)
        return {other.id for other in self.rows("leads") if other.candidate_id in same}

    def rivals(self, lead: Row) -> int:
        probes: dict[int, set[str]] = defaultdict(set)
        for probe in self.rows("probes"):
            probes[probe.case_id].add(probe.original_sha256)
        same = self.same_person(lead.candidate_id)
        weighed = {row.rival_id for row in self.rows("rivals") if row.lead_id == lead.id}
        return sum(
            other.id not in self.ended and other.id not in weighed and other.candidate_id not in same
            for other in self.rows("leads")
            if other.id != lead.id and (other.case_id == lead.case_id or probes[other.case_id] & probes[lead.case_id])
        )

    def not_linked(self, *, until: datetime) -> bool:
        """Whether a case that had come by then, and was not linked, held the very same picture."""
        mine = {row.original_sha256 for row in self.rows("probes")}
        return any(
            row.original_sha256 in mine and row.investigation_id not in self.whole and row.at <= until for row in self.file.same_pictures
        )

    # -- evidence ---------------------------------------------------------------------------------------------------

    @cached_property
    def items(self) -> dict[int, Row]:
        return {row.id: row for row in self.rows("items")}

    @cached_property
    def fixed(self) -> dict[int, Row]:
        """The newest fixing of each item."""
        found: dict[int, Row] = {}
        for row in self.rows("fixings"):
            if row.item_id not in found or row.number > found[row.item_id].number:
                found[row.item_id] = row
        return found

    def nature(self, item_id: int) -> Nature:
        fixing = self.fixed.get(item_id)
        return NATURES.get(fixing.kind if fixing else self.items[item_id].kind, NOT_LISTED)

    @cached_property
    def first_face_result(self) -> datetime | None:
        times = [row.at for table in ("lists", "searches") for row in self.rows(table)]
        times += [case.at for case in self.cases.values() if case.searched_before_screening]
        times += [row.they_sent_at for row in self.rows("outside")]
        for item in self.items.values():
            kinds = {item.kind, self.fixed[item.id].kind if item.id in self.fixed else item.kind}
            if any("root" in NATURES.get(kind, NOT_LISTED).traits for kind in kinds):
                times.append(min(item.claimed_at or item.at, item.at))
        return min(times, default=None)

    def fixed_before(self, item: Row) -> bool:
        fixing, first = self.fixed.get(item.id), self.first_face_result
        if fixing is None or first is None:
            return False
        if fixing.outside_system and fixing.outside_at is not None and fixing.outside_at < first:
            return True
        earlier = self.items.get(item.earlier_id)
        return bool(fixing.earlier_agrees and earlier is not None and earlier.at < first)

    def exposed(self, item: Row, said: Row | None) -> bool:
        if said is None:
            return False
        if said.shown in ("candidate", "array") or said.told_of_search or said.named_first_by in ("taker", "other"):
            return True
        if self.fixed_before(item):
            return False
        if self.saw_a_candidate(said.author_id, said.at):  # when it was written down here; the time that was typed excuses nobody
            return True
        around = any(self.saw_a_candidate(who, said.at) for who in (said.taken_by_id, *said.present))
        return around and not (said.recorded and said.name_unprompted)

    def weights(self, lead: Row) -> dict[int, Weight]:
        """Every item of the whole investigation, weighed for this lead."""
        family = self.family(lead)
        return self.weights_of({row.id for row in self.items.values() if row.lead_id in family})

    def weights_of(self, mine: set[int]) -> dict[int, Weight]:
        """Every item of the whole investigation, weighed where these are the ones that may count."""
        said = {row.item_id: row for row in self.rows("statements")}
        edges: dict[int, list[tuple[str, int | str]]] = defaultdict(list)
        for edge in self.rows("edges"):
            edges[edge.item_id].append((edge.kind, edge.root or edge.parent_id))
        return weigh(self._item(row, said.get(row.id), edges[row.id], row.id in mine) for row in self.items.values())

    def may_be_used(self, item_id: int) -> bool:
        """Whether a legal decision lets a held item through: the newest ruling does not forbid it, and nothing was entered since."""
        newest = {row.ruling: row for row in sorted(self.rows("holds"), key=lambda row: row.id) if row.item_id == item_id}
        if True in newest and not newest[True].may_be_used:
            return False
        return any(row.may_be_used and not self.entered_since(item_id, row.at) for row in newest.values())

    def entered_since(self, item_id: int, at: datetime) -> bool:
        """Whether what the item rests on is otherwise than it was: entered, decided, or seen to be after a face result."""
        line, todo = {item_id}, [item_id]
        while todo:
            below = todo.pop()
            above = {edge.parent_id for edge in self.rows("edges") if edge.item_id == below and edge.parent_id is not None} - line
            line |= above
            todo += above
        entered = any(
            row.at >= at for table in ("edges", "fixings", "statements", "warrants") for row in self.rows(table) if row.item_id in line
        )
        forbidden = any(row.at > at and not row.may_be_used for row in self.rows("holds") if row.item_id in line - {item_id})
        return entered or forbidden or self._a_face_result_came(at) or self._an_old_look_came(line, at)

    def _an_old_look_came(self, line: set[int], since: datetime) -> bool:
        """Whether a list since shows a face at which somebody had looked before he judged, took or heard what is on the line."""
        known = {(look.by_id, look.image_id, look.looked_at) for look in self.rows("looks") if look.at < since}
        brought = [look for look in self.rows("looks") if look.at >= since and (look.by_id, look.image_id, look.looked_at) not in known]
        told = [row for row in self.rows("statements") if row.item_id in line] if brought else []
        return any(
            look.looked_at < row.at and look.by_id in (row.author_id, row.taken_by_id, *row.present) for look in brought for row in told
        )

    def _a_face_result_came(self, since: datetime) -> bool:
        """Whether an investigation that was not linked, a result from elsewhere, or an item that is a face result or is fixed as one came since."""
        roots = [row for row in self.items.values() if "root" in NATURES.get(row.kind, NOT_LISTED).traits]
        # what an item was entered as it was from then on
        anew = (row for row in self.rows("fixings") if row.kind != self.items[row.item_id].kind)
        fixed = [row for row in anew if "root" in NATURES.get(row.kind, NOT_LISTED).traits]
        return self.whole_at(since, strictly=True) != self.whole or any(row.at >= since for row in (*self.rows("outside"), *roots, *fixed))

    def _item(self, row: Row, said: Row | None, edges: list[tuple[str, int | str]], mine: bool) -> Item:
        fixing, nature = self.fixed.get(row.id), self.nature(row.id)
        told = said is not None and said.recorded and said.warned and said.detail_not_public
        return Item(
            id=row.id,
            channel=nature.channel,
            traits=nature.traits,
            shown=fixing is not None and fixing.source_document_seen and bool(row.source_document.strip()),
            sharp=fixing is not None and fixing.discriminates and ("confession" not in nature.traits or told),
            links_to=fixing.links_to if fixing else "",
            against=row.direction == "incriminating",
            before=self.fixed_before(row),
            exposed=self.exposed(row, said),
            written_down=said is not None,
            usable=self.may_be_used(row.id),
            mine=mine,
            edges=tuple(edges),
        )


def reasons(picture: Picture, lead: Row, action: str) -> frozenset[str]:
    """Return every reason for which the gate was shut at the moment of the picture; none means open."""
    return frozenset(Asking(picture, lead, action).all())


class Asking:
    """One action asked for on one lead. Each method is one safeguard and yields why it was shut."""

    def __init__(self, picture: Picture, lead: Row, action: str) -> None:
        self.p, self.lead = picture, lead
        self.action, self.demand = action, DEMANDS[action]
        self.family = picture.family(lead)
        self.weights = picture.weights(lead)
        self.check = next((c for c in picture.rows("checks") if c.case_id == lead.case_id), None)
        self.conclusions = [row for row in picture.rows("conclusions") if row.candidate_id == lead.candidate_id]
        speaking = [row for row in picture.items.values() if row.direction == "exculpatory"]
        self.tests_made = {row.exculpatory_code for row in speaking if row.lead_id in self.family}
        self.speaking_for = [row for row in speaking if row.lead_id in self.family or row.lead_id is None]
        self.closed = {row.item_id: row.how for row in picture.rows("closings")}

    @property
    def counting(self) -> list[str]:
        return sorted(self.p.items[number].ref for number, weight in self.weights.items() if weight.counts)

    @property
    def perhaps(self) -> frozenset[str]:
        """Reasons of which rows do not say whether they could be seen: a case is dated as it is opened, and seen once it is through."""
        return frozenset({"same_picture_not_linked"} if self.p.not_linked(until=self.p.at) else ())

    def all(self) -> Iterator[str]:
        asked = {
            "G1": self.eligible, "G2": self.probe_fit, "G2R": self.role_shown, "G3": self.reviewers_independent,
            "G4": self.conclusions_support, "G5": self.line_up_fair, "G5F": self.line_up_form, "G6": self.exculpatory_closed,
            "G7": self.stands_apart, "G7W": self.warrant_and_identity, "G8": self.disclosed, "GL": self.legal_adviser, "G10": self.rechecked,
        }  # fmt: skip
        for code in self.demand.safeguards:
            yield from asked[code]()

    def eligible(self) -> Iterator[str]:
        case = self.p.cases[self.lead.case_id]
        moved = self.p.newest("moves", case_id=case.id)
        if moved is not None and moved.target in ("CLOSED", "DESTROYED"):
            yield "case_over"
        if self.p.policy is None:
            yield "no_policy" if self.p.adopted is None else "policy_ended"
        screened = self.p.newest("screenings", case_id=case.id)
        if screened is None or not screened.eligible:
            yield "not_screened"
        elif self.p.policy is not None and screened.policy_id != self.p.policy.id:
            yield "screening_outdated"
        if case.track == "suspect" and self.p.policy is not None and not self._listed(self.p.policy):
            yield "offence_not_listed"
        if case.track != "suspect" and self.demand.arrest:
            yield "no_arrest_on_this_track"

    def _listed(self, policy: Policy) -> bool:
        reports = [row for row in self.p.rows("reports") if row.case_id == self.lead.case_id]
        return any(row.code in policy.offences or (row.code, row.statute) in policy.statutes for row in reports)

    def probe_fit(self) -> Iterator[str]:
        if self.check is None:
            yield "probe_not_checked"
            return
        if self.check.grade == "unfit":
            yield "probe_unfit"
        if self.check.grade == "limited" and self.demand.arrest and self.p.number("limited_probe_accepted", 1) == 0:
            yield "probe_only_limited"
        if self.p.saw_a_candidate(self.check.by_id, self.check.at):
            yield "checker_saw_candidates"

    def role_shown(self) -> Iterator[str]:
        if self.check is None or not self.check.role_shown_by.strip():
            yield "role_not_shown"

    def reviewers_independent(self) -> Iterator[str]:
        apart = {row.by_id for row in self.conclusions if self.p.apart(row)}
        if len(apart) < self.p.reviewers_needed:
            yield "too_few_reviewers"
        if {row.by_id for row in self.conclusions} - apart:
            yield "reviewer_not_apart"

    def conclusions_support(self) -> Iterator[str]:
        if len({row.by_id for row in self.conclusions if row.rating >= 1}) < self.p.reviewers_needed:
            yield "conclusions_do_not_support"
        same = self.p.same_person(self.lead.candidate_id)
        rated = (*self.p.rows("conclusions"), *self.p.rows("stepped_back"))  # stepping back takes no exclusion away
        if any(row.candidate_id in same and row.rating <= -2 for row in rated):
            yield "exclusion_stands"
        if self.p.not_linked(until=self.p.at - OF_ONE_MOMENT):
            yield "same_picture_not_linked"
        if self.lead.id in self.p.ended:
            yield "lead_ended"

    def line_up_fair(self) -> Iterator[str]:
        held = any(row.lead_id in self.family for row in self.p.rows("line_ups"))
        held = held or any(row.lead_id in self.family and row.action == "line_up" for row in self.p.rows("outside_gate"))
        mine = {row.id: row.kind for row in self.p.items.values() if row.lead_id in self.family}
        kinds = [*mine.values(), *(row.kind for row in self.p.rows("fixings") if row.item_id in mine)]
        held = held or any("line_up" in NATURES.get(kind, NOT_LISTED).traits for kind in kinds)
        if held and not self.counting:
            yield "line_up_too_early"

    def line_up_form(self) -> Iterator[str]:
        form = self.p.newest("forms", lead_id=self.lead.id)
        if form is None:
            yield "no_line_up_form"
            return
        written = all(text.strip() for text in (form.prior_interview, form.suspicion_in_writing, form.administrator))
        ticked = form.instructions and form.words_at_once and form.recorded_on_video and form.no_repeat and form.no_show_up
        if not (written and ticked and form.fillers >= 5):
            yield "line_up_form_incomplete"

    def exculpatory_closed(self) -> Iterator[str]:
        if any(row.id not in self.closed for row in self.speaking_for):
            yield "exculpatory_open"
        if self.p.policy is not None and self.p.policy.tests - self.tests_made:
            yield "exculpatory_untested"
        if any(self.closed.get(row.id) == "tested_excludes" for row in self.speaking_for):
            yield "exculpatory_holds"
        if self.lead.id in self.p.ended:
            yield "lead_ended"
        if self.p.rivals(self.lead):
            yield "other_lead_open"

    def stands_apart(self) -> Iterator[str]:
        needed = max(1, self.demand.apart)
        if self.demand.arrest:
            counting = [weight for weight in self.weights.values() if weight.counts]
            only_said = bool(counting) and all(weight.statement and not weight.before for weight in counting)
            limited = self.check is not None and self.check.grade == "limited"
            needed = max(needed, self.p.number("items_that_stand_apart", 1), 2 if only_said or limited else 1)
        found = stand_apart(self.weights.values(), as_many_as=needed)
        if found == 0:
            yield "nothing_stands_apart"
        elif found < needed:
            yield "too_few_stand_apart"

    def warrant_and_identity(self) -> Iterator[str]:
        unused = {row.item_id for row in self.p.rows("warrants") if row.search_used == "no"}
        if not any(
            weight.counts and weight.before and number in unused and "warrant" in self.p.nature(number).traits and number in self.p.fixed
            for number, weight in self.weights.items()
        ):
            yield "no_warrant_before"
        if not any(weight.identity for weight in self.weights.values()):
            yield "identity_not_shown"

    def disclosed(self) -> Iterator[str]:
        papers = self.papers
        if papers is None:
            yield "no_papers"
            return
        if papers.missing:
            yield "papers_incomplete"
        if papers.wording:
            yield "papers_wording"
        entered = ("items", "fixings", "statements", "edges", "closings", "holds", "conclusions", "ends")
        brought = self.p.whole_at(papers.at) != self.p.whole  # what came with an investigation was entered before it was linked
        if brought or any(row.at > papers.at for table in entered for row in self.p.rows(table)):
            yield "papers_stale"

    @property
    def papers(self) -> Row | None:
        return self.p.newest("papers", lead_id=self.lead.id, action=self.action)

    def legal_adviser(self) -> Iterator[str]:
        view = self.p.newest("views", lead_id=self.lead.id, action=self.action)
        if view is None:
            yield "legal_view_awaited"
        elif not view.agrees:
            yield "legal_view_against"

    def rechecked(self) -> Iterator[str]:
        made = [row for row in self.p.rows("rechecks") if row.lead_id in self.family and row.outcome != "not_possible"]
        last = max(made, key=lambda row: row.id, default=None)
        if last is None:
            yield "recheck_not_made"
        elif last.outcome == "other_person":
            yield "recheck_failed"


def without_face(picture: Picture, lead: Row | None) -> Iterator[str]:
    """Yield why an action on a lead, or on the case as such, did not stand without the face (docs/independence.md)."""
    family = picture.family(lead) if lead is not None else set()
    mine = {
        row.id
        for row in picture.items.values()
        if (row.lead_id in family if lead is not None else row.lead_id is None and row.case_id == picture.of_case.id)
    }
    counting = {number: weight for number, weight in picture.weights_of(mine).items() if weight.counts}
    needed = max(1, picture.number("items_that_stand_apart", 1))
    tied = any("ridge_or_dna" in picture.nature(number).traits for number in counting)
    if not tied and stand_apart((weight for weight in counting.values() if weight.before), as_many_as=needed) < needed:
        yield "rests_on_the_face"
    closed = {row.item_id: row.how for row in picture.rows("closings")}
    of_nobody_by_name = lead is None  # then whoever has a lead may be meant
    speaking = [
        row.id
        for row in picture.items.values()
        if row.direction == "exculpatory"
        and (row.id in mine or row.lead_id is None or (of_nobody_by_name and row.lead_id not in picture.ended))
    ]
    if any(number not in closed for number in speaking):
        yield "exculpatory_open"
    if any(closed.get(number) == "tested_excludes" for number in speaking):
        yield "exculpatory_holds"
    if picture.not_linked(until=picture.at - OF_ONE_MOMENT):
        yield "same_picture_not_linked"
