"""The table of the law names every type of rule, where it bites, and tests that are there; and packs are checked from the command line."""

import re

import pytest
from django.core.management import CommandError, call_command

from cases.law.schema import RULE_TYPES
from cases.law.shipped import POLICIES, shipped_packs
from cases.law.table import ASKED_BY, NO_ACT, TEST, law_page, name_in_tests
from cases.law.words import Gate
from config.management.commands.draw_docs import pages
from tests.law import test_own_text
from tests.law.own_text import NOT_LAW, OWN_TEXT
from tests.law.sound import PACKS

ROOT = POLICIES.parent
PAGE = law_page(shipped_packs())


def test_the_page_on_file_is_the_one_the_code_writes():
    assert pages()["law.md"] == PAGE
    assert (POLICIES.parent / "docs" / "law.md").read_text() == PAGE


def test_no_type_of_rule_is_absent_and_each_names_a_test_that_is_there():
    rows = re.findall(r"^\| ([RH]\d+) \| .* \| (.*) \|$", PAGE, re.MULTILINE)

    assert {code for code, _ in rows} == {f"R{n}" for n in range(1, 31)} | {f"H{n}" for n in range(1, 5)} == set(RULE_TYPES)
    assert len(rows) == sum(len(kind.gates) for kind in RULE_TYPES.values())
    assert all(test.strip("`") in OWN_TEXT for _, test in rows), rows
    assert hasattr(test_own_text, TEST)


def test_each_gate_is_asked_by_acts_that_are_there_or_says_why_by_none():
    assert set(ASKED_BY) == set(Gate)
    assert {gate for gate, acts in ASKED_BY.items() if not acts} == set(NO_ACT)
    for acts in ASKED_BY.values():
        for act in acts:
            files = [ROOT / floor / "acts" / f"{act}.py" for floor in ("cases", "review")]
            text = "".join(file.read_text() for file in files if file.is_file())
            assert re.search(r"reasons_of\(|asked_of_a_request\(|what_is_missing\(", text), act


def test_a_gate_that_no_act_asks_is_asked_by_none():
    """Once an act asks one of these, its line in the table has to go."""
    sources = [path for floor in ("cases", "review") for path in (ROOT / floor / "acts").glob("*.py")]
    sources += [ROOT / "review" / "law_facts.py", ROOT / "cases" / "law" / "case_facts.py"]
    for gate in NO_ACT:
        assert not [path for path in sources if f"Gate.{gate.name}" in path.read_text()], gate


def test_the_name_of_a_test_is_the_name_in_the_table():
    names = {name_in_tests(rule, gate) for pack in PACKS.values() for rule in pack.rules for gate in rule.gates}

    assert names == set(OWN_TEXT) | set(NOT_LAW)


def test_every_pack_is_on_the_page_and_its_memory_is_counted():
    for pack in PACKS.values():
        assert f"| {pack.id} | {pack.title} |" in PAGE
    assert "| us-ma-bills | Massachusetts: H.4359 and others (bills) | state | bill | 2025-01-01 |  | 2 | 0 |" in PAGE


def test_no_sentence_of_a_pack_says_what_a_search_cannot():
    for pack in PACKS.values():
        for rule in pack.rules:
            assert not re.search(r"\b(match|matched|hit|identified|confidence)\b", rule.sentence.casefold()), rule.key


def test_check_says_each_pack_and_which_cannot_be_adopted(capsys):
    call_command("policy", "check")
    said = capsys.readouterr().out

    assert "nlc-2021: 31 rules, 7 of them to verify\n" in said
    assert "us-dhs-026-11: 6 rules, 2 of them to verify; cannot be adopted: us-dhs-026-11: status is “withdrawn”" in said
    assert len(said.splitlines()) == len(PACKS)


def test_check_on_a_day_says_what_waits_and_what_is_over(capsys):
    call_command("policy", "check", str(POLICIES / "us-md-2024.toml"), "--on", "2024-01-01")

    assert "takes effect on 2024-10-01; it cannot be adopted before" in capsys.readouterr().out


def test_check_reads_several_files_together(capsys):
    call_command("policy", "check", *(str(POLICIES / f"{name}.toml") for name in ("us-va-2022", "us-mi-detroit-settlement")))

    assert "to be settled in writing: One demands that the papers say the search was made" in capsys.readouterr().out


def test_check_names_the_fault_and_fails(tmp_path, capsys):
    bad = tmp_path / "bad.toml"
    bad.write_text((POLICIES / "us-in.toml").read_text().replace('"us-in"', '"bad"').replace('layer = "state"', 'layer = "moon"'))

    with pytest.raises(CommandError, match="1 of 2 cannot be read"):
        call_command("policy", "check", str(bad), str(POLICIES / "nz.toml"))
    assert "bad.toml: field “layer” is “moon”; allowed are federal" in capsys.readouterr().err


def test_check_refuses_two_texts_of_one_name(tmp_path):
    other = tmp_path / "nz.toml"
    other.write_text((POLICIES / "nz.toml").read_text() + "\n# another text\n")

    with pytest.raises(CommandError, match="two different texts are called “nz”"):
        call_command("policy", "check", str(POLICIES / "nz.toml"), str(other))
