"""Asks an RFC 3161 authority once a day for a token over the newest checkpoint. Nobody waits for it either."""

import logging
import secrets
import time
from collections.abc import Callable
from hashlib import sha256

from ledger.asking import ask_database, ask_rows
from ledger.log import SignedCheckpoint, newest_checkpoint
from ledger.posting import Posting

PATIENCE = 10.0
REST = 600.0  # seconds until an authority is asked again that gave no token
ASKED = "select timestamps from ledger_witnesspolicy order by id desc limit 1"
TODAYS = "select exists (select 1 from ledger_timestamp where at >= date_trunc('day', house_now()) or checkpoint_id = %s)"
log = logging.getLogger(__name__)


class NoToken(ValueError):
    """The answer holds no token over what was asked."""


def request_over(note: bytes, nonce: bytes) -> bytes:
    """Return the query in DER: version 1, the SHA-256 of the note, a nonce of 8 bytes, and that certificates are wanted."""
    imprint = bytes.fromhex("3031300d060960864801650304020105000420") + sha256(note).digest()
    return b"\x30\x43\x02\x01\x01" + imprint + b"\x02\x08" + nonce + b"\x01\x01\xff"


def granted(answer: bytes, note: bytes, nonce: bytes) -> bytes:
    """Return the answer if it grants a token over this note and this question. Raises NoToken.

    The signature within it is for whoever trusts the authority: ``openssl ts -verify``.
    """
    if _inside(_inside(answer))[:3] not in (b"\x02\x01\x00", b"\x02\x01\x01"):
        raise NoToken("the authority granted no token")
    if b"\x04\x20" + sha256(note).digest() not in answer or b"\x02\x08" + nonce not in answer:
        raise NoToken("the token is over something else")
    return answer


def _inside(der: bytes) -> bytes:
    """Return what stands within a SEQUENCE, and whatever is behind it."""
    if len(der) < 2 or der[0] != 0x30:
        raise NoToken("the answer is none of RFC 3161")
    return der[2 + (der[1] & 0x7F if der[1] & 0x80 else 0) :]


class Timestamps:
    """Asks beside the sequencer, and keeps what came."""

    def __init__(
        self, *, patience: float = PATIENCE, rest: float = REST, now: Callable[[], float] = time.monotonic, using: str = "default"
    ) -> None:
        self.patience, self.rest, self.now, self.using = patience, rest, now, using
        self.asked: tuple[SignedCheckpoint, bytes, Posting] | None = None
        self.resting = float("-inf")

    def go_on(self) -> bool:
        """Keep a token that came, or ask for the one of today. Returns whether an answer is awaited; never waits for it."""
        if self.asked:
            self._heard(*self.asked)
        elif self.resting <= self.now():
            self._ask()
        return self.asked is not None

    def _ask(self) -> None:
        rows = ask_rows(ASKED, using=self.using)
        newest = newest_checkpoint(using=self.using) if rows and rows[0][0] else None
        if newest is None or not newest.size or ask_database(TODAYS, newest.size, using=self.using):
            return
        nonce = bytes([1 + secrets.randbelow(127)]) + secrets.token_bytes(7)  # a positive number, written in the one way
        query = request_over(newest.note.encode(), nonce)
        until = self.now() + self.patience
        posting = Posting(rows[0][0], query, until=until, patience=self.patience, content_type="application/timestamp-query")
        self.asked = (newest, nonce, posting)

    def _heard(self, checkpoint: SignedCheckpoint, nonce: bytes, posting: Posting) -> None:
        answer = posting.answer(at=self.now())
        if answer is None:
            return
        self.asked = None
        try:
            if answer.status != 200:
                raise NoToken(answer.trouble or f"the authority answered {answer.status}")
            token = granted(answer.body, checkpoint.note.encode(), nonce)
        except NoToken as trouble:
            log.warning("no timestamp of today: %s", trouble)
            self.resting = self.now() + self.rest
            return
        ask_database("select ledger_keep_timestamp(%s, %s)", checkpoint.size, token, using=self.using)
