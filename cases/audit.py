"""What a case says to the record: references and keyed hashes, never a name, a score or an image."""

from collections.abc import Mapping
from typing import Any

from cases.rules.act import Act
from ledger.append import append
from ledger.keyed import keyed
from people.models import Person


def details(*, by: Person | None, said: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return what every entry carries of its actor, with ``said`` beside it."""
    actor: dict[str, Any] = {"by": "machine"} if by is None else {"by": keyed("person", by.pk), "agency": by.agency.ori}
    return {**(said or {}), **actor}


def record(*, act: Act | str, subject: str, by: Person | None, said: Mapping[str, Any] | None = None) -> int:
    """Append an entry of a kind that moves nothing; return its sequence number."""
    return append(kind=str(act), subject=subject, details=details(by=by, said=said))
