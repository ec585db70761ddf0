"""Facts of a search in which everything is in order, one value a gate; a test changes one thing."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cases.law import facts as f
from cases.law import words
from cases.law.evaluate import Answer, RuleAnswer, evaluate
from cases.law.load import Pack, load_pack
from cases.law.merge import Merged, merge
from cases.law.words import Gate

POLICIES = Path(__file__).resolve().parent.parent.parent / "policies"
PACKS: dict[str, Pack] = {path.stem: load_pack(path) for path in sorted(POLICIES.glob("*.toml")) if path.stem != "offences"}
DAY = date(2026, 1, 15)
LATER = date(2028, 1, 10)  # when the European duties of high-risk systems hold
NOON = datetime(2026, 1, 15, 12)
STEPS = frozenset(step for pack in PACKS.values() for rule in pack.rules for step in rule.says("steps") or ())
PEOPLE = ("ada", "ben")
COURSES = tuple(f.Trained(person=person, course=course, passed_on=date(2025, 12, 1)) for person in PEOPLE for course in words.COURSES)
_AUTHORITY: dict[str, Any] = {
    "people": PEOPLE,
    "courses": COURSES,
    "sign_offs": (("sam", "superintendent"), ("sue", "superintendent")),
    "at": NOON,
    "authority": None,
    "authority_granted_at": datetime(2026, 1, 15, 9),
    "authority_ends_at": None,
    "exigent": False,
    "authority_refused": False,
    "first_naming": False,
}

SOUND: dict[Gate, f.Facts] = {
    Gate.PROGRAMME_START: f.ProgrammeStartFacts(
        on=DAY,
        starts_on=date(2026, 2, 1),
        body="City council",
        votes_for=8,
        votes_against=3,
        noticed_on=date(2025, 10, 1),
        comment_days=30,
        meetings=3,
        policy_in_writing=True,
        reviewed_on=date(2025, 12, 1),
        pilot_ends_on=date(2026, 8, 1),
        assessments=frozenset(words.ASSESSMENTS),
        published=frozenset(words.PUBLISHED),
        clauses=frozenset(words.CLAUSES),
        engine_version="7.1",
        tested_version="7.1",
        tested_on=date(2025, 11, 1),
        independent_test=True,
        operating_conditions=True,
        true_positive_percent=(("one group", 99.0), ("another group", 98.0)),
        false_alerts_per_thousand=0.5,
    ),
    Gate.INTAKE: f.IntakeFacts(
        on=DAY,
        purpose="suspect",
        channel="desktop",
        code="120",
        attempt=False,
        out_of_state=False,
        classes=frozenset({"felony", "violent"}),
        penalty_years=10,
        decided_from_report=True,
        suspicion="probable_cause",
        grounds=frozenset(words.GROUNDS),
        bases=frozenset({"probable_cause"}),
        protected_activity=False,
        records_protected_activity=False,
        uses=frozenset(),
        request_fields=frozenset(words.REQUEST_FIELDS),
        **_AUTHORITY,
    ),
    Gate.BEFORE_SEARCH: f.BeforeSearchFacts(
        on=DAY,
        purpose="suspect",
        channel="desktop",
        performer="fbi",
        third_party=False,
        provenance=frozenset(words.PROVENANCE),
        conditions=frozenset(words.CONDITIONS),
        place_and_period_stated=True,
        overt=True,
        **_AUTHORITY,
    ),
    Gate.PROBE_CHECK: f.ProbeFacts(
        on=DAY,
        purpose="suspect",
        channel="desktop",
        kind="still_from_video",
        quality_recorded=True,
        source_recorded=True,
        grade="fit",
        edits=(f.Edit(kind="crop", description="cut to the head", made_on=DAY, copy_kept=True),),
        original_kept=True,
        target_chosen=True,
        others_analysed=False,
        enrolled=False,
        minor=False,
        sealed=False,
    ),
    Gate.GALLERY_CHECK: f.GalleryFacts(
        on=DAY,
        purpose="suspect",
        channel="desktop",
        kinds=frozenset({"arrest_photos"}),
        named=True,
        lawful_source=True,
        weighed=True,
        leaves_out=frozenset(words.LEFT_OUT),
        scrubbed_on=date(2025, 12, 1),
        people=1500,
    ),
    Gate.REVIEW: f.ReviewFacts(
        on=DAY,
        purpose="suspect",
        channel="desktop",
        people=PEOPLE,
        courses=COURSES,
        requester="dana",
        operator="olga",
        investigator="ivan",
        blind=True,
        all_viewed=True,
        candidates=10,
        supervisor_approved=True,
        disagreement=False,
        may_change_decision=True,
    ),
    Gate.LEAD_RELEASE: f.LeadReleaseFacts(on=DAY, says_lead_only=True, past_no_results_attached=True, candidates=1),
    Gate.LINE_UP: f.LineUpFacts(
        on=DAY,
        independent_items=1,
        witness_told=False,
        search_picture=False,
        fillers_from_search=False,
        blind_administrator=True,
        sequential=True,
    ),
    Gate.WARRANT_OR_ARREST: f.WarrantOrArrestFacts(
        on=DAY,
        act="arrest",
        other_items=1,
        line_ups_from_result=0,
        independent_items=1,
        independent_reliable_linking=True,
        independent_and_sufficient=True,
        papers_cite_result=False,
        search_used=True,
        told=frozenset((place, item) for place in words.PLACES for item in words.DISCLOSED),
        tests_closed=frozenset({"prints_or_dna", "description", "whereabouts"}),
        hours_since_signed=1,
        hours_in_custody=0,
        recheck_made=False,
        **_AUTHORITY,
    ),
    Gate.COURT: f.CourtFacts(
        on=DAY,
        act="preliminary_hearing",
        obtained_lawfully=True,
        search_used=True,
        offered_at_trial=True,
        told_prosecutor=frozenset(words.DISCLOSED),
        told_defence=frozenset(words.DISCLOSED),
        showing_made=frozenset(),
        told_on=DAY,
        trial_on=date(2026, 6, 1),
    ),
    Gate.CLOSE: f.CloseFacts(
        on=DAY, held=frozenset(), destroyed=frozenset(), age_days=40, outcomes=frozenset(), legal_hold=False, period_set=True
    ),
    Gate.OVERSIGHT: f.OversightFacts(
        on=DAY,
        started_on=date(2026, 1, 14),
        met=frozenset(),
        log_fields=frozenset(words.LOG_FIELDS),
        access=frozenset(words.ACCESS),
        asked_by=frozenset(words.OPEN_TO),
        handed_to=frozenset(words.OPEN_TO),
        report_fields=frozenset(words.REPORT_FIELDS),
        breaches=(),
        at=NOON,
        steps_in_force=STEPS,
    ),
}


def law(*names: str, **more: Any) -> Merged:
    return merge([PACKS[name] for name in names], **more)


def asked(merged: Merged, gate: Gate, **changed: Any) -> tuple[RuleAnswer, ...]:
    return evaluate(merged, gate=gate, facts=replace(SOUND[gate], **changed))


def answer_of(key: str, gate: Gate, **changed: Any) -> RuleAnswer:
    pack = key.split("/")[0]
    return next(answer for answer in asked(law(pack), gate, **changed) if answer.rule == key)


def shut_by(merged: Merged, gate: Gate, **changed: Any) -> set[str]:
    return {answer.rule for answer in asked(merged, gate, **changed) if answer.answer is Answer.REFUSES}
