"""A bundle on a log in memory, with keys of its own; made anew with whatever was altered, as who stole a key would do it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from ledger.bundle import Told, bundle_of, sealed
from ledger.checkpoint import Checkpoint
from ledger.note import COSIGNATURE, Signer, signed_note
from ledger.tree import leaf_hash, nodes_of, root_of

ORIGIN, CASE = "records.example/log", "FR-2026-000123"
LOG = Signer(ORIGIN, bytes(range(32)))
BUNDLES = Signer(f"{ORIGIN}/bundles", bytes(range(7, 39)))
WITNESSES = tuple(Signer(f"witness{n}.example", bytes([n]) * 32, COSIGNATURE) for n in (1, 2))
PAGE = b"<!doctype html><title>FR-2026-000123</title>\n"


@dataclass(slots=True)
class Log:
    """Entries in memory: of the case and of others."""

    entries: list[bytes] = field(default_factory=list)

    def add(self, kind: str, subject: str, **details: object) -> int:
        body = {"kind": kind, "subject": subject, "at": f"2026-03-01T10:00:00.{len(self.entries):06d}Z", **details}
        self.entries.append(json.dumps(body, sort_keys=True).encode())
        return len(self.entries) - 1

    def leaves(self, size: int | None = None) -> list[bytes]:
        return [leaf_hash(each) for each in self.entries[:size]]

    def checkpoint(self, size: int | None = None, *, witnesses: Sequence[Signer] = WITNESSES) -> str:
        leaves = self.leaves(size)
        text = Checkpoint(ORIGIN, len(leaves), root_of(leaves)).text()
        return signed_note(text, [LOG.sign(text), *(each.sign(text, at=1_772_000_000) for each in witnesses)])

    def of_the_case(self) -> dict[int, bytes]:
        return {n: each for n, each in enumerate(self.entries) if json.loads(each)["subject"] == CASE}


def some_log(entries: int = 40) -> Log:
    log = Log()
    for number in range(entries):
        log.add("look", CASE if number % 3 == 0 else f"FR-2026-{number:06d}", purpose="examination")
    return log


def bundle(log: Log, number: int = 1, *, earlier: Sequence[int] = (), quorum: int = 2, page: bytes = PAGE) -> bytes:
    """Record a bundle in the log and return it."""
    listed = [{"index": n, **{k: json.loads(e)[k] for k in ("kind", "subject", "at")}} for n, e in log.of_the_case().items()]
    told = {"case": CASE, "bundle": number, "entries": listed, "leads": []}
    files = {
        "case.json": json.dumps(told, indent=1).encode(),
        "case.html": page,
        "pictures/probe-1.png": b"\x89PNG\r\n",
        "README.txt": b"Run verify.py.\n",
    }
    digests = {name: sha256(raw).hexdigest() for name, raw in files.items() if name != "README.txt"}
    log.add("export_bundle", CASE, bundle=number, files=digests)
    return bundle_of(
        what(files, number, quorum=quorum),
        log.of_the_case(),
        checkpoint=log.checkpoint(),
        nodes=nodes_of(log.leaves()),
        earlier=earlier,
        signer=BUNDLES,
    )


def what(files: Mapping[str, bytes], number: int = 1, *, quorum: int = 2) -> Told:
    return Told(ORIGIN, CASE, number, files, LOG.verifier, tuple(each.verifier for each in WITNESSES), quorum)


def made_anew(files: Mapping[str, bytes], number: int = 1) -> bytes:
    """The manifest signed again over other files, with the key of bundles."""
    return sealed(what({}, number), {name: raw for name, raw in files.items() if name != "manifest.txt"}, BUNDLES)
