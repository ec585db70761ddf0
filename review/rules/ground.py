"""Whether a request says what the law in force asks besides offence and purpose, and says it so that it can be judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cases.rules.finding import Reason
from review.rules.wanted import GroundSaid

UNKNOWN_WORD = Reason("unknown_word", "That is none of the words of the law; choose one from the list.", "docs/law.md")
OTHER_TRACK = Reason(
    "other_track", "That purpose belongs to another track: who the person in the image is fixes the track.", "docs/road.md"
)
AUTHORITY_UNDATED = Reason(
    "authority_undated", "An authority comes with the time it was given and with its document.", "docs/law.md, authority"
)
AUTHORITY_ENDS_FIRST = Reason("authority_ends_first", "An authority ends after it was given.", "docs/law.md, authority")
AUTHORITY_AHEAD = Reason("authority_ahead", "An authority that was not given yet opens nothing.", "docs/law.md, authority")
AUTHORITY_BOTH_WAYS = Reason("authority_both_ways", "An authority is either given or refused, never both.", "docs/law.md, authority")
EMERGENCY_UNWRITTEN = Reason(
    "emergency_unwritten", "An emergency is written down with its reasons and with the time from which it stands.", "docs/law.md, authority"
)
EMERGENCY_AHEAD = Reason("emergency_ahead", "An emergency does not begin in the future.", "docs/law.md, authority")
GROUND_UNWRITTEN = Reason("ground_unwritten", "A ground that is claimed is written down.", "docs/law.md, suspicion")

SAID: Mapping[str, str] = {
    "purpose": "what the search is for, more exactly",
    "channel": "the way of searching",
    "suspicion": "the ground of suspicion",
    "grounds": "the grounds",
    "bases": "what it rests on",
    "uses": "what else it is for",
    "protected_activity": "whether it touches protected activity or traits",
    "records": "whether the request records protected activity or traits",
    "authority": "the authority, or that it was asked and refused",
    "exigency": "whether it is an emergency",
    "conditions": "which condition is met",
    "minor": "whether the person is a minor",
    "sealed": "whether a record is sealed",
}


@dataclass(frozen=True, slots=True)
class GroundFacts:
    """What was said, what the law in force asks (question and citation), and the closed lists by field."""

    said: GroundSaid
    track: str
    asked: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    tracks: Mapping[str, str]  # purpose -> track
    now: datetime


def faults(facts: GroundFacts) -> tuple[Reason, ...]:
    """Return everything that is missing, unknown or out of its time."""
    return (*_unsaid(facts), *_unknown(facts), *_out_of_time(facts.said, facts.now))


def _unsaid(facts: GroundFacts) -> list[Reason]:
    said = facts.said
    answered = {
        "purpose": facts.track == "suspect" or bool(said.purpose),
        "channel": bool(said.channel),
        "suspicion": bool(said.suspicion),
        "grounds": bool(said.grounds),
        "bases": bool(said.bases) or bool(said.suspicion),
        "uses": said.uses is not None,
        "protected_activity": said.protected_activity is not None,
        "records": said.records_protected_activity is not None,
        "authority": bool(said.authority) or said.authority_refused is not None or said.exigent is True,
        "exigency": said.exigent is not None or bool(said.authority),
        "conditions": True,  # to meet none of them is an answer, and the law judges it
        "minor": said.minor is not None,
        "sealed": said.sealed is not None,
    }
    off_the_track = facts.track != "suspect"
    return [
        Reason("missing", f"Say {SAID[question]}: the law in force asks for it.", citation)
        for question, citation in facts.asked.items()
        if not answered[question] and not (off_the_track and question in ("suspicion", "grounds", "bases"))
    ]


def _unknown(facts: GroundFacts) -> list[Reason]:
    reasons: list[Reason] = []
    for name, allowed in facts.lists.items():
        value = getattr(facts.said, name)
        for word in (value,) if isinstance(value, str) else value or ():
            if word and word not in allowed:
                sentence = f"“{word}” is no answer to {SAID.get(name, name)}; allowed are {', '.join(allowed)}."
                reasons.append(Reason(UNKNOWN_WORD.code, sentence, UNKNOWN_WORD.source))
    if facts.said.purpose in facts.tracks and facts.tracks[facts.said.purpose] != facts.track:
        reasons.append(OTHER_TRACK)
    return reasons


def _out_of_time(said: GroundSaid, now: datetime) -> list[Reason]:
    reasons: list[Reason] = []
    if said.authority and (said.authority_granted_at is None or not said.authority_document.strip()):
        reasons.append(AUTHORITY_UNDATED)
    if said.authority and said.authority_refused:
        reasons.append(AUTHORITY_BOTH_WAYS)
    if said.authority_granted_at is not None and said.authority_granted_at > now:
        reasons.append(AUTHORITY_AHEAD)
    if said.authority_granted_at is not None and said.authority_ends_at is not None and said.authority_ends_at <= said.authority_granted_at:
        reasons.append(AUTHORITY_ENDS_FIRST)
    if said.exigent and (said.exigent_since is None or not said.exigent_reasons.strip()):
        reasons.append(EMERGENCY_UNWRITTEN)
    if said.exigent_since is not None and said.exigent_since > now:
        reasons.append(EMERGENCY_AHEAD)
    if said.grounds and not said.in_writing.strip():
        reasons.append(GROUND_UNWRITTEN)
    return reasons
