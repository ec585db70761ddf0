"""What a replay came to, in the words of scenario files: gates, tainted or not, and the outcome. The table stands in ``docs/scenarios.md``."""

from collections.abc import Sequence
from dataclasses import dataclass

from review.replay.scenario import Scenario
from review.rules.gate import SafeguardAnswer
from review.rules.graph import Taint, Weighed

GATES = {
    "G1": "G1_ELIGIBILITY",
    "G2": "G2_PROBE_QUALITY",
    "G2R": "G2R_ROLE_LINK",
    "G3": "G3_REVIEW_INDEPENDENCE",
    "G4": "G4_REVIEW_CONCLUSION",
    "G5": "G5_IDENT_PROCEDURE",
    "G5F": "G5_IDENT_PROCEDURE",
    "G6": "G6_EXCULPATORY",
    "G7": "G7_CORROBORATION",
    "G7W": "G7_CORROBORATION",
    "G8": "G8_DISCLOSURE",
    "GL": "GL_LEGAL_ADVISER",
    "G10": "G10_CUSTODY_RECHECK",
}


@dataclass(frozen=True, slots=True)
class ItemFound:
    """One item as it was weighed. ``tainted`` is None for what speaks for the person: it needs no independence."""

    id: str
    tainted: bool | None
    reasons: tuple[str, ...]
    counts: bool


@dataclass(frozen=True, slots=True)
class Replayed:
    """One scenario's answer."""

    id: str
    outcome: str
    blocking_gates: tuple[str, ...]
    evidence: tuple[ItemFound, ...]
    codes: tuple[str, ...]


def read(scenario: Scenario, answers: Sequence[SafeguardAnswer], weighed: Sequence[Weighed]) -> Replayed:
    """Return the answer in the file's words. ``weighed`` stands in the order of the scenario's items."""
    shut = [answer for answer in answers if answer.reasons]
    blocking = tuple(dict.fromkeys(GATES[answer.code] for answer in shut))
    found = tuple(_item(item.id, item.incriminating, each) for item, each in zip(scenario.items, weighed, strict=True))
    codes = tuple(reason.code for answer in shut for reason in answer.reasons)
    return Replayed(scenario.id, outcome(scenario, blocking, found), blocking, found, codes)


def outcome(scenario: Scenario, blocking: tuple[str, ...], found: tuple[ItemFound, ...]) -> str:
    """Return the file's word; the first line that fits."""
    if scenario.action_word == "record_exculpatory_evidence":
        return "accepted_and_disclosed"
    if not blocking:
        return "allowed"
    if blocking == ("G1_ELIGIBILITY",):
        return "blocked_by_eligibility_only"
    if "G7_CORROBORATION" in blocking and any(Taint.T6.value in item.reasons for item in found):
        return "held_for_legal_review"
    if scenario.group == "borderline" and blocking == ("G7_CORROBORATION",):
        return "locate_and_interview_allowed_arrest_blocked"
    return "blocked"


def _item(name: str, incriminating: bool, weighed: Weighed) -> ItemFound:
    if not incriminating:
        return ItemFound(name, None, (), False)
    return ItemFound(name, weighed.tainted, tuple(sorted(t.value for t in weighed.taints)), weighed.counts)


def differences(scenario: Scenario, replayed: Replayed) -> list[str]:
    """Return where a replay came out otherwise than the file expects: a listed gate must block, an unlisted one may only on unknown facts."""
    said = []
    if scenario.expected_outcome is not None and replayed.outcome != scenario.expected_outcome:
        said.append(f"outcome is {replayed.outcome}, expected {scenario.expected_outcome}")
    if scenario.expected_blocking is not None:
        said += [
            f"{gate} does not block"
            for gate in scenario.expected_blocking
            if gate not in replayed.blocking_gates and gate != "G9_ARREST_ACTION"
        ]
        unknown = unknown_gates(scenario)
        said += [f"{gate} blocks" for gate in replayed.blocking_gates if gate not in scenario.expected_blocking and gate not in unknown]
    for item in replayed.evidence:
        wanted = scenario.expected_items.get(item.id) or {}
        for field, found in (("tainted", item.tainted), ("reasons", list(item.reasons)), ("counts", item.counts)):
            if field in wanted and (sorted(wanted[field]) if field == "reasons" else wanted[field]) != found:
                said.append(f"evidence {item.id}: {field} is {found}, expected {wanted[field]}")
    return said  # fmt: skip


def unknown_gates(scenario: Scenario) -> frozenset[str]:
    """Return the gates whose facts the scenario leaves unknown."""
    found = set()
    if scenario.eligible is None:
        found.add(GATES["G1"])
    if scenario.quality_unknown:
        found |= {GATES["G2"], GATES["G7"]}
    if scenario.role_unknown:
        found.add(GATES["G2R"])
    return frozenset(found)
