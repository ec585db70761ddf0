"""Two versions side by side: what comes, goes or changes, in plain words, with the mark of what is to be verified."""

from dataclasses import replace

from cases.law.compare import compare
from cases.law.merge import merge
from tests.law.sound import DAY, PACKS

NLC = PACKS["nlc-2021"]


def with_rule(rule_id, **changes):
    rules = tuple(replace(rule, **changes) if rule.id == rule_id else rule for rule in NLC.rules)
    return merge([replace(NLC, rules=rules, digest="1" * 64)])


def test_the_same_law_differs_in_nothing():
    same = compare(merge([NLC]), merge([NLC]), on=DAY)

    assert (same.rules, same.enforced, same.same) == ((), (), len(NLC.rules))


def test_a_layer_more_adds_its_rules_and_what_it_takes_from_the_list():
    found = compare(merge([NLC]), merge([NLC, PACKS["us-mi-detroit-307-5"]]), on=DAY)

    assert {change.how for change in found.rules} == {"added"}
    assert {change.rule for change in found.rules} == {rule.key for rule in PACKS["us-mi-detroit-307-5"].rules}
    assert ("offence 200 Arson", "listed", "none") in found.enforced
    assert any(change.verify for change in found.rules)


def test_the_other_way_round_takes_them_away():
    there, back = merge([NLC]), merge([NLC, PACKS["us-md-2024"]])

    assert [c.rule for c in compare(back, there, on=DAY).rules] == [c.rule for c in compare(there, back, on=DAY).rules]
    assert {c.how for c in compare(back, there, on=DAY).rules} == {"removed"}
    assert {(w, a, b) for w, b, a in compare(back, there, on=DAY).enforced} == set(compare(there, back, on=DAY).enforced)


def test_a_changed_rule_says_each_parameter_before_and_after():
    sole = next(rule for rule in NLC.rules if rule.id == "not-sole-basis")
    said = tuple((name, 2 if name == "items" else value) for name, value in sole.parameters)

    (change,) = (found := compare(merge([NLC]), with_rule("not-sole-basis", parameters=said), on=DAY)).rules

    assert (change.how, change.rule, change.says) == ("changed", "nlc-2021/not-sole-basis", (("items", "1", "2"),))
    assert ("items that stand apart", "1", "2") in found.enforced


def test_a_changed_sentence_or_mark_is_a_change_though_the_gate_reads_the_same():
    found = compare(merge([NLC]), with_rule("vote", sentence="The council votes.", verify=True), on=DAY)

    assert [(c.how, c.sentence, c.verify, c.says) for c in found.rules] == [("changed", "The council votes.", True, ())]
    assert found.enforced == ()


def test_without_a_former_law_everything_is_added():
    found = compare(None, merge([NLC]), on=DAY)

    assert {change.how for change in found.rules} == {"added"}
    assert ("reviewers", "none", "2") in found.enforced
