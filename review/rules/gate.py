"""The gate: every safeguard an action demands is asked, and the answer always carries all reasons at once.

Each safeguard is one pure function here and one SQL function in ``review/sql/gate``; a test holds them together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cases.rules.act import Act
from cases.rules.eligibility import SCREENING_OUTDATED, ListedOffences
from cases.rules.finding import Finding, Reason, judge
from review.rules.actions import ACTIONS, Action
from review.rules.disclosure import PapersFacts
from review.rules.graph import Item, Weighed, independent, weigh
from review.rules.joining import EXCLUDES_FROM, SUPPORTS_FROM
from review.rules.kinds import Trait
from review.rules.line_up import LineUpFacts, may_be_held

FLOOR_REVIEWERS = 2
FLOOR_STANDING_APART = 1

NOT_SCREENED = Reason("not_screened", "The case was never found eligible.", "NLC 2021, serious crime; G1")
CASE_OVER = Reason("case_over", "The case is closed; what comes after is a new case.", "docs/states.md; G1")
OFFENCE_NOT_LISTED = Reason(
    "offence_not_listed", "The offence in the report of crime is not on the list of serious crimes in force.", "NLC 2021, serious crime; G1"
)
NO_ARREST_ON_THIS_TRACK = Reason(
    "no_arrest_on_this_track", "This search was not made for a suspect, so nobody can be arrested on it.", "docs/road.md; G1"
)
PROBE_NOT_CHECKED = Reason("probe_not_checked", "Nobody has checked the probe.", "docs/examination.md; G2")
PROBE_UNFIT = Reason("probe_unfit", "The probe was found unfit for comparison.", "docs/examination.md; G2")
CHECKER_SAW_CANDIDATES = Reason(
    "checker_saw_candidates", "Whoever checked the probe had seen a candidate before.", "docs/examination.md; G2"
)
PROBE_ONLY_LIMITED = Reason(
    "probe_only_limited", "The policy in force accepts only a probe graded fit for this action.", "docs/examination.md; G2"
)
ROLE_NOT_SHOWN = Reason(
    "role_not_shown", "Nothing but the face shows that the person in the probe did the act.", "docs/independence.md, G2R"
)
TOO_FEW_REVIEWERS = Reason(
    "too_few_reviewers", "Fewer independent, trained reviewers have concluded than the policy asks for.", "NLC 2021, independent review; G3"
)
REVIEWER_NOT_APART = Reason(
    "reviewer_not_apart",
    "A reviewer also holds another part, or was of the requester's unit between the request and the conclusion.",
    "docs/road.md; G3",
)
CONCLUSIONS_DO_NOT_SUPPORT = Reason(
    "conclusions_do_not_support",
    "Too few locked conclusions support that the images show the same person.",
    "docs/road.md; G4",
)
EXCLUSION_STANDS = Reason("exclusion_stands", "A reviewer excluded this candidate somewhere in the investigation.", "docs/road.md; G4")
SAME_PICTURE_NOT_LINKED = Reason(
    "same_picture_not_linked",
    "Another case holds the very same picture and is not linked with this one yet: what is on file there was not asked.",
    "docs/road.md; G4",
)
LEAD_ENDED = Reason("lead_ended", "The lead has ended: a test cleared the person.", "docs/independence.md; G6")
OTHER_LEAD_OPEN = Reason("other_lead_open", "Another lead on the same face is open; at most one of them can be right.", "docs/road.md; G6")
LINE_UP_TOO_EARLY = Reason(
    "line_up_too_early", "A line-up was held before anything stood apart from the face result; it counts for nothing.", "Detroit 307.5; G5"
)
EXCULPATORY_OPEN = Reason("exculpatory_open", "Something that speaks for the person is on file and not closed.", "docs/independence.md, G6")
EXCULPATORY_UNTESTED = Reason(
    "exculpatory_untested", "Tests that could clear the person have not been made or shown impossible.", "docs/independence.md, G6"
)
EXCULPATORY_HOLDS = Reason("exculpatory_holds", "A test that clears the person was made, and it holds.", "docs/independence.md; G6")
NOTHING_STANDS_APART = Reason("nothing_stands_apart", "Nothing on file stands apart from the face result.", "NLC 2021, not sole basis; G7")
TOO_FEW_STAND_APART = Reason(
    "too_few_stand_apart", "Fewer items stand apart from the face result than this action needs.", "docs/independence.md; G7"
)
NO_WARRANT_BEFORE = Reason(
    "no_warrant_before",
    "No warrant is on file that was issued before the search and whose papers did not use it.",
    "docs/independence.md, existing warrants; G7",
)
IDENTITY_NOT_SHOWN = Reason(
    "identity_not_shown",
    "A warrant says what was done, never who the person is: nothing that links to the identity stands apart from the face.",
    "docs/independence.md, existing warrants; G7",
)
NO_PAPERS = Reason("no_papers", "No papers for this action are on file.", "Detroit settlement, disclosure; G8")
PAPERS_INCOMPLETE = Reason("papers_incomplete", "The papers lack statements that they must carry.", "Detroit settlement, disclosure; G8")
PAPERS_WORDING = Reason("papers_wording", "The papers use words that say more than a face search can.", "docs/disclosure.md, words; G8")
PAPERS_STALE = Reason("papers_stale", "Something was entered after the papers were written; they do not say it.", "docs/disclosure.md; G8")
LEGAL_VIEW_AWAITED = Reason("legal_view_awaited", "No legal adviser has agreed to this action.", "docs/roles.md, legal adviser")
LEGAL_VIEW_AGAINST = Reason("legal_view_against", "A legal adviser has spoken against this action.", "docs/roles.md, legal adviser")
RECHECK_NOT_MADE = Reason(
    "recheck_not_made", "The custody re-check has not been made: the fastest conclusive test comes first.", "docs/custody.md; G10"
)
RECHECK_FAILED = Reason("recheck_failed", "The custody re-check says that this is another person: release.", "docs/custody.md; G10")
NO_POLICY = Reason("no_policy", "No policy has been adopted.", "NLC 2021, vote before use; G1")
POLICY_ENDED = Reason("policy_ended", "The policy that was adopted has ended: its pilot, or one of its packs.", "NLC 2021, pilot; G1")


@dataclass(frozen=True, slots=True)
class GateFacts:
    """Everything the gate looks at, over the whole investigation. Unknown is None and never helps."""

    lead: str
    track: str
    screened_eligible: bool
    screening_in_force: bool  # whether it was made under the policy in force
    offence_code: str | None
    listed: ListedOffences | None
    probe_grade: str | None
    checker_saw_candidates: bool
    role_shown: bool
    reviewers_needed: int
    ratings: tuple[tuple[int, bool, int], ...]  # (reviewer, apart and trained on the day, rating), this lead's candidate
    ratings_elsewhere: tuple[int, ...]  # of the same person's candidates in the whole investigation
    lead_ended: bool
    other_open_leads: int
    line_up_on_file: bool
    exculpatory_listed: frozenset[str]
    exculpatory: tuple[tuple[str, str | None], ...]  # (code of the list or "", how it was closed or None)
    standing_apart_needed: int
    items: tuple[Item, ...]  # of the whole investigation; those of this lead are marked
    statute: str = ""
    policy_ended: bool = False
    limited_accepted: bool = True
    case_over: bool = False
    same_picture_elsewhere: bool = False  # in a case that is not linked
    warrants: frozenset[str] = frozenset()  # items: existing warrants whose papers did not use the search
    papers: Mapping[str, PapersFacts] = field(default_factory=dict)  # action -> the newest
    line_up_form: LineUpFacts | None = None
    legal_views: Mapping[str, bool] = field(default_factory=dict)  # action -> whether a legal adviser agrees
    recheck: str | None = None  # outcome of the newest custody re-check


Weighing = Mapping[str, Weighed]


def _g1(facts: GateFacts, action: Action, weighed: Weighing) -> list[Reason]:
    reasons = []
    if facts.case_over:
        reasons.append(CASE_OVER)
    if facts.listed is None:
        reasons.append(POLICY_ENDED if facts.policy_ended else NO_POLICY)
    if not facts.screened_eligible:
        reasons.append(NOT_SCREENED)
    elif facts.listed is not None and not facts.screening_in_force:
        reasons.append(SCREENING_OUTDATED)
    if facts.track == "suspect" and facts.listed is not None and not facts.listed.holds(facts.offence_code, facts.statute):
        reasons.append(OFFENCE_NOT_LISTED)
    if facts.track != "suspect" and action.arrest_like:
        reasons.append(NO_ARREST_ON_THIS_TRACK)
    return reasons


def _g2(facts: GateFacts, action: Action, weighed: Weighing) -> list[Reason]:
    reasons = []
    if facts.probe_grade is None:
        reasons.append(PROBE_NOT_CHECKED)
    if facts.probe_grade == "unfit":
        reasons.append(PROBE_UNFIT)
    if facts.probe_grade == "limited" and action.arrest_like and not facts.limited_accepted:
        reasons.append(PROBE_ONLY_LIMITED)
    if facts.checker_saw_candidates:
        reasons.append(CHECKER_SAW_CANDIDATES)
    return reasons


def _g2r(facts: GateFacts, action: Action, weighed: Weighing) -> list[Reason]:
    return [] if facts.role_shown else [ROLE_NOT_SHOWN]


def _g3(facts: GateFacts, action: Action, weighed: Weighing) -> list[Reason]:
    needed = max(FLOOR_REVIEWERS, facts.reviewers_needed)
    apart = {reviewer for reviewer, is_apart, _ in facts.ratings if is_apart}
    reasons = []
    if len(apart) < needed:
        reasons.append(TOO_FEW_REVIEWERS.with_numbers(concluded=len(apart), needed=needed))
    if any(not is_apart for _, is_apart, _ in facts.ratings):
        reasons.append(REVIEWER_NOT_APART)
    return reasons


def _g4(facts: GateFacts, action: Action, weighed: Weighing) -> list[Reason]:
    needed = max(FLOOR_REVIEWERS, facts.reviewers_needed)
    supports = len({reviewer for reviewer, _, rating in facts.ratings if rating >= SUPPORTS_FROM})
    reasons = []
    if supports < needed:
        reasons.append(CONCLUSIONS_DO_NOT_SUPPORT.with_numbers(supporting=supports, needed=needed))
    if any(rating <= EXCLUDES_FROM for rating in facts.ratings_elsewhere):
        reasons.append(EXCLUSION_STANDS)
    if facts.same_picture_elsewhere:
        reasons.append(SAME_PICTURE_NOT_LINKED)
    if facts.lead_ended and "G6" not in action.demands:
        reasons.append(LEAD_ENDED)
    return reasons


def _g5(facts: GateFacts, action: Action, weighed: Weighing) -> list[Reason]:
    held_too_early = facts.line_up_on_file and not any(item.counts for item in weighed.values())
    return [LINE_UP_TOO_EARLY] if held_too_early else []


def _g5f(facts: GateFacts, action: Action, weighed: Weighing) -> list[Reason]:
    return may_be_held(facts.line_up_form)


def _g6(facts: GateFacts, action: Action, weighed: Weighing) -> list[Reason]:
    reasons = []
    still_open = sum(how is None for _, how in facts.exculpatory)
    untested = facts.exculpatory_listed - {code for code, _ in facts.exculpatory}
    if still_open:
        reasons.append(EXCULPATORY_OPEN.with_numbers(open=still_open))
    if untested:
        reasons.append(EXCULPATORY_UNTESTED.with_numbers(missing=len(untested)))
    if any(how == "tested_excludes" for _, how in facts.exculpatory):
        reasons.append(EXCULPATORY_HOLDS)
    if facts.lead_ended:
        reasons.append(LEAD_ENDED)
    if facts.other_open_leads:
        reasons.append(OTHER_LEAD_OPEN.with_numbers(others=facts.other_open_leads))
    return reasons


def standing_apart_needed(facts: GateFacts, action: Action, weighed: Weighing) -> int:
    """Return how many items have to stand apart: the floor, the action's, the policy's; two where the ground is weak.

    Two where the probe was graded limited, and where only statements count and none was fixed before the face result
    (``docs/independence.md``, counting).
    """
    needed = max(FLOOR_STANDING_APART, action.standing_apart)
    if not action.arrest_like:
        return needed
    counting = [item for item in weighed.values() if item.counts]
    only_statements = bool(counting) and all(item.statement and not item.fixed_before for item in counting)
    weak = facts.probe_grade == "limited" or only_statements
    return max(needed, facts.standing_apart_needed, 2 if weak else 1)


def _g7(facts: GateFacts, action: Action, weighed: Weighing) -> list[Reason]:
    counting = len(independent(weighed))
    needed = standing_apart_needed(facts, action, weighed)
    if counting == 0:
        return [NOTHING_STANDS_APART.with_numbers(counted=0, needed=needed)]
    if counting < needed:
        return [TOO_FEW_STAND_APART.with_numbers(counted=counting, needed=needed)]
    return []


def _g7w(facts: GateFacts, action: Action, weighed: Weighing) -> list[Reason]:
    reasons = []
    warrants = facts.warrants & {item.ref for item in facts.items if Trait.WARRANT in item.kind}
    if not any(item.counts and item.fixed_before and item.ref in warrants for item in weighed.values()):
        reasons.append(NO_WARRANT_BEFORE)
    if not any(item.shows_identity for item in weighed.values()):
        reasons.append(IDENTITY_NOT_SHOWN)
    return reasons


def _g8(facts: GateFacts, action: Action, weighed: Weighing) -> list[Reason]:
    papers = facts.papers.get(action.code)
    if papers is None:
        return [NO_PAPERS]
    reasons = []
    if papers.missing:
        reasons.append(PAPERS_INCOMPLETE.with_numbers(missing=len(papers.missing)))
    if papers.wording:
        reasons.append(PAPERS_WORDING.with_numbers(words=len(papers.wording)))
    if papers.stale:
        reasons.append(PAPERS_STALE)
    return reasons


def _g10(facts: GateFacts, action: Action, weighed: Weighing) -> list[Reason]:
    if facts.recheck == "other_person":
        return [RECHECK_FAILED]
    return [] if facts.recheck == "same_person" else [RECHECK_NOT_MADE]


def _gl(facts: GateFacts, action: Action, weighed: Weighing) -> list[Reason]:
    if action.code not in facts.legal_views:
        return [LEGAL_VIEW_AWAITED]
    return [] if facts.legal_views[action.code] else [LEGAL_VIEW_AGAINST]


@dataclass(frozen=True, slots=True)
class Safeguard:
    """One safeguard: what it is called, what holds while it is open, where it comes from, and the question itself."""

    name: str
    when_open: str
    source: str
    ask: Callable[[GateFacts, Action, Weighing], list[Reason]]


SAFEGUARDS: dict[str, Safeguard] = {
    "G1": Safeguard("eligible", "The offence was decided from the report of crime and is on the list in force.", "NLC 2021, serious crime; G1", _g1),
    "G2": Safeguard("probe fit", "Graded by somebody who had seen no candidate.", "docs/examination.md; G2", _g2),
    "G2R": Safeguard("role shown", "Something other than the face shows that the person in the probe did the act.", "docs/independence.md, G2R", _g2r),
    "G3": Safeguard("reviewers independent", "Different people, trained, blind, none of the requester’s unit or with another part.", "NLC 2021, independent review; G3", _g3),
    "G4": Safeguard("conclusions support", "Locked conclusions support; no exclusion stands in the investigation.", "docs/road.md; G4", _g4),
    "G5": Safeguard("line-up fair", "No line-up is on file that was held before something stood apart.", "Detroit 307.5; G5", _g5),
    "G5F": Safeguard("line-up form", "The nine fields of the line-up form are on file, before it is held.", "Wells 2020, nine recommendations; G5", _g5f),
    "G6": Safeguard("exculpatory closed", "Every test on the list was made, and nothing that speaks for the person is open.", "docs/independence.md, G6", _g6),
    "G7": Safeguard("stands apart", "Enough items stand apart from the face result, discriminate and link to the offence.", "NLC 2021, not sole basis; G7", _g7),
    "G7W": Safeguard("warrant and identity", "The warrant was issued before the search, and something apart from the face shows who the person is.", "docs/independence.md, existing warrants; G7", _g7w),
    "G8": Safeguard("disclosed", "The papers carry every statement that they must, in words that say no more than the search can.", "Detroit settlement, disclosure; G8", _g8),
    "GL": Safeguard("legal adviser agrees", "A legal adviser has agreed to this action, with grounds.", "docs/roles.md, legal adviser", _gl),
    "G10": Safeguard("custody re-check", "The fastest conclusive test was made in custody, and it is the same person.", "docs/custody.md; G10", _g10),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SafeguardAnswer:
    """One safeguard of the answer, and why it is shut; open when there is no reason."""

    code: str
    safeguard: Safeguard
    reasons: tuple[Reason, ...]


def ask_gate(facts: GateFacts, *, action: str) -> tuple[SafeguardAnswer, ...]:
    """Ask every safeguard that ``action`` demands; all answer, also when the first is shut."""
    return _ask(facts, ACTIONS[action], weigh(facts.items))


def may_act(facts: GateFacts, *, action: str, about: Act, subject: str, further: tuple[Reason, ...] = ()) -> Finding:
    """Return a Permit resting on the items that count, or a Refusal with every reason, ``further`` ones included."""
    weighed = weigh(facts.items)
    reasons = [reason for answer in _ask(facts, ACTIONS[action], weighed) for reason in answer.reasons]
    return judge(about, subject, [*reasons, *further], rests_on=independent(weighed))


def _ask(facts: GateFacts, action: Action, weighed: Weighing) -> tuple[SafeguardAnswer, ...]:
    return tuple(
        SafeguardAnswer(code, safeguard, tuple(safeguard.ask(facts, action, weighed)))
        for code, safeguard in SAFEGUARDS.items()
        if code in action.demands
    )
