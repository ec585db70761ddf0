"""What may be wrong with what an administrator enters: each fault in a sentence that says where, what, and what to write instead."""

from collections.abc import Collection, Iterable
from datetime import date

from cases.rules.times import YEARS, day_of_these_centuries


def text_faults(field: str, text: str, *, longest: int, may_be_empty: bool = False) -> list[str]:
    """A line that every page, entry and paper can show as it is: not blank, of printable characters, and not too long."""
    if not text.strip():
        return [] if may_be_empty and not text else [f"{field} is blank: say it in words"]
    faults = []
    unseen = [(place, sign) for place, sign in enumerate(text, start=1) if not sign.isprintable()]
    if unseen:
        place, sign = unseen[0]
        faults.append(f"{field} holds U+{ord(sign):04X} at place {place}: write it in one line, without characters that nobody sees")
    elif text != text.strip():
        faults.append(f"{field} begins or ends with a space: leave it away")
    if len(text) > longest:
        faults.append(f"{field} has {len(text)} characters: write at most {longest}")
    return faults


def word_faults(field: str, given: Iterable[str], known: Collection[str]) -> list[str]:
    """Words of a closed list."""
    return [f"{field} is {word!r}: known are {', '.join(known)}" for word in given if word not in known]


def past_day_faults(field: str, day: date, *, today: date) -> list[str]:
    """A day on which something was done."""
    if not day_of_these_centuries(day):
        return [f"{field} is {day}: a day is of the years {YEARS}"]
    return [f"{field} is {day}, which is to come: say the day on which it was done, {today} at the latest"] if day > today else []


def number_faults(field: str, number: float, *, lowest: float, highest: float) -> list[str]:
    """A number of a scale, both ends included; what is not a number is none of them."""
    return [] if lowest <= number <= highest else [f"{field} is {number}: it lies from {lowest:g} to {highest:g}"]
