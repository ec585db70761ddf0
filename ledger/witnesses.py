"""Asks the witnesses of the policy in force to cosign the newest checkpoint. Nobody waits for a witness: each is asked beside the sequencer."""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ledger.asking import ask_database, ask_rows
from ledger.canonical import NotCanonical, b64, number
from ledger.checkpoint import read_checkpoint
from ledger.log import SignedCheckpoint, newest_checkpoint, nodes_at
from ledger.note import BadSignature, Verifier, read_signatures, read_vkey
from ledger.posting import Answer, Posting
from ledger.tree import consistency_proof

PATIENCE = 5.0  # seconds for one answer
REST = 20.0  # seconds until a witness is asked again that did not answer, or refused
REFUSALS = {403: "it does not know the key of the log", 404: "it does not know the log", 422: "the log does not go on from what it saw"}
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One request that is on its way."""

    checkpoint: SignedCheckpoint
    posting: Posting


class Witnesses:
    """Goes round after round: every witness that can be asked is shown the same checkpoint, so that a quorum cosigns one text."""

    def __init__(
        self, *, patience: float = PATIENCE, rest: float = REST, now: Callable[[], float] = time.monotonic, using: str = "default"
    ) -> None:
        self.patience, self.rest, self.now, self.using = patience, rest, now, using
        self.asked: dict[Verifier, _Asked] = {}
        self.seen: dict[Verifier, int] = {}
        self.cosigned: dict[Verifier, int] = {}
        self.resting: dict[Verifier, float] = {}

    def go_on(self) -> bool:
        """Keep what was answered, and begin a round if none is under way. Returns whether answers are awaited; never waits for one."""
        in_force = [(read_vkey(vkey), address, last) for vkey, address, last in ask_rows(IN_FORCE, using=self.using)]
        for key, asked in list(self.asked.items()):
            answer = asked.posting.answer(at=self.now())
            if answer is not None:
                del self.asked[key]
                if key in {each for each, _, _ in in_force}:
                    self._heard(key, asked.checkpoint, answer)
        if not self.asked:
            self._round(in_force)
        self._alarm()
        return bool(self.asked)

    def _round(self, in_force: Sequence[tuple[Verifier, str, int]]) -> None:
        newest = newest_checkpoint(using=self.using)
        if newest is None or not newest.size:
            return
        for key, address, last in in_force:
            if max(last, self.cosigned.get(key, 0)) < newest.size and self.resting.get(key, 0.0) <= self.now():
                body = self._request(self.seen.get(key, last), newest)
                self.asked[key] = _Asked(
                    newest, Posting(f"{address}/add-checkpoint", body, until=self.now() + self.patience, patience=self.patience)
                )

    def _request(self, old: int, newest: SignedCheckpoint) -> bytes:
        proof = consistency_proof(nodes_at(newest.size, using=self.using), old, newest.size) if 0 < old < newest.size else []
        return (f"old {old}\n" + "".join(f"{b64(each)}\n" for each in proof) + f"\n{newest.note}").encode()

    def _heard(self, key: Verifier, checkpoint: SignedCheckpoint, answer: Answer) -> None:
        if answer.status == 200:
            self._cosigned(key, checkpoint, answer.body)
        elif answer.status == 409:
            self._saw_another_size(key, checkpoint, answer.body)
        elif answer.status in REFUSALS:
            self._refused(key, checkpoint, REFUSALS[answer.status])
        else:
            log.warning("the witness %s does not answer: %s", key.name, answer.trouble or answer.status)
            self._rest(key)

    def _cosigned(self, key: Verifier, checkpoint: SignedCheckpoint, body: bytes) -> None:
        try:
            line = next(each for each in read_signatures(body) if (each.name, each.key_id) == (key.name, key.key_id))
            key.signed_at(read_checkpoint(checkpoint.note.encode())[1].text, line.signature)
        except (NotCanonical, BadSignature, StopIteration):
            self._refused(key, checkpoint, "its cosignature does not hold")
            return
        ask_database("select ledger_keep_cosignature(%s, %s, %s)", checkpoint.size, key.vkey(), line.line(), using=self.using)
        self.seen[key] = self.cosigned[key] = checkpoint.size

    def _saw_another_size(self, key: Verifier, checkpoint: SignedCheckpoint, body: bytes) -> None:
        newest = newest_checkpoint(using=self.using) or checkpoint
        try:
            size = number(body.decode("ascii").removesuffix("\n"))
        except (UnicodeDecodeError, NotCanonical):
            self._refused(key, checkpoint, "it answers without saying what it saw")
            return
        if size > newest.size:
            self._refused(key, checkpoint, f"it has seen a log of {size} entries, this one has {newest.size}")
        elif size == self.seen.get(key):
            other = f"it saw another log of {size} entries" if size == checkpoint.size else "it says twice that it saw what it was told"
            self._refused(key, checkpoint, other)
        self.seen[key] = min(size, newest.size)

    def _refused(self, key: Verifier, checkpoint: SignedCheckpoint, why: str) -> None:
        log.error("the witness %s refuses the log of %s entries: %s", key.name, checkpoint.size, why)
        ask_database("select ledger_witness_refused(%s, %s, %s)", key.vkey(), checkpoint.size, why, using=self.using)
        self._rest(key)

    def _rest(self, key: Verifier) -> None:
        self.resting[key] = self.now() + self.rest

    def _alarm(self) -> None:
        since = ask_database("select ledger_witnesses_alarm()", using=self.using)
        if since:
            log.error("witnesses have not seen the log since %s: countersigning has stopped", since)


# Each witness in force, and the largest size that it cosigned here.
IN_FORCE = """
select w.vkey, w.address, coalesce((select max(c.checkpoint_id) from ledger_cosignature c where c.vkey = w.vkey), 0)
  from ledger_witness w where w.policy_id = (select max(id) from ledger_witnesspolicy) order by w.id
"""
