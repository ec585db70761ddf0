"""The closed list of evidence kinds. The kind fixes the channel, in code; nobody chooses it."""

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """By what way an item could point at a person."""

    APPEARANCE = "appearance"
    STATEMENT = "statement"
    BIOMETRIC_OTHER = "biometric_other"
    LOCATION = "location"
    TRANSACTION = "transaction"
    VEHICLE = "vehicle"
    PHYSICAL_OBJECT = "physical_object"
    DOCUMENT = "document"
    RECORD = "record"
    VISIBLE_MARK = "visible_mark"
    ALIBI = "alibi"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of item: its channel, whether it is a person's judgement, and whether it only passes on another source."""

    name: str
    channel: Channel
    judgement: bool = False
    passes_on: bool = False


_A, _S, _B, _L = Channel.APPEARANCE, Channel.STATEMENT, Channel.BIOMETRIC_OTHER, Channel.LOCATION

_ALL: tuple[Kind, ...] = (
    # appearance: whatever looks at the face or the figure again
    Kind("photo_lineup_identification", _A, judgement=True),
    Kind("officer_recognition", _A, judgement=True),
    Kind("acquaintance_recognition", _A, judgement=True),
    Kind("investigator_visual_comparison", _A, judgement=True),
    Kind("social_media_same_face", _A),
    Kind("gait_clothing_likeness", _A, judgement=True),
    Kind("private_fr_result", _A),
    # statements
    Kind("eyewitness_statement", _S, judgement=True),
    Kind("eyewitness_names_known_person", _S, judgement=True),
    Kind("informant_tip", _S, judgement=True),
    Kind("caught_at_scene", _S, judgement=True),
    Kind("bulletin", _S, passes_on=True),
    Kind("report_restatement", _S, passes_on=True),
    Kind("cross_agency_adoption", _S, passes_on=True),
    Kind("opaque_source_statement", _S, passes_on=True),
    # traces that a look-alike would not leave
    Kind("dna_match", _B),
    Kind("fingerprint", _B),
    Kind("fingerprint_result", _B),
    Kind("custody_identity_check", _B),
    Kind("forensic_non_match", _B),
    Kind("phone_location", _L),
    Kind("geofence_phone", _L),
    Kind("presence_at_place", _L),
    Kind("location_alibi", _L),
    Kind("bank_records", Channel.TRANSACTION),
    Kind("transaction_record", Channel.TRANSACTION),
    Kind("transaction_alibi", Channel.TRANSACTION),
    Kind("vehicle_evidence", Channel.VEHICLE),
    Kind("vehicle_partial_plate", Channel.VEHICLE),
    Kind("lpr_negative", Channel.VEHICLE),
    Kind("device_evidence", Channel.PHYSICAL_OBJECT),
    Kind("scene_match", Channel.PHYSICAL_OBJECT),
    Kind("document_forensics", Channel.DOCUMENT),
    Kind("identity_documents", Channel.DOCUMENT),
    Kind("criminal_history", Channel.RECORD),
    Kind("employer_record", Channel.RECORD),
    Kind("employer_timecards", Channel.RECORD),
    Kind("victim_link", Channel.RECORD),
    Kind("visible_mark", Channel.VISIBLE_MARK),
    # what speaks for the person
    Kind("alibi_lead", Channel.ALIBI),
    Kind("physical_difference", Channel.ALIBI),
    Kind("physical_state", Channel.VISIBLE_MARK),
    Kind("other_named_suspect", Channel.ALIBI),
    Kind("stale_reference", Channel.ALIBI),
    Kind("never_interviewed", Channel.ALIBI),
    # closes nothing and counts for nothing
    Kind("other", Channel.UNKNOWN),
    Kind("unknown", Channel.UNKNOWN),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
LINE_UPS = frozenset({"photo_lineup_identification"})
