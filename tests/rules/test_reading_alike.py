"""Names that people take for one and the same are told from names that merely begin alike."""

import pytest

from people.reading_alike import one_like, read_as


@pytest.mark.parametrize(
    "name",
    [
        "robbery",
        "ROBBERY",
        " Robbery ",
        "Robbery.",
        "R0bbery",
        "Robb\u00e9ry",
        "Robbe\u0301ry",
        "R\u043ebb\u0435ry",
        "R\u039fBBERY",
        "\uff32obbery",
        "Robbery\u2800",
    ],
)
def test_what_reads_as_one_name(name: str) -> None:
    assert read_as(name) == "robbery"
    assert one_like(name, ("Major crimes", "Robbery")) == "Robbery"


@pytest.mark.parametrize(
    ("name", "other"), [("Robbery 1", "Robbery 2"), ("Unit 1/2", "Unit 12"), ("North", "Northeast"), ("Robbery", "Robberies")]
)
def test_what_reads_as_two(name: str, other: str) -> None:
    assert one_like(name, (other,)) is None


def test_the_same_name_is_not_another():
    assert one_like("Robbery", ("Robbery",)) is None
