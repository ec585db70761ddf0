"""The closed lists of the law: gates, purposes, legal acts, kinds of probe and gallery, fields, items to disclose. Knows no file and no database."""

from enum import StrEnum

STATUSES = ("in_force", "sunset", "deferred", "withdrawn", "guidance", "settlement", "bill")
LAYERS = ("federal", "state", "city", "settlement", "gallery_owner", "model")
ADOPTABLE = ("in_force", "guidance", "settlement")


class Gate(StrEnum):
    """Where a rule bites: the step that it can shut."""

    PROGRAMME_START = "programme_start"
    INTAKE = "intake"
    BEFORE_SEARCH = "before_search"
    PROBE_CHECK = "probe_check"
    GALLERY_CHECK = "gallery_check"
    REVIEW = "review"
    LEAD_RELEASE = "lead_release"
    LINE_UP = "line_up"
    WARRANT_OR_ARREST = "warrant_or_arrest"
    COURT = "court"
    CLOSE = "close"
    OVERSIGHT = "oversight"


PURPOSES: dict[str, str] = {  # purpose -> the track of a case; a purpose off the suspect track leads to no arrest
    "suspect": "suspect",
    "victim": "victim_or_witness",
    "witness": "victim_or_witness",
    "trafficking_victim": "victim_or_witness",
    "online_abuse_victim": "victim_or_witness",
    "missing": "missing",
    "endangered": "missing",
    "deceased": "unidentified",
    "incapacitated": "unidentified",
    "cannot_say_who_they_are": "unidentified",
    "imminent_threat": "suspect",
    "detained_without_identity": "suspect",
    "identity_fraud": "suspect",
    "undercover_safety": "victim_or_witness",
}
OFF_THE_SUSPECT_TRACK = tuple(name for name, track in PURPOSES.items() if track != "suspect")
FORBIDDEN_USES = (
    "immigration_status",
    "civil_immigration",
    "prediction",
    "surveillance",
    "monitoring",
    "views_or_beliefs",
    "protected_traits",
    "untargeted_search",
)

STANDARDS = ("allegation_or_information", "reasonable_suspicion", "fair_probability", "probable_cause")  # the last is the strictest
GROUNDS = ("narrative", "necessity", "proportionality", "search_relevant", "active_case", "other_means_tried", "unknown_person_did_it")
BASES = ("consent", "warrant", "probable_cause", "incapacity", "death", "lawful_detention")
CLASSES = ("felony", "violent", "threat_to_life")
REQUEST_FIELDS = ("case_number", "crime", "narrative", "purpose", "requester", "order_copy", "person_unknown", "web_form")

CHANNELS = ("desktop", "mobile", "live", "stored_video")
CONDITIONS = (
    "warrant",
    "exigency",
    "court_order_for_missing_or_deceased",
    "develop_leads",
    "probable_cause",
    "written_policy",
    "victim_or_missing_person",
    "threat_to_life",
    "listed_offence_of_four_years",
    "alerts_on_suspects_only",
)
AUTHORITIES = (
    "court_order",
    "warrant",
    "judicial_authorisation",
    "authorising_officer",
    "express_statute",
    "board_vote",
)
RANKS = ("supervisor", "sergeant", "captain", "superintendent", "commander")
PERFORMERS = (
    "own_agency",
    "state_police",
    "motor_vehicle_office",
    "fbi",
    "state_public_safety",
    "state_crime_intelligence",
    "central_team",
    "other_agency",
    "vendor",
)
PROVENANCE = ("who_searched", "for_whom", "when", "gallery", "request_copy")

PROBES = ("photo", "still_from_video", "sketch", "composite", "computer_generated", "look_alike", "live_frame", "recorded_video")
EDITS = ("crop", "rotate", "resize", "light", "mirror", "feature_replaced", "features_removed", "generated")
GALLERIES = ("arrest_photos", "corrections", "driving_licences", "state_repository", "passports", "social_media", "case_images", "scraped")
LEFT_OUT = ("minors", "sealed", "expunged", "not_charged", "not_convicted", "found_innocent")
ROLES = ("requester", "operator", "investigator")
COURSES = ("face_comparison", "bias", "limits", "policy", "reading_output", "state_course", "cultural_diversity", "tool")

LEGAL_ACTS = (
    "arrest",
    "probable_cause",
    "positive_identification",
    "search_warrant",
    "arrest_warrant",
    "stop",
    "civil_enforcement",
    "adverse_legal_effect",
    "law_enforcement_action",
    "exculpatory_release",
)
_ACTION = frozenset({"arrest", "probable_cause", "positive_identification", "search_warrant", "arrest_warrant", "stop"})
COVERS: dict[str, frozenset[str]] = {  # a wide act stands for the narrow ones too
    "law_enforcement_action": _ACTION | {"law_enforcement_action"},
    "adverse_legal_effect": _ACTION | {"law_enforcement_action", "civil_enforcement", "adverse_legal_effect"},
    "probable_cause": frozenset({"probable_cause", "search_warrant", "arrest_warrant"}),
}
MODES = ("any_other_evidence", "independent_reliable_linking", "independent_and_sufficient_alone", "none_may_cite")
EXCULPATORY = "exculpatory_release"  # no pack can block it
COURT_USES = ("warrant", "preliminary_hearing", "grand_jury", "juvenile", "trial", EXCULPATORY)

DISCLOSED = (
    "search_used",
    "lead_only",
    "limits_of_face_search",
    "system",
    "maker",
    "version",
    "galleries",
    "results_acted_on",
    "no_results",
    "other_candidates",
    "candidate_list",
    "probe_all_versions",
    "edits",
    "operator",
    "error_rates",
    "how_used",
    "source_code",
    "tests",
)
PLACES = ("warrant_papers", "arrest_papers", "discovery")

RECORDS = ("probe_image", "candidate_images", "candidate_list", "watchlist", "templates", "footage", "request_record", "log", "audit_file")
CONTAINS: dict[str, frozenset[str]] = {  # all material of an audit is in its file
    "audit_file": frozenset({"audit_file", "candidate_list", "watchlist", "request_record", "log"}),
}
PICTURES = frozenset({"probe_image", "candidate_images"})  # what destroying the keys of a case takes away
DELETE_WHEN = ("always", "irrelevant", "found_innocent", "not_charged_or_convicted", "unlawful", "refused", "deployment_over", "no_alert")

PUBLISHED = (
    "policy",
    "nongovernment_system_names",
    "gallery_descriptions",
    "notice_of_intent",
    "accountability_report",
    "capture_notice",
    "signs",
    "complaint_channel",
    "audit_result",
    "uses",
    "vendor",
    "statistics",
    "impact_assessment",
)
ASSESSMENTS = ("privacy", "fundamental_rights", "data_protection", "equality", "community", "registration")
LOG_FIELDS = (
    "who",
    "when",
    "why",
    "case_number",
    "for_whom",
    "gallery",
    "period_of_use",
    "input_image",
    "verified_by",
    "order_copy",
    "number_of_candidates",
    "denied_requests",
    "query_history",
)
ACCESS = ("restricted", "two_factor")
OPEN_TO = (
    "public",
    "attorney_general",
    "public_defender",
    "states_attorney",
    "us_attorney",
    "state_authority",
    "city_investigation",
    "oversight_body",
)
REPORT_FIELDS = (
    "searches",
    "searches_per_system",
    "offence_types",
    "candidates_returned",
    "leads",
    "denied_requests",
    "arrests",
    "convictions",
    "cases_closed",
    "image_source",
    "system_names",
    "galleries",
    "demographics_from_records",
    "breaches",
    "unauthorised_uses",
    "requesting_agencies",
    "requests_by_order",
    "exigent_requests",
    "query_history",
    "applications",
    "granted_modified_denied",
    "periods_and_extensions",
    "officer",
    "kind_of_public_space",
    "legal_process_received",
    "faces_seen",
    "alerts",
    "false_alerts",
    "false_alert_rate_of_alerts",
    "false_alert_rate_of_faces",
    "watchlist_size",
    "uses",
    "compliance",
    "community_meeting",
)
CLAUSES = (
    "certified_balanced_data",
    "regular_tests",
    "indemnity",
    "pilot_first",
    "test_interface",
    "fixes_unfair_differences",
    "state_approved",
    "name_published",
    "no_third_party_contract",
    "reports_legal_process",
    "conformity_assessment",
    "bound_by_policy",
    "retention_rules",
    "independent_test_before_and_after",
)
OWNERS = (
    "agency_head",
    "programme_manager",
    "policy_board",
    "governing_body",
    "auditor",
    "supervisor",
    "records_manager",
    "legal_adviser",
    "state_body",
    "judge",
    "vendor",
)
