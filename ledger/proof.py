"""C2SP tlog-proof: one text that proves offline that an entry stands in the log."""

from dataclasses import dataclass

from ledger.canonical import NotCanonical, b64, base64_bytes, number, one_hash, text_of
from ledger.checkpoint import Checkpoint, trusted_checkpoint
from ledger.note import Verifier
from ledger.tree import is_included, leaf_hash

FIRST = "c2sp.org/tlog-proof@v1"
LONGEST_PATH = 63


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Where the entry stands, the path to the root, and the checkpoint as it was signed. ``extra``: what others put beside it, vouched for by nobody."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def said(self) -> str:
        beside = "" if self.extra is None else f"extra {b64(self.extra)}\n"
        hashes = "".join(f"{b64(each)}\n" for each in self.path)
        return f"{FIRST}\n{beside}index {self.index}\n{hashes}\n{self.checkpoint}"


def read_proof(raw: bytes) -> TlogProof:
    """Read a proof. Its first line is signed by nobody, so it is matched to the letter. Ours have no extra line, and none stands in a bundle."""
    head, gap, checkpoint = text_of(raw).partition("\n\n")
    first, *lines = head.split("\n")
    if not gap or first != FIRST:
        raise NotCanonical(f"a proof begins with {FIRST}")
    extra = base64_bytes(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else None
    if not lines or not lines[0].startswith("index ") or len(lines) > 1 + LONGEST_PATH:
        raise NotCanonical("a proof says the index, then at most 63 hashes")
    return TlogProof(number(lines[0].removeprefix("index ")), tuple(one_hash(line) for line in lines[1:]), checkpoint, extra)


def proven(entry: bytes, raw: bytes, log: Verifier) -> tuple[int, Checkpoint]:
    """Return the index of an entry and the checkpoint that covers it. Raises NotCanonical or BadSignature where it is not proven."""
    proof = read_proof(raw)
    checkpoint, _ = trusted_checkpoint(proof.checkpoint.encode(), log)
    if not is_included(leaf_hash(entry), proof.index, checkpoint.size, proof.path, checkpoint.root):
        raise NotCanonical(f"the entry does not stand at {proof.index} of the tree of {checkpoint.size}")
    return proof.index, checkpoint
