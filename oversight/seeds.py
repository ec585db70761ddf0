"""Seals what is known of seeds, and says how many are due. Works with the auditor's login; it opens no case and moves none."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from psycopg.types.json import Jsonb

from ledger.asking import ask_database, ask_rows
from review.rules import seeds


@dataclass(frozen=True, slots=True)
class Known:
    """A probe as it will be sent in, byte for byte, and the gallery's pictures of the same person; none for a stranger."""

    probe: Path
    mates: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Due:
    """The month's work, what is sealed and not yet received, and how many seeds are to be sealed and sent in."""

    examined: int
    waiting: int
    due: int


def seal(batch: Sequence[Known], *, using: str = "default") -> int:
    """Seal a batch, before its cases are sent in through the ordinary intake. Raises DatabaseError if too few are strangers."""
    said = [
        {"probe_sha256": _sha256(known.probe), "mates": [_sha256(mate) for mate in known.mates], "nonce": secrets.token_hex(32)}
        for known in batch
    ]
    return int(ask_database("select seal_seeds(%s)", Jsonb(said), using=using))


def due(*, using: str = "default") -> Due:
    """Return how many seeds about 5 % of a month's examinations are."""
    ((examined, waiting),) = ask_rows(
        "select (select count(*) from cases_move where act = 'join' and target <> 'DISPUTED' and at > house_now() - interval '30 days'),"
        " (select count(*) from review_sealedseed s where not exists"
        " (select 1 from cases_probe p join cases_storedimage i on i.id = p.image_id where i.original_sha256 = s.probe_sha256))",
        using=using,
    )
    return Due(examined, waiting, seeds.due(examined, waiting=waiting))


def _sha256(picture: Path) -> str:
    return hashlib.sha256(picture.read_bytes()).hexdigest()
