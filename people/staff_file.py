"""The files that an administrator writes: persons to appoint (TOML), and what one answered in a supervised test on known cases (CSV)."""

import csv
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from people.administering import NotEntered
from people.measuring import Answer
from people.models import COURSES
from people.roles import Role

COURSE_NAMES = tuple(name for name, _ in COURSES)
LONGEST = 200  # characters of a name
COLUMNS = ("case", "in_list", "answer")  # of a test


class BadFile(NotEntered):
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
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8-sig")), StaffFile)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, msgspec.ValidationError) as trouble:
        raise BadFile(f"{path}: {trouble}") from None


def read_answers(path: Path) -> Sequence[tuple[str, bool, Answer]]:
    """Read a CSV file of (case, in_list, answer), one known case a line, as case, whether the person was in its list, and the answer.

    Raises BadFile, by line.
    """
    found: dict[str, tuple[str, bool, Answer]] = {}
    wrong = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as text:
            rows = csv.reader(text)
            if (head := [name.strip() for name in next(rows, [])]) != list(COLUMNS):
                raise BadFile(f"{path}: the first line is {','.join(COLUMNS)}, with commas; here it is “{','.join(head)[:LONGEST]}”")
            for row in rows:
                if said := [" ".join(cell.split()) for cell in row]:
                    wrong += [f"line {rows.line_num}: {why}" for why in _answer_faults(said, found)]
                    if not wrong:
                        found[said[0].casefold()] = (said[0], said[1] == "yes", Answer(said[2]))
    except (OSError, UnicodeDecodeError, csv.Error) as trouble:
        raise BadFile(f"{path}: {trouble}") from None
    if wrong or not found:
        raise BadFile(f"{path}: {'; '.join(wrong[:20]) or 'no answer in it'}")
    return list(found.values())


def _answer_faults(said: list[str], before: Mapping[str, object]) -> list[str]:
    if len(said) != len(COLUMNS):
        return [f"{len(COLUMNS)} cells are {', '.join(COLUMNS)}; here are {len(said)}"]
    case, in_list, answer = said
    faults = []
    if not case or not case.isprintable() or len(case) > LONGEST:
        faults.append(f"case is what the known case is called, in at most {LONGEST} characters")
    elif case.casefold() in before:
        faults.append(f"the case {case} is there already, and a known case is answered once")
    if in_list not in ("yes", "no") or answer not in list(Answer):
        faults.append(f"in_list is yes or no, answer is one of {', '.join(Answer)}")
    return faults
