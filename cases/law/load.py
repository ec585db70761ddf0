"""Loads a policy pack: exact errors that name file, rule and field, and what is allowed there."""

import hashlib
import tomllib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

STATUSES = ("in_force", "sunset", "deferred", "withdrawn", "guidance", "settlement", "bill")
LAYERS = ("federal", "state", "city", "settlement", "gallery_owner", "model")
ADOPTABLE = ("in_force", "guidance", "settlement")
CEILINGS = {"reviewers": 3, "limited_probe_accepted": 1}
FLOORS = {
    "reviewers": 2,
    "items_that_stand_apart": 1,
    "hours_to_act": 1,
    "candidates_at_most": 2,
    "limited_probe_accepted": 0,
    "hours_to_recheck": 1,
}


class PackWrong(ValueError):
    """A pack that cannot be read: the message says file, rule, field and what is allowed."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A policy pack, compiled: the digest is the SHA-256 of the file's exact bytes."""

    id: str
    title: str
    layer: str
    status: str
    source: str
    digest: str
    numbers: tuple[dict[str, Any], ...]
    offences: tuple[dict[str, Any], ...]
    exculpatory: tuple[dict[str, Any], ...]

    def compiled(self) -> dict[str, Any]:
        """Return the rows that the database reads."""
        whole = asdict(self)
        return {name: list(whole[name]) for name in ("numbers", "offences", "exculpatory")}


def load_pack(path: Path) -> Pack:
    """Read one pack. Raises PackWrong with the exact place."""
    try:
        raw = path.read_bytes()
        said = tomllib.loads(raw.decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        raise PackWrong(f"{path.name}: cannot be read: {trouble}") from trouble
    known = {"id", "title", "layer", "status", "effective_from", "effective_until", "source", "number", "offence", "exculpatory"}
    for field in sorted(set(said) - known):
        raise PackWrong(f"{path.name}: unknown field “{field}”; allowed are {', '.join(sorted(known))}")
    for field in ("id", "title", "layer", "status", "source"):
        _text(said, field, where=path.name)
    _one_of(said, "status", STATUSES, where=path.name)
    _one_of(said, "layer", LAYERS, where=path.name)
    if said["id"] != path.stem:
        raise PackWrong(f"{path.name}: id is “{said['id']}”; it must equal the file's name “{path.stem}”")
    numbers = _rules(said, "number", ("name", "sentence", "citation"), path.name, unique="name")
    for rule in numbers:
        where = f"{path.name}: number “{rule['name']}”"
        if rule["name"] not in FLOORS:
            raise PackWrong(f"{where}: unknown; allowed are {', '.join(sorted(FLOORS))}")
        if not isinstance(rule.get("value"), int) or isinstance(rule.get("value"), bool):
            raise PackWrong(f"{where}: field “value” must be a whole number")
        if rule["value"] < FLOORS[rule["name"]]:
            raise PackWrong(f"{where}: value {rule['value']} lies under the floor {FLOORS[rule['name']]}, which no policy lowers")
        if rule["value"] > CEILINGS.get(rule["name"], rule["value"]):
            raise PackWrong(f"{where}: value {rule['value']} is more than {CEILINGS[rule['name']]}, which this house cannot draw")
    for name in ("reviewers", "items_that_stand_apart"):
        if name not in {rule["name"] for rule in numbers}:
            raise PackWrong(f"{path.name}: number “{name}” is missing")
    return Pack(
        id=said["id"],
        title=said["title"],
        layer=said["layer"],
        status=said["status"],
        source=said["source"],
        digest=hashlib.sha256(raw).hexdigest(),
        numbers=numbers,
        offences=_rules(said, "offence", ("code", "name", "citation"), path.name, unique="code"),
        exculpatory=_rules(said, "exculpatory", ("code", "name", "citation"), path.name, unique="code"),
    )


def _rules(said: dict[str, Any], kind: str, needed: tuple[str, ...], file: str, *, unique: str) -> tuple[dict[str, Any], ...]:
    rules = said.get(kind, [])
    seen: set[str] = set()
    for place, rule in enumerate(rules, start=1):
        where = f"{file}: {kind} {place}"
        for field in needed:
            _text(rule, field, where=where)
        if not isinstance(rule.get("verify"), bool):
            raise PackWrong(f"{where}: field “verify” must be true (written from memory) or false (checked)")
        if rule[unique] in seen:
            raise PackWrong(f"{where}: “{rule[unique]}” stands there twice")
        seen.add(rule[unique])
    return tuple(rules)


def _text(said: dict[str, Any], field: str, *, where: str) -> None:
    if not isinstance(said.get(field), str) or not said[field].strip():
        raise PackWrong(f"{where}: field “{field}” must be a text")


def _one_of(said: dict[str, Any], field: str, allowed: tuple[str, ...], *, where: str) -> None:
    if said[field] not in allowed:
        raise PackWrong(f"{where}: field “{field}” is “{said[field]}”; allowed are {', '.join(allowed)}")
