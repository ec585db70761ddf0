"""Scenarios of a file as questions. What a scenario does not mention is on file and in order, so it is taken as the law asks it. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cases.law import facts as f
from cases.law import words
from cases.law.merge import Merged
from cases.law.words import Gate
from review import law_facts
from review.backtest.asked import Question
from review.replay.scenario import PROBE_REF, Scenario, ScenarioItem
from review.rules.graph import PROBE, Item, Taint, independent, weigh
from review.rules.kinds import KINDS, Kind, Trait

CLEARS = "tested_excludes"


def questions(scenario: Scenario, *, law: Merged | None, draft: Merged, at: datetime) -> Iterator[Question]:
    """Yield what both laws are asked of a scenario: report of crime, probe, review, and the legal act that was attempted."""
    event: dict[str, Any] = {"on": at.date(), "purpose": "suspect", "channel": "desktop"}
    yield Question(scenario.id, Gate.INTAKE, "", at, _intake(scenario, event, at), law)
    yield Question(scenario.id, Gate.PROBE_CHECK, "", at, _probe(scenario, event), law)
    yield Question(scenario.id, Gate.REVIEW, "", at, _review(scenario, event), law)
    if scenario.action in law_facts.LEGAL_ACTS and scenario.action is not None:
        yield Question(
            scenario.id, Gate.WARRANT_OR_ARREST, scenario.action, at, _act(scenario, scenario.action, (law, draft), event, at), law
        )


def _in_order(at: datetime, *people: str) -> dict[str, Any]:
    courses = tuple(f.Trained(person=person, course=course, passed_on=at.date()) for person in people for course in words.COURSES)
    return {"people": people, "courses": courses}


def _allowed(at: datetime) -> dict[str, Any]:
    return {
        "at": at,
        "authority": "warrant",
        "authority_granted_at": at,
        "exigent": False,
        "authority_refused": False,
        "sign_offs": tuple((f"officer {number}", words.RANKS[-1]) for number in (1, 2)),
    }


def _intake(scenario: Scenario, event: dict[str, Any], at: datetime) -> f.IntakeFacts:
    return f.IntakeFacts(
        **event,
        **_in_order(at, "whoever asked"),
        **_allowed(at),
        code=scenario.offence_code,
        attempt=False,
        out_of_state=False,
        decided_from_report=True,
        suspicion=words.STANDARDS[-1],
        grounds=frozenset(words.GROUNDS),
        bases=frozenset({"probable_cause"}),
        protected_activity=False,
        records_protected_activity=False,
        uses=frozenset(),
        request_fields=frozenset(words.REQUEST_FIELDS),
    )


def _probe(scenario: Scenario, event: dict[str, Any]) -> f.ProbeFacts:
    return f.ProbeFacts(
        **event,
        kind="still_from_video",
        quality_recorded=not scenario.quality_unknown,
        source_recorded=True,
        grade=scenario.grade,
        edits=(),
        original_kept=True,
        target_chosen=True,
        others_analysed=False,
        enrolled=False,
        minor=False,
        sealed=False,
    )


def _review(scenario: Scenario, event: dict[str, Any]) -> f.ReviewFacts:
    people = tuple(f"reviewer {number}" for number in range(1, scenario.reviewers + 1))
    courses = tuple(f.Trained(person=person, course=course, passed_on=event["on"]) for person in people for course in words.COURSES)
    return f.ReviewFacts(
        **event,
        people=people,
        courses=courses,
        requester="whoever asked",
        operator="the analyst",
        investigator="whoever asked",
        blind=scenario.blind,
        all_viewed=True,
        candidates=10,
        supervisor_approved=True,
        disagreement=not scenario.supports,
        may_change_decision=True,
    )


def _act(
    scenario: Scenario, action: str, laws: tuple[Merged | None, Merged], event: dict[str, Any], at: datetime
) -> f.WarrantOrArrestFacts:
    weighed = weigh(_item(each) for each in scenario.items)
    mine = [weighed[each.id] for each in scenario.items if each.incriminating]
    apart = len(independent(weighed))
    untold = scenario.omissions > 0
    told = frozenset((place, item) for place in words.PLACES for item in words.DISCLOSED if not untold)
    rules = [rule for law in laws if law is not None for rule in law.rules_at(Gate.WARRANT_OR_ARREST)]
    listed = frozenset(code for rule in rules for code, _ in rule.says("tests") or ())
    open_items = any(not each.incriminating and each.closed_as in (None, CLEARS) for each in scenario.items)
    return f.WarrantOrArrestFacts(
        **event,
        **_allowed(at),
        act=law_facts.LEGAL_ACTS[action],
        other_items=sum(not each.taints & {Taint.ROOT, Taint.T1} for each in mine),
        line_ups_from_result=sum(each.kind == "photo_lineup_identification" for each in scenario.items),
        independent_items=apart,
        independent_reliable_linking=apart > 0,
        independent_and_sufficient=apart > 0,
        papers_cite_result=True,
        told=told,
        search_used=True,
        tests_closed=frozenset() if open_items else listed,
        hours_since_signed=0,
        hours_in_custody=0,
        recheck_made=False,
    )


def _item(item: ScenarioItem) -> Item:
    kind = KINDS[item.kind]
    traits = frozenset(kind.traits) | {Trait.JUDGEMENT} if item.judgement else frozenset(kind.traits) - {Trait.JUDGEMENT}
    return Item(
        item.id,
        Kind(kind.name, kind.channel, traits),
        item.source_named,
        item.discriminates,
        item.links_to,
        item.incriminating,
        tuple((edge, PROBE if to == PROBE_REF else to) for edge, to in item.edges),
        fixed_before=item.fixed_before,
        exposure_written_down=item.exposure_written_down,
    )
