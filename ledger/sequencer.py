"""Puts committed entries in their places and signs what the log has become. Two at once harm nothing: one waits, or signs nothing new."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ledger.asking import ask_database, ask_rows
from ledger.checkpoint import Checkpoint
from ledger.log import newest_checkpoint, nodes_at
from ledger.note import Signer, signed_note
from ledger.tree import consistency_proof, is_consistent, span_hash

AT_MOST = 5000
TOO_LONG = timedelta(seconds=60)  # an idle transaction is ended after a minute; whatever is older than that needs a person


class LogForked(RuntimeError):
    """The log does not go on from the checkpoint that was signed last. Nothing is signed; a person has to look."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a step found: the size of the log, whether it was signed, since when the next entry waits, and who holds it back."""

    size: int
    signed: bool
    waiting_since: datetime | None
    held_by: str | None = None


def step(*, signer: Signer, at_most: int = AT_MOST, too_long: timedelta = TOO_LONG, using: str = "default") -> Step | None:
    """Give waiting entries their places, sign a checkpoint, and raise the alarm if an entry waits too long.

    Returns None while another sequencer is at work. Raises LogForked.
    """
    rows = ask_rows("select size, waiting_since from ledger_sequence(%s)", at_most, using=using)
    if not rows:
        return None
    size, waiting_since = rows[0]
    signed = sign(signer=signer, size=size, using=using)
    held_by = ask_database("select ledger_stalled(%s)", too_long, using=using) if waiting_since else None
    return Step(size, signed, waiting_since, held_by)


def sign(*, signer: Signer, size: int, using: str = "default") -> bool:
    """Sign the log at this size, if it goes on from what was signed last; False where there is nothing new to sign."""
    last = newest_checkpoint(using=using)
    if last and last.size >= size:
        return False
    nodes = nodes_at(size, using=using)
    root = span_hash(nodes, 0, size)
    if last and last.size and not is_consistent(last.size, last.root, size, root, consistency_proof(nodes, last.size, size)):
        raise LogForked(f"the log of {size} entries does not go on from the one of {last.size} that was signed")
    text = Checkpoint(signer.verifier.name, size, root).text()
    return bool(ask_database("select ledger_sign(%s)", signed_note(text, [signer.sign(text)]), using=using))
