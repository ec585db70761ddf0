"""What each action demands and what each kind of item is, written down again for the re-check; it trusts no table that it re-checks.

Where these differ from the reference rows of the database, that is a finding of its own.
"""

from dataclasses import dataclass

LEAD = frozenset({"G1", "G2", "G2R", "G3", "G4"})
ARREST = LEAD | {"G5", "G6", "G7", "G8"}


@dataclass(frozen=True, slots=True)
class Demand:
    """The safeguards of one action, how many items have to stand apart, and what kind of action it is."""

    safeguards: frozenset[str]
    apart: int = 1
    arrest: bool = True
    custody: bool = False


DEMANDS: dict[str, Demand] = {
    "interview": Demand(LEAD, apart=0, arrest=False),
    "surveillance": Demand(LEAD, apart=0, arrest=False),
    "account_process": Demand(LEAD | {"GL"}, apart=0, arrest=False),
    "line_up": Demand(LEAD | {"G5F", "G7"}, arrest=False),
    "search_warrant": Demand(LEAD | {"G7"}, arrest=False),
    "arrest": Demand(ARREST, custody=True),
    "arrest_warrant": Demand(ARREST, custody=True),
    "arrest_out_of_state": Demand(ARREST, apart=2, custody=True),
    "wanted_notice": Demand(ARREST),
    "probation_hold": Demand(ARREST, custody=True),
    "extradition": Demand(ARREST, custody=True),
    "stop_or_detention": Demand(ARREST, custody=True),
    "custodial_interrogation": Demand(ARREST | {"G10"}),
    "custody_extension": Demand(ARREST | {"G10"}),
    "execute_warrant": Demand(ARREST - {"G7"} | {"G7W"}, custody=True),
}


@dataclass(frozen=True, slots=True)
class Nature:
    """By what way a kind of item points at a person, and what it is besides."""

    channel: str
    traits: frozenset[str] = frozenset()


# channel, traits, kinds
WRITTEN = (
    ("appearance", "root", "fr_search_result live_fr_alert private_fr_result"),
    ("appearance", "judgement root", "first_likeness_naming"),
    ("appearance", "judgement line_up", "photo_lineup_identification"),
    (
        "appearance",
        "judgement",
        "officer_recognition patrol_officer_recognition acquaintance_recognition investigator_visual_comparison officer_visual_comparison "
        "social_media_same_face gait_clothing_likeness same_method_linkage",
    ),
    (
        "statement",
        "judgement",
        "eyewitness_statement eyewitness_names_known_person prior_contact_known_to_victim caught_at_scene jail_call",
    ),
    ("statement", "judgement confession", "suspect_statement"),
    ("statement", "judgement tip", "informant_tip"),
    ("statement", "passes_on", "bulletin report_restatement cross_agency_adoption opaque_source_statement"),
    ("biometric_other", "ridge_or_dna", "dna_match dna_database_hit fingerprint fingerprint_result latent_print"),
    ("biometric_other", "", "custody_identity_check forensic_non_match"),
    (
        "location",
        "",
        "phone_location location_phone geofence_phone ankle_monitor_position timecard_phone_photo presence_at_place location_alibi",
    ),
    ("transaction", "", "bank_records transaction_record payment_or_ride_record transaction_alibi"),
    ("vehicle", "", "vehicle_evidence full_plate_or_reader_record vehicle_partial_plate lpr_negative"),
    (
        "physical_object",
        "",
        "device_evidence scene_match stolen_goods_in_possession clothing_recovered ballistics_or_toolmark shoe_mark",
    ),
    ("physical_object", "needs_authority", "firearm_from_search search_warrant_finds device_search"),
    ("document", "", "document_forensics identity_documents passport_fraud_record"),
    ("record", "", "criminal_history employer_record employer_timecards place_employer_trace victim_link"),
    ("record", "warrant", "existing_warrant"),
    ("visible_mark", "", "visible_mark physical_state"),
    (
        "alibi",
        "",
        "alibi_lead physical_difference capability other_named_suspect named_and_not_returned stale_reference never_interviewed "
        "witness_unreliable first_choice_fillers examined_again",
    ),
    ("unknown", "", "other unknown"),
)
NATURES: dict[str, Nature] = {
    kind: Nature(channel, frozenset(traits.split())) for channel, traits, kinds in WRITTEN for kind in kinds.split()
}
NOT_LISTED = Nature("unknown")

# What was not so, in words that follow "When it was signed, ...".
SHUT: dict[str, str] = {
    "case_over": "the case was closed",
    "no_policy": "no policy was in force",
    "policy_ended": "the policy had ended",
    "not_screened": "the case had not been found eligible",
    "screening_outdated": "the case had not been screened under the policy in force",
    "offence_not_listed": "the offence in the report of crime was not on the list in force",
    "no_arrest_on_this_track": "the search had not been made for a suspect, so nobody could be arrested on it",
    "probe_not_checked": "nobody had checked the probe",
    "probe_unfit": "the probe had been found unfit",
    "probe_only_limited": "the policy accepted only a probe graded fit for this action",
    "checker_saw_candidates": "whoever checked the probe had seen a candidate before",
    "role_not_shown": "nothing but the face showed that the person in the probe did the act",
    "too_few_reviewers": "fewer independent, trained reviewers had concluded than were needed",
    "reviewer_not_apart": "a reviewer held another part, was of the requester's unit, was not drawn or was not trained",
    "conclusions_do_not_support": "too few locked conclusions supported that the images show the same person",
    "exclusion_stands": "a reviewer had excluded this person somewhere in the investigation",
    "lead_ended": "the lead had ended",
    "line_up_too_early": "a line-up was on file that was held before anything stood apart",
    "no_line_up_form": "no line-up form was on file",
    "line_up_form_incomplete": "the line-up form was incomplete",
    "exculpatory_open": "something that speaks for the person was open",
    "exculpatory_untested": "a test on the list in force had not been made",
    "exculpatory_holds": "a test that clears the person had been made and held",
    "rests_on_the_face": "too little had been fixed before the face result, and no DNA or friction ridge tied the person to the offence",
    "same_picture_not_linked": "a case with the very same picture was not linked, and what was on file there was not asked",
    "other_lead_open": "another lead on the same face was open",
    "nothing_stands_apart": "nothing stood apart from the face result",
    "too_few_stand_apart": "fewer items stood apart from the face result than were needed",
    "no_warrant_before": "no warrant from before the face result was on file whose papers did not use it",
    "identity_not_shown": "nothing that stands apart showed who the person is",
    "no_papers": "no papers for this action were on file",
    "papers_incomplete": "the papers lacked statements that they must carry",
    "papers_wording": "the papers said more than a face search can",
    "papers_stale": "something had been entered after the papers were written",
    "legal_view_awaited": "no legal adviser had agreed",
    "legal_view_against": "a legal adviser had spoken against it",
    "recheck_not_made": "the custody re-check had not been made",
    "recheck_failed": "the custody re-check said that it was another person",
}
