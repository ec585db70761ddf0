"""What holds for any packs and any facts: layers only shut, order means nothing, asking changes nothing, rows agree with rules."""

from dataclasses import fields, replace
from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cases.law.compile import allows_code
from cases.law.conflicts import Settlement
from cases.law.evaluate import CHECKS, FACTS, Answer, evaluate, refusals
from cases.law.merge import merge
from cases.law.obligations import Standing, days_due, next_due, obligations_in, standing
from cases.law.offences import offence_list
from cases.law.schema import BY_NAME
from cases.law.words import Gate
from tests.law.own_text import OWN_TEXT, PERMITS_ONLY
from tests.law.sound import DAY, LATER, PACKS, SOUND, asked, law
from tests.law.test_own_text import gate_of

NAMES = sorted(PACKS)
some_packs = st.lists(st.sampled_from(NAMES), min_size=1, max_size=5, unique=True)
days = st.sampled_from([date(2020, 1, 1), date(2024, 6, 1), DAY, date(2026, 7, 2), LATER])


def known_at(gate: Gate) -> list[str]:
    return [field.name for field in fields(FACTS[gate]) if field.name not in ("on", "act")]


@st.composite
def situations(draw: st.DrawFn) -> tuple[Gate, dict[str, object]]:
    """A gate with sound facts of which some were changed as in the packs' own texts, and some are not known."""
    gate = draw(st.sampled_from(list(Gate)))
    changed: dict[str, object] = {}
    for name in draw(st.lists(st.sampled_from([n for n in OWN_TEXT if gate_of(n) is gate]), max_size=3)):
        changed.update(draw(st.sampled_from(OWN_TEXT[name])))
    for name in draw(st.lists(st.sampled_from(known_at(gate)), max_size=3)):
        changed[name] = None
    changed["on"] = draw(days)
    return gate, changed


@given(some_packs, some_packs, situations())
@settings(max_examples=400, deadline=None)
def test_a_layer_more_never_opens_what_was_shut(first, more, situation):
    gate, changed = situation
    before = refusals(asked(law(*first), gate, **changed))
    after = refusals(asked(law(*{*first, *more}), gate, **changed))

    assert {answer.rule for answer in before} <= {answer.rule for answer in after}


@given(some_packs, st.randoms(use_true_random=False), situations())
@settings(max_examples=150, deadline=None)
def test_the_order_and_the_number_of_times_mean_nothing(names, chance, situation):
    gate, changed = situation
    shuffled = [*names, names[0]]
    chance.shuffle(shuffled)
    merged, other = law(*names), law(*shuffled)

    assert merged == other
    assert merged.digest == other.digest
    assert asked(merged, gate, **changed) == asked(other, gate, **changed)
    if not merged.open_conflicts:
        assert merged.compiled(on=DAY) == other.compiled(on=DAY)


@given(some_packs, st.randoms(use_true_random=False), st.data())
@settings(max_examples=100, deadline=None)
def test_settling_everything_in_any_order_comes_to_the_same(names, chance, data):
    conflicts = law(*names).conflicts
    settlements = [
        Settlement(conflict.id, data.draw(st.sampled_from(conflict.rules)), by="Counsel", in_writing="letter") for conflict in conflicts
    ]
    merged = law(*names, settlements=settlements)
    chance.shuffle(settlements)

    assert merged == law(*names, settlements=settlements)
    assert merged.open_conflicts == ()
    assert merged.compiled(on=DAY)["numbers"]


@given(some_packs, situations())
@settings(max_examples=100, deadline=None)
def test_asking_twice_answers_the_same_and_changes_nothing(names, situation):
    gate, changed = situation
    merged, facts = law(*names), replace(SOUND[gate], **changed)
    first = evaluate(merged, gate=gate, facts=facts)

    assert evaluate(merged, gate=gate, facts=facts) == first
    assert merged == law(*names)
    assert facts == replace(SOUND[gate], **changed)
    assert all(answer.because for answer in first if answer.answer is not Answer.HOLDS)


ON_THE_ACT_ALONE = {rule.key for pack in PACKS.values() for rule in pack.rules if rule.type == "court_use"}


def test_what_nobody_knows_opens_nothing_that_is_asked():
    opened = {
        answer.rule
        for gate in Gate
        for on in (DAY, LATER)
        for answer in asked(merge(list(PACKS.values())), gate, **{**dict.fromkeys(known_at(gate)), "on": on})
        if answer.answer is Answer.HOLDS
    }

    assert opened <= set(PERMITS_ONLY) | ON_THE_ACT_ALONE


@given(some_packs)
@settings(max_examples=100, deadline=None)
def test_the_rows_list_a_code_exactly_if_every_list_of_offences_allows_it(names):
    merged = law(*names)
    if merged.open_conflicts:
        merged = law(*names, settlements=[Settlement(c.id, c.rules[0], by="Counsel", in_writing="letter") for c in merged.conflicts])
    rows = {row["code"] for row in merged.compiled(on=DAY)["offences"]}
    lists = {rule.key for rule in merged.rules_at(Gate.INTAKE) if rule.type == "offence" and not rule.says("only_channels")}
    for code, _ in offence_list().names:
        answers = asked(merged, Gate.INTAKE, code=code, classes=frozenset({"felony"}), penalty_years=10)
        refused = {answer.rule for answer in refusals(answers)} & lists
        assert (code in rows) is not bool(refused), (code, refused)


def test_a_code_stands_alone_only_if_the_rule_says_so():
    rule = next(rule for rule in PACKS["us-md-2024"].rules if rule.id == "offence")

    assert allows_code(rule, "120")
    assert not allows_code(rule, "520")


def test_every_rule_type_has_its_question():
    assert set(CHECKS) == set(BY_NAME)


@given(
    st.sampled_from([each for pack in PACKS.values() for each in obligations_in(pack.rules)]),
    st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    st.integers(0, 5),
)
@settings(max_examples=200, deadline=None)
def test_an_obligation_is_overdue_the_day_after_and_rings_before(obligation, started, kept):
    due = days_due(obligation, started=started, until=date(2035, 1, 1))
    met = frozenset(due[:kept])
    if not due:
        assert standing(obligation, started=started, met=frozenset(), on=date(2035, 1, 1)) is Standing.MET
        return
    assume(len(due) > kept)
    day = due[kept]

    assert list(due) == sorted(set(due))
    assert next_due(obligation, started=started, met=met) == day
    assert standing(obligation, started=started, met=met, on=day + timedelta(days=1)) is Standing.OVERDUE
    assert standing(obligation, started=started, met=met, on=day) is Standing.ALARM
    assert standing(obligation, started=started, met=met, on=day - timedelta(days=obligation.alarm_days + 1)) is Standing.AHEAD


def test_a_merge_of_every_pack_stands():
    merged = merge(list(PACKS.values()))

    assert len(merged.layers) == len(PACKS)
    assert len(merged.rules) == sum(len(pack.rules) for pack in PACKS.values())
