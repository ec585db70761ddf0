"""Imports a file of results of any length: batch by batch, with a mark of how far it came, so that a killed import goes on where it was.

Memory is bounded by one batch. A batch that was stored and not marked is sent again and answered “same”: nothing is doubled.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

from cases.acts.receive_result import MANY
from cases.api.batch import Line, encoded, take
from cases.rules.arrival import Fault

LONGEST_LINE = 25 * 1024 * 1024
MOST_BYTES = 8 * 1024 * 1024  # of one batch, once it holds a line
TOO_LONG = Fault("body", "too_large", "The line is longer than 25 MB. Send smaller pictures.")


class CannotGoOn(Exception):
    """The mark beside the file belongs to another file, or the key is not known."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import came: bytes, lines, the hash of the last line, how many lines were what, and the length of the report."""

    offset: int = 0
    line: int = 0
    last_sha256: str = ""
    last_begins: int = 0
    new: int = 0
    same: int = 0
    conflict: int = 0
    bad: int = 0
    reported: int = 0

    def counting(self, lines: list[Line]) -> "Progress":
        """Return the same with these lines counted."""
        outcomes = [line.told()["outcome"] for line in lines]
        return replace(self, **{name: getattr(self, name) + outcomes.count(name) for name in ("new", "same", "conflict", "bad")})


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line of the file: its number, where it begins and ends, its bytes (none where it is too long)."""

    number: int
    begins: int
    ends: int
    raw: bytes | None


def beside(file: Path) -> tuple[Path, Path]:
    """Return where the mark and the report of a file lie."""
    return file.with_name(f"{file.name}.progress.json"), file.with_name(f"{file.name}.not-taken.ndjson")


def import_results(file: Path, *, key_hash: str, far: Callable[[Progress], None]) -> Progress:
    """Import, or go on with, a file. Raises CannotGoOn, OSError.

    ``far`` is told after each batch. Lines that were not taken stand in the report, with number and reason. At the end the mark goes.
    """
    mark, report = beside(file)
    with file.open("rb") as source:
        here = _where_it_was(mark, source)
        with report.open("r+b" if report.exists() and here.reported else "wb") as told:
            told.truncate(here.reported)
            told.seek(here.reported)
            for batch in _batches(source, here):
                here = _one(batch, here, told, key_hash=key_hash)
                _write(mark, here)
                far(here)
    mark.unlink(missing_ok=True)
    return here


def _one(batch: list[_Piece], here: Progress, told: BinaryIO, *, key_hash: str) -> Progress:
    """Receive one batch and report what was not taken; on disk before the mark moves."""
    found = take([(piece.number, piece.raw) for piece in batch if piece.raw is not None and piece.raw.strip()], key_hash=key_hash)
    if found is None:
        raise CannotGoOn("The key is not known, or has ended. What was imported so far stays; run it again with a valid key.")
    found += [Line(piece.number, faults=(TOO_LONG,)) for piece in batch if piece.raw is None]
    rows = sorted((line.told() for line in found), key=lambda row: int(row["line"]))
    told.write(b"".join(encoded(row for row in rows if row["outcome"] in ("bad", "conflict"))))
    told.flush()
    os.fsync(told.fileno())
    last = batch[-1]
    said = replace(
        here.counting(found),
        offset=last.ends,
        line=last.number,
        last_begins=last.begins if last.raw is not None else last.ends,
        last_sha256=hashlib.sha256(last.raw or b"").hexdigest(),
    )
    return replace(said, reported=told.tell())


def _batches(source: BinaryIO, here: Progress) -> Iterator[list[_Piece]]:
    batch: list[_Piece] = []
    size = 0
    for piece in _pieces(source, here):
        batch.append(piece)
        size += len(piece.raw or b"")
        if len(batch) == MANY or size >= MOST_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _pieces(source: BinaryIO, here: Progress) -> Iterator[_Piece]:
    source.seek(here.offset)
    number, begins = here.line, here.offset
    while raw := source.readline(LONGEST_LINE + 1):
        number += 1
        ends = begins + len(raw)
        whole = raw.endswith(b"\n") or len(raw) <= LONGEST_LINE
        while not raw.endswith(b"\n") and (raw_more := source.readline(LONGEST_LINE)):
            raw = raw_more
            ends += len(raw)
        yield _Piece(number, begins, ends, raw if whole else None)
        begins = ends


def _where_it_was(mark: Path, source: BinaryIO) -> Progress:
    """Read the mark, if there is one, and see that it belongs to this file."""
    if not mark.exists():
        return Progress()
    try:
        here = Progress(**json.loads(mark.read_text()))
    except (ValueError, TypeError) as trouble:
        raise CannotGoOn(f"{mark} cannot be read: {trouble}. Remove it to begin anew; nothing is doubled.") from trouble
    source.seek(here.last_begins)
    last = source.read(here.offset - here.last_begins)
    if here.last_sha256 != hashlib.sha256(last).hexdigest():
        raise CannotGoOn(f"{mark} belongs to another file. Remove it to begin anew; nothing is doubled.")
    return here


def _write(mark: Path, here: Progress) -> None:
    """Write the mark in one step: the old one, or the new one, is there."""
    new = mark.with_name(f"{mark.name}.new")
    with new.open("w") as out:
        out.write(json.dumps(asdict(here)))
        out.flush()
        os.fsync(out.fileno())
    new.replace(mark)
