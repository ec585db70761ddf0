"""Duties that collide: reported, never settled by the program. A named person settles each in writing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cases.law.schema import Rule
from cases.law.words import CONTAINS


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two rules that cannot both be kept: the first demands what the second forbids."""

    id: str
    rules: tuple[str, str]
    sentence: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """Which of the two rules goes first, who said so, and where it is written."""

    conflict: str
    goes_first: str
    by: str
    in_writing: str


SOLE = ("no_arrest_on_the_face", "no_probable_cause_on_the_face", "no_positive_identification")
COLLIDE = frozenset({"tell_defence", *SOLE, "retention", "line_up", "audit"})


class SettlementWrong(ValueError):
    """A settlement that settles nothing: the message says what is missing."""


def conflicts_among(rules: Sequence[Rule]) -> tuple[Conflict, ...]:
    """Return every collision among rules that hold at the same time, in an order of their own."""
    can = [rule for rule in rules if rule.type in COLLIDE]
    found = {
        conflict.id: conflict
        for place, one in enumerate(can)
        for other in can[place + 1 :]
        if _meet(one, other)
        for conflict in (*_collisions(one, other), *_collisions(other, one))
    }
    return tuple(found[name] for name in sorted(found))


def settled(rules: Sequence[Rule], conflicts: Sequence[Conflict], settlements: Sequence[Settlement]) -> tuple[Rule, ...]:
    """Return the rules with what each settlement takes out of the rule that goes second. Raises SettlementWrong."""
    known = {conflict.id: conflict for conflict in conflicts}
    kept = {rule.key: rule for rule in rules}
    for settlement in sorted(settlements, key=lambda each: each.conflict):
        conflict = known.get(settlement.conflict)
        if conflict is None:
            raise SettlementWrong(f"there is no conflict “{settlement.conflict}” among these packs")
        if settlement.goes_first not in conflict.rules:
            raise SettlementWrong(f"“{settlement.goes_first}” is no side of {conflict.id}; its sides are {', '.join(conflict.rules)}")
        if not settlement.by.strip() or not settlement.in_writing.strip():
            raise SettlementWrong(f"{conflict.id}: a settlement names a person and a writing")
        second = next(key for key in conflict.rules if key != settlement.goes_first)
        note = f"{settlement.by} settled in {settlement.in_writing}: {settlement.goes_first} goes first."
        kept[second] = _goes_second(kept[second], conflict, note)
    return tuple(kept[rule.key] for rule in rules)


def _meet(one: Rule, other: Rule) -> bool:
    return max(one.effective_from, other.effective_from) < min(one.effective_until or date.max, other.effective_until or date.max)


def _collisions(one: Rule, other: Rule) -> Iterator[Conflict]:
    """Yield the collisions in which ``one`` demands what ``other`` forbids."""
    papers = one.words("where") & {"warrant_papers", "arrest_papers"}
    if one.type == "tell_defence" and papers and other.says("mode") == "none_may_cite":
        yield _conflict("papers", one, other, "one demands that the papers say the search was made; the other forbids naming it there")
    if one.type == other.type == "retention":
        shared = _kept(one) & other.words("delete")
        if shared and one.says("keep_at_least_days") > (other.says("delete_within_days") or 0):
            what = ", ".join(sorted(shared)).replace("_", " ")
            yield _conflict("retention", one, other, f"one demands that this be kept, the other that it be deleted sooner: {what}")
    if one.type == other.type == "line_up":
        for name, thing in (("search_picture", "the picture that the search returned"), ("fillers_from_search", "fillers from a search")):
            if one.says(name) == "allowed" and other.says(name) == "banned":
                yield _conflict(name, one, other, f"one lets a line-up use {thing}; the other does not")
    if one.type == other.type == "audit" and one.says("public_log") and other.says("confidential"):
        yield _conflict("log", one, other, "one opens the log of searches to the public; the other keeps it confidential")


def _kept(rule: Rule) -> frozenset[str]:
    return frozenset(part for thing in rule.words("keep") for part in CONTAINS.get(thing, frozenset({thing})))


def _conflict(kind: str, one: Rule, other: Rule, sentence: str) -> Conflict:
    return Conflict(f"{kind}:{one.key}:{other.key}", (one.key, other.key), f"{sentence[0].upper()}{sentence[1:]}.")


def _goes_second(rule: Rule, conflict: Conflict, note: str) -> Rule:
    """Return the rule without what collides; everything else it says stays."""
    said = dict(rule.parameters)
    kind, demands = conflict.id.split(":")[0], rule.key == conflict.rules[0]
    match kind, demands:
        case "papers", True:
            said["where"] = tuple(place for place in rule.says("where") if place == "discovery")
        case "papers", False:
            said["mode"] = "independent_and_sufficient_alone"  # the strictest that lets the papers name the search
        case "retention", True:
            said.pop("keep", None)
            said.pop("keep_at_least_days", None)
        case "retention", False:
            for name in ("delete", "delete_when", "delete_within_days"):
                said.pop(name, None)
        case "log", _:
            said.pop("public_log" if demands else "confidential", None)
        case _:
            said.pop(kind, None)
    return replace(rule, parameters=tuple(sorted(said.items())), set_aside=(*rule.set_aside, note))
