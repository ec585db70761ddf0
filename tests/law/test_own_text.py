"""Each rule of each pack, from the pack's own text: one thing it allows and one it refuses. None is left out."""

import pytest

from cases.law.evaluate import Answer
from cases.law.schema import Rule
from cases.law.words import Gate
from tests.law.own_text import NOT_LAW, OWN_TEXT, PERMITS_ONLY
from tests.law.sound import PACKS, answer_of

RULES: dict[str, Rule] = {rule.key: rule for pack in PACKS.values() for rule in pack.rules}


def gate_of(name: str) -> Gate:
    key, _, gate = name.partition("@")
    return Gate(gate) if gate else RULES[key].gates[0]


def test_every_rule_of_every_pack_is_in_the_table():
    written = {name if "@" in name else f"{name}@{gate_of(name)}" for name in OWN_TEXT}
    there = {f"{rule.key}@{gate}" for rule in RULES.values() for gate in rule.gates if rule.key not in NOT_LAW}
    assert written == there


@pytest.mark.parametrize("name", OWN_TEXT)
def test_a_rule_allows_and_refuses_what_its_text_says(name):
    allows, refuses = OWN_TEXT[name]
    key, gate = name.split("@")[0], gate_of(name)

    allowed = answer_of(key, gate, **allows)
    assert allowed.answer is Answer.HOLDS, allowed
    if key not in PERMITS_ONLY:
        refused = answer_of(key, gate, **refuses)
        assert refused.answer is Answer.REFUSES, refused
        assert refused.because
        assert refused.saw
        assert (refused.sentence, refused.citation, refused.verify) == (RULES[key].sentence, RULES[key].citation, RULES[key].verify)


@pytest.mark.parametrize("key", NOT_LAW)
def test_a_bill_is_never_asked(key):
    answer = answer_of(key, RULES[key].gates[0])

    assert answer.answer is Answer.NOT_ASKED
    assert answer.because == ("It is not law: its status is bill.",)
