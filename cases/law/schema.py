"""The typed schema of a policy pack: each rule type, where it bites, what it may say, and how two rules of the type meet.

A closed table. R1 to R30 are the rule types that laws and model policies use; H1 to H4 are the house's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from cases.law import words
from cases.law.words import Gate

LONGEST_LIST, MOST_NON_MATES = 1000, 50  # faces on a sheet: what an engine may return, and the known strangers beside them
Value = bool | int | str | date | tuple[str, ...] | tuple[tuple[str, str], ...]


class Kind(StrEnum):
    """What may stand in a parameter."""

    WHOLE = "a whole number"
    FLAG = "true or false"
    TEXT = "a text"
    TEXTS = "a list of texts"
    WORD = "one word of the list"
    WORDS = "a list of words of the list"
    CODES = "a list of offence codes of offences.toml"
    STATUTES = "a list of statutes of offences.toml"
    DAY = "a day"
    DAYS = "a list of days of the year, MM-DD"
    ROWS = "a list of {code, name}"


class Merge(StrEnum):
    """What holds where two rules of the type speak about the same thing. All rules are asked; this is what they come to."""

    MOST = "the larger"
    LEAST = "the smaller"
    BOTH = "what both allow"
    EITHER = "what either names"
    IF_ANY = "if either says so"
    IF_ALL = "only if both say so"
    STRICTEST = "the stricter"
    EACH = "each for itself"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a rule type."""

    kind: Kind
    merge: Merge = Merge.EACH
    allowed: tuple[str, ...] = ()
    needed: bool = False
    floor: int = 0
    ceiling: int | None = None
    house_floor: bool = False  # the floor is the house's: no policy lowers it


@dataclass(frozen=True, slots=True)
class RuleType:
    """One type of rule. ``obligation``: it also binds people outside the program and is tracked with owner, day and alarm."""

    code: str
    name: str
    asks: str
    gates: tuple[Gate, ...]
    parameters: Mapping[str, Parameter]
    obligation: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one pack, as read."""

    pack: str
    status: str
    id: str
    type: str
    gates: tuple[Gate, ...]
    parameters: tuple[tuple[str, Value], ...]
    citation: str
    source: str
    verify: bool
    sentence: str
    effective_from: date
    effective_until: date | None = None  # the first day on which it no longer holds
    statute_codes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    set_aside: tuple[str, ...] = field(default=())  # what a settlement took out of it, as sentences

    @property
    def key(self) -> str:
        return f"{self.pack}/{self.id}"

    @property
    def kind(self) -> RuleType:
        return BY_NAME[self.type]

    def says(self, name: str) -> Any:
        """Return the parameter, or None where the rule does not speak of it."""
        for known, value in self.parameters:
            if known == name:
                return value
        return None

    def words(self, name: str) -> frozenset[str]:
        """Return a list parameter as a set; empty where the rule does not speak of it."""
        return frozenset(self.says(name) or ())

    def holds_on(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_until is None or day < self.effective_until)


def _whole(merge: Merge, floor: int = 0, ceiling: int | None = None, *, house: bool = False, needed: bool = False) -> Parameter:
    return Parameter(Kind.WHOLE, merge, floor=floor, ceiling=ceiling, house_floor=house, needed=needed)


def _list(merge: Merge, allowed: tuple[str, ...], *, needed: bool = False) -> Parameter:
    return Parameter(Kind.WORDS, merge, allowed, needed)


def _word(merge: Merge, allowed: tuple[str, ...], *, needed: bool = False) -> Parameter:
    return Parameter(Kind.WORD, merge, allowed, needed)


IF_ANY = Parameter(Kind.FLAG, Merge.IF_ANY)
IF_ALL = Parameter(Kind.FLAG, Merge.IF_ALL)
TEXT = Parameter(Kind.TEXT)

SCOPE: Mapping[str, Parameter] = {
    "only_purposes": _list(Merge.EACH, tuple(words.PURPOSES)),
    "except_purposes": _list(Merge.EACH, tuple(words.PURPOSES)),
    "only_channels": _list(Merge.EACH, words.CHANNELS),
}
DUTY: Mapping[str, Parameter] = {
    "owner": _word(Merge.EACH, words.OWNERS, needed=True),
    "due": Parameter(Kind.DAYS, Merge.EITHER),
    "every_months": _whole(Merge.LEAST, 1),
    "every_days": _whole(Merge.LEAST, 1),
    "once_on": Parameter(Kind.DAY),
    "within_hours": _whole(Merge.LEAST, 1),
    "alarm_days": _whole(Merge.MOST, 0, 366),
}
_SOLE: Mapping[str, Parameter] = {
    "acts": _list(Merge.EITHER, tuple(act for act in words.LEGAL_ACTS), needed=True),
    "mode": _word(Merge.STRICTEST, words.MODES, needed=True),
    "items": _whole(Merge.MOST, 1, 9, house=True),
    "line_up_counts": IF_ALL,
}
_TELL: Mapping[str, Parameter] = {
    "items": _list(Merge.EITHER, words.DISCLOSED, needed=True),
    "where": _list(Merge.EITHER, words.PLACES, needed=True),
    "on_showing": _list(Merge.EITHER, words.DISCLOSED),
    "before_trial": IF_ANY,
    "even_if_unused": IF_ANY,
}
_CLOCK: Mapping[str, Parameter] = {
    "exigent_allowed": IF_ALL,
    "exigent_hours": _whole(Merge.LEAST, 1, 72),
    "exigent_reasons_written": IF_ANY,
    "refused_means_stop_and_delete": IF_ANY,
}

RULE_TYPES: dict[str, RuleType] = {
    each.code: each
    for each in (
        RuleType(
            "R1",
            "offence",
            "Is the offence one for which a face may be searched?",
            (Gate.INTAKE,),
            {
                "codes": Parameter(Kind.CODES, Merge.BOTH),
                "statutes": Parameter(Kind.STATUTES, Merge.BOTH),
                "classes": _list(Merge.BOTH, words.CLASSES),
                "penalty_years_at_least": _whole(Merge.MOST, 1),
                "penalty_needed_besides": IF_ANY,
                "any_named_offence": IF_ALL,
                "attempts": IF_ALL,
                "equivalents": IF_ALL,
                "open_clause": IF_ALL,
                "decided_from_report": IF_ANY,
            },
        ),
        RuleType(
            "R2",
            "suspicion",
            "Is there ground enough before a face is searched?",
            (Gate.INTAKE,),
            {
                "standard": _word(Merge.STRICTEST, words.STANDARDS),
                "grounds": _list(Merge.EITHER, words.GROUNDS),
                "or_else": _list(Merge.BOTH, words.BASES),
            },
        ),
        RuleType(
            "R3",
            "purposes_without_offence",
            "Is this a purpose that needs no offence?",
            (Gate.INTAKE,),
            {"purposes": _list(Merge.BOTH, tuple(words.PURPOSES), needed=True)},
        ),
        RuleType("R4", "no_arrest_on_the_face", "Does an arrest rest on the face alone?", (Gate.WARRANT_OR_ARREST,), _SOLE),
        RuleType("R5", "no_probable_cause_on_the_face", "Does probable cause or a warrant rest on it?", (Gate.WARRANT_OR_ARREST,), _SOLE),
        RuleType("R6", "no_positive_identification", "Is the result put forward as who the person is?", (Gate.WARRANT_OR_ARREST,), _SOLE),
        RuleType(
            "R7",
            "court_use",
            "May the result be used at this stage of court?",
            (Gate.COURT,),
            {
                "allowed": _list(Merge.BOTH, words.COURT_USES),
                "banned": _list(Merge.EITHER, words.COURT_USES),
                "unlawful_excluded": IF_ANY,
            },
        ),
        RuleType(
            "R8",
            "line_up",
            "May a line-up follow from a face search, and how?",
            (Gate.LINE_UP,),
            {
                "independent_item_first": IF_ANY,
                "witness_not_told": IF_ANY,
                "search_picture": _word(Merge.STRICTEST, ("allowed", "banned")),
                "fillers_from_search": _word(Merge.STRICTEST, ("allowed", "banned")),
                "blind_administrator": IF_ANY,
                "sequential": IF_ANY,
            },
        ),
        RuleType(
            "R9",
            "human_review",
            "Have enough people, apart from each other, looked?",
            (Gate.REVIEW,),
            {
                "reviewers": _whole(Merge.MOST, 2, 3, house=True),
                "distinct_from": _list(Merge.EITHER, words.ROLES),
                "blind": IF_ANY,
                "all_candidates": IF_ANY,
                "candidates_at_least": _whole(Merge.MOST, 1),
                "candidates_at_most": _whole(Merge.LEAST, 2, LONGEST_LIST, house=True),
                "supervisor_approves": IF_ANY,
                "disagreement_ends": IF_ANY,
                "may_change_decision": IF_ANY,
                "look_seconds": _whole(Merge.MOST, 1, 60, house=True),
                "break_after_minutes": _whole(Merge.LEAST, 10, 240),
                "turn_hours": _whole(Merge.LEAST, 1, 720),
                "hold_hours": _whole(Merge.LEAST, 1, 720),
                "turns_a_day": _whole(Merge.LEAST, 1, 500),
                "non_mates": _whole(Merge.MOST, 1, MOST_NON_MATES, house=True),
                "reexamined_one_in": _whole(Merge.LEAST, 1, 50),
            },
        ),
        RuleType(
            "R10",
            "authority",
            "Has the person who must allow it allowed it?",
            (Gate.INTAKE, Gate.BEFORE_SEARCH, Gate.WARRANT_OR_ARREST),
            {
                "kinds": _list(Merge.BOTH, words.AUTHORITIES),
                "sign_offs": _whole(Merge.MOST, 1, 9),
                "rank": _word(Merge.STRICTEST, words.RANKS),
                "acts": _list(Merge.EITHER, words.LEGAL_ACTS),
                "except_first_naming": IF_ALL,
                **_CLOCK,
            },
        ),
        RuleType(
            "R11",
            "training",
            "Is everybody's training valid on that day?",
            (Gate.INTAKE, Gate.BEFORE_SEARCH, Gate.REVIEW),
            {
                "courses": _list(Merge.EITHER, words.COURSES, needed=True),
                "max_age_days": _whole(Merge.LEAST, 1),
                "by_day": Parameter(Kind.DAY),
            },
        ),
        RuleType(
            "R12",
            "probe_kind",
            "Is the probe a kind of image that may be searched?",
            (Gate.PROBE_CHECK,),
            {
                "allowed": _list(Merge.BOTH, words.PROBES),
                "banned": _list(Merge.EITHER, words.PROBES),
                "quality_recorded": IF_ANY,
                "source_recorded": IF_ANY,
                "limited_accepted": _whole(Merge.LEAST, 0, 1, house=True),
            },
        ),
        RuleType(
            "R13",
            "probe_edits",
            "What was done to the probe, and is each version kept?",
            (Gate.PROBE_CHECK,),
            {
                "banned": _list(Merge.EITHER, words.EDITS),
                "keep_original": IF_ANY,
                "described": IF_ANY,
                "dated": IF_ANY,
                "copy_kept": IF_ANY,
            },
        ),
        RuleType(
            "R14",
            "target_face",
            "Is only the person who is meant analysed?",
            (Gate.PROBE_CHECK,),
            {
                "one_target": IF_ANY,
                "no_stored_video_scan": IF_ANY,
                "probe_not_enrolled": IF_ANY,
                "minors_excluded": IF_ANY,
                "sealed_excluded": IF_ANY,
            },
        ),
        RuleType(
            "R15",
            "gallery",
            "May this gallery be searched?",
            (Gate.GALLERY_CHECK,),
            {
                "kinds": _list(Merge.BOTH, words.GALLERIES),
                "banned": _list(Merge.EITHER, words.GALLERIES),
                "named": IF_ANY,
                "lawful_source": IF_ANY,
                "weighed": IF_ANY,
                "leaves_out": _list(Merge.EITHER, words.LEFT_OUT),
                "scrubbed_every_months": _whole(Merge.LEAST, 1),
                "people_at_most": _whole(Merge.LEAST, 1),
            },
        ),
        RuleType(
            "R16",
            "channel",
            "May a search be made in this way?",
            (Gate.BEFORE_SEARCH,),
            {
                "banned": _list(Merge.EITHER, words.CHANNELS),
                "allowed": _list(Merge.BOTH, words.CHANNELS),
                "limited": _list(Merge.EITHER, words.CHANNELS),
                "unless": _list(Merge.BOTH, words.CONDITIONS),
                "and_also": _list(Merge.EITHER, words.CONDITIONS),
                "place_and_period_stated": IF_ANY,
                "overt": IF_ANY,
            },
        ),
        RuleType(
            "R17",
            "protected_activity",
            "Does the search touch what people may freely think, say or be?",
            (Gate.INTAKE,),
            {
                "unless": _word(Merge.STRICTEST, (*words.STANDARDS, "never")),
                "no_record": IF_ANY,
            },
        ),
        RuleType(
            "R18",
            "forbidden_use",
            "Is the search for a use that is forbidden?",
            (Gate.INTAKE,),
            {"banned": _list(Merge.EITHER, words.FORBIDDEN_USES, needed=True)},
        ),
        RuleType(
            "R19",
            "written_request",
            "Does the request say in writing what it must?",
            (Gate.INTAKE,),
            {"fields": _list(Merge.EITHER, words.REQUEST_FIELDS, needed=True)},
        ),
        RuleType(
            "R20",
            "who_searches",
            "May this body run the search?",
            (Gate.BEFORE_SEARCH,),
            {
                "performers": _list(Merge.BOTH, words.PERFORMERS),
                "no_third_party": IF_ANY,
                "provenance": _list(Merge.EITHER, words.PROVENANCE),
            },
        ),
        RuleType(
            "R21",
            "retention",
            "Is it kept as long as it must be, and no longer than it may?",
            (Gate.CLOSE,),
            {
                "keep": _list(Merge.EITHER, words.RECORDS),
                "keep_at_least_days": _whole(Merge.MOST, 1),
                "delete": _list(Merge.EITHER, words.RECORDS),
                "delete_within_days": _whole(Merge.LEAST, 0),
                "delete_when": _word(Merge.EACH, words.DELETE_WHEN),
                "period_set": IF_ANY,
                "close_after_days": _whole(Merge.LEAST, 0),
                "destroy_after_days": _whole(Merge.LEAST, 0),
            },
        ),
        RuleType(
            "R22",
            "tell_prosecutor",
            "Has the prosecutor been told?",
            (Gate.COURT,),
            {**_TELL, "where": _list(Merge.EITHER, ("discovery",), needed=True)},
        ),
        RuleType("R23", "tell_defence", "Have the papers and the defence been told?", (Gate.WARRANT_OR_ARREST, Gate.COURT), _TELL),
        RuleType(
            "R24",
            "public_notice",
            "Has the public been told before?",
            (Gate.PROGRAMME_START,),
            {
                "items": _list(Merge.EITHER, words.PUBLISHED, needed=True),
                "days_before": _whole(Merge.MOST, 1),
                **DUTY,
            },
            obligation=True,
        ),
        RuleType(
            "R25",
            "audit",
            "Is the use written down and audited?",
            (Gate.OVERSIGHT,),
            {
                "log_fields": _list(Merge.EITHER, words.LOG_FIELDS),
                "access": _list(Merge.EITHER, words.ACCESS),
                "on_demand": _list(Merge.EITHER, words.OPEN_TO),
                "confidential": IF_ANY,
                "public_log": IF_ANY,
                **DUTY,
            },
            obligation=True,
        ),
        RuleType(
            "R26",
            "report",
            "Has the report been made, in time and in full?",
            (Gate.OVERSIGHT,),
            {"fields": _list(Merge.EITHER, words.REPORT_FIELDS), "to": TEXT, **DUTY},
            obligation=True,
        ),
        RuleType(
            "R27",
            "adoption",
            "Did those who answer to the public agree before use?",
            (Gate.PROGRAMME_START,),
            {
                "body": TEXT,
                "vote": IF_ANY,
                "notice_days": _whole(Merge.MOST, 1),
                "comment_days": _whole(Merge.MOST, 1),
                "meetings": _whole(Merge.MOST, 1),
                "review_every_months": _whole(Merge.LEAST, 1),
                "policy_in_writing": IF_ANY,
                "pilot": IF_ANY,
                "assessments": _list(Merge.EITHER, words.ASSESSMENTS),
                **DUTY,
            },
            obligation=True,
        ),
        RuleType(
            "R28",
            "accuracy",
            "Was this very version of the tool tested, and is it good enough for each group?",
            (Gate.PROGRAMME_START,),
            {
                "true_positive_percent_each_group": _whole(Merge.MOST, 1, 100),
                "false_alerts_per_thousand": _whole(Merge.LEAST, 0),
                "independent_test": IF_ANY,
                "tested_within_months": _whole(Merge.LEAST, 1),
                "operating_conditions": IF_ANY,
                **DUTY,
            },
            obligation=True,
        ),
        RuleType(
            "R29",
            "vendor",
            "Does the contract with the vendor say what it must?",
            (Gate.PROGRAMME_START,),
            {"clauses": _list(Merge.EITHER, words.CLAUSES, needed=True), **DUTY},
            obligation=True,
        ),
        RuleType(
            "R30",
            "penalties",
            "Is misuse answered, and told in time?",
            (Gate.OVERSIGHT,),
            {
                "steps": Parameter(Kind.TEXTS, Merge.EITHER),
                "notice_hours": _whole(Merge.LEAST, 1),
                "notice_to": Parameter(Kind.TEXTS, Merge.EITHER),
                **DUTY,
            },
            obligation=True,
        ),
        RuleType(
            "H1",
            "exculpatory_tests",
            "Has everything been tested that could clear the person?",
            (Gate.WARRANT_OR_ARREST,),
            {"tests": Parameter(Kind.ROWS, Merge.EITHER, needed=True)},
        ),
        RuleType(
            "H2",
            "time_to_act",
            "Is the countersignature still fresh?",
            (Gate.WARRANT_OR_ARREST,),
            {"hours": _whole(Merge.LEAST, 1, house=True, needed=True)},
        ),
        RuleType(
            "H3",
            "custody_recheck",
            "Was the fastest conclusive test made in time?",
            (Gate.WARRANT_OR_ARREST,),
            {"hours": _whole(Merge.LEAST, 1, house=True, needed=True)},
        ),
        RuleType(
            "H4",
            "lead_wording",
            "Does the lead say that it is a lead and nothing more?",
            (Gate.LEAD_RELEASE,),
            {
                "lead_only": IF_ANY,
                "past_no_results_attached": IF_ANY,
                "candidates_at_most": _whole(Merge.LEAST, 1),
            },
        ),
    )
}
BY_NAME: dict[str, RuleType] = {each.name: each for each in RULE_TYPES.values()}
