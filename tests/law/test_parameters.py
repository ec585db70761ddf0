"""What a pack may say though no shipped pack says it yet; no parameter of the schema is left without a test."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from cases.law.compile import compiled
from cases.law.evaluate import Answer
from cases.law.load import PackWrong, load_pack
from cases.law.merge import Merged, merge
from cases.law.obligations import deadline, obligations_in
from cases.law.offences import offence_list
from cases.law.schema import BY_NAME, DUTY, SCOPE, Rule
from cases.law.words import Gate
from tests.law.own_text import NOT_LAW, less
from tests.law.sound import DAY, PACKS, POLICIES, asked

OF_A_DUTY = {"within_hours", "alarm_days"}
TELL = {"items": ("search_used",), "where": ("discovery",)}
SOLE = {"acts": ("arrest",), "mode": "any_other_evidence"}
NOT_SHIPPED: list[tuple[str, str, dict[str, Any], Gate, dict[str, Any], dict[str, Any]]] = [
    # type, the parameter, what the rule says, its gate, what it allows, what it refuses
    *(
        (
            type_,
            "line_up_counts",
            {**SOLE, "line_up_counts": True},
            Gate.WARRANT_OR_ARREST,
            {"other_items": 0, "line_ups_from_result": 1},
            {"other_items": 0, "line_ups_from_result": 0},
        )
        for type_ in ("no_arrest_on_the_face", "no_probable_cause_on_the_face", "no_positive_identification")
    ),
    (
        "no_positive_identification",
        "items",
        {**SOLE, "items": 2},
        Gate.WARRANT_OR_ARREST,
        {"independent_items": 2},
        {"independent_items": 1},
    ),
    ("target_face", "minors_excluded", {"minors_excluded": True}, Gate.PROBE_CHECK, {}, {"minor": None}),
    ("target_face", "sealed_excluded", {"sealed_excluded": True}, Gate.PROBE_CHECK, {}, {"sealed": True}),
    ("gallery", "named", {"named": True}, Gate.GALLERY_CHECK, {}, {"named": False}),
    (
        "gallery",
        "scrubbed_every_months",
        {"scrubbed_every_months": 6},
        Gate.GALLERY_CHECK,
        {"scrubbed_on": date(2025, 7, 16)},
        {"scrubbed_on": date(2025, 7, 15)},
    ),
    ("channel", "allowed", {"allowed": ("desktop",)}, Gate.BEFORE_SEARCH, {}, {"channel": "mobile"}),
    (
        "tell_prosecutor",
        "on_showing",
        {**TELL, "on_showing": ("source_code",)},
        Gate.COURT,
        less("told_prosecutor", "source_code"),
        less("told_prosecutor", "source_code", showing_made=frozenset({"source_code"})),
    ),
    ("tell_prosecutor", "before_trial", {**TELL, "before_trial": True}, Gate.COURT, {}, {"trial_on": DAY}),
    (
        "tell_prosecutor",
        "even_if_unused",
        {**TELL, "even_if_unused": True},
        Gate.COURT,
        {"offered_at_trial": False},
        less("told_prosecutor", "search_used", offered_at_trial=False),
    ),
    (
        "lead_wording",
        "past_no_results_attached",
        {"past_no_results_attached": True},
        Gate.LEAD_RELEASE,
        {},
        {"past_no_results_attached": False},
    ),
    ("retention", "close_after_days", {"close_after_days": 30}, Gate.CLOSE, {"ended_days": 30}, {"ended_days": 31}),
    (
        "retention",
        "destroy_after_days",
        {"destroy_after_days": 90},
        Gate.CLOSE,
        {"held": frozenset({"probe_image"}), "closed_days": 90},
        {"held": frozenset({"probe_image"}), "closed_days": 91},
    ),
    ("probe_kind", "limited_accepted", {"limited_accepted": 0}, Gate.PROBE_CHECK, {"grade": "fit"}, {"grade": "limited"}),
]


def law_of(type_: str, **says: Any) -> Merged:
    pack = PACKS["nlc-2021"]
    rule = replace(pack.rules[0], id="made-up", type=type_, gates=BY_NAME[type_].gates, parameters=tuple(sorted(says.items())))
    return merge([replace(pack, rules=(rule,))])


@pytest.mark.parametrize(
    ("type_", "parameter", "says", "gate", "allows", "refuses"), NOT_SHIPPED, ids=lambda v: v if isinstance(v, str) else ""
)
def test_a_parameter_that_no_pack_uses_yet_allows_and_refuses(type_, parameter, says, gate, allows, refuses):
    assert parameter in says
    assert [answer.answer for answer in asked(law_of(type_, **says), gate, **allows)] == [Answer.HOLDS]
    assert [answer.answer for answer in asked(law_of(type_, **says), gate, **refuses)] == [Answer.REFUSES]


KEPT_BY_THE_HOUSE = [  # the number that the database reads, the parameter of human_review that sets it, and which of two holds
    ("look_seconds", "look_seconds", (5, 8), 8),
    ("break_after_minutes", "break_after_minutes", (50, 40), 40),
    ("turn_hours", "turn_hours", (8, 4), 4),
    ("hold_hours", "hold_hours", (16, 12), 12),
    ("turns_a_day", "turns_a_day", (40, 20), 20),
    ("non_mates", "non_mates", (4, 10), 10),
    ("reexamined_one_in", "reexamined_one_in", (50, 10), 10),
]


@pytest.mark.parametrize(("number", "parameter", "said", "holds"), KEPT_BY_THE_HOUSE, ids=lambda v: v if isinstance(v, str) else "")
def test_a_number_that_the_house_keeps_is_set_by_a_pack_and_of_two_the_stricter_holds(number, parameter, said, holds):
    rules = [replace(law_of("human_review", **{parameter: value}).rules[0], id=f"made-up-{value}") for value in said]

    def numbers(*among: Rule) -> dict[str, tuple[int, str]]:
        return {row["name"]: (row["value"], row["rule"]) for row in compiled(among, offence_list())["numbers"]}

    assert number not in numbers()
    assert [numbers(rule)[number][0] for rule in rules] == list(said)
    assert numbers(*rules)[number] == (holds, f"nlc-2021/made-up-{holds}")


@pytest.mark.parametrize("parameter", [parameter for _, parameter, _, _ in KEPT_BY_THE_HOUSE])
def test_a_number_that_the_house_keeps_has_its_bounds(parameter, tmp_path):
    known = BY_NAME["human_review"].parameters[parameter]
    text = (POLICIES / "nlc-2021.toml").read_text(encoding="utf-8")
    said = "reviewers = 2"
    assert said in text

    for outside in (known.floor - 1, (known.ceiling or 0) + 1):
        path = tmp_path / "nlc-2021.toml"
        path.write_text(text.replace(said, f"{said}\n{parameter} = {outside}", 1), encoding="utf-8")
        with pytest.raises(PackWrong, match=parameter):
            load_pack(path)


def test_no_parameter_of_the_schema_is_without_a_test():
    shipped = {
        (rule.type, name) for pack in PACKS.values() for rule in pack.rules if rule.key not in NOT_LAW for name, _ in rule.parameters
    }
    here = {(type_, parameter) for type_, parameter, *_ in NOT_SHIPPED}
    here |= {("human_review", parameter) for _, parameter, _, _ in KEPT_BY_THE_HOUSE}
    of_duties = {name for _, name in shipped} | OF_A_DUTY

    assert set(DUTY) | set(SCOPE) <= of_duties
    assert {(kind.name, name) for kind in BY_NAME.values() for name in kind.parameters if name not in DUTY} <= shipped | here


def test_a_duty_may_ring_earlier_and_may_begin_with_an_event():
    merged = law_of("report", owner="auditor", within_hours=12, alarm_days=30)

    (duty,) = obligations_in(merged.rules)
    assert duty.alarm_days == 30
    assert deadline(duty, event_at=datetime(2026, 1, 15)) == datetime(2026, 1, 15, 12)


@pytest.mark.parametrize("purpose", ["missing", None])
def test_an_offence_is_asked_where_the_pack_frees_no_purpose_and_where_nobody_knows_it(purpose):
    detroit = merge([PACKS["us-mi-detroit-307-5"]])

    refused = {answer.rule for answer in asked(detroit, Gate.INTAKE, purpose=purpose, code="23C") if answer.answer is Answer.REFUSES}
    assert refused == {"us-mi-detroit-307-5/offence"}


def test_a_freed_purpose_is_not_crossed_with_the_offences_of_its_pack():
    answers = {answer.rule: answer for answer in asked(merge([PACKS["nlc-2021"]]), Gate.INTAKE, purpose="missing", code=None)}

    assert answers["nlc-2021/serious-crime"].because == ("It does not speak of this purpose: missing.",)
    assert answers["nlc-2021/other-purposes"].answer is Answer.HOLDS


def test_an_unknown_code_and_a_statute_of_another_code_open_nothing():
    for pack, changed in (
        ("nlc-2021", {"code": "999"}),
        ("us-md-2024", {"code": "520", "statute": "CL 3-802"}),
        ("us-md-2024", {"code": "520", "statute": "CL 0-000"}),
    ):
        refused = [answer for answer in asked(merge([PACKS[pack]]), Gate.INTAKE, **changed) if answer.answer is Answer.REFUSES]
        assert len(refused) == 1, changed
