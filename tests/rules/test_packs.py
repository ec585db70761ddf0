"""A pack that is wrong is refused with file, rule and field; the default one loads."""

from pathlib import Path

import pytest

from cases.law.load import PackWrong, load_pack

DEFAULT = Path(__file__).resolve().parent.parent.parent / "policies" / "nlc-2021.toml"


def test_the_default_loads_with_its_digest():
    pack = load_pack(DEFAULT)
    assert pack.id == "nlc-2021"
    assert len(pack.digest) == 64
    assert "120" in {offence["code"] for offence in pack.offences}
    assert "23C" not in {offence["code"] for offence in pack.offences}
    assert all(isinstance(rule["verify"], bool) and rule["citation"] for rule in (*pack.numbers, *pack.offences, *pack.exculpatory))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("value = 2", "value = 1", r"x.toml: number “reviewers”: value 1 lies under the floor 2"),
        ("value = 2", "value = 4", r"x.toml: number “reviewers”: value 4 is more than 3"),
        ("value = 1\n", "value = 0\n", r"number “items_that_stand_apart”: value 0 lies under the floor 1"),
        ("value = 2", 'value = "two"', r"number “reviewers”: field “value” must be a whole number"),
        ('status = "guidance"', 'status = "law"', r"field “status” is “law”; allowed are in_force"),
        ('layer = "model"', 'layer = "moon"', r"field “layer” is “moon”; allowed are federal"),
        ('title = "', 'colour = "red"\ntitle = "', r"unknown field “colour”; allowed are"),
        ('code = "100"', 'code = "09A"', r"offence 2: “09A” stands there twice"),
        ('name = "Murder and non-negligent manslaughter"\n', "", r"offence 1: field “name” must be a text"),
        ("verify = false\n", "", r"number 1: field “verify” must be true"),
        ('name = "hours_to_act"', 'name = "hours"', r"number “hours”: unknown; allowed are"),
        ('name = "items_that_stand_apart"', 'name = "candidates_at_most"', r"candidates_at_most"),
        ("[[number]]", "[[number", r"cannot be read"),
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
