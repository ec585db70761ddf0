"""The files that an administrator writes: persons to appoint (TOML), and what one answered in a supervised test on known cases (CSV)."""

import csv
import re
import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from people.measuring import Answer
from people.models import COURSES
from people.roles import Role

COURSE_NAMES = tuple(name for name, _ in COURSES)
LONGEST = 200  # characters of a name


class BadFile(ValueError):
    """What an administrator wrote cannot be read as what it should be; it says where."""


def line(said: str, what: str) -> str:
    """Return what is one line and not blank. Raises BadFile."""
    if not said.strip() or not said.isprintable() or len(said) > LONGEST:
        raise BadFile(f"{what} is one line of at most {LONGEST} characters, and not blank")
    return said


class Passed(msgspec.Struct, forbid_unknown_fields=True):
    """A training as a file says it."""

    subject: str
    passed: date
    until: date
    certificate: str

    def __post_init__(self) -> None:
        line(self.certificate, "the certificate")
        if self.subject not in COURSE_NAMES:
            raise BadFile(f"there is no training “{self.subject}”; known are {', '.join(COURSE_NAMES)}")


class One(msgspec.Struct, forbid_unknown_fields=True):
    """A person as a file says him."""

    username: str
    name: str
    unit: str
    roles: Annotated[list[Role], Meta(min_length=1)]
    mail: str = ""
    training: list[Passed] = []

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{0,59}", self.username):
            raise BadFile(f"“{self.username}” is no sign-in name: small letters, digits, dots and dashes, at most 60")
        line(self.name, "the name")
        line(self.unit, "the unit")


class StaffFile(msgspec.Struct, forbid_unknown_fields=True):
    """Persons to appoint; ``new_units`` names the units that there are not yet."""

    person: Annotated[list[One], Meta(min_length=1)]
    new_units: list[str] = []


def read_staff(path: Path) -> StaffFile:
    """Read a TOML file of persons. Raises BadFile, which says where."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), StaffFile)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as trouble:
        raise BadFile(f"{path}: {trouble}") from None


def read_answers(path: Path) -> Sequence[tuple[bool, Answer]]:
    """Read a CSV file of (in_list, answer), one known case a line, as whether the person was in the list and the answer. Raises BadFile, by line."""
    found, wrong = [], []
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError, csv.Error) as trouble:
        raise BadFile(f"{path}: {trouble}") from None
    allowed = [each.value for each in Answer]
    for number, row in enumerate(rows, 2):
        in_list, answer = (row.get("in_list") or "").strip(), (row.get("answer") or "").strip()
        if in_list not in ("yes", "no") or answer not in allowed:
            wrong.append(f"line {number}: in_list is yes or no, answer is one of {', '.join(allowed)}")
        else:
            found.append((in_list == "yes", Answer(answer)))
    if wrong or not found:
        raise BadFile(f"{path}: {'; '.join(wrong[:20]) or 'no answer in it; the first line reads in_list,answer'}")
    return found
