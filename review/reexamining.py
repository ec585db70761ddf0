"""An examination again as its reviewer's desk reads it: from functions that answer him alone. No login reads the tables behind them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from cases.models import Case
from ledger.asking import ask_database, ask_rows
from people.models import Person

SUBJECT = "reexaminations"  # under which all of it is recorded, until the result is told under the case
PURPOSE = "reexamination"  # of its looks


@dataclass(frozen=True, slots=True)
class Mixed:
    """A known non-mate of the set. ``again``: it comes one to one."""

    token: str
    image_id: UUID
    again: bool


@dataclass(frozen=True, slots=True)
class Reexamining:
    """What was drawn for a reviewer, as ``Drawn`` says it of an ordinary examination. ``ended``: how the turn did, if it has."""

    pk: int
    case: Case
    reviewer: Person
    lender_id: int
    code: str
    seed: int
    at: datetime
    sorted: bool
    stepped_back: bool
    kept: frozenset[int]
    non_mates: tuple[Mixed, ...]
    ended: str
    ended_at: datetime | None
    held: bool
    opened: bool

    @property
    def case_id(self) -> int:
        return self.case.pk

    @property
    def reviewer_id(self) -> int:
        return self.reviewer.pk

    @property
    def went_back(self) -> bool:
        return self.ended in ("released", "lapsed")

    @property
    def over(self) -> bool:
        return self.ended in ("done", "set_aside") or self.case.state == "DESTROYED"

    @classmethod
    def of(cls, by: Person, code: str) -> Self | None:
        """Return what was drawn for this person under this code, or None."""
        said = ask_database("select (select reexamination_of(%s, %s))", by.pk, code)
        return None if said is None else cls._read(by, code, said)

    @classmethod
    def _read(cls, by: Person, code: str, said: Mapping[str, Any]) -> Self:
        return cls(
            pk=said["turn"],
            case=Case.objects.select_related("investigation", "agency").get(pk=said["case"]),
            reviewer=by,
            lender_id=said["lender"],
            code=code,
            seed=said["seed"],
            at=datetime.fromisoformat(said["at"]),
            sorted=said["sorted"],
            stepped_back=said["recused"],
            kept=frozenset(said["kept"]),
            non_mates=tuple(Mixed(each["token"], UUID(each["image"]), each["again"]) for each in said["non_mates"]),
            ended=said["ended"],
            ended_at=datetime.fromisoformat(said["ended_at"]) if said["ended_at"] else None,
            held=said["held"],
            opened=said["opened"],
        )


def still_open(by: Person) -> list[tuple[str, datetime]]:
    """Return the codes that wait for this person's answers, and since when."""
    return [(code, at) for code, at in ask_rows("select code, at from reexaminations_open(%s)", by.pk)]


def code_of(by: Person, ref: str) -> str | None:
    """Return the code under which this person examines a case again, if he does."""
    code: str | None = ask_database("select code_again(%s, %s)", by.pk, ref)
    return code
