"""A pack that is wrong is refused with file, rule and field; the default one loads and compiles to the rows that SQL reads."""

import json
from pathlib import Path

import pytest

from cases.law.load import PackWrong, load_pack
from cases.law.offences import offence_list

POLICIES = Path(__file__).resolve().parent.parent.parent / "policies"
DEFAULT = POLICIES / "nlc-2021.toml"


def test_the_default_loads_with_its_digest_and_compiles():
    pack = load_pack(DEFAULT)
    rows = pack.compiled()

    assert pack.id == "nlc-2021"
    assert len(pack.digest) == 64
    assert {row["name"]: row["value"] for row in rows["numbers"]} == {
        "reviewers": 2,
        "items_that_stand_apart": 1,
        "candidates_at_most": 20,
        "limited_probe_accepted": 1,
        "hours_to_act": 72,
        "hours_to_recheck": 2,
    }
    assert {row["code"] for row in rows["offences"]} == {"09A", "100", "11A", "11B", "11C", "120", "13A", "200", "64A", "64B", "370"}
    assert {row["code"] for row in rows["exculpatory"]} == {"prints_or_dna", "description", "whereabouts"}
    assert all(row["citation"] for table in ("numbers", "offences", "exculpatory", "flags", "obligations") for row in rows[table])
    assert json.loads(json.dumps(rows)) == rows


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "reviewers = 2",
            "reviewers = 1",
            r"x.toml: rule “reviewers”: parameter “reviewers”: value 1 lies under the floor 2, which no policy",
        ),
        ("reviewers = 2", "reviewers = 4", r"parameter “reviewers”: value 4 is more than 3"),
        ("items = 1\n", "items = 0\n", r"rule “not-sole-basis”: parameter “items”: value 0 lies under the floor 1"),
        ("candidates_at_most = 20", "candidates_at_most = 1", r"value 1 lies under the floor 2"),
        ("reviewers = 2", 'reviewers = "two"', r"parameter “reviewers”: must be a whole number"),
        ("reviewers = 2", "reviewers = true", r"parameter “reviewers”: must be a whole number"),
        ("blind = true", 'blind = "yes"', r"parameter “blind”: must be true or false"),
        ("blind = true", "dark = true", r"rule “reviewers”: unknown parameter “dark”; allowed for human_review are all_candidates"),
        ('mode = "any_other_evidence"', 'mode = "none"', r"parameter “mode”: “none” is unknown; allowed are any_other_evidence"),
        ('mode = "any_other_evidence"\n', "", r"rule “not-sole-basis”: parameter “mode” is missing"),
        ('status = "guidance"', 'status = "law"', r"field “status” is “law”; allowed are in_force"),
        ('layer = "model"', 'layer = "moon"', r"field “layer” is “moon”; allowed are federal"),
        ('title = "', 'colour = "red"\ntitle = "', r"unknown field “colour”; allowed are"),
        ('sentence = "Only serious', 'colour = "red"\nsentence = "Only serious', r"rule “serious-crime”: unknown field “colour”"),
        ('codes = ["09A", "100"', 'codes = ["09A", "09A"', r"parameter “codes”: “09A” stands there twice"),
        ('codes = ["09A", "100"', 'codes = ["09A", "999"', r"parameter “codes”: “999” is unknown; allowed are 09A"),
        ('id = "other-purposes"', 'id = "serious-crime"', r"rule 2: id “serious-crime” stands there twice"),
        ('type = "offence"', 'type = "crime"', r"field “type” is “crime”; allowed are offence"),
        ('gate = "intake"', 'gate = "court"', r"field “gate” is “court”; allowed for offence are intake"),
        ("verify = true\n", "", r"rule “serious-crime”: field “verify” must be true"),
        ('source = "seed0"\n', "", r"rule “serious-crime”: field “source” must be a text"),
        (
            "effective_from = 2021-04-21",
            "effective_from = 2021-04-21\neffective_until = 2021-04-21",
            r"effective_until 2021-04-21 is not after",
        ),
        ("effective_from = 2021-04-21", "effective_from = 1899-12-31", r"field “effective_from”: 1899-12-31 is not from 1900 to 2199"),
        (
            "effective_from = 2021-04-21",
            "effective_from = 2021-04-21\neffective_until = 9999-12-31",
            r"9999-12-31 is not from 1900 to 2199",
        ),
        ("every_months = 12\n", "once_on = 9999-12-31\n", r"parameter “once_on”: 9999-12-31 is not from 1900 to 2199"),
        ("every_months = 12\n", "every_months = 200000\n", r"parameter “every_months”: value 200000 is more than 36525, the most"),
        ("effective_from = 2021-04-21", 'effective_from = "spring"', r"field “effective_from” must be a day"),
        ("effective_from = 2021-04-21\n", "", r"field “effective_from” must be a day"),
        ("[rule.parameters]\nhours = 72", "[rule.parameters]", r"rule “time-to-act”: parameter “hours” is missing"),
        ('"missing", "endangered"', '"suspect", "endangered"', r"a search for a suspect always needs its offence"),
        (
            'acts = ["arrest", "arrest_warrant"]',
            'acts = ["exculpatory_release"]',
            r"cannot be blocked: no pack holds back what clears a person",
        ),
        ('delete_when = "irrelevant"\n', "", r"parameters “delete” and “delete_when” are given together"),
        ("every_months = 12\n", "", r"rule “board-reports”: a report needs its time"),
        ('owner = "policy_board"\n', "", r"rule “board-reports”: parameter “owner” is missing"),
        ('owner = "policy_board"', 'owner = "nobody"', r"parameter “owner”: “nobody” is unknown; allowed are agency_head"),
        ("[[rule]]", "[[rule", r"cannot be read"),
        ('source = "National', 'nothing_found = "no"\nsource = "National', r"a pack has rules, or field “nothing_found” says"),
    ],
)
def test_each_fault_is_named_with_its_place(tmp_path, old, new, said):
    text = DEFAULT.read_text()
    assert old in text
    path = tmp_path / "x.toml"
    path.write_text(text.replace('id = "nlc-2021"', 'id = "x"').replace(old, new, 1))
    with pytest.raises(PackWrong, match=said):
        load_pack(path)


def test_the_id_is_the_files_name_and_the_file_must_be_there(tmp_path):
    (tmp_path / "y.toml").write_text(DEFAULT.read_text())
    with pytest.raises(PackWrong, match="must equal the file's name"):
        load_pack(tmp_path / "y.toml")
    with pytest.raises(PackWrong, match="cannot be read"):
        load_pack(tmp_path / "none.toml")


def test_a_pack_that_contradicts_itself_is_refused(tmp_path):
    second = """
[[rule]]
id = "papers"
type = "tell_defence"
gate = "warrant_or_arrest"
sentence = "The papers say that a search was made."
citation = "Made up"
source = "made-up"
verify = true
[rule.parameters]
items = ["search_used"]
where = ["warrant_papers"]
"""
    path = tmp_path / "x.toml"
    path.write_text((POLICIES / "us-va-2022.toml").read_text().replace('id = "us-va-2022"', 'id = "x"') + second)
    with pytest.raises(PackWrong, match=r"contradicts itself: One demands that the papers say .*x/papers, x/affidavit"):
        load_pack(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[offence]]\ncode = "120"\nname = "Robbery"\n', "offence 1: has the fields code, name; it needs exactly code, name, verify"),
        ('[[statute]]\ncite = "CL 1"\nname = "x"\ncodes = ["999"]\nverify = true\n', "statute “CL 1”: “999” is no code of this list"),
        ('[[offence]]\ncode = "120"\nname = "Robbery"\nverify = true\n' * 2, "offence 2: “120” stands there twice"),
        ("[[offence", "cannot be read"),
    ],
)
def test_a_list_of_offences_that_is_wrong_is_refused(tmp_path, text, said):
    (tmp_path / "offences.toml").write_text(text)
    with pytest.raises(PackWrong, match=said):
        offence_list(tmp_path / "offences.toml")
