"""C2SP checkpoints: origin, size and root as a signed note. Ours have no extension lines, and none are read."""

from dataclasses import dataclass

from ledger.canonical import NotCanonical, b64, number, one_hash
from ledger.note import Note, Verifier, key_name, read_note, verified
from ledger.tree import EMPTY_ROOT


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: how many entries, under which root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{key_name(self.origin)}\n{self.size}\n{b64(self.root)}\n"


def read_checkpoint(raw: bytes) -> tuple[Checkpoint, Note]:
    """Read a checkpoint; nothing in it may be believed before its signatures are."""
    note = read_note(raw)
    lines = note.text[:-1].split("\n")
    if len(lines) != 3:
        raise NotCanonical("a checkpoint has three lines: origin, size and root")
    found = Checkpoint(key_name(lines[0]), number(lines[1]), one_hash(lines[2]))
    if found.size == 0 and found.root != EMPTY_ROOT:
        raise NotCanonical("an empty tree has the root of an empty tree")
    return found, note


def trusted_checkpoint(raw: bytes, log: Verifier) -> tuple[Checkpoint, Note]:
    """Read a checkpoint that this log signed, its origin being the name of the key. Raises NotCanonical or BadSignature."""
    found, note = read_checkpoint(raw)
    if found.origin != log.name:
        raise NotCanonical(f"the checkpoint is of {found.origin}, not of {log.name}")
    if log not in verified(note, [log]):
        raise NotCanonical(f"{log.name} did not sign the checkpoint")
    return found, note
