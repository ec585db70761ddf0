"""Fifty requirements that surprise a naive design: each has its test here, by its number, or a reason why the law is not the place."""

import re
from datetime import date, datetime, timedelta

from cases.law import facts as f
from cases.law import words
from cases.law.conflicts import conflicts_among
from cases.law.evaluate import Answer
from cases.law.obligations import deadline, obligations_in
from cases.law.words import Gate
from tests.law.own_text import edit, less, taught
from tests.law.sound import LATER, NOON, PACKS, answer_of, asked, law, shut_by

ELSEWHERE = {
    32: "Taking in cases of 2017 to 2023 is an act of the file; the law only says that it is owed (us-mi-detroit-settlement/look-back).",
    48: "A search made outside the system is a kind of record of the file; no pack has a rule on it that a gate could ask.",
    50: "That an arrest can be linked to any source is the shape of the file, whatever pack is in force.",
}


def rules_of(*types: str):
    return [rule for pack in PACKS.values() for rule in pack.rules if rule.type in types]


def shuts(key: str, gate: Gate, **changed) -> bool:
    return answer_of(key, gate, **changed).answer is Answer.REFUSES


def test_every_number_from_1_to_50_has_its_test_or_its_reason():
    tested = {int(found[1]) for name in globals() if (found := re.fullmatch(r"test_(\d\d)_\w+", name))}

    assert not tested & set(ELSEWHERE)
    assert tested | set(ELSEWHERE) == set(range(1, 51))


def test_01_sole_basis_is_asked_for_each_legal_act_apart():
    def shut(pack: str) -> set[str]:
        nothing = {"other_items": 0, "independent_and_sufficient": False, "independent_reliable_linking": False}
        return {act for act in words.LEGAL_ACTS if shut_by(law(pack), Gate.WARRANT_OR_ARREST, act=act, **nothing)}

    assert shut("us-wa-43-386") == {"probable_cause", "search_warrant", "arrest_warrant"}
    assert shut("us-al") == {"arrest", "probable_cause", "search_warrant", "arrest_warrant"}
    assert "positive_identification" in shut("us-md-2024")
    assert "search_warrant" in shut("us-ny-nypd")
    assert "stop" in shut("us-fbi-ngi")
    assert "civil_enforcement" not in shut("us-fbi-ngi")
    assert {"adverse_legal_effect", "civil_enforcement"} <= shut("eu-ai-act")


def test_02_a_line_up_that_follows_from_the_result_carries_no_arrest():
    changed = {"line_ups_from_result": 3, "other_items": 0, "independent_reliable_linking": False, "independent_items": 0}

    assert shuts("us-mi-detroit-settlement/no-arrest", Gate.WARRANT_OR_ARREST, **changed)
    assert shuts("nlc-2021/not-sole-basis", Gate.WARRANT_OR_ARREST, **changed)


def test_03_a_line_up_is_itself_gated():
    assert shuts("us-mi-detroit-settlement/line-up", Gate.LINE_UP, independent_items=0)


def test_04_utah_lets_a_line_up_use_what_a_search_returned():
    assert shut_by(law("us-ut"), Gate.LINE_UP, search_picture=True, fillers_from_search=True) == set()
    assert law("us-ut", "us-mi-detroit-307-5").open_conflicts


def test_05_the_witness_is_not_told():
    assert shuts("us-md-2024/witness", Gate.LINE_UP, witness_told=True)
    assert shuts("us-md-2024/witness", Gate.LINE_UP, witness_told=None)


def test_06_saying_it_in_the_papers_and_not_saying_it_there_is_reported():
    conflicts = law("us-va-2022", "us-mi-detroit-settlement").open_conflicts

    assert [conflict.id.split(":")[0] for conflict in conflicts] == ["papers"]


def test_07_what_clears_a_person_survives_every_block():
    merged = law(*PACKS)
    for gate, act, worst in (
        (Gate.COURT, "trial", {"obtained_lawfully": False}),
        (Gate.LEAD_RELEASE, "lead", {"candidates": 99}),
        (Gate.WARRANT_OR_ARREST, "arrest", {"other_items": 0}),
    ):
        assert shut_by(merged, gate, act=act, **worst)
        assert not shut_by(merged, gate, act="exculpatory_release", **worst)


def test_08_finding_no_one_and_finding_others_is_disclosed():
    papers = next(rule for rule in PACKS["us-mi-detroit-settlement"].rules if rule.id == "papers")

    assert {"no_results", "other_candidates"} <= papers.words("items")
    assert shuts("us-mi-detroit-settlement/papers", Gate.WARRANT_OR_ARREST, told=frozenset({("arrest_papers", "search_used")}))


def test_09_two_natural_persons_verify_and_the_log_names_them():
    assert shuts("eu-ai-act/two-people", Gate.REVIEW, on=LATER, people=("ada", "ada"))
    assert shuts("eu-ai-act/log", Gate.OVERSIGHT, **less("log_fields", "verified_by", on=LATER))


def test_10_dates_go_by_article_and_not_by_law():
    before, since = date(2027, 12, 1), date(2027, 12, 2)

    assert answer_of("eu-ai-act/two-people", Gate.REVIEW, on=before).because == ("It takes effect on 2027-12-02.",)
    assert answer_of("eu-ai-act/two-people", Gate.REVIEW, on=since).answer is Answer.HOLDS
    assert shuts("eu-ai-act/scraping", Gate.GALLERY_CHECK, on=before, kinds=frozenset({"scraped"}))


def test_11_an_order_comes_before_a_search_of_a_still_photo():
    for key in ("us-ma/order", "us-mt/warrant"):
        assert shuts(key, Gate.BEFORE_SEARCH, channel="desktop", authority=None)
    assert shuts("us-me/cause", Gate.INTAKE, channel="desktop", suspicion="reasonable_suspicion")


def test_12_an_emergency_has_a_clock_and_a_way_back():
    def emergency(hours: int, **more):
        return {"channel": "live", "exigent": True, "exigent_since": NOON - timedelta(hours=hours), **more}

    assert not shuts("eu-ai-act/live-authority", Gate.BEFORE_SEARCH, **emergency(24))
    assert shuts("eu-ai-act/live-authority", Gate.BEFORE_SEARCH, **emergency(25))
    refused = answer_of("eu-ai-act/live-authority", Gate.BEFORE_SEARCH, **emergency(1, authority_refused=True))
    assert refused.because == ("The authority was refused: stop at once and delete everything.",)
    assert shuts("us-ma/order", Gate.BEFORE_SEARCH, exigent=True, exigent_since=NOON, exigent_reasons=" ")
    assert not shuts("us-ma/order", Gate.BEFORE_SEARCH, exigent=True, exigent_since=NOON, exigent_reasons="A child is in the car")
    held = {"on": LATER, "outcomes": frozenset({"refused"}), "held": frozenset({"probe_image"}), "age_days": 1}
    assert shuts("eu-ai-act/refused-deleted", Gate.CLOSE, **held)


def test_13_the_first_naming_of_a_suspect_needs_no_authorisation():
    at = {"on": LATER, "at": datetime(2028, 1, 10, 12)}

    assert not shuts("eu-ai-act/later-authority", Gate.BEFORE_SEARCH, **at, first_naming=True)
    assert shuts("eu-ai-act/later-authority", Gate.BEFORE_SEARCH, **at, first_naming=None)
    fifty = {**at, "exigent": True, "exigent_since": at["at"] - timedelta(hours=48)}
    assert not shuts("eu-ai-act/later-authority", Gate.BEFORE_SEARCH, **fifty)


def test_14_the_agency_may_not_run_the_search_itself():
    for key in ("us-ma/who", "us-me/who", "us-ut/who"):
        assert shuts(key, Gate.BEFORE_SEARCH, performer="own_agency")


def test_15_asking_a_third_party_is_no_way_round():
    assert shuts("us-me/who", Gate.BEFORE_SEARCH, third_party=True)
    assert shuts("us-me/who", Gate.BEFORE_SEARCH, third_party=None)


def test_16_a_search_made_elsewhere_can_be_proved():
    assert shuts("us-nj-case-law/provenance", Gate.BEFORE_SEARCH, **less("provenance", "request_copy"))


def test_17_the_floor_of_disclosure_holds_without_a_trial_and_more_needs_a_showing():
    after = {"on": date(2026, 6, 24), "offered_at_trial": False}

    assert not shuts("us-nj-case-law/floor", Gate.COURT, **less("told_defence", "source_code", **after))
    assert shuts("us-nj-case-law/floor", Gate.COURT, **less("told_defence", "how_used", **after))
    shown = less("told_defence", "source_code", **after, showing_made=frozenset({"source_code"}))
    assert shuts("us-nj-case-law/floor", Gate.COURT, **shown)
    assert answer_of("us-nj-case-law/arteaga", Gate.COURT, **after).because == ("It ended on 2026-06-24.",)


def test_18_every_candidate_is_compared_and_not_the_first_alone():
    assert shuts("us-fbi-ngi/all-candidates", Gate.REVIEW, all_viewed=False)
    assert shuts("us-fbi-ngi/all-candidates", Gate.REVIEW, candidates=1)


def test_19_bystanders_are_not_analysed():
    assert shuts("us-md-2024/bystander", Gate.PROBE_CHECK, target_chosen=False)
    assert shuts("us-md-2024/bystander", Gate.PROBE_CHECK, others_analysed=True)


def test_20_scanning_stored_video_counts_as_surveillance():
    assert shuts("us-mt/surveillance", Gate.BEFORE_SEARCH, channel="stored_video")


def test_21_stills_only_in_detroit():
    for kind in ("recorded_video", "live_frame", "sketch"):
        assert shuts("us-mi-detroit-307-5/stills", Gate.PROBE_CHECK, kind=kind)


def test_22_sketches_are_banned_and_edited_features_only_where_the_pack_lets_them():
    for key in ("us-wa-43-386/sketch", "us-co/sketch", "us-md-2024/sketch", "us-ny-nypd/sketches"):
        assert shuts(key, Gate.PROBE_CHECK, kind="sketch")
    assert shut_by(law("us-ny-nypd"), Gate.PROBE_CHECK, **edit("mirror", "mirrored")) == set()
    assert shut_by(law("us-wa-43-386"), Gate.PROBE_CHECK, **edit("feature_replaced"))


def test_23_every_edit_has_its_description_its_date_and_its_copy():
    for fault in (edit(description=""), edit(made_on=None), edit(copy_kept=False)):
        assert shuts("us-ny-nypd/edits", Gate.PROBE_CHECK, on=date(2025, 6, 1), **fault)


def test_24_the_offence_is_decided_from_the_report_and_not_by_the_requester():
    assert shuts("us-mi-detroit-307-5/offence", Gate.INTAKE, decided_from_report=False)


def test_25_attempts_equivalents_and_the_open_clause():
    key = "us-md-2024/offence"

    assert not shuts(key, Gate.INTAKE, attempt=True)
    assert shuts(key, Gate.INTAKE, attempt=None)
    assert shuts("us-ut/offence", Gate.INTAKE, attempt=True)
    assert shuts(key, Gate.INTAKE, out_of_state=True)
    assert not shuts(key, Gate.INTAKE, out_of_state=True, equivalent="CL 3-802")
    assert shuts("us-mi-detroit-307-5/offence", Gate.INTAKE, out_of_state=True, equivalent="120")
    threat = {"code": "90Z", "open_reasons": "He writes that he will do it again", "open_approver": "Lt. Dunn"}
    assert not shuts(key, Gate.INTAKE, **threat)
    assert shuts(key, Gate.INTAKE, **{**threat, "open_approver": None})
    assert shuts(key, Gate.INTAKE, **{**threat, "open_reasons": ""})
    assert shuts("nlc-2021/serious-crime", Gate.INTAKE, **threat)


def test_26_montanas_list_leaves_out_burglary_theft_drugs_and_bare_weapons():
    for code in ("220", "23H", "35A", "520"):
        assert shuts("us-mt/offence", Gate.INTAKE, code=code, classes=frozenset({"felony"}))


def test_27_serious_may_be_wide():
    assert not shuts("us-me/offence", Gate.INTAKE, code="90D", penalty_years=1)
    assert shuts("us-me/offence", Gate.INTAKE, code="90D", penalty_years=None)


def test_28_a_desktop_and_a_mobile_device_have_rules_of_their_own():
    mobile = answer_of("us-mi-snap/mobile", Gate.INTAKE, channel="mobile", bases=frozenset())

    assert mobile.answer is Answer.REFUSES
    assert answer_of("us-mi-snap/mobile", Gate.INTAKE, channel="desktop").answer is Answer.NOT_ASKED
    assert answer_of("us-mi-snap/peer", Gate.REVIEW, channel="mobile", people=("ada",)).answer is Answer.NOT_ASKED
    assert shuts("us-mi-snap/peer", Gate.REVIEW, channel="desktop", people=("ada",))
    assert shuts("us-mi-snap/peer", Gate.REVIEW, channel=None, people=("ada",))


def test_29_other_means_are_tried_first():
    assert shuts("us-al/exhaustion", Gate.INTAKE, **less("grounds", "other_means_tried"))


def test_30_training_is_a_day_for_each_person_checked_on_the_day_of_the_review():
    day, courses = date(2026, 8, 1), ("state_course", "cultural_diversity", "bias")

    assert not shuts("us-md-2024/training", Gate.REVIEW, on=day, courses=taught(day - timedelta(days=365), *courses))
    assert shuts("us-md-2024/training", Gate.REVIEW, on=day, courses=taught(day - timedelta(days=366), *courses))
    assert shuts("us-md-2024/training", Gate.REVIEW, on=day, courses=taught(day + timedelta(days=1), *courses))


def test_31_two_captains_and_not_one_twice_sign_a_request_for_a_warrant():
    def signed(*names: str):
        return {"act": "arrest_warrant", "sign_offs": tuple((name, "captain") for name in names)}

    assert shuts("us-mi-detroit-307-5/captains", Gate.WARRANT_OR_ARREST, **signed("sam", "sam"))
    assert not shuts("us-mi-detroit-307-5/captains", Gate.WARRANT_OR_ARREST, **signed("sam", "sue"))


def test_33_a_breach_is_told_to_four_offices_within_24_hours():
    breach = next(each for each in obligations_in(PACKS["us-mi-detroit-307-5"].rules) if each.key.endswith("/breach"))
    found = NOON - timedelta(hours=25)

    assert deadline(breach, event_at=found) == NOON - timedelta(hours=1)
    answer = answer_of(breach.key, Gate.OVERSIGHT, breaches=(f.Breach(found_at=found, told=(("mayor", found),)),))
    assert answer.because == ("Not told within 24 hours: BOPC, council president, council president pro tem.",)


def test_34_the_public_defender_gets_the_audit_file_on_demand_and_it_is_kept_three_years():
    asked_for = {"asked_by": frozenset({"public_defender"}), "handed_to": frozenset()}

    assert shuts("us-md-2024/audit", Gate.OVERSIGHT, **asked_for)
    assert shuts("us-md-2024/audit-file", Gate.CLOSE, destroyed=frozenset({"audit_file"}), age_days=1000)


def test_35_reports_tell_what_courts_decided():
    for outcome in ("arrests", "convictions"):
        assert shuts("us-mt/local-report", Gate.OVERSIGHT, **less("report_fields", outcome))
    assert shuts("us-va-2022/report", Gate.OVERSIGHT, **less("report_fields", "cases_closed"))


def test_36_demographics_come_from_government_records_only():
    assert [field for field in words.REPORT_FIELDS if "demographic" in field] == ["demographics_from_records"]
    assert shuts("us-md-2024/report", Gate.OVERSIGHT, **less("report_fields", "demographics_from_records"))


def test_37_the_source_of_each_image_is_reported():
    assert shuts("us-ut/report", Gate.OVERSIGHT, **less("report_fields", "image_source"))


def test_38_judges_report_too():
    for name in ("us-wa-43-386", "us-co"):
        judges = next(each for each in obligations_in(PACKS[name].rules) if each.key.endswith("/judges"))
        assert (judges.owner, judges.due) == ("judge", ("01-31",))


def test_39_refused_requests_are_counted():
    assert shuts("us-wa-43-386/records", Gate.OVERSIGHT, **less("log_fields", "denied_requests"))


def test_40_no_record_of_protected_activity_is_made():
    for key in ("us-wa-43-386/protected", "us-co/protected"):
        assert shuts(key, Gate.INTAKE, records_protected_activity=True)
        assert shuts(key, Gate.INTAKE, records_protected_activity=None)


def test_41_policies_expire():
    ended = answer_of("us-va-2022/suspicion", Gate.INTAKE, on=date(2026, 7, 1), suspicion=None)

    assert ended.because == ("It ended on 2026-07-01.",)
    assert shuts("us-va-2022/suspicion", Gate.INTAKE, on=date(2026, 6, 30), suspicion=None)
    assert shuts("us-va-2022/after-the-end", Gate.BEFORE_SEARCH, on=date(2026, 7, 1), authority="warrant")
    assert shuts("us-wa-43-386/meetings", Gate.PROGRAMME_START, reviewed_on=date(2024, 1, 15))
    assert PACKS["us-mi-detroit-settlement"].effective_until == date(2028, 6, 28)
    assert PACKS["us-dhs-026-11"].status == "withdrawn"


def test_42_accuracy_is_asked_for_each_group_and_for_this_version():
    groups = (("one group", 99.9), ("another group", 97.9))

    assert shuts("us-va-2022/accuracy", Gate.PROGRAMME_START, true_positive_percent=groups)
    assert shuts("us-va-2022/accuracy", Gate.PROGRAMME_START, engine_version="7.2")
    assert shuts("us-va-2022/accuracy", Gate.PROGRAMME_START, true_positive_percent=())


def test_43_false_alerts_are_reported_against_alerts_and_against_faces():
    for rate in ("false_alert_rate_of_alerts", "false_alert_rate_of_faces"):
        assert shuts("uk-live/report", Gate.OVERSIGHT, **less("report_fields", rate))


def test_44_a_watchlist_lasts_one_deployment_and_who_and_where_are_fixed():
    over = {"outcomes": frozenset({"deployment_over"}), "held": frozenset({"watchlist"}), "age_days": 2}

    assert shuts("uk-live/watchlist", Gate.CLOSE, **over)
    assert shuts("uk-live/overt", Gate.BEFORE_SEARCH, channel="live", place_and_period_stated=False)


def test_45_minors_are_left_out_of_live_lists():
    assert shuts("uk-live/minors", Gate.GALLERY_CHECK, **less("leaves_out", "minors", channel="live"))
    assert answer_of("uk-live/minors", Gate.GALLERY_CHECK, **less("leaves_out", "minors")).answer is Answer.NOT_ASKED


def test_46_a_blind_second_opinion_and_a_log_that_names_both_stand_together():
    merged = law("wef-interpol", "eu-ai-act")

    assert merged.conflicts == ()
    assert "wef-interpol/blind-second" in shut_by(merged, Gate.REVIEW, on=LATER, blind=False)
    assert "eu-ai-act/log" in shut_by(merged, Gate.OVERSIGHT, **less("log_fields", "verified_by", on=LATER))


def test_47_faces_go_and_the_log_stays():
    europe = [rule for rule in PACKS["eu-ai-act"].rules if rule.type == "retention"]

    assert {rule.id for rule in europe} == {"refused-deleted", "keep-logs"}
    assert conflicts_among(europe) == ()
    changed = {
        "on": LATER,
        "outcomes": frozenset({"refused"}),
        "destroyed": frozenset({"probe_image", "candidate_images", "candidate_list"}),
    }
    assert shut_by(law("eu-ai-act"), Gate.CLOSE, **changed) == set()
    assert law("us-md-2024", "eu-ai-act").conflicts  # the audit file holds the list: that one is for a person to settle


def test_49_telling_the_person_is_rare_and_never_assumed():
    assert {rule.pack for rule in rules_of("public_notice") if "capture_notice" in rule.words("items")} == {"us-ut"}
    assert not [place for place in words.PLACES if "subject" in place]
    assert {answer.rule for answer in asked(law("us-ma"), Gate.COURT)} == set()  # 72 hours was an amendment that did not pass
