"""Two versions of the law side by side, in plain words: which rules come, go or change, and what the gate would read. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cases.law.compile import compiled
from cases.law.merge import Merged
from cases.law.schema import Rule


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule that is not the same in both. ``says``: each parameter that differs, as (name, before, after)."""

    how: str  # added, removed, changed
    rule: str
    sentence: str
    citation: str
    verify: bool
    says: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What would change. ``same``: how many rules stay as they are; ``enforced``: what the gate would read otherwise."""

    rules: tuple[RuleChange, ...]
    same: int
    enforced: tuple[tuple[str, str, str], ...]  # (what, before, after)


def compare(before: Merged | None, after: Merged, *, on: date) -> Compared:
    """Return the difference of two laws on one day; without a former one everything is added."""
    old = {rule.key: rule for rule in before.rules if rule.holds_on(on)} if before else {}
    new = {rule.key: rule for rule in after.rules if rule.holds_on(on)}
    changes = [_change("removed", old[key], old[key], None) for key in sorted(old.keys() - new.keys())]
    changes += [_change("added", new[key], None, new[key]) for key in sorted(new.keys() - old.keys())]
    both = sorted(old.keys() & new.keys())
    changes += [_change("changed", new[key], old[key], new[key]) for key in both if _said(old[key]) != _said(new[key])]
    return Compared(tuple(changes), sum(_said(old[key]) == _said(new[key]) for key in both), _enforced(before, after, on))


def _change(how: str, shown: Rule, old: Rule | None, new: Rule | None) -> RuleChange:
    before, after = (dict(rule.parameters) if rule else {} for rule in (old, new))
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    says = tuple((name.replace("_", " "), _spoken(before.get(name)), _spoken(after.get(name))) for name in names)
    return RuleChange(how, shown.key, shown.sentence, shown.citation, shown.verify, says)


def _said(rule: Rule) -> tuple[object, ...]:
    return (rule.sentence, rule.parameters, rule.gates, rule.citation, rule.verify, rule.effective_from, rule.effective_until)


def _enforced(before: Merged | None, after: Merged, on: date) -> tuple[tuple[str, str, str], ...]:
    tables: Mapping[str, tuple[Callable[[dict[str, Any]], str], Callable[[dict[str, Any]], str]]] = {
        "offences": (lambda row: f"offence {row['code']} {row['name']}", lambda _: "listed"),
        "statutes": (lambda row: f"offence {row['code']} under {row['statute']}", lambda _: "listed"),
        "numbers": (lambda row: row["name"].replace("_", " "), lambda row: str(row["value"])),
        "exculpatory": (lambda row: f"test: {row['name']}", lambda _: "to be made"),
    }
    found: list[tuple[str, str, str]] = []
    old, new = ({} if law is None else compiled([r for r in law.rules if r.holds_on(on)], law.offences) for law in (before, after))
    for table, (name, value) in tables.items():
        was, will = ({name(row): value(row) for row in rows.get(table, ())} for rows in (old, new))
        found += [
            (each, was.get(each, "none"), will.get(each, "none"))
            for each in sorted(was.keys() | will.keys())
            if was.get(each) != will.get(each)
        ]
    return tuple(found)


def _spoken(value: object) -> str:
    if value is None:
        return "nothing said"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(_spoken(each) for each in value)
    return str(value).replace("_", " ")
