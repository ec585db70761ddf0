"""Loads a policy pack: exact errors that name file, rule and field, and what is allowed there."""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeGuard

from cases.law.compile import compiled
from cases.law.conflicts import conflicts_among
from cases.law.offences import OffenceList, PackWrong, offence_list
from cases.law.schema import BY_NAME, SCOPE, Kind, Parameter, Rule, RuleType, Value
from cases.law.words import ADOPTABLE, EXCULPATORY, LAYERS, STATUSES, Gate
from cases.rules.times import YEARS, day_of_these_centuries

__all__ = ["ADOPTABLE", "Pack", "PackWrong", "load_pack", "read_pack", "why_not_adoptable"]

TOP = {"id", "title", "layer", "status", "effective_from", "effective_until", "source", "nothing_found", "rule"}
FIELDS = {
    "id",
    "type",
    "gate",
    "parameters",
    "citation",
    "source",
    "verify",
    "sentence",
    "effective_from",
    "effective_until",
}
LONGEST = 36_525  # days of a century: counted on from a day of these centuries, as days, months or hours, it stays within the calendar
DAY_OF_YEAR = re.compile(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")


@dataclass(frozen=True, slots=True)
class Pack:
    """A policy pack, read: ``digest`` is the SHA-256 of the exact bytes of ``text``. ``nothing_found`` says why it has no rules."""

    id: str
    title: str
    layer: str
    status: str
    source: str
    effective_from: date
    effective_until: date | None
    digest: str
    rules: tuple[Rule, ...]
    nothing_found: str
    offences: OffenceList = field(repr=False, compare=False)
    text: str = field(repr=False, compare=False)

    def compiled(self, *, on: date | None = None) -> dict[str, Any]:
        """Return the rows that the database reads; those of one day, if it is given."""
        return compiled([rule for rule in self.rules if on is None or rule.holds_on(on)], self.offences)


def load_pack(path: Path, *, offences: Path | None = None) -> Pack:
    """Read one pack from its file. Raises PackWrong with the exact place."""
    try:
        raw = path.read_bytes()
    except OSError as trouble:
        raise PackWrong(f"{path.name}: cannot be read: {trouble}") from trouble
    return read_pack(raw, path.name, known=offence_list(offences) if offences else offence_list())


@lru_cache(maxsize=128)
def read_pack(raw: bytes, file: str, *, known: OffenceList) -> Pack:
    """Read one pack from its bytes, as it was named: the same bytes once. Raises PackWrong with the exact place."""
    try:
        text = raw.decode("utf-8")
        said = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as trouble:
        raise PackWrong(f"{file}: cannot be read: {trouble}") from trouble
    _known_fields(said, TOP, file)
    for name in ("id", "title", "layer", "status", "source"):
        _text(said, name, where=file)
    _one_of(said, "status", STATUSES, where=file)
    _one_of(said, "layer", LAYERS, where=file)
    if said["id"] != file.removesuffix(".toml"):
        raise PackWrong(f"{file}: id is “{said['id']}”; it must equal the file's name “{file.removesuffix('.toml')}”")
    begins, ends = _period(said, file, begins=None)
    if not isinstance(said.get("rule", []), list):
        raise PackWrong(f"{file}: rules are written as [[rule]]")
    rules: list[Rule] = []
    for place, each in enumerate(said.get("rule", []), start=1):
        rule = _rule(each, said["id"], said["status"], f"{file}: rule {place}", known, begins, ends)
        if rule.id in {other.id for other in rules}:
            raise PackWrong(f"{file}: rule {place}: id “{rule.id}” stands there twice")
        rules.append(rule)
    nothing_found = said.get("nothing_found", "")
    if not isinstance(nothing_found, str) or bool(nothing_found.strip()) == bool(rules):
        raise PackWrong(f"{file}: a pack has rules, or field “nothing_found” says in a text why it has none")
    for conflict in conflicts_among(rules):
        raise PackWrong(f"{file}: contradicts itself: {conflict.sentence} ({', '.join(conflict.rules)})")
    return Pack(
        id=said["id"],
        title=said["title"],
        layer=said["layer"],
        status=said["status"],
        source=said["source"],
        effective_from=begins,
        effective_until=ends,
        digest=hashlib.sha256(raw).hexdigest(),
        rules=_exempted(rules),
        nothing_found=nothing_found,
        offences=known,
        text=text,
    )


def why_not_adoptable(pack: Pack, *, on: date) -> str | None:
    """Return why this pack cannot be adopted on this day, or None. A future-dated pack waits for its day."""
    if pack.status not in ADOPTABLE:
        return f"{pack.id}: status is “{pack.status}”; only {', '.join(ADOPTABLE)} can be adopted"
    if pack.effective_from > on:
        return f"{pack.id}: takes effect on {pack.effective_from}; it cannot be adopted before"
    if pack.effective_until is not None and pack.effective_until <= on:
        return f"{pack.id}: ended on {pack.effective_until}"
    return None


def _rule(said: Any, pack: str, status: str, place: str, known: OffenceList, begins: date, ends: date | None) -> Rule:
    if not isinstance(said, dict):
        raise PackWrong(f"{place}: rules are written as [[rule]]")
    _text(said, "id", where=place)
    where = f"{pack}.toml: rule “{said['id']}”"
    _known_fields(said, FIELDS, where)
    for name in ("type", "citation", "source", "sentence"):
        _text(said, name, where=where)
    if not isinstance(said.get("verify"), bool):
        raise PackWrong(f"{where}: field “verify” must be true (written from memory) or false (checked)")
    _one_of(said, "type", tuple(BY_NAME), where=where)
    kind = BY_NAME[said["type"]]
    its_begins, its_ends = _period(said, where, begins=begins)
    rule = Rule(
        pack=pack,
        status=status,
        id=said["id"],
        type=kind.name,
        gates=_gates(said.get("gate"), kind, where),
        parameters=_parameters(said.get("parameters", {}), kind, where, known),
        citation=said["citation"],
        source=said["source"],
        verify=said["verify"],
        sentence=said["sentence"],
        effective_from=its_begins,
        effective_until=its_ends or ends if its_begins < (ends or date.max) else its_ends,
    )
    _sense(rule, where)
    cited = rule.words("statutes")
    return replace(rule, statute_codes=tuple((cite, codes) for cite, codes in known.statutes if cite in cited))


def _gates(said: Any, kind: RuleType, where: str) -> tuple[Gate, ...]:
    given = said if isinstance(said, list) else [said]
    for gate in given:
        if gate not in {g.value for g in kind.gates}:
            raise PackWrong(f"{where}: field “gate” is “{gate}”; allowed for {kind.name} are {', '.join(g.value for g in kind.gates)}")
    return tuple(gate for gate in Gate if gate.value in given)


def _parameters(said: Any, kind: RuleType, where: str, known: OffenceList) -> tuple[tuple[str, Value], ...]:
    if not isinstance(said, dict):
        raise PackWrong(f"{where}: field “parameters” must be a table")
    specified: Mapping[str, Parameter] = {**kind.parameters, **SCOPE}
    for name in sorted(set(said) - set(specified)):
        raise PackWrong(f"{where}: unknown parameter “{name}”; allowed for {kind.name} are {', '.join(sorted(specified))}")
    for name, parameter in specified.items():
        if parameter.needed and name not in said:
            raise PackWrong(f"{where}: parameter “{name}” is missing; it must be {parameter.kind.value}")
    if not set(said) - set(SCOPE):
        raise PackWrong(f"{where}: has no parameter, so nothing could be asked")
    return tuple((name, _value(said[name], specified[name], f"{where}: parameter “{name}”", known)) for name in sorted(said))


def _value(value: Any, parameter: Parameter, where: str, known: OffenceList) -> Value:
    allowed: tuple[str, ...] = parameter.allowed
    match parameter.kind:
        case Kind.FLAG if isinstance(value, bool):
            return value
        case Kind.WHOLE if isinstance(value, int) and not isinstance(value, bool):
            return _within(value, parameter, where)
        case Kind.TEXT if isinstance(value, str) and value.strip():
            return value
        case Kind.DAY if _is_day(value):
            return _of_these_centuries(value, where)
        case Kind.WORD if isinstance(value, str):
            _listed((value,), allowed, where)
            return value
        case Kind.ROWS if isinstance(value, list) and all(_is_row(each) for each in value) and value:
            _once([each["code"] for each in value], where)
            return tuple((each["code"], each["name"]) for each in value)
        case Kind.TEXTS | Kind.WORDS | Kind.CODES | Kind.STATUTES | Kind.DAYS if isinstance(value, list) and all(
            isinstance(each, str) and each.strip() for each in value
        ):
            _once(value, where)
            if parameter.kind is Kind.WORDS:
                _listed(tuple(value), allowed, where)
            if parameter.kind is Kind.CODES:
                _listed(tuple(value), tuple(code for code, _ in known.names), where)
            if parameter.kind is Kind.STATUTES:
                _listed(tuple(value), tuple(cite for cite, _ in known.statutes), where)
            if parameter.kind is Kind.DAYS and not all(DAY_OF_YEAR.fullmatch(each) for each in value):
                raise PackWrong(f"{where}: must be {parameter.kind.value}")
            return tuple(value)
    words = f": {', '.join(allowed)}" if allowed else ""
    raise PackWrong(f"{where}: must be {parameter.kind.value}{words}")


def _within(value: int, parameter: Parameter, where: str) -> int:
    if value < parameter.floor:
        why = "which no policy lowers" if parameter.house_floor else "the least that has a meaning"
        raise PackWrong(f"{where}: value {value} lies under the floor {parameter.floor}, {why}")
    if value > (most := LONGEST if parameter.ceiling is None else parameter.ceiling):
        raise PackWrong(f"{where}: value {value} is more than {most}, the most that is allowed")
    return value


def _is_row(said: Any) -> bool:
    return isinstance(said, dict) and set(said) == {"code", "name"} and all(isinstance(v, str) and v.strip() for v in said.values())


def _listed(values: tuple[str, ...], allowed: tuple[str, ...], where: str) -> None:
    for value in values:
        if value not in allowed:
            raise PackWrong(f"{where}: “{value}” is unknown; allowed are {', '.join(allowed)}")


def _once(values: list[str], where: str) -> None:
    for value in values:
        if values.count(value) > 1:
            raise PackWrong(f"{where}: “{value}” stands there twice")


def _sense(rule: Rule, where: str) -> None:
    """Refuse a rule that says two things at once, or that would hold back what clears a person."""
    for one, other in (("allowed", "banned"), ("kinds", "banned"), ("only_purposes", "except_purposes")):
        for word in sorted(rule.words(one) & rule.words(other)):
            raise PackWrong(f"{where}: “{word}” stands in “{one}” and in “{other}”")
    if EXCULPATORY in rule.words("banned") | rule.words("acts"):
        raise PackWrong(f"{where}: “{EXCULPATORY}” cannot be blocked: no pack holds back what clears a person")
    if rule.type in ("tell_prosecutor", "tell_defence"):
        places = {Gate.COURT if place == "discovery" else Gate.WARRANT_OR_ARREST for place in rule.words("where")}
        if set(rule.gates) != places:
            raise PackWrong(f"{where}: field “gate” must be court for discovery and warrant_or_arrest for papers, as “where” says")
    if rule.type == "report" and not any(rule.says(name) for name in ("due", "every_months", "every_days", "once_on", "within_hours")):
        raise PackWrong(f"{where}: a report needs its time: due, every_months, every_days, once_on or within_hours")
    if rule.type == "retention":
        for things, days in (("keep", "keep_at_least_days"), ("delete", "delete_when")):
            if bool(rule.says(things)) != (rule.says(days) is not None):
                raise PackWrong(f"{where}: parameters “{things}” and “{days}” are given together")
    if rule.type == "purposes_without_offence" and "suspect" in rule.words("purposes"):
        raise PackWrong(f"{where}: a search for a suspect always needs its offence")


def _exempted(rules: list[Rule]) -> tuple[Rule, ...]:
    """Purposes that the pack says need no offence are not crossed with the pack's own list of offences."""
    free = {purpose for rule in rules if rule.type == "purposes_without_offence" for purpose in rule.words("purposes")}
    return tuple(_except(rule, free) if rule.type == "offence" and free else rule for rule in rules)


def _except(rule: Rule, purposes: set[str]) -> Rule:
    said = dict(rule.parameters)
    said["except_purposes"] = tuple(sorted(purposes | rule.words("except_purposes")))
    return replace(rule, parameters=tuple(sorted(said.items())))


def _period(said: dict[str, Any], where: str, *, begins: date | None) -> tuple[date, date | None]:
    first = _day(said, "effective_from", where) if "effective_from" in said or begins is None else begins
    last = _day(said, "effective_until", where) if "effective_until" in said else None
    if last is not None and last <= first:
        raise PackWrong(f"{where}: effective_until {last} is not after effective_from {first}")
    return first, last


def _day(said: dict[str, Any], name: str, where: str) -> date:
    value = said.get(name)
    if not _is_day(value):
        raise PackWrong(f"{where}: field “{name}” must be a day, YYYY-MM-DD")
    return _of_these_centuries(value, f"{where}: field “{name}”")


def _is_day(value: Any) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)


def _of_these_centuries(day: date, where: str) -> date:
    if not day_of_these_centuries(day):
        raise PackWrong(f"{where}: {day} is not {YEARS}")
    return day


def _known_fields(said: dict[str, Any], known: set[str], where: str) -> None:
    for name in sorted(set(said) - known):
        raise PackWrong(f"{where}: unknown field “{name}”; allowed are {', '.join(sorted(known))}")


def _text(said: dict[str, Any], name: str, *, where: str) -> None:
    if not isinstance(said.get(name), str) or not said[name].strip():
        raise PackWrong(f"{where}: field “{name}” must be a text")


def _one_of(said: dict[str, Any], name: str, allowed: tuple[str, ...], *, where: str) -> None:
    if said[name] not in allowed:
        raise PackWrong(f"{where}: field “{name}” is “{said[name]}”; allowed are {', '.join(allowed)}")
