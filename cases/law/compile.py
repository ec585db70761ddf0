"""Compiles rules to the rows that the SQL gate reads, above the floor that no policy lowers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from cases.law.obligations import obligations_in
from cases.law.offences import OffenceList
from cases.law.schema import SCOPE, Kind, Merge, Rule
from cases.law.words import PICTURES

HOUSE_FLOOR = "House floor: no policy lowers it"
NUMBERS: dict[str, tuple[tuple[str, ...], str, Callable[[Sequence[int]], int], int | None]] = {
    # name -> rule types, their parameter, what several come to, the floor that stands where no rule speaks
    "reviewers": (("human_review",), "reviewers", max, 2),
    "items_that_stand_apart": (
        ("no_arrest_on_the_face", "no_probable_cause_on_the_face", "no_positive_identification"),
        "items",
        max,
        1,
    ),
    "candidates_at_most": (("human_review",), "candidates_at_most", min, None),
    "look_seconds": (("human_review",), "look_seconds", max, None),
    "break_after_minutes": (("human_review",), "break_after_minutes", min, None),
    "turn_hours": (("human_review",), "turn_hours", min, None),
    "hold_hours": (("human_review",), "hold_hours", min, None),
    "turns_a_day": (("human_review",), "turns_a_day", min, None),
    "non_mates": (("human_review",), "non_mates", max, None),
    "reexamined_one_in": (("human_review",), "reexamined_one_in", min, None),
    "limited_probe_accepted": (("probe_kind",), "limited_accepted", min, None),
    "hours_to_act": (("time_to_act",), "hours", min, None),
    "hours_to_recheck": (("custody_recheck",), "hours", min, None),
    "days_to_close": (("retention",), "close_after_days", min, None),
    "days_to_keep": (("retention",), "destroy_after_days", min, None),
}


def compiled(rules: Sequence[Rule], offences: OffenceList) -> dict[str, Any]:
    """Return the rows by table: offences, statutes, numbers, exculpatory, flags, periods and obligations. Plain JSON values.

    A code stands under ``offences`` if every list of offences allows it alone; a code that is allowed only together with a
    statute stands under ``statutes``, never under ``offences``: so the database shuts what it cannot tell apart.
    """
    ordered = sorted(rules, key=lambda rule: rule.key)
    return {
        "offences": _offences(ordered, offences),
        "statutes": _statutes(ordered, offences),
        "numbers": [row for name in NUMBERS if (row := _number(name, ordered)) is not None],
        "exculpatory": _exculpatory(ordered),
        "flags": _flags(ordered),
        "periods": [row for rule in ordered if rule.type == "retention" for row in _periods(rule)],
        "obligations": [_plain(asdict(each)) for each in obligations_in(ordered)],
    }


def allows_code(rule: Rule, code: str) -> bool:
    """Whether a rule on offences allows this code by itself, leaving to its gate what a code does not say (class, penalty)."""
    open_ended = bool(rule.says("classes") or rule.says("any_named_offence"))
    open_ended |= bool(rule.says("penalty_years_at_least") and not rule.says("penalty_needed_besides"))
    return open_ended or code in rule.words("codes")


def offence_lists(rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules that list offences for every channel: a list for live searches alone does not narrow the others."""
    return [rule for rule in rules if rule.type == "offence" and not rule.says("only_channels") and not rule.says("only_purposes")]


def _offences(rules: Sequence[Rule], offences: OffenceList) -> list[dict[str, str]]:
    lists = offence_lists(rules)
    citation = "; ".join(rule.citation for rule in lists) or "No pack lists offences"
    return [{"code": c, "name": name, "citation": citation} for c, name in offences.names if all(allows_code(r, c) for r in lists)]


def _statutes(rules: Sequence[Rule], offences: OffenceList) -> list[dict[str, str]]:
    lists = offence_lists(rules)
    return [
        {"statute": cite, "code": code, "citation": "; ".join(rule.citation for rule in lists)}
        for cite, codes in offences.statutes
        for code in codes
        if all(cite in rule.words("statutes") or allows_code(rule, code) for rule in lists)
        and any(cite in rule.words("statutes") and not allows_code(rule, code) for rule in lists)
    ]


def _number(name: str, rules: Sequence[Rule]) -> dict[str, Any] | None:
    types, parameter, join, floor = NUMBERS[name]
    speaking = [rule for rule in rules if rule.type in types and rule.says(parameter) is not None]
    if not speaking:
        return None if floor is None else {"name": name, "value": floor, "citation": HOUSE_FLOOR, "rule": "house/floor"}
    value = join([rule.says(parameter) for rule in speaking])
    decides = next(rule for rule in speaking if rule.says(parameter) == value)
    return {"name": name, "value": value, "citation": decides.citation, "rule": decides.key}


def _exculpatory(rules: Sequence[Rule]) -> list[dict[str, str]]:
    tests: dict[str, dict[str, str]] = {}
    for rule in rules:
        for code, name in rule.says("tests") or ():
            tests.setdefault(code, {"code": code, "name": name, "citation": rule.citation})
    return [tests[code] for code in sorted(tests)]


def _flags(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    """One row for each yes-or-no and each choice, joined over the rules of the same reach."""
    said: dict[tuple[str, str], list[tuple[Rule, bool | str]]] = {}
    for rule in rules:
        reach = ",".join(f"{name}={'|'.join(rule.says(name))}" for name in SCOPE if rule.says(name))
        for name, parameter in rule.kind.parameters.items():
            value = rule.says(name)
            if value is not None and parameter.kind in (Kind.FLAG, Kind.WORD) and name not in ("owner", "delete_when"):
                said.setdefault((f"{rule.type}.{name}", reach), []).append((rule, value))
    rows = []
    for (name, reach), spoken in sorted(said.items(), key=lambda each: each[0]):
        parameter = spoken[0][0].kind.parameters[name.split(".")[1]]
        values = [value for _, value in spoken]
        value = _joined(values, parameter.merge, parameter.allowed)
        decides = next(rule for rule, its in spoken if its == value)
        rows.append({"name": name, "value": value, "reach": reach, "citation": decides.citation, "rule": decides.key})
    return rows


def _periods(rule: Rule) -> Iterator[dict[str, Any]]:
    """Yield how long the rule wants the pictures of a case kept, and when it wants them gone. What it says of other things stays its own."""
    scope = {name: None if (said := rule.says(name)) is None else list(said) for name in SCOPE}
    same = {"rule": rule.key, "citation": rule.citation, **scope}
    if rule.words("keep") & PICTURES:
        yield {**same, "wants": "kept", "since": "received", "outcome": "always", "days": rule.says("keep_at_least_days")}
    if rule.words("delete") & PICTURES:
        within = rule.says("delete_within_days") or 0
        yield {**same, "wants": "gone", "since": "received", "outcome": rule.says("delete_when"), "days": within}
    if rule.says("destroy_after_days") is not None:
        yield {**same, "wants": "gone", "since": "closed", "outcome": "always", "days": rule.says("destroy_after_days")}


def _joined(values: list[bool | str], merge: Merge, order: tuple[str, ...]) -> bool | str:
    if merge is Merge.STRICTEST:
        return max(values, key=lambda value: order.index(str(value)))
    return all(values) if merge is Merge.IF_ALL else any(values)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
        for name, value in row.items()
    }
