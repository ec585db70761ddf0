"""How states, acts, reasons, kinds and ratings are said on pages, and the chip that shows a state."""

from dataclasses import dataclass

from cases.law.schema import RULE_TYPES
from cases.rules import eligibility, orderly, retention
from cases.rules.finding import Reason
from review.rules import (
    discovery,
    examination,
    filing,
    gate,
    ground,
    in_court,
    leaving,
    legal_hold,
    probe_fitness,
    signing,
    stepping_back,
    turns,
)

STATE_WORDS = {
    "RECEIVED": ("Received", "wait", "A person confirms the offence from the report of crime."),
    "ELIGIBLE": ("Eligible", "open", "An analyst checks the probe."),
    "INELIGIBLE": ("Ineligible", "shut", "Nothing more is done; no face is searched."),
    "FIT": ("Fit for comparison", "open", "The search runs, then two reviewers examine blind."),
    "UNFIT": ("Unfit for comparison", "shut", "Nothing more is done with this probe."),
    "NO_CANDIDATES": ("No candidates", "solid", "The search returned nobody."),
    "DISPUTED": ("Disputed", "wait", "A third blind reviewer examines."),
    "LEAD": ("Lead", "solid", "A lead is permission to investigate. It does not say who the person is."),
    "NO_LEAD": ("No lead", "solid", "The examinations gave no lead."),
    "CLOSED": ("Closed", "solid", "Retention runs."),
    "DESTROYED": ("Destroyed", "solid", "Images and keys are gone; the proof of it remains."),
}
ACT_WORDS = {
    "screen": "Screened under the policy in force",
    "check_probe": "Probe checked",
    "find_empty": "The list came and was empty",
    "join": "Conclusions joined by rule",
    "close": "Closed by a person",
    "expire": "Closed by the policy's time",
    "destroy": "Pictures destroyed",
}
TRIED_WORDS = {
    "fix_again": "to fix an item again",
    "record_statement": "to write down how a statement was taken",
    "file_warrant": "to file the form of a warrant",
    "weigh_rival": "to weigh another lead away",
    "decide_hold": "to decide a hold",
    "give_legal_view": "to give a legal view",
    "file_line_up_form": "to file the form of a line-up",
    "record_line_up": "to record a line-up",
    "file_papers": "to file papers",
    "record_without_face": "to record an action that stands without the face",
    "record_recheck": "to record a custody re-check",
    "record_release": "to record a release",
    "request_search": "to request a search",
    "file_outside_result": "to file a result from elsewhere",
    "confirm_offence": "to confirm the offence",
    "check_probe": "to record a check of the probe",
    "take_next": "to take an examination",
    "sort_candidates": "to lock a sorting",
    "conclude": "to lock a conclusion",
    "recuse": "to step back from an examination",
    "release_turn": "to give an examination back unopened",
    "hold_turn": "to put an examination on hold",
    "send_turn_back": "to send an examination back to the lot",
    "report_contact": "to tell an auditor that somebody spoke to him",
    "add_evidence": "to enter evidence",
    "add_edge": "to add an edge",
    "fix_evidence": "to fix evidence",
    "close_exculpatory": "to close what speaks for the person",
    "ask": "to ask for an action",
    "countersign": "to countersign",
    "start": "to start an action",
    "issue_certificate": "to issue a certificate",
    "want_bundle": "to have a bundle made",
    "take_discovery": "to take a court’s request",
    "answer_item": "to answer an item of discovery",
    "serve_discovery": "to record a service",
    "file_receipt": "to file a receipt",
    "disseminate": "to let a lead report leave the agency",
    "give_notice_of_use": "to give notice that a face search was used",
    "record_outside_gate": "to record an action outside the gate",
    "use_in_court": "to use the face result in court",
    "set_legal_hold": "to set a legal hold",
    "lift_legal_hold": "to lift a legal hold",
    "close": "to close the case",
    "expire": "to close the case by time",
    "destroy": "to destroy the pictures",
    "screen": "to screen the case",
    "attach_list": "to run the search",
}
REASON_WORDS = {
    reason.code: reason.sentence
    for rules in (
        orderly,
        retention,
        discovery,
        filing,
        ground,
        leaving,
        in_court,
        legal_hold,
        examination,
        signing,
        probe_fitness,
        eligibility,
        gate,
        stepping_back,
        turns,
    )
    for reason in vars(rules).values()
    if isinstance(reason, Reason)
} | {f"law_{kind.name}": f"A rule of the law in force says no: {kind.asks}" for kind in RULE_TYPES.values()}
KIND_WORDS = {
    "fr_search_result": "result of a face search",
    "live_fr_alert": "live face alert",
    "first_likeness_naming": "somebody named him by his looks first",
    "patrol_officer_recognition": "a patrol officer recognised him",
    "officer_visual_comparison": "an officer compared the looks",
    "same_method_linkage": "tied to another case by the face",
    "prior_contact_known_to_victim": "the victim knows him from before",
    "jail_call": "call from jail",
    "suspect_statement": "statement of the person himself",
    "dna_database_hit": "DNA found in a database",
    "latent_print": "latent print",
    "location_phone": "location of a telephone",
    "ankle_monitor_position": "position of an ankle monitor",
    "timecard_phone_photo": "time card with telephone photo",
    "payment_or_ride_record": "payment or ride record",
    "full_plate_or_reader_record": "full plate or reader record",
    "stolen_goods_in_possession": "stolen goods in possession",
    "clothing_recovered": "clothing recovered",
    "ballistics_or_toolmark": "ballistics or tool mark",
    "shoe_mark": "shoe mark",
    "firearm_from_search": "firearm from a search",
    "search_warrant_finds": "finds of a search warrant",
    "device_search": "search of a device",
    "passport_fraud_record": "passport fraud record",
    "place_employer_trace": "place or employer traced",
    "existing_warrant": "existing warrant",
    "capability": "could not have done it",
    "named_and_not_returned": "named before, searched and not returned",
    "witness_unreliable": "the witness is unreliable",
    "first_choice_fillers": "the witness picked a filler or nobody",
    "photo_lineup_identification": "line-up with photos",
    "officer_recognition": "an officer recognised him",
    "acquaintance_recognition": "somebody who knows him recognised him",
    "investigator_visual_comparison": "the investigator compared the looks",
    "social_media_same_face": "the same face in social media",
    "gait_clothing_likeness": "gait, build or clothing looks alike",
    "private_fr_result": "face result of a private firm",
    "eyewitness_statement": "statement of an eyewitness",
    "eyewitness_names_known_person": "an eyewitness names somebody known to him",
    "informant_tip": "tip of an informant",
    "caught_at_scene": "caught at the scene",
    "bulletin": "bulletin",
    "report_restatement": "a report that repeats another",
    "cross_agency_adoption": "taken over from another agency",
    "opaque_source_statement": "statement whose source is not told",
    "dna_match": "DNA tied to the offence",
    "fingerprint": "friction ridges tied to the offence",
    "fingerprint_result": "result of a print comparison",
    "custody_identity_check": "identity check in custody",
    "forensic_non_match": "a trace that is not his",
    "phone_location": "location of a known telephone",
    "geofence_phone": "telephone out of an area search",
    "presence_at_place": "presence at the place",
    "location_alibi": "he was elsewhere, by location",
    "bank_records": "bank records",
    "transaction_record": "payment or purchase",
    "transaction_alibi": "he was elsewhere, by payment",
    "vehicle_evidence": "full plate, or plate reader",
    "vehicle_partial_plate": "part of a plate",
    "lpr_negative": "plate reader shows nothing",
    "device_evidence": "data on a device",
    "scene_match": "object tied to the scene",
    "document_forensics": "examined document",
    "identity_documents": "identity document",
    "criminal_history": "criminal history",
    "employer_record": "employer's record",
    "employer_timecards": "work time records",
    "victim_link": "known tie to the victim",
    "visible_mark": "mark or tattoo",
    "alibi_lead": "where the person was",
    "physical_difference": "a difference of body",
    "examined_again": "excluded by another agency’s blind examination",
    "physical_state": "a state of body at the time",
    "other_named_suspect": "somebody else was named",
    "stale_reference": "the gallery picture is old",
    "never_interviewed": "he was never asked",
    "other": "another kind: counts for nothing",
    "unknown": "kind not known: counts for nothing",
}
ENDED_WORDS = {
    "excluded": "At least one reviewer excluded. An exclusion is never outvoted.",
    "set_aside": "Set aside by all reviewers. No exclusion follows from that.",
    "not_supported": "Compared one to one, and too few conclusions support. No exclusion follows from that.",
}
RATINGS = {
    3: "supports strongly",
    2: "supports moderately",
    1: "supports to a limited degree",
    0: "no conclusion",
    -1: "no conclusion, leans towards different persons",
    -2: "excludes",
    -3: "excludes strongly",
}

ICONS = {"open": "check_circle_outline", "shut": "lock", "wait": "schedule", "law": "account_balance", "solid": "flag"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A state as icon, word and border: never colour alone."""

    word: str
    shape: str

    @property
    def icon(self) -> str:
        return ICONS[self.shape]


OPEN, SHUT = Chip("Open", "open"), Chip("Shut", "shut")
