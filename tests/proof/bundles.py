"""Bundles with one bit turned: no part may be altered, by whoever has no key, nor by whoever can sign the manifest again."""

import random
from collections.abc import Iterator
from functools import lru_cache
from unittest.mock import patch

from ledger import verify
from ledger.bundle import zipped
from tests.ledger.bundles import CASE, Log, bundle, some_log
from tests.proof.table import Proof

PARTLY = 60
VOUCHED = (
    "entries/",
    "proofs/",
    "checkpoint",
    "case.json",
    "case.html",
    "pictures/",
    "consistency/",
)  # by the log, not by the manifest alone


def three_bundles() -> Iterator[tuple[int, bytes]]:
    """A first bundle, one that goes on from it, and one of another log, where the case stands alone."""
    log = some_log(7)
    first = bundle(log)
    size = len(log.entries)
    log.add("conclude", CASE, rating=2)
    alone = Log()
    alone.add("receive_result", CASE)
    yield from ((1, first), (2, bundle(log, 2, earlier=[size])), (1, bundle(alone)))


def every_bit(full: bool) -> Iterator[Proof]:
    """Each bit of each part, packed again; then each bit of what the log vouches for, as if the manifest had been signed again."""
    packed = Proof("bundles: one bit of entries, proofs, checkpoint, cosignatures, keys, data or manifest")
    anew = Proof("bundles: the same bit, the manifest made anew")
    raw_bits = Proof("bundles: one bit of the ZIP")
    with patch.object(verify, "holds", lru_cache(maxsize=100_000)(verify.holds)):  # the same questions, answered once
        for number, raw in three_bundles():
            verify.check(raw)
            files = verify.unzipped(raw)
            keys, _, quorum, _ = verify.keys_of(files)
            for name in sorted(files):
                if name == "verify.py" and not full:
                    continue
                for bit in _bits(name, files[name], full and name != "verify.py"):
                    turned = {**files, name: _turned(files[name], bit)}
                    packed.check(_refused(verify.check, zipped(turned)), f"bit {bit} of {name} in bundle {number}")
                    if name.startswith(VOUCHED):
                        anew.check(
                            _refused(verify.check_content, turned, keys, quorum, CASE, str(number)),
                            f"bit {bit} of {name} in bundle {number}",
                        )
            chosen = random.Random(number).sample(range(len(raw) * 8), 3_400 if full else PARTLY)
            for bit in chosen:
                raw_bits.check(_refused(verify.check, _turned(raw, bit)), f"bit {bit} of bundle {number}")
    yield from (packed, anew, raw_bits)


def _bits(name: str, content: bytes, full: bool) -> list[int]:
    every = range(len(content) * 8)
    return list(every) if full else sorted(random.Random(name).sample(every, min(PARTLY, len(every))))


def _turned(raw: bytes, bit: int) -> bytes:
    turned = bytearray(raw)
    turned[bit // 8] ^= 1 << bit % 8
    return bytes(turned)


def _refused(question: object, *said: object) -> bool:
    try:
        question(*said)  # type: ignore[operator]
    except verify.Refused:
        return True
    return False
