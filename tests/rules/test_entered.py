"""What an administrator enters is a line of text, a word of a list, a day that has been, a number of a scale; each fault says what to write."""

from datetime import date

import pytest

from cases.rules.entered import number_faults, past_day_faults, text_faults, word_faults

TODAY = date(2026, 1, 2)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("Booking photos", []),
        ("Código § 12, “é”", []),
        ("a" * 20, []),
        ("", ["name is blank: say it in words"]),
        (" \n", ["name is blank: say it in words"]),
        ("a\nb", ["name holds U+000A at place 2: write it in one line, without characters that nobody sees"]),
        ("abc\u202e", ["name holds U+202E at place 4: write it in one line, without characters that nobody sees"]),
        ("\x00a", ["name holds U+0000 at place 1: write it in one line, without characters that nobody sees"]),
        ("\udcff", ["name holds U+DCFF at place 1: write it in one line, without characters that nobody sees"]),
        (" a", ["name begins or ends with a space: leave it away"]),
        ("a ", ["name begins or ends with a space: leave it away"]),
        ("a" * 21, ["name has 21 characters: write at most 20"]),
        (
            "\t" + "a" * 20,
            [
                "name holds U+0009 at place 1: write it in one line, without characters that nobody sees",
                "name has 21 characters: write at most 20",
            ],
        ),
    ],
)
def test_a_line_of_text(text: str, faults: list[str]) -> None:
    assert text_faults("name", text, longest=20) == faults


def test_a_line_that_may_be_left_away_is_no_line_of_spaces():
    assert text_faults("weighed", "", longest=20, may_be_empty=True) == []
    assert text_faults("weighed", "  ", longest=20, may_be_empty=True) == ["weighed is blank: say it in words"]


def test_words_of_a_list():
    known = ("minors", "sealed")

    assert word_faults("leaves-out", ("sealed", "minors"), known) == []
    assert word_faults("leaves-out", ("minor", "sealed", ""), known) == [
        "leaves-out is 'minor': known are minors, sealed",
        "leaves-out is '': known are minors, sealed",
    ]


@pytest.mark.parametrize(
    ("day", "faults"),
    [
        (TODAY, []),
        (date(1900, 1, 1), []),
        (date(2026, 1, 3), ["scrubbed-on is 2026-01-03, which is to come: say the day on which it was done, 2026-01-02 at the latest"]),
        (date(1899, 12, 31), ["scrubbed-on is 1899-12-31: a day is of the years from 1900 to 2199"]),
        (date(2200, 1, 1), ["scrubbed-on is 2200-01-01: a day is of the years from 1900 to 2199"]),
    ],
)
def test_a_day_that_has_been(day: date, faults: list[str]) -> None:
    assert past_day_faults("scrubbed-on", day, today=TODAY) == faults


@pytest.mark.parametrize("number", [-1.0, 0.0, 0.6, 1.0])
def test_a_number_of_the_scale(number: float) -> None:
    assert number_faults("threshold", number, lowest=-1.0, highest=1.0) == []


@pytest.mark.parametrize("number", [-1.01, 1.01, 60.0, float("inf"), float("-inf"), float("nan")])
def test_a_number_off_the_scale(number: float) -> None:
    assert number_faults("threshold", number, lowest=-1.0, highest=1.0) == [f"threshold is {number}: it lies from -1 to 1"]
