"""What the law asks of a request is what its rules look at, and nothing else; and the quick answer is the full one."""

from dataclasses import replace
from datetime import date

import pytest

from cases.law.asks import asked_of_a_report, asked_of_a_request, conditions_asked
from cases.law.evaluate import FACTS, evaluate, refusals, refused_by
from cases.law.words import Gate
from tests.law.own_text import OWN_TEXT
from tests.law.sound import DAY, PACKS, SOUND, law


def asked(*packs: str, on: date = DAY) -> set[str]:
    return set(asked_of_a_request(law(*packs), on=on))


def test_no_law_asks_nothing_and_the_default_asks_for_the_purpose_alone():
    assert asked_of_a_request(None, on=DAY) == {}
    assert asked("nlc-2021") == {"purpose"}


def test_each_question_comes_with_the_citation_of_a_rule_that_asks_it():
    found = asked_of_a_request(law("nlc-2021", "us-mi-detroit-307-5"), on=DAY)

    assert set(found) == {"purpose", "channel", "suspicion", "grounds", "protected_activity", "uses"}
    assert found["uses"] == next(rule.citation for rule in PACKS["us-mi-detroit-307-5"].rules if rule.id == "forbidden")


def test_a_bill_and_a_law_that_has_not_begun_ask_nothing():
    assert asked("us-ma-bills") == set()
    assert asked("us-mt", on=date(2020, 1, 1)) == set()


def test_a_law_on_live_searches_alone_asks_nothing_of_a_desktop_search():
    assert "authority" not in asked("uk-live")
    assert conditions_asked(law("nlc-2021"), on=DAY) == frozenset()


def test_the_report_is_asked_for_what_some_offence_rule_reads():
    assert asked_of_a_report(law("nlc-2021"), on=DAY) == frozenset()
    every = {question for pack in PACKS.values() if pack.rules for question in asked_of_a_report(law(pack.id), on=DAY)}
    assert every == {"classes", "penalty_years", "equivalent", "open_clause"}


@pytest.mark.parametrize("gate", Gate)
def test_the_quick_answer_is_the_full_one(gate):
    """Over every pack, with the sound facts, with none, and with what each rule's own text changes."""
    everything = law(*(pack.id for pack in PACKS.values() if pack.rules))
    plain = SOUND[gate]
    empty = FACTS[gate](**{name: getattr(plain, name) for name in ("on", "act") if hasattr(plain, name)})
    changed = []
    for name, pair in OWN_TEXT.items():
        for changes in pair:
            if set(changes) <= set(FACTS[gate].__dataclass_fields__) and name.split("@")[0] in {r.key for r in everything.rules_at(gate)}:
                changed.append(replace(plain, **changes))

    for facts in (plain, empty, *changed):
        full = refusals(evaluate(everything, gate=gate, facts=facts))
        assert refused_by(everything, gate=gate, facts=facts) == tuple(answer.rule for answer in full)
