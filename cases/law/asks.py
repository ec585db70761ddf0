"""What the law in force asks of a request besides offence and purpose, so that a person is asked nothing else. Pure."""

from datetime import date

from cases.law import words
from cases.law.merge import Merged
from cases.law.schema import Rule
from cases.law.words import Gate

AT = (Gate.INTAKE, Gate.BEFORE_SEARCH, Gate.PROBE_CHECK)
HERE = frozenset({"desktop", "mobile", "stored_video"})  # the ways of searching that this house offers; it has no live search
SHOWN_BY_THE_FILE = frozenset({"warrant", "exigency", "develop_leads", "probable_cause", "written_policy", "victim_or_missing_person"})
STATED_GROUNDS = frozenset({"necessity", "proportionality", "search_relevant"})  # the other grounds are read from the request


def asked_of_a_request(law: Merged | None, *, on: date, track: str | None = None) -> dict[str, str]:
    """Return each question with the citation of the first rule that asks it. Without a law nothing is asked, and nothing opens.

    ``track``: once it is known, the exact purpose is asked only where the law tells the purposes of that track apart.
    """
    asked: dict[str, str] = {}
    for gate in AT if law else ():
        for rule in law.rules_at(gate) if law else ():
            if rule.status not in ("bill", "deferred") and rule.holds_on(on) and _speaks_of_our_ways(rule):
                for question in _questions(rule) | ({"purpose"} if _tells_apart(rule, track) else frozenset()):
                    asked.setdefault(question, rule.citation)
    return asked


def conditions_asked(law: Merged | None, *, on: date) -> frozenset[str]:
    """Return the conditions of a search that somebody has to state, because the file does not show them."""
    rules = law.rules_at(Gate.BEFORE_SEARCH) if law else ()
    said = (rule.words("unless") | rule.words("and_also") for rule in rules if rule.holds_on(on) and "conditions" in _questions(rule))
    return frozenset().union(*said) - SHOWN_BY_THE_FILE


def _speaks_of_our_ways(rule: Rule) -> bool:
    only = rule.words("only_channels")
    return not only or bool(only & HERE)


def _tells_apart(rule: Rule, track: str | None) -> bool:
    """Whether a rule speaks of some purposes of a track off the suspect's, and not of others of the same track."""
    for each in {track} if track else set(words.PURPOSES.values()):
        purposes = frozenset(name for name in words.OFF_THE_SUSPECT_TRACK if words.PURPOSES[name] == each)
        for name in ("purposes", "only_purposes", "except_purposes"):
            listed = rule.words(name) & purposes
            if listed and listed != purposes:
                return True
    return False


def _questions(rule: Rule) -> frozenset[str]:
    match rule.type:
        case "suspicion":
            return _of_suspicion(rule)
        case "forbidden_use":
            return frozenset({"uses"})
        case "protected_activity":
            return frozenset(
                ({"protected_activity"} if rule.says("unless") else set()) | ({"records"} if rule.says("no_record") else set())
            )
        case "authority":
            clock = rule.says("exigent_hours") or rule.says("exigent_allowed")
            return frozenset(({"authority"} if rule.says("kinds") else set()) | ({"exigency"} if clock else set()))
        case "channel":
            return _of_channel(rule)
        case "target_face":
            return frozenset(name for name, said in (("minor", "minors_excluded"), ("sealed", "sealed_excluded")) if rule.says(said))
    return frozenset()


def _of_suspicion(rule: Rule) -> frozenset[str]:
    asked = {"suspicion"} if rule.says("standard") else set()
    asked |= {"bases"} if rule.says("or_else") else set()
    return frozenset(asked | ({"grounds"} if rule.words("grounds") & STATED_GROUNDS else set()))


def _of_channel(rule: Rule) -> frozenset[str]:
    allowed = rule.says("allowed")
    shut = HERE & (
        rule.words("banned") | rule.words("limited") | (frozenset(words.CHANNELS) - set(allowed) if allowed is not None else set())
    )
    asked = {"channel"} if shut else set()
    needed = rule.words("unless") | rule.words("and_also")
    if rule.words("limited") & HERE:
        asked |= {"authority"} if "warrant" in needed else set()
        asked |= {"exigency"} if "exigency" in needed else set()
        asked |= {"suspicion"} if "probable_cause" in needed else set()
        asked |= {"conditions"} if needed - SHOWN_BY_THE_FILE else set()
    return frozenset(asked)


def asked_of_a_report(law: Merged | None, *, on: date) -> frozenset[str]:
    """Return what the law asks of the report of crime besides code and statute, and besides attempt and another state, which it always asks."""
    asked: set[str] = set()
    for rule in law.rules_at(Gate.INTAKE) if law else ():
        if rule.type != "offence" or not rule.holds_on(on) or not _speaks_of_our_ways(rule):
            continue
        for question, parameter in (
            ("classes", "classes"),
            ("penalty_years", "penalty_years_at_least"),
            ("equivalent", "equivalents"),
            ("open_clause", "open_clause"),
        ):
            asked |= {question} if rule.says(parameter) else set()
    return frozenset(asked)
