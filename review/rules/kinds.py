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


class Trait(StrEnum):
    """What a kind is besides its channel. Source of each: ``docs/independence.md``."""

    ROOT = "root"  # a face result itself, or a first likeness judgement that named somebody
    JUDGEMENT = "judgement"  # somebody's opinion or memory of who it was: exposure can bend it
    PASSES_ON = "passes_on"  # only repeats another source, which must be on file
    NEEDS_AUTHORITY = "needs_authority"  # cannot be had without a legal power, which must be on file
    TIP = "tip"  # never counts by itself
    LINE_UP = "line_up"
    WARRANT = "warrant"  # says what was done, never who the person is
    RIDGE_OR_DNA = "ridge_or_dna"  # tied to the offence it stands without the face
    CONFESSION = "confession"  # needs a recording, a warning and a detail that was not public


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of item: its channel and its traits."""

    name: str
    channel: Channel
    traits: frozenset[Trait] = frozenset()

    def __contains__(self, trait: Trait) -> bool:
        return trait in self.traits


def _kinds(channel: Channel, *names: str, traits: tuple[Trait, ...] = ()) -> tuple[Kind, ...]:
    return tuple(Kind(name, channel, frozenset(traits)) for name in names)


_ALL: tuple[Kind, ...] = (
    # the face results themselves
    *_kinds(Channel.APPEARANCE, "fr_search_result", "live_fr_alert", "private_fr_result", traits=(Trait.ROOT,)),
    *_kinds(Channel.APPEARANCE, "first_likeness_naming", traits=(Trait.ROOT, Trait.JUDGEMENT)),
    # appearance: whatever looks at the face or the figure again
    *_kinds(Channel.APPEARANCE, "photo_lineup_identification", traits=(Trait.JUDGEMENT, Trait.LINE_UP)),
    *_kinds(
        Channel.APPEARANCE,
        "officer_recognition",
        "patrol_officer_recognition",
        "acquaintance_recognition",
        "investigator_visual_comparison",
        "officer_visual_comparison",
        "social_media_same_face",
        "gait_clothing_likeness",
        "same_method_linkage",
        traits=(Trait.JUDGEMENT,),
    ),
    # statements
    *_kinds(
        Channel.STATEMENT,
        "eyewitness_statement",
        "eyewitness_names_known_person",
        "prior_contact_known_to_victim",
        "caught_at_scene",
        "jail_call",
        traits=(Trait.JUDGEMENT,),
    ),
    *_kinds(Channel.STATEMENT, "suspect_statement", traits=(Trait.JUDGEMENT, Trait.CONFESSION)),
    *_kinds(Channel.STATEMENT, "informant_tip", traits=(Trait.JUDGEMENT, Trait.TIP)),
    *_kinds(
        Channel.STATEMENT,
        "bulletin",
        "report_restatement",
        "cross_agency_adoption",
        "opaque_source_statement",
        traits=(Trait.PASSES_ON,),
    ),
    # traces that a look-alike would not leave
    *_kinds(
        Channel.BIOMETRIC_OTHER,
        "dna_match",
        "dna_database_hit",
        "fingerprint",
        "fingerprint_result",
        "latent_print",
        traits=(Trait.RIDGE_OR_DNA,),
    ),
    *_kinds(Channel.BIOMETRIC_OTHER, "custody_identity_check", "forensic_non_match"),
    *_kinds(
        Channel.LOCATION,
        "phone_location",
        "location_phone",
        "geofence_phone",
        "ankle_monitor_position",
        "timecard_phone_photo",
        "presence_at_place",
        "location_alibi",
    ),
    *_kinds(Channel.TRANSACTION, "bank_records", "transaction_record", "payment_or_ride_record", "transaction_alibi"),
    *_kinds(Channel.VEHICLE, "vehicle_evidence", "full_plate_or_reader_record", "vehicle_partial_plate", "lpr_negative"),
    *_kinds(
        Channel.PHYSICAL_OBJECT,
        "device_evidence",
        "scene_match",
        "stolen_goods_in_possession",
        "clothing_recovered",
        "ballistics_or_toolmark",
        "shoe_mark",
    ),
    *_kinds(Channel.PHYSICAL_OBJECT, "firearm_from_search", "search_warrant_finds", "device_search", traits=(Trait.NEEDS_AUTHORITY,)),
    *_kinds(Channel.DOCUMENT, "document_forensics", "identity_documents", "passport_fraud_record"),
    *_kinds(Channel.RECORD, "criminal_history", "employer_record", "employer_timecards", "place_employer_trace", "victim_link"),
    *_kinds(Channel.RECORD, "existing_warrant", traits=(Trait.WARRANT,)),
    *_kinds(Channel.VISIBLE_MARK, "visible_mark", "physical_state"),
    # what speaks for the person
    *_kinds(
        Channel.ALIBI,
        "alibi_lead",
        "physical_difference",
        "capability",
        "other_named_suspect",
        "named_and_not_returned",
        "stale_reference",
        "never_interviewed",
        "witness_unreliable",
        "first_choice_fillers",
        "examined_again",
    ),
    # closes nothing and counts for nothing
    *_kinds(Channel.UNKNOWN, "other", "unknown"),
)

KINDS: dict[str, Kind] = {kind.name: kind for kind in _ALL}
BY_PERSONS: dict[str, Kind] = {name: kind for name, kind in KINDS.items() if name != "examined_again"}  # that one the database alone enters
LINE_UPS = frozenset(kind.name for kind in _ALL if Trait.LINE_UP in kind)
