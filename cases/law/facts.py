"""What the law looks at, one frozen value a gate. None means that nobody knows it, and what nobody knows opens nothing."""

from dataclasses import dataclass
from datetime import date, datetime

Words = frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What every gate sees: the day of the event, what the search is for, and the way it is made."""

    on: date
    purpose: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeStartFacts(Facts):
    """What stands on file before a program starts."""

    starts_on: date | None = None
    body: str | None = None
    votes_for: int | None = None
    votes_against: int | None = None
    noticed_on: date | None = None
    comment_days: int | None = None
    meetings: int | None = None
    policy_in_writing: bool | None = None
    reviewed_on: date | None = None  # when the policy was adopted or last reviewed
    pilot_ends_on: date | None = None
    assessments: Words | None = None
    published: Words | None = None
    clauses: Words | None = None
    engine_version: str | None = None
    tested_version: str | None = None
    tested_on: date | None = None
    independent_test: bool | None = None
    operating_conditions: bool | None = None
    true_positive_percent: tuple[tuple[str, float], ...] | None = None  # group, percent
    false_alerts_per_thousand: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """One course of one person: when it was passed."""

    person: str
    course: str
    passed_on: date

    def __str__(self) -> str:
        return f"{self.person}: {self.course}, {self.passed_on}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleFacts(Facts):
    """Who acts at this step, and what each has passed."""

    people: tuple[str, ...] | None = None
    courses: tuple[Trained, ...] | None = None
    sign_offs: tuple[tuple[str, str], ...] | None = None  # person, rank


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityFacts(PeopleFacts):
    """Who allowed it, and the emergency with its clock."""

    at: datetime | None = None
    authority: str | None = None
    authority_granted_at: datetime | None = None
    authority_ends_at: datetime | None = None
    exigent: bool | None = None
    exigent_since: datetime | None = None
    exigent_reasons: str | None = None
    authority_refused: bool | None = None
    first_naming: bool | None = None  # a suspect is named for the first time, on objective, verifiable facts of that offence


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeFacts(AuthorityFacts):
    """The request and the report of crime."""

    code: str | None = None
    statute: str | None = None
    attempt: bool | None = None
    out_of_state: bool | None = None
    equivalent: str | None = None  # the listed offence here that it equals: a code or a statute
    classes: Words | None = None
    penalty_years: int | None = None
    decided_from_report: bool | None = None
    open_reasons: str | None = None
    open_approver: str | None = None
    suspicion: str | None = None
    grounds: Words | None = None
    bases: Words | None = None
    protected_activity: bool | None = None
    records_protected_activity: bool | None = None
    uses: Words | None = None  # what it is, or will be, used for besides its purpose
    request_fields: Words | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BeforeSearchFacts(AuthorityFacts):
    """Who runs the search, how, and under which conditions."""

    performer: str | None = None
    third_party: bool | None = None
    provenance: Words | None = None
    conditions: Words | None = None
    place_and_period_stated: bool | None = None
    overt: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One change made to a probe."""

    kind: str
    description: str
    made_on: date | None
    copy_kept: bool

    def __str__(self) -> str:
        return f"{self.kind} ({self.description}), {self.made_on or 'no date'}, {'copy kept' if self.copy_kept else 'no copy'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeFacts(Facts):
    """The image that is searched with."""

    kind: str | None = None
    quality_recorded: bool | None = None
    source_recorded: bool | None = None
    grade: str | None = None
    edits: tuple[Edit, ...] | None = None
    original_kept: bool | None = None
    target_chosen: bool | None = None
    others_analysed: bool | None = None
    enrolled: bool | None = None
    minor: bool | None = None
    sealed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GalleryFacts(Facts):
    """The set of faces that is searched."""

    kinds: Words | None = None
    named: bool | None = None
    lawful_source: bool | None = None
    weighed: bool | None = None
    leaves_out: Words | None = None
    scrubbed_on: date | None = None
    people: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFacts(PeopleFacts):
    """The people who examined, and how. ``people`` are the reviewers."""

    requester: str | None = None
    operator: str | None = None
    investigator: str | None = None
    blind: bool | None = None
    all_viewed: bool | None = None
    candidates: int | None = None
    supervisor_approved: bool | None = None
    disagreement: bool | None = None
    may_change_decision: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadReleaseFacts(Facts):
    """What leaves the house with a lead."""

    act: str = "lead"
    says_lead_only: bool | None = None
    past_no_results_attached: bool | None = None
    candidates: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineUpFacts(Facts):
    """A line-up that is to be held."""

    independent_items: int | None = None
    witness_told: bool | None = None
    search_picture: bool | None = None
    fillers_from_search: bool | None = None
    blind_administrator: bool | None = None
    sequential: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WarrantOrArrestFacts(AuthorityFacts):
    """A legal act that is asked for. Items never include the face result itself, its reviews or copies of it."""

    act: str
    other_items: int | None = None
    line_ups_from_result: int | None = None
    independent_items: int | None = None
    independent_reliable_linking: bool | None = None
    independent_and_sufficient: bool | None = None
    papers_cite_result: bool | None = None
    told: frozenset[tuple[str, str]] | None = None  # (place, item)
    search_used: bool | None = None
    tests_closed: Words | None = None
    hours_since_signed: int | None = None
    hours_in_custody: int | None = None
    recheck_made: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourtFacts(Facts):
    """A use in court, and what was told before."""

    act: str
    obtained_lawfully: bool | None = None
    search_used: bool | None = None
    offered_at_trial: bool | None = None
    told_prosecutor: Words | None = None
    told_defence: Words | None = None
    showing_made: Words | None = None
    told_on: date | None = None
    trial_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseFacts(Facts):
    """What is held and what was destroyed, how old it is, and what became of the case."""

    held: Words | None = None
    destroyed: Words | None = None
    age_days: int | None = None
    outcomes: Words | None = None  # words of DELETE_WHEN that are true of it
    legal_hold: bool | None = None
    period_set: bool | None = None
    ended_days: int | None = None  # since nobody's move was next, where it is not closed yet
    closed_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A misuse that was found, and who was told when."""

    found_at: datetime
    told: tuple[tuple[str, datetime], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OversightFacts(Facts):
    """What the log holds, which days were kept, and how misuse was answered."""

    started_on: date | None = None
    met: frozenset[tuple[str, date]] | None = None  # (rule, day it was due)
    log_fields: Words | None = None
    access: Words | None = None
    handed_to: Words | None = None  # who asked for the audit file and got it
    asked_by: Words | None = None
    log_is_public: bool | None = None
    report_fields: Words | None = None
    breaches: tuple[Breach, ...] | None = None
    at: datetime | None = None
    steps_in_force: Words | None = None
