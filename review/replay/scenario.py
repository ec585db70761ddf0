"""Reads a scenario file into frozen scenarios, with exact errors: file, scenario, field, what is allowed.

What a scenario does not mention is on file and in order; null or "unknown" is unknown. Format: ``docs/scenarios.md``.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from review.rules.graph import PROBE, EdgeKind, Item, weigh
from review.rules.kinds import KINDS, Kind, Trait

PROBE_REF = "PROBE"
UNKNOWN = (None, "unknown")

# the file's word for an action -> ours; None: always open, no gate is asked
ACTION_WORDS: dict[str, str | None] = {
    "interview": "interview",
    "surveillance": "surveillance",
    "account_process": "account_process",
    "line_up": "line_up",
    "search_warrant": "search_warrant",
    "arrest": "arrest",
    "arrest_without_warrant": "arrest",
    "use_of_search_fruits_to_arrest": "arrest",
    "arrest_warrant": "arrest_warrant",
    "arrest_warrant_out_of_state": "arrest_out_of_state",
    "arrest_out_of_state": "arrest_out_of_state",
    "arrest_alert": "wanted_notice",
    "wanted_notice": "wanted_notice",
    "probation_hold": "probation_hold",
    "extradition": "extradition",
    "prolonged_stop_and_threat_of_arrest": "stop_or_detention",
    "stop_or_detention": "stop_or_detention",
    "custodial_interrogation": "custodial_interrogation",
    "custody_extension": "custody_extension",
    "arrest_on_existing_warrant": "execute_warrant",
    "execute_warrant": "execute_warrant",
    "identify_person_already_lawfully_held": None,
    "record_exculpatory_evidence": None,
}
GRADES = {"high": "fit", "medium": "fit", "low": "limited", None: "limited", "unknown": "limited"}
OPEN_STATES = frozenset({"ignored", "untested", "open"})
CLOSED_STATES = {"confirmed": "tested_excludes", "refuted": "tested_does_not", "tested": "tested_does_not", "weighed": "weighed", "impossible": "impossible"}  # fmt: skip


class ScenarioWrong(ValueError):
    """A file that cannot be replayed: the message says file, scenario, field and what is allowed."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A policy profile of the file."""

    name: str
    eligible_at: tuple[str, ...]
    items_that_stand_apart: int
    role_values_needing_link: frozenset[str]
    accepts_limited: bool


@dataclass(frozen=True, slots=True)
class ScenarioItem:
    """One item of a scenario, as the officer would fix it. ``exculpatory_state``: how it is closed, or None while it is open."""

    id: str
    kind: str
    judgement: bool
    incriminating: bool
    source_named: bool
    discriminates: bool
    links_to: str
    fixed_before: bool
    exposure_written_down: bool
    edges: tuple[tuple[EdgeKind, str], ...]
    closed_as: str | None
    description: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """One scenario. ``eligible`` is None where the file leaves it unknown."""

    id: str
    group: str
    offence_code: str
    eligible: bool | None
    grade: str
    quality_unknown: bool
    role_shown: bool
    role_unknown: bool
    reviewers: int
    blind: bool
    supports: bool
    omissions: int
    action_word: str
    action: str | None
    profile: Profile
    items: tuple[ScenarioItem, ...]
    expected_blocking: tuple[str, ...] | None
    expected_outcome: str | None
    expected_items: Mapping[str, Mapping[str, Any]]


def load(path: Path) -> tuple[Scenario, ...]:
    """Read a file. Raises ScenarioWrong with the exact place."""
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as trouble:
        raise ScenarioWrong(f"{path.name}: cannot be read: {trouble}") from trouble
    if not isinstance(said, dict) or not isinstance(said.get("scenarios"), list):
        raise ScenarioWrong(f"{path.name}: field “scenarios” must be a list")
    profiles = {
        name: _profile(name, body, path.name) for name, body in _mapping(said, "policy_profiles", where=path.name, default={}).items()
    }
    found: dict[str, Scenario] = {}
    for place, each in enumerate(said["scenarios"], start=1):
        where = f"{path.name}: scenario {each.get('id') or place if isinstance(each, dict) else place}"
        if not isinstance(each, dict):
            raise ScenarioWrong(f"{where}: must be an object")
        scenario = _scenario(each, profiles, where)
        if scenario.id in found:
            raise ScenarioWrong(f"{where}: field “id” stands there twice")
        found[scenario.id] = scenario
    return tuple(found.values())


def _profile(name: str, body: Any, file: str) -> Profile:
    where = f"{file}: policy profile {name}"
    if not isinstance(body, dict):
        raise ScenarioWrong(f"{where}: must be an object")
    if body.get("appearance_channel_counts") not in (False, None):
        raise ScenarioWrong(f"{where}: field “appearance_channel_counts” must be false: appearance never counts, no policy lowers that")
    number = body.get("min_independent_items", 1)
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise ScenarioWrong(f"{where}: field “min_independent_items” must be a whole number from 1")
    eligible = body.get("eligible", "")
    if not isinstance(eligible, str) or not eligible:
        raise ScenarioWrong(f"{where}: field “eligible” must name a field of the scenario, as in “offence_category.eligible_x”")
    needing = body.get("role_values_needing_link", [])
    if not isinstance(needing, list):
        raise ScenarioWrong(f"{where}: field “role_values_needing_link” must be a list")
    return Profile(name, tuple(eligible.split(".")), number, frozenset(map(str, needing)), not name.startswith("strict"))


def _scenario(said: dict[str, Any], profiles: Mapping[str, Profile], where: str) -> Scenario:
    name = _text(said, "id", where)
    word = _one_of(said, "action_attempted", ACTION_WORDS, where)
    profile = profiles[_one_of(said, "policy_profile", profiles, where)]
    offence = _mapping(said, "offence_category", where=where, default={})
    probe = _mapping(said, "probe", where=where, default={})
    reviews = _mapping(said, "modelled_reviews", where=where, default={})
    quality = probe.get("quality", "medium")
    if not isinstance(quality, str | None) or quality not in GRADES:
        raise ScenarioWrong(f"{where}: field “probe.quality” is “{quality}”; allowed are high, medium, low, unknown")
    depicts = probe.get("depicts", "offender_presumed")
    eligible = _at(said, profile.eligible_at, default=True)
    if eligible not in (True, False, *UNKNOWN):
        raise ScenarioWrong(f"{where}: field “{'.'.join(profile.eligible_at)}” is “{eligible}”; allowed are true, false, null")
    count = reviews.get("count", 2)
    if not isinstance(count, int) or isinstance(count, bool) or count < 0:
        raise ScenarioWrong(f"{where}: field “modelled_reviews.count” must be a whole number")
    conclusion = reviews.get("conclusion", "support")
    if conclusion not in ("support", "exclude"):
        raise ScenarioWrong(f"{where}: field “modelled_reviews.conclusion” is “{conclusion}”; allowed are support, exclude")
    omissions = said.get("affidavit_omissions") or []
    if not isinstance(omissions, list):
        raise ScenarioWrong(f"{where}: field “affidavit_omissions” must be a list")
    evidence = said.get("evidence", [])
    if not isinstance(evidence, list):
        raise ScenarioWrong(f"{where}: field “evidence” must be a list")
    items = tuple(_item(each, where, place) for place, each in enumerate(evidence, start=1))
    _must_be_a_graph(items, where)
    return Scenario(
        id=name,
        group=str(said.get("group", "")),
        offence_code=str(offence.get("code") or "unknown"),
        eligible=None if eligible in UNKNOWN else bool(eligible),
        grade=GRADES[quality],
        quality_unknown=quality in UNKNOWN,
        role_unknown=depicts in UNKNOWN,
        role_shown=depicts not in UNKNOWN and str(depicts) not in profile.role_values_needing_link,
        reviewers=count,
        blind=reviews.get("blind", True) is True,
        supports=conclusion == "support",
        omissions=len(omissions),
        action_word=word,
        action=ACTION_WORDS[word],
        profile=profile,
        items=items,
        expected_blocking=tuple(said["expected_blocking_gates"]) if "expected_blocking_gates" in said else None,
        expected_outcome=said.get("expected_outcome"),
        expected_items={each["id"]: each.get("expected", {}) for each in evidence},
    )


def _item(said: Any, where: str, place: int) -> ScenarioItem:
    if not isinstance(said, dict):
        raise ScenarioWrong(f"{where}: evidence {place} must be an object")
    name = _text(said, "id", f"{where}: evidence {place}")
    where = f"{where}: evidence {name}"
    if name == PROBE_REF:
        raise ScenarioWrong(f"{where}: field “id”: {PROBE_REF} is the probe itself")
    kind = KINDS[_one_of(said, "kind", KINDS, where)]
    direction = _one_of(said, "direction", ("incriminating", "exculpatory"), where, default="incriminating")
    state = said.get("state")
    if direction == "exculpatory" and state not in [*UNKNOWN, *OPEN_STATES, *CLOSED_STATES]:
        allowed = ", ".join([*sorted(OPEN_STATES), *CLOSED_STATES])
        raise ScenarioWrong(f"{where}: field “state” is “{state}”; allowed are {allowed}")
    derived = said.get("derived_from", [])
    if not isinstance(derived, list):
        raise ScenarioWrong(f"{where}: field “derived_from” must be a list")
    edges = []
    for edge in derived:
        if not isinstance(edge, dict):
            raise ScenarioWrong(f"{where}: field “derived_from” holds something that is no object")
        edges.append((EdgeKind(_one_of(edge, "edge", [k.value for k in EdgeKind], where)), _text(edge, "ref", where)))
    judgement = said.get("is_judgement", Trait.JUDGEMENT in kind)
    return ScenarioItem(
        id=name,
        kind=kind.name,
        judgement=_yes(judgement, "is_judgement", where),
        incriminating=direction == "incriminating",
        source_named=said.get("provenance", "declared") == "declared",
        discriminates=_yes(said.get("discriminating", True), "discriminating", where),
        links_to=_one_of(said, "links_to", ("offence", "identity", "presence", "character"), where, default="offence"),
        fixed_before=_yes(said.get("fixed_before_match", False), "fixed_before_match", where),
        exposure_written_down=said.get("exposure_log", "recorded") == "recorded",
        edges=tuple(edges),
        closed_as=CLOSED_STATES.get(str(state)) if direction == "exculpatory" else None,
        description=str(said.get("description") or kind.name.replace("_", " ")),
    )


def _must_be_a_graph(items: tuple[ScenarioItem, ...], where: str) -> None:
    known = {item.id for item in items}
    if len(known) != len(items):
        raise ScenarioWrong(f"{where}: field “evidence” names an id twice")
    for item in items:
        for _, parent in item.edges:
            if parent != PROBE_REF and parent not in known:
                raise ScenarioWrong(f"{where}: evidence {item.id}: field “derived_from” names “{parent}”, which is not in the scenario")
    plain = Kind("plain", KINDS["fingerprint"].channel)
    try:
        weigh(
            Item(each.id, plain, True, True, "offence", True, tuple((edge, PROBE if to == PROBE_REF else to) for edge, to in each.edges))
            for each in items
        )
    except ValueError as trouble:
        raise ScenarioWrong(f"{where}: field “derived_from”: {trouble}") from trouble


def _at(said: Mapping[str, Any], path: tuple[str, ...], *, default: Any) -> Any:
    here: Any = said
    for step in path:
        if not isinstance(here, dict) or step not in here:
            return default
        here = here[step]
    return here


def _yes(value: Any, field: str, where: str) -> bool:
    """Read true, false, or an unknown, which never helps."""
    if value not in (True, False, *UNKNOWN):
        raise ScenarioWrong(f"{where}: field “{field}” is “{value}”; allowed are true, false, null")
    return value is True


def _text(said: Mapping[str, Any], field: str, where: str) -> str:
    value = said.get(field)
    if not isinstance(value, str) or not value.strip():
        raise ScenarioWrong(f"{where}: field “{field}” must be a text")
    return value


def _mapping(said: Mapping[str, Any], field: str, *, where: str, default: dict[str, Any]) -> dict[str, Any]:
    value = said.get(field, default)
    if not isinstance(value, dict):
        raise ScenarioWrong(f"{where}: field “{field}” must be an object")
    return value


def _one_of(said: Mapping[str, Any], field: str, allowed: Any, where: str, *, default: str | None = None) -> str:
    value = said.get(field, default)
    if not isinstance(value, str) or value not in allowed:
        raise ScenarioWrong(f"{where}: field “{field}” is “{value}”; allowed are {', '.join(sorted(allowed))}")
    return str(value)
