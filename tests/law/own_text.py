"""What each rule of each pack allows and what it refuses, written down from the pack's own text.

Key: pack/rule, with @gate where a rule bites at a gate other than the first of its list. Value: what changes in the sound
facts for a case that the rule allows, and for one that it refuses.
"""

from datetime import date, datetime, timedelta
from typing import Any

from cases.law import facts as f
from cases.law import words
from tests.law.sound import COURSES, DAY, LATER, NOON, STEPS

SETS: dict[str, frozenset[str]] = {
    "clauses": frozenset(words.CLAUSES),
    "published": frozenset(words.PUBLISHED),
    "assessments": frozenset(words.ASSESSMENTS),
    "grounds": frozenset(words.GROUNDS),
    "request_fields": frozenset(words.REQUEST_FIELDS),
    "log_fields": frozenset(words.LOG_FIELDS),
    "report_fields": frozenset(words.REPORT_FIELDS),
    "told_defence": frozenset(words.DISCLOSED),
    "told_prosecutor": frozenset(words.DISCLOSED),
    "provenance": frozenset(words.PROVENANCE),
    "access": frozenset(words.ACCESS),
    "leaves_out": frozenset(words.LEFT_OUT),
    "steps_in_force": STEPS,
}


def less(name: str, *gone: str, **more: Any) -> dict[str, Any]:
    assert set(gone) <= SETS[name]
    return {name: SETS[name] - set(gone), **more}


def untaught(course: str, **more: Any) -> dict[str, Any]:
    """One of two people never passed the course."""
    return {"courses": tuple(each for each in COURSES if (each.person, each.course) != ("ben", course)), **more}


def taught(on: date, *courses: str) -> tuple[f.Trained, ...]:
    return tuple(f.Trained(person=who, course=course, passed_on=on) for who in ("ada", "ben") for course in courses)


def edit(kind: str = "light", description: str = "brighter", made_on: date | None = DAY, copy_kept: bool = True) -> dict[str, Any]:
    return {"edits": (f.Edit(kind=kind, description=description, made_on=made_on, copy_kept=copy_kept),)}


def untold(place: str, item: str, **more: Any) -> dict[str, Any]:
    told = frozenset((where, what) for where in words.PLACES for what in words.DISCLOSED)
    return {"told": told - {(place, item)}, **more}


def met(key: str, *days: date) -> frozenset[tuple[str, date]]:
    return frozenset((key, day) for day in days)


NOTHING: dict[str, Any] = {}
A_YEAR_AGO = {"started_on": date(2024, 12, 1)}
HIGH = {"on": LATER}
ONLY = dict  # the facts that change
STARTED_2028 = {"started_on": date(2028, 1, 1)}

OWN_TEXT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    # -- National League of Cities ------------------------------------------------------------------------------------
    "nlc-2021/serious-crime": (ONLY(code="09A", attempt=True), ONLY(code="23C")),
    "nlc-2021/other-purposes": (ONLY(purpose="missing", code=None), ONLY(purpose="undercover_safety")),
    "nlc-2021/reviewers": (ONLY(people=("ada", "ben", "cleo")), ONLY(people=("ada",))),
    "nlc-2021/candidates": (ONLY(candidates=20), ONLY(candidates=21)),
    "nlc-2021/not-sole-basis": (ONLY(other_items=1, independent_items=1), ONLY(other_items=0, independent_items=0)),
    "nlc-2021/training": (NOTHING, untaught("limits")),
    "nlc-2021/bias": (NOTHING, untaught("bias")),
    "nlc-2021/bias@review": (NOTHING, untaught("bias")),
    "nlc-2021/photo-quality": (NOTHING, ONLY(quality_recorded=False)),
    "nlc-2021/limited-probe": (ONLY(grade="limited"), NOTHING),
    "nlc-2021/gallery-weighed": (NOTHING, ONLY(weighed=False)),
    "nlc-2021/purge-innocent": (NOTHING, less("leaves_out", "found_innocent")),
    "nlc-2021/suspect-alert": (
        ONLY(channel="live", conditions=frozenset({"alerts_on_suspects_only"})),
        ONLY(channel="live", conditions=frozenset({"warrant"})),
    ),
    "nlc-2021/delete-irrelevant": (
        ONLY(outcomes=frozenset({"irrelevant"}), held=frozenset({"log"})),
        ONLY(outcomes=frozenset({"irrelevant"}), held=frozenset({"footage"})),
    ),
    "nlc-2021/no-indefinite": (NOTHING, ONLY(period_set=False)),
    "nlc-2021/vote": (ONLY(votes_for=5, votes_against=4), ONLY(votes_for=4, votes_against=4)),
    "nlc-2021/input": (ONLY(meetings=1), ONLY(meetings=0)),
    "nlc-2021/pilot": (NOTHING, ONLY(pilot_ends_on=None)),
    "nlc-2021/publish": (NOTHING, less("published", "policy")),
    "nlc-2021/transparency": (NOTHING, less("published", "uses")),
    "nlc-2021/complaints": (NOTHING, less("published", "complaint_channel")),
    "nlc-2021/board-reports": (
        ONLY(started_on=date(2024, 12, 1), met=met("nlc-2021/board-reports", date(2025, 12, 1))),
        A_YEAR_AGO,
    ),
    "nlc-2021/access": (NOTHING, less("access", "restricted")),
    "nlc-2021/two-factor": (NOTHING, less("access", "two_factor")),
    "nlc-2021/tracking": (NOTHING, less("log_fields", "why")),
    "nlc-2021/certify": (NOTHING, less("clauses", "certified_balanced_data")),
    "nlc-2021/vendor-tests": (NOTHING, less("clauses", "regular_tests")),
    "nlc-2021/indemnity": (NOTHING, less("clauses", "indemnity")),
    "nlc-2021/consequences": (NOTHING, less("steps_in_force", "consequences of misuse known to officers")),
    "nlc-2021/time-to-act": (ONLY(hours_since_signed=72), ONLY(hours_since_signed=73)),
    "nlc-2021/recheck": (ONLY(hours_in_custody=2), ONLY(hours_in_custody=3)),
    "nlc-2021/exculpatory": (NOTHING, ONLY(tests_closed=frozenset({"description", "whereabouts"}))),
    # -- Detroit ------------------------------------------------------------------------------------------------------
    "us-mi-detroit-307-5/offence": (ONLY(code="220", statute="MCL 750.110a(2)"), ONLY(code="220")),
    "us-mi-detroit-307-5/suspicion": (ONLY(suspicion="reasonable_suspicion"), ONLY(suspicion="allegation_or_information")),
    "us-mi-detroit-307-5/forbidden": (NOTHING, ONLY(uses=frozenset({"immigration_status"}))),
    "us-mi-detroit-307-5/protected": (NOTHING, ONLY(protected_activity=True)),
    "us-mi-detroit-307-5/request": (NOTHING, less("request_fields", "web_form")),
    "us-mi-detroit-307-5/stills": (ONLY(kind="photo"), ONLY(kind="recorded_video")),
    "us-mi-detroit-307-5/channel": (NOTHING, ONLY(channel="mobile")),
    "us-mi-detroit-307-5/fitness": (NOTHING, ONLY(quality_recorded=None)),
    "us-mi-detroit-307-5/gallery": (ONLY(kinds=frozenset({"driving_licences"})), ONLY(kinds=frozenset({"social_media"}))),
    "us-mi-detroit-307-5/review": (NOTHING, ONLY(disagreement=True)),
    "us-mi-detroit-307-5/training": (NOTHING, untaught("face_comparison")),
    "us-mi-detroit-307-5/captains": (
        ONLY(act="search_warrant", sign_offs=(("sam", "captain"), ("sue", "captain"))),
        ONLY(act="search_warrant", sign_offs=(("sam", "captain"), ("sam", "captain"), ("tom", "sergeant"))),
    ),
    "us-mi-detroit-307-5/lead-only": (NOTHING, ONLY(says_lead_only=False)),
    "us-mi-detroit-307-5/picture": (NOTHING, ONLY(search_picture=True)),
    "us-mi-detroit-307-5/weekly": (ONLY(started_on=date(2026, 1, 8)), ONLY(started_on=date(2026, 1, 7))),
    "us-mi-detroit-307-5/annual": (NOTHING, A_YEAR_AGO),
    "us-mi-detroit-307-5/board-vote": (NOTHING, ONLY(votes_for=3, votes_against=8)),
    "us-mi-detroit-307-5/breach": (
        ONLY(
            breaches=(
                f.Breach(
                    found_at=NOON - timedelta(days=3),
                    told=tuple(
                        (w, NOON - timedelta(days=2, hours=1)) for w in ("BOPC", "mayor", "council president", "council president pro tem")
                    ),
                ),
            )
        ),
        ONLY(breaches=(f.Breach(found_at=NOON - timedelta(days=3), told=(("BOPC", NOON - timedelta(days=2)),)),)),
    ),
    "us-mi-detroit-settlement/no-arrest": (NOTHING, ONLY(line_ups_from_result=1, other_items=0, independent_reliable_linking=False)),
    "us-mi-detroit-settlement/no-warrant": (ONLY(act="search_warrant"), ONLY(act="search_warrant", independent_reliable_linking=False)),
    "us-mi-detroit-settlement/line-up": (ONLY(independent_items=1), ONLY(independent_items=0)),
    "us-mi-detroit-settlement/line-up-form": (NOTHING, ONLY(sequential=False)),
    "us-mi-detroit-settlement/papers": (NOTHING, untold("arrest_papers", "no_results")),
    "us-mi-detroit-settlement/prosecutor": (NOTHING, less("told_prosecutor", "no_results")),
    "us-mi-detroit-settlement/bias": (NOTHING, untaught("bias")),
    "us-mi-detroit-settlement/image-form": (NOTHING, ONLY(source_recorded=False)),
    "us-mi-detroit-settlement/look-back": (NOTHING, less("log_fields", "case_number")),
    # -- Maryland -----------------------------------------------------------------------------------------------------
    "us-md-2024/offence": (ONLY(code="13C", statute="CL 3-802", attempt=True), ONLY(code="13C")),
    "us-md-2024/exempt": (ONLY(purpose="deceased", code=None), ONLY(purpose="witness")),
    "us-md-2024/protected": (
        ONLY(protected_activity=True, suspicion="reasonable_suspicion"),
        ONLY(protected_activity=True, suspicion=None),
    ),
    "us-md-2024/bystander": (NOTHING, ONLY(others_analysed=True)),
    "us-md-2024/sketch": (ONLY(kind="photo"), ONLY(kind="sketch")),
    "us-md-2024/live": (NOTHING, ONLY(channel="live")),
    "us-md-2024/verification": (NOTHING, ONLY(people=("ada", "olga"))),
    "us-md-2024/training": (
        ONLY(on=date(2026, 7, 1)),
        ONLY(on=date(2026, 7, 1), courses=taught(date(2025, 6, 1), "state_course", "cultural_diversity", "bias")),
    ),
    "us-md-2024/probable-cause": (ONLY(act="probable_cause"), ONLY(act="search_warrant", independent_and_sufficient=False)),
    "us-md-2024/identification": (
        ONLY(act="positive_identification"),
        ONLY(act="positive_identification", independent_and_sufficient=False),
    ),
    "us-md-2024/trial": (ONLY(act="preliminary_hearing"), ONLY(act="juvenile")),
    "us-md-2024/witness": (NOTHING, ONLY(witness_told=True)),
    "us-md-2024/discovery": (NOTHING, less("told_defence", "galleries")),
    "us-md-2024/website": (NOTHING, less("published", "nongovernment_system_names")),
    "us-md-2024/model-policy": (NOTHING, ONLY(policy_in_writing=False)),
    "us-md-2024/audit-file": (
        ONLY(destroyed=frozenset({"audit_file"}), age_days=1095),
        ONLY(destroyed=frozenset({"audit_file"}), age_days=1094),
    ),
    "us-md-2024/audit": (
        ONLY(started_on=date(2024, 12, 1), met=met("us-md-2024/audit", date(2025, 10, 1))),
        ONLY(asked_by=frozenset({"public_defender"}), handed_to=frozenset()),
    ),
    "us-md-2024/report": (
        ONLY(started_on=date(2024, 12, 1), met=met("us-md-2024/report", date(2025, 2, 1), date(2025, 5, 1))),
        ONLY(started_on=date(2024, 12, 1), met=met("us-md-2024/report", date(2025, 2, 1))),
    ),
    "us-md-2024/state-report": (NOTHING, A_YEAR_AGO),
    # -- Virginia -----------------------------------------------------------------------------------------------------
    "us-va-2022/offence": (ONLY(code="23C"), ONLY(code=None)),
    "us-va-2022/suspicion": (ONLY(suspicion="reasonable_suspicion"), ONLY(suspicion="allegation_or_information")),
    "us-va-2022/uses": (ONLY(purpose="trafficking_victim"), ONLY(purpose=None)),
    "us-va-2022/surveillance": (NOTHING, ONLY(uses=frozenset({"monitoring"}))),
    "us-va-2022/live": (NOTHING, ONLY(channel="live")),
    "us-va-2022/affidavit": (ONLY(act="search_warrant"), ONLY(act="search_warrant", papers_cite_result=True)),
    "us-va-2022/accuracy": (NOTHING, ONLY(true_positive_percent=(("one group", 99.5), ("another group", 97.9)))),
    "us-va-2022/state-approved": (NOTHING, less("clauses", "state_approved")),
    "us-va-2022/policy": (ONLY(noticed_on=date(2026, 1, 2)), ONLY(noticed_on=date(2026, 1, 3))),
    "us-va-2022/posted": (NOTHING, less("published", "policy")),
    "us-va-2022/report": (ONLY(started_on=date(2024, 12, 1), met=met("us-va-2022/report", date(2025, 4, 1))), A_YEAR_AGO),
    "us-va-2022/query-history": (NOTHING, less("log_fields", "query_history")),
    "us-va-2022/misuse": (NOTHING, less("steps_in_force", "Class 3 misdemeanour")),
    "us-va-2022/after-the-end": (
        ONLY(on=date(2026, 7, 1), authority="express_statute"),
        ONLY(on=date(2026, 7, 1), authority="warrant"),
    ),
    # -- Washington ---------------------------------------------------------------------------------------------------
    "us-wa-43-386/notice": (ONLY(noticed_on=date(2025, 11, 3)), ONLY(noticed_on=date(2025, 11, 4))),
    "us-wa-43-386/meetings": (ONLY(meetings=3), ONLY(reviewed_on=date(2024, 1, 15))),
    "us-wa-43-386/probable-cause": (ONLY(act="arrest_warrant"), ONLY(act="arrest_warrant", other_items=0)),
    "us-wa-43-386/review": (NOTHING, ONLY(may_change_decision=False)),
    "us-wa-43-386/training": (NOTHING, untaught("reading_output")),
    "us-wa-43-386/sketch": (NOTHING, ONLY(kind="composite")),
    "us-wa-43-386/manipulation": (edit("light"), edit("feature_replaced")),
    "us-wa-43-386/surveillance": (
        ONLY(channel="live", conditions=frozenset({"exigency"})),
        ONLY(channel="live", conditions=frozenset({"develop_leads"})),
    ),
    "us-wa-43-386/protected": (NOTHING, ONLY(records_protected_activity=True)),
    "us-wa-43-386/defendant": (NOTHING, ONLY(told_on=date(2026, 6, 1))),
    "us-wa-43-386/records": (NOTHING, less("log_fields", "denied_requests")),
    "us-wa-43-386/judges": (NOTHING, less("report_fields", "kind_of_public_space")),
    "us-wa-43-386/agencies": (
        ONLY(on=date(2026, 1, 31), started_on=date(2025, 6, 1)),
        ONLY(on=date(2026, 2, 1), started_on=date(2025, 6, 1)),
    ),
    "us-wa-43-386/annual": (NOTHING, A_YEAR_AGO),
    "us-wa-43-386/test-interface": (NOTHING, less("clauses", "test_interface")),
    "us-wa-43-386/operating-test": (NOTHING, ONLY(operating_conditions=False)),
    # -- Massachusetts ------------------------------------------------------------------------------------------------
    "us-ma/order": (ONLY(authority="court_order"), ONLY(authority="board_vote")),
    "us-ma/request": (NOTHING, less("request_fields", "order_copy")),
    "us-ma/relevant": (NOTHING, less("grounds", "search_relevant")),
    "us-ma/deceased": (ONLY(purpose="deceased"), ONLY(purpose="missing")),
    "us-ma/who": (ONLY(performer="state_police"), ONLY(performer="own_agency")),
    "us-ma/gallery": (ONLY(kinds=frozenset({"driving_licences"})), ONLY(kinds=frozenset({"social_media"}))),
    "us-ma/live": (NOTHING, ONLY(channel="live")),
    "us-ma/quarterly": (ONLY(log_is_public=False), ONLY(log_is_public=True)),
    "us-ma/annual": (NOTHING, less("report_fields", "requests_by_order")),
    # -- Maine --------------------------------------------------------------------------------------------------------
    "us-me/offence": (ONLY(code="23H", penalty_years=1), ONLY(code="23C", penalty_years=0)),
    "us-me/exempt": (ONLY(purpose="endangered"), ONLY(purpose="witness")),
    "us-me/cause": (ONLY(suspicion="probable_cause"), ONLY(suspicion="fair_probability")),
    "us-me/unknown": (NOTHING, less("request_fields", "person_unknown")),
    "us-me/probable-cause": (ONLY(act="probable_cause"), ONLY(act="probable_cause", other_items=0)),
    "us-me/who": (ONLY(performer="motor_vehicle_office"), ONLY(third_party=True)),
    "us-me/gallery": (ONLY(kinds=frozenset({"driving_licences"})), ONLY(kinds=frozenset({"corrections"}))),
    "us-me/surveillance": (NOTHING, ONLY(channel="live")),
    "us-me/unlawful-deleted": (
        ONLY(outcomes=frozenset({"unlawful"}), held=frozenset({"log"})),
        ONLY(outcomes=frozenset({"unlawful"}), held=frozenset({"candidate_list"})),
    ),
    "us-me/unlawful-excluded": (NOTHING, ONLY(obtained_lawfully=False)),
    "us-me/public-log": (ONLY(log_is_public=True), ONLY(log_is_public=False)),
    "us-me/no-contract": (NOTHING, less("clauses", "no_third_party_contract")),
    "us-me/penalty": (NOTHING, less("steps_in_force", "private suit")),
    # -- Montana ------------------------------------------------------------------------------------------------------
    "us-mt/offence": (ONLY(code="13C", statute="MCA 45-5-220"), ONLY(code="220")),
    "us-mt/exempt": (ONLY(purpose="victim"), ONLY(purpose="undercover_safety")),
    "us-mt/cause": (NOTHING, ONLY(suspicion="reasonable_suspicion")),
    "us-mt/warrant": (ONLY(authority="warrant"), ONLY(authority="court_order")),
    "us-mt/surveillance": (NOTHING, ONLY(channel="stored_video")),
    "us-mt/stored-video": (NOTHING, ONLY(channel="stored_video")),
    "us-mt/sole": (NOTHING, ONLY(other_items=0)),
    "us-mt/review": (NOTHING, ONLY(may_change_decision=None)),
    "us-mt/training": (NOTHING, untaught("reading_output")),
    "us-mt/gallery": (NOTHING, ONLY(kinds=frozenset({"arrest_photos", "social_media"}))),
    "us-mt/audit": (NOTHING, less("log_fields", "for_whom")),
    "us-mt/local-report": (NOTHING, less("report_fields", "convictions")),
    "us-mt/state-report": (ONLY(started_on=date(2024, 12, 1), met=met("us-mt/state-report", date(2025, 9, 1))), A_YEAR_AGO),
    "us-mt/policy": (NOTHING, ONLY(policy_in_writing=None)),
    "us-mt/vendor": (NOTHING, less("clauses", "reports_legal_process")),
    "us-mt/penalty": (NOTHING, less("steps_in_force", "money penalty for a negligent breach")),
    # -- Utah ---------------------------------------------------------------------------------------------------------
    "us-ut/offence": (ONLY(code="23H", classes=frozenset({"threat_to_life"})), ONLY(code="23H", classes=frozenset())),
    "us-ut/exempt": (ONLY(purpose="incapacitated"), ONLY(purpose="witness")),
    "us-ut/probability": (ONLY(suspicion="fair_probability"), ONLY(suspicion="reasonable_suspicion")),
    "us-ut/request": (NOTHING, less("request_fields", "narrative")),
    "us-ut/second": (NOTHING, ONLY(disagreement=True)),
    "us-ut/training": (NOTHING, untaught("bias")),
    "us-ut/who": (ONLY(performer="state_public_safety"), ONLY(performer="own_agency")),
    "us-ut/gallery": (ONLY(kinds=frozenset({"driving_licences"})), ONLY(kinds=frozenset({"scraped"}))),
    "us-ut/live": (
        ONLY(channel="live", conditions=frozenset({"warrant", "written_policy"})),
        ONLY(channel="live", conditions=frozenset({"warrant"})),
    ),
    "us-ut/immigration": (NOTHING, ONLY(uses=frozenset({"civil_immigration"}))),
    "us-ut/fillers": (ONLY(fillers_from_search=True, search_picture=True), NOTHING),
    "us-ut/capture-notice": (NOTHING, less("published", "capture_notice")),
    "us-ut/comments": (ONLY(comment_days=15), ONLY(comment_days=14)),
    "us-ut/tell-prosecutor": (NOTHING, less("told_prosecutor", "search_used")),
    "us-ut/tell-defence": (NOTHING, less("told_defence", "search_used")),
    "us-ut/report": (NOTHING, less("report_fields", "image_source")),
    # -- Colorado -----------------------------------------------------------------------------------------------------
    "us-co/probable-cause": (ONLY(act="probable_cause"), ONLY(act="probable_cause", other_items=None)),
    "us-co/live": (
        ONLY(channel="live", conditions=frozenset({"develop_leads"})),
        ONLY(channel="live", conditions=frozenset({"exigency"})),
    ),
    "us-co/review": (NOTHING, ONLY(may_change_decision=False)),
    "us-co/training": (NOTHING, untaught("limits")),
    "us-co/sketch": (NOTHING, ONLY(kind="sketch")),
    "us-co/manipulation": (edit("rotate"), edit("generated")),
    "us-co/protected": (NOTHING, ONLY(protected_activity=True)),
    "us-co/defendant": (NOTHING, ONLY(told_on=None)),
    "us-co/notice": (NOTHING, less("published", "notice_of_intent")),
    "us-co/records": (NOTHING, less("log_fields", "who")),
    "us-co/judges": (NOTHING, less("report_fields", "granted_modified_denied")),
    "us-co/agencies": (NOTHING, less("report_fields", "demographics_from_records")),
    "us-co/test": (NOTHING, less("clauses", "test_interface")),
    # -- Alabama ------------------------------------------------------------------------------------------------------
    "us-al/ground": (ONLY(suspicion=None, bases=frozenset({"consent"})), ONLY(suspicion=None, bases=frozenset())),
    "us-al/exhaustion": (NOTHING, less("grounds", "other_means_tried")),
    "us-al/purposes": (ONLY(purpose="witness"), ONLY(purpose="missing")),
    "us-al/arrest": (NOTHING, ONLY(other_items=0)),
    "us-al/probable-cause": (ONLY(act="search_warrant"), ONLY(act="search_warrant", other_items=0)),
    "us-al/gallery": (ONLY(kinds=frozenset({"state_repository"})), ONLY(kinds=frozenset({"social_media"}))),
    "us-al/court": (ONLY(act="grand_jury"), ONLY(act="trial")),
    # -- Kentucky -----------------------------------------------------------------------------------------------------
    "us-ky/policy": (NOTHING, ONLY(policy_in_writing=False)),
    "us-ky/model": (
        ONLY(started_on=date(2022, 8, 1), met=met("us-ky/model", date(2024, 1, 1))),
        ONLY(started_on=date(2022, 8, 1)),
    ),
    "us-ky/protected": (ONLY(protected_activity=True), ONLY(protected_activity=True, suspicion="reasonable_suspicion")),
    "us-ky/training": (NOTHING, untaught("policy")),
    "us-ky/sole": (NOTHING, ONLY(other_items=0)),
    "us-ky/accuracy": (NOTHING, ONLY(tested_version="7.0")),
    "us-ky/retention": (NOTHING, ONLY(period_set=None)),
    # -- New Jersey ---------------------------------------------------------------------------------------------------
    "us-nj-case-law/arteaga": (NOTHING, less("told_defence", "source_code")),
    "us-nj-case-law/floor": (
        less("told_defence", "source_code", on=date(2026, 7, 1), offered_at_trial=False),
        less("told_defence", "error_rates", on=date(2026, 7, 1), offered_at_trial=False),
    ),
    "us-nj-case-law/house-floor": (ONLY(on=date(2026, 7, 1)), less("told_defence", "candidate_list", on=date(2026, 7, 1))),
    "us-nj-case-law/provenance": (NOTHING, less("provenance", "request_copy")),
    # -- New York -----------------------------------------------------------------------------------------------------
    "us-ny-nypd/offence": (ONLY(code="23H"), ONLY(code="")),
    "us-ny-nypd/uses": (ONLY(purpose="witness"), ONLY(purpose="undercover_safety")),
    "us-ny-nypd/arrest": (NOTHING, ONLY(other_items=0)),
    "us-ny-nypd/search-warrant": (ONLY(act="search_warrant"), ONLY(act="search_warrant", other_items=0)),
    "us-ny-nypd/review": (NOTHING, ONLY(supervisor_approved=False)),
    "us-ny-nypd/training": (NOTHING, untaught("face_comparison")),
    "us-ny-nypd/sketches": (ONLY(kind="photo"), ONLY(kind="sketch")),
    "us-ny-nypd/edits": (edit("feature_replaced", "closed eyes replaced by open ones"), edit(made_on=None)),
    "us-ny-nypd/gallery": (NOTHING, ONLY(kinds=frozenset({"driving_licences"}))),
    "us-ny-nypd/live": (NOTHING, ONLY(channel="live")),
    "us-ny-nypd/audit": (NOTHING, ONLY(asked_by=frozenset({"city_investigation"}), handed_to=frozenset())),
    "us-ny-nypd/published": (NOTHING, less("published", "audit_result")),
    "us-ny-nypd/third-party": (NOTHING, less("clauses", "bound_by_policy")),
    # -- Michigan State Police ----------------------------------------------------------------------------------------
    "us-mi-snap/desktop": (ONLY(code="290"), ONLY(code=None)),
    "us-mi-snap/purposes": (ONLY(purpose="deceased"), ONLY(purpose="missing")),
    "us-mi-snap/mobile": (
        ONLY(channel="mobile", bases=frozenset({"consent"})),
        ONLY(channel="mobile", bases=frozenset()),
    ),
    "us-mi-snap/lead": (ONLY(act="positive_identification"), ONLY(act="positive_identification", other_items=0)),
    "us-mi-snap/peer": (NOTHING, ONLY(people=("ada",))),
    "us-mi-snap/training": (NOTHING, untaught("face_comparison")),
    "us-mi-snap/gallery": (ONLY(kinds=frozenset({"corrections", "case_images"})), less("leaves_out", "not_charged")),
    "us-mi-snap/live": (ONLY(channel="mobile"), ONLY(channel="live")),
    "us-mi-snap/audit": (NOTHING, less("log_fields", "when")),
    "us-mi-snap/published": (NOTHING, less("published", "policy")),
    "us-mi-snap/access": (NOTHING, less("steps_in_force", "access ended")),
    # -- FBI ----------------------------------------------------------------------------------------------------------
    "us-fbi-ngi/ground": (ONLY(suspicion="allegation_or_information"), ONLY(suspicion=None)),
    "us-fbi-ngi/lead": (ONLY(act="stop"), ONLY(act="stop", other_items=0)),
    "us-fbi-ngi/all-candidates": (ONLY(candidates=50), ONLY(all_viewed=False)),
    "us-fbi-ngi/face-leads": (ONLY(candidates=2), ONLY(candidates=3)),
    "us-fbi-ngi/training": (NOTHING, untaught("face_comparison")),
    "us-fbi-ngi/quality": (NOTHING, ONLY(quality_recorded=False)),
    "us-fbi-ngi/gallery": (NOTHING, ONLY(kinds=frozenset({"passports"}))),
    "us-fbi-ngi/probe": (NOTHING, ONLY(enrolled=True)),
    "us-fbi-ngi/live": (NOTHING, ONLY(channel="live")),
    "us-fbi-ngi/audit": (ONLY(started_on=date(2023, 2, 1)), ONLY(started_on=date(2023, 1, 1))),
    "us-fbi-ngi/privacy": (NOTHING, less("assessments", "privacy")),
    "us-fbi-ngi/access": (NOTHING, less("steps_in_force", "access ended")),
    # -- DHS, while it lasted -----------------------------------------------------------------------------------------
    "us-dhs-026-11/sole": (
        ONLY(on=date(2024, 6, 1), act="civil_enforcement"),
        ONLY(on=date(2024, 6, 1), act="civil_enforcement", other_items=0),
    ),
    "us-dhs-026-11/offices": (ONLY(on=date(2024, 6, 1)), less("assessments", "privacy", on=date(2024, 6, 1))),
    "us-dhs-026-11/review": (ONLY(on=date(2024, 6, 1)), ONLY(on=date(2024, 6, 1), may_change_decision=False)),
    "us-dhs-026-11/retention": (
        ONLY(on=date(2024, 6, 1), held=frozenset({"probe_image"}), age_days=14),
        ONLY(on=date(2024, 6, 1), held=frozenset({"probe_image"}), age_days=15),
    ),
    "us-dhs-026-11/tested": (ONLY(on=date(2024, 6, 1), tested_on=date(2021, 6, 2)), ONLY(on=date(2024, 6, 1), tested_on=date(2021, 6, 1))),
    "us-dhs-026-11/inventory": (
        ONLY(on=date(2024, 6, 1), started_on=date(2024, 5, 1)),
        less("report_fields", "uses", on=date(2024, 6, 1), started_on=date(2024, 5, 1)),
    ),
    # -- European Union -----------------------------------------------------------------------------------------------
    "eu-ai-act/live": (
        ONLY(channel="live", conditions=frozenset({"victim_or_missing_person"})),
        ONLY(channel="live", conditions=frozenset({"develop_leads"})),
    ),
    "eu-ai-act/live-authority": (
        ONLY(channel="live", exigent=True, exigent_since=datetime(2026, 1, 14, 13)),
        ONLY(channel="live", exigent=True, exigent_since=datetime(2026, 1, 14, 11)),
    ),
    "eu-ai-act/annex-two": (ONLY(channel="live", penalty_years=4), ONLY(channel="live", penalty_years=3)),
    "eu-ai-act/scraping": (NOTHING, ONLY(kinds=frozenset({"scraped"}))),
    "eu-ai-act/targeted": (HIGH, ONLY(uses=frozenset({"untargeted_search"}), **HIGH)),
    "eu-ai-act/link": (ONLY(code="23C", **HIGH), ONLY(code=None, **HIGH)),
    "eu-ai-act/necessity": (HIGH, less("grounds", "necessity", **HIGH)),
    "eu-ai-act/later-authority": (ONLY(first_naming=True, **HIGH), ONLY(first_naming=False, **HIGH)),
    "eu-ai-act/refused-deleted": (
        ONLY(outcomes=frozenset({"refused"}), held=frozenset({"log"}), **HIGH),
        ONLY(outcomes=frozenset({"refused"}), held=frozenset({"candidate_images"}), **HIGH),
    ),
    "eu-ai-act/adverse": (ONLY(act="civil_enforcement"), ONLY(act="civil_enforcement", other_items=0)),
    "eu-ai-act/two-people": (HIGH, ONLY(people=("ada", "ada"), **HIGH)),
    "eu-ai-act/competence": (HIGH, untaught("tool", **HIGH)),
    "eu-ai-act/input": (HIGH, ONLY(quality_recorded=False, **HIGH)),
    "eu-ai-act/log": (HIGH, less("log_fields", "verified_by", **HIGH)),
    "eu-ai-act/keep-logs": (
        ONLY(destroyed=frozenset({"log"}), age_days=183, **HIGH),
        ONLY(destroyed=frozenset({"log"}), age_days=182, **HIGH),
    ),
    "eu-ai-act/annual": (ONLY(**STARTED_2028, **HIGH), less("report_fields", "uses", **STARTED_2028, **HIGH)),
    "eu-ai-act/assessment": (HIGH, less("assessments", "fundamental_rights", **HIGH)),
    "eu-ai-act/conformity": (HIGH, less("clauses", "conformity_assessment", **HIGH)),
    # -- United Kingdom -----------------------------------------------------------------------------------------------
    "uk-live/overt": (ONLY(channel="live"), ONLY(channel="live", place_and_period_stated=False)),
    "uk-live/officer": (ONLY(channel="live", authority="authorising_officer"), ONLY(channel="live")),
    "uk-live/rank": (ONLY(channel="live"), ONLY(channel="live", sign_offs=(("sam", "captain"),))),
    "uk-live/necessity": (ONLY(channel="live"), less("grounds", "proportionality", channel="live")),
    "uk-live/people": (NOTHING, ONLY(people=("ada", "olga"))),
    "uk-live/intervention": (ONLY(act="stop"), ONLY(act="stop", other_items=0)),
    "uk-live/training": (NOTHING, untaught("tool")),
    "uk-live/image": (NOTHING, ONLY(source_recorded=None)),
    "uk-live/watchlist-source": (ONLY(channel="live"), ONLY(channel="live", kinds=frozenset({"passports"}))),
    "uk-live/watchlist-size": (ONLY(channel="live", people=2000), ONLY(channel="live", people=2001)),
    "uk-live/minors": (ONLY(channel="live"), less("leaves_out", "minors", channel="live")),
    "uk-live/no-alert": (
        ONLY(outcomes=frozenset({"no_alert"}), held=frozenset({"log"})),
        ONLY(outcomes=frozenset({"no_alert"}), held=frozenset({"templates"})),
    ),
    "uk-live/watchlist": (
        ONLY(outcomes=frozenset({"deployment_over"}), held=frozenset({"watchlist"}), age_days=1),
        ONLY(outcomes=frozenset({"deployment_over"}), held=frozenset({"watchlist"}), age_days=2),
    ),
    "uk-live/footage": (ONLY(held=frozenset({"footage"}), age_days=31), ONLY(held=frozenset({"footage"}), age_days=32)),
    "uk-live/notice": (NOTHING, less("published", "signs")),
    "uk-live/deployment": (NOTHING, less("log_fields", "why")),
    "uk-live/report": (NOTHING, less("report_fields", "false_alert_rate_of_faces")),
    "uk-live/assessments": (NOTHING, less("assessments", "equality")),
    "uk-live/false-alerts": (ONLY(false_alerts_per_thousand=1.0), ONLY(false_alerts_per_thousand=1.1)),
    # -- Model policies -----------------------------------------------------------------------------------------------
    "bja-template/protected": (ONLY(protected_activity=True), ONLY(protected_activity=True, suspicion="allegation_or_information")),
    "bja-template/lead": (NOTHING, ONLY(other_items=0)),
    "bja-template/peer": (NOTHING, ONLY(people=("ada",))),
    "bja-template/training": (NOTHING, untaught("tool")),
    "bja-template/original": (NOTHING, ONLY(original_kept=False)),
    "bja-template/gallery": (NOTHING, ONLY(lawful_source=False)),
    "bja-template/probe": (NOTHING, ONLY(enrolled=True)),
    "bja-template/schedule": (NOTHING, ONLY(period_set=False)),
    "bja-template/log": (NOTHING, less("log_fields", "case_number")),
    "bja-template/public": (NOTHING, less("published", "complaint_channel")),
    "bja-template/privacy": (NOTHING, less("assessments", "privacy")),
    "bja-template/contractors": (NOTHING, less("clauses", "bound_by_policy")),
    "bja-template/sanctions": (NOTHING, less("steps_in_force", "ladder of sanctions")),
    "wef-interpol/lawful": (NOTHING, less("grounds", "necessity")),
    "wef-interpol/purposes": (ONLY(purpose="victim"), ONLY(purpose="witness")),
    "wef-interpol/lead": (NOTHING, ONLY(other_items=0)),
    "wef-interpol/blind-second": (NOTHING, ONLY(blind=False)),
    "wef-interpol/training": (NOTHING, untaught("face_comparison")),
    "wef-interpol/quality": (NOTHING, ONLY(quality_recorded=False)),
    "wef-interpol/originals": (NOTHING, edit(description=" ")),
    "wef-interpol/gallery": (NOTHING, ONLY(kinds=frozenset({"scraped"}))),
    "wef-interpol/live": (NOTHING, ONLY(channel="live")),
    "wef-interpol/expert": (NOTHING, ONLY(act="trial")),
    "wef-interpol/audit": (NOTHING, less("log_fields", "who")),
    "wef-interpol/published": (NOTHING, less("published", "statistics")),
    "wef-interpol/assessment": (NOTHING, ONLY(pilot_ends_on=None)),
    "wef-interpol/test": (NOTHING, ONLY(independent_test=False)),
    "wef-interpol/contract": (NOTHING, less("clauses", "independent_test_before_and_after")),
    "nz/active": (NOTHING, less("grounds", "active_case")),
    "nz/supervisor": (ONLY(sign_offs=(("sue", "supervisor"),)), ONLY(sign_offs=())),
    "nz/team": (ONLY(performer="central_team"), ONLY(performer="own_agency")),
    "nz/not-evidence": (NOTHING, ONLY(act="trial")),
    "nz/live": (NOTHING, ONLY(channel="live")),
    "nz/images": (NOTHING, ONLY(lawful_source=None)),
    "nz/storage": (NOTHING, ONLY(period_set=False)),
    "nz/audit": (NOTHING, less("log_fields", "when")),
    "nz/clearance": (NOTHING, less("assessments", "privacy")),
    # -- Florida, where nearly nothing is asked -----------------------------------------------------------------------
    "us-fl/course": (NOTHING, untaught("tool")),
}

PERMITS_ONLY = {
    "us-ut/fillers": "It only permits: Utah's state unit may supply images for a line-up.",
    "nlc-2021/limited-probe": "It only permits: a limited probe is accepted, and then two items must stand apart.",
}
NOT_LAW = {
    "us-ma-bills/felonies": "A bill: it is never asked.",
    "us-ma-bills/exclusion": "A bill: it is never asked.",
}
