"""A draft asked about past cases and scenarios: exact, the same each time, and nothing is written meanwhile."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from cases.law.in_force import law_in_force
from cases.law.merge import merge
from cases.law.schema import BY_NAME
from cases.models import Case, OffenceReport, Screening
from ledger.clock import house_now
from ledger.models import Entry
from review.backtest import past
from review.backtest.run import backtest
from review.sheets.law import of_case
from tests import world
from tests.acts.test_law import pack
from tests.law.sound import PACKS

pytestmark = pytest.mark.django_db

SCENARIOS = {
    "policy_profiles": {"strict": {"eligible": "offence_category.eligible"}},
    "scenarios": [
        {"id": "A", "action_attempted": "arrest", "policy_profile": "strict", "offence_category": {"code": "120"}, "evidence": []},
        {"id": "B", "action_attempted": "line_up", "policy_profile": "strict", "offence_category": {"code": "23C"}},
        {"id": "C", "action_attempted": "arrest", "policy_profile": "strict", "offence_category": {"code": "120"},
         "evidence": [{"id": "P", "kind": "fingerprint"}]},
    ],
}  # fmt: skip


def draft(*names):
    return merge([PACKS[name] for name in names])


def run(what, **more):
    return backtest(what, at=house_now(), **more)


def command(*arguments):
    out = StringIO()
    call_command("policy", "backtest", *arguments, stdout=out)
    return out.getvalue()


def test_the_law_in_force_against_itself_changes_nothing():
    world.a_lead("25-1")
    world.screened(world.requested("25-2", "p014"), "23C")
    law = law_in_force()
    assert law is not None

    found = run(law)

    assert (found["cases"], found["differences"], found["would_be_shut"], found["would_be_open"]) == (2, [], 0, 0)
    assert found["questions"] == 3 + 1 + 1 + 3  # screening, probe, review; and the screening of the other


def test_a_draft_says_which_case_would_have_been_shut_where_and_by_which_rule():
    case = world.screened(world.requested("25-1"))
    shut = world.screened(world.requested("25-2", "p014"), "23C")

    found = run(draft("nlc-2021", "us-ma"))

    mine = [(each["gate"], each["goes"], each["rules"]) for each in found["differences"] if each["of"] == case.ref]
    assert ("before_search", "shut") in {(gate, goes) for gate, goes, _ in mine}
    assert any(rule.startswith("us-ma/") for gate, _, rules in mine if gate == "before_search" for rule in rules)
    assert not [each for each in found["differences"] if each["of"] == shut.ref and each["gate"] == "intake" and each["goes"] == "open"]
    assert set(found["rules"]) >= {rule for each in found["differences"] for rule in each["rules"]}


def test_a_draft_says_what_it_would_have_opened_and_which_rule_had_shut_it(tmp_path):
    shut = world.screened(world.requested(), "23C")
    path = pack(tmp_path, "wide", offence="any_named_offence = true\nattempts = true", human_review="reviewers = 2")
    found = json.loads(command(str(path), "--json"))

    intake = [each for each in found["differences"] if each["gate"] == "intake"]
    assert [(each["of"], each["goes"], each["rules"]) for each in intake] == [(shut.ref, "open", ["nlc-2021/serious-crime"])]
    assert found["by_rule"]["nlc-2021/serious-crime"] == {"shut": 0, "open": 1}
    assert found["rules"]["nlc-2021/serious-crime"]["verify"] is True


def test_a_legal_act_is_asked_as_of_the_supervisors_answer(tmp_path):
    lead, asked = world.ready_to_sign()
    world.must(world.signed(asked))
    path = pack(tmp_path, "own", no_arrest_on_the_face='acts = ["arrest"]\nmode = "any_other_evidence"\nitems = 2')

    found = json.loads(command("nlc-2021", str(path), "--json"))

    assert [(each["gate"], each["about"], each["goes"], each["rules"]) for each in found["differences"]] == [
        ("warrant_or_arrest", f"{lead.ref} arrest", "shut", ["own/no_arrest_on_the_face"])
    ]


def test_the_same_question_has_the_same_digest_twice():
    world.a_lead("25-1")
    world.screened(world.requested("25-2", "p014"))

    first, second = command("nlc-2021", "us-ma", "--json"), command("nlc-2021", "us-ma", "--json")

    assert first == second
    assert json.loads(first)["digest"] == json.loads(second)["digest"]
    assert json.loads(first)["differences"]


def test_the_order_in_which_packs_are_named_means_nothing():
    world.screened(world.requested())

    assert command("nlc-2021", "us-ma", "--json") == command("us-ma", "nlc-2021", "--json")


def test_nothing_is_written_and_the_database_would_refuse_it():
    case = world.screened(world.requested())
    before = (Entry.objects.count(), Screening.objects.count(), Case.objects.get(pk=case.pk).state)

    run(draft("nlc-2021", "us-ma"))

    assert (Entry.objects.count(), Screening.objects.count(), Case.objects.get(pk=case.pk).state) == before
    with pytest.raises(DatabaseError, match="read-only"), transaction.atomic(), past.reading_only():
        OffenceReport.objects.create(case=case, by=world.person("aris"), code="120", report_reference="p. 1")


def test_scenarios_are_asked_against_the_law_in_force(tmp_path):
    file = tmp_path / "scenarios.json"
    file.write_text(json.dumps(SCENARIOS), encoding="utf-8")
    wide = pack(tmp_path, "wide", offence="any_named_offence = true\nattempts = true", human_review="reviewers = 3")

    found = json.loads(command(str(wide), "--scenarios", str(file), "--on", "2026-01-15", "--json"))

    said = {(each["of"], each["gate"], each["goes"]): each["rules"] for each in found["differences"]}
    assert said["B", "intake", "open"] == ["nlc-2021/serious-crime"]
    assert said["A", "review", "shut"] == ["wide/human_review"]
    assert said["A", "warrant_or_arrest", "open"] == ["nlc-2021/not-sole-basis"]
    assert ("C", "warrant_or_arrest", "open") not in said
    assert found["cases"] == 3
    assert found == json.loads(command(str(wide), "--scenarios", str(file), "--on", "2026-01-15", "--json"))


def test_a_draft_that_cannot_be_read_is_said():
    with pytest.raises(CommandError, match="there-is-none: cannot be read"):
        command("there-is-none")


def test_the_command_says_it_in_words():
    case = world.screened(world.requested())

    said = command("nlc-2021", "us-ma")

    assert "draft us-ma + nlc-2021" in said
    assert f"{case.ref} at before_search: shut, by us-ma/" in said
    assert said.rstrip().splitlines()[-1].startswith("digest ")


def test_explain_says_each_rule_with_sentence_citation_facts_and_answer(capsys):
    lead = world.a_lead()
    call_command("policy", "explain", lead.case.ref)
    said = capsys.readouterr().out

    law = law_in_force()
    assert law is not None
    rule = next(rule for rule in law.rules if rule.key == "nlc-2021/serious-crime")
    assert f"Holds: nlc-2021/serious-crime: {rule.sentence} [{rule.citation} (to verify)]" in said
    assert "code: 120" in said
    assert "Says no: nlc-2021/not-sole-basis" in said
    for name in ("ada", "ben", "Ada Brandt", "Ben Okafor", "Dana"):
        assert name not in said

    with pytest.raises(CommandError, match="there is no case FR-1"):
        call_command("policy", "explain", "FR-1")


def test_screening_is_explained_under_the_policy_of_its_time():
    case = world.screened(world.requested())
    world.in_force("nlc-2021", "us-ma")

    steps = {step.name: step for step in of_case(case, action="arrest", at=house_now()).steps}

    assert steps["Screening"].policy.startswith("nlc-2021 (")
    assert steps["Check of the probe, as if it were now"].policy.startswith("us-ma + nlc-2021 (")


def test_every_type_of_rule_that_a_case_is_asked_is_a_type_of_the_law():
    case = world.screened(world.requested())
    law = law_in_force()
    assert law is not None
    types = {rule.key: rule.type for rule in law.rules}

    for step in of_case(case, action="arrest", at=house_now()).steps:
        assert all(types[rule.rule] in BY_NAME for rule in step.rules)
