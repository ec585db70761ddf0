"""Writes a bundle in its one way: files, proofs and keys under a signed manifest. ``verify.py`` reads it and shares no code with it."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ledger.canonical import b64
from ledger.checkpoint import read_checkpoint
from ledger.note import Signer, Verifier, signed_note
from ledger.proof import TlogProof
from ledger.tree import Nodes, consistency_proof, inclusion_proof, span_hash

VERIFIER = Path(__file__).with_name("verify.py")
# What the format says of a file: version 2.0, UTF-8 names, stored, and the first day that ZIP knows instead of a date.
PLAIN = (20, 0x800, 0, 0, 33)


@dataclass(frozen=True, slots=True)
class Told:
    """What a bundle is of: log, case and number; the files beside the proofs; and the keys that a reader needs."""

    origin: str
    case: str
    number: int
    files: Mapping[str, bytes]
    log: Verifier
    witnesses: Sequence[Verifier] = ()
    quorum: int = 0


def bundle_of(told: Told, entries: Mapping[int, bytes], *, checkpoint: str, nodes: Nodes, earlier: Sequence[int], signer: Signer) -> bytes:
    """Return the ZIP. ``earlier`` holds the sizes of the logs of earlier bundles, each proven to be a beginning of this one."""
    size = read_checkpoint(checkpoint.encode())[0].size
    files = {**told.files, "checkpoint": checkpoint.encode(), "verify.py": VERIFIER.read_bytes(), "keys.txt": _keys(told, signer).encode()}
    for index, entry in entries.items():
        files[f"entries/{index}.json"] = entry
        files[f"proofs/{index}.tlog-proof"] = TlogProof(index, tuple(inclusion_proof(nodes, index, size)), checkpoint).said().encode()
    for old in earlier:
        hashes = [span_hash(nodes, 0, old), *consistency_proof(nodes, old, size)]
        files[f"consistency/{old}.txt"] = (f"old {old}\n" + "".join(f"{b64(each)}\n" for each in hashes)).encode()
    return sealed(told, files, signer)


def sealed(told: Told, files: Mapping[str, bytes], signer: Signer) -> bytes:
    """Sign the manifest over the files and return the ZIP."""
    lines = [f"{sha256(raw).hexdigest()} {len(raw)} {name}" for name, raw in sorted(files.items())]
    text = "\n".join(["countersign bundle v1", told.origin, told.case, str(told.number), *lines, ""])
    return zipped({**files, "manifest.txt": signed_note(text, [signer.sign(text)]).encode()})


def _keys(told: Told, signer: Signer) -> str:
    witnesses = "".join(f"witness {each.vkey()}\n" for each in told.witnesses)
    return f"log {told.log.vkey()}\nbundle {signer.verifier.vkey()}\n{witnesses}quorum {told.quorum}\n"


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP that has one writing only: stored, without dates, in the order of names."""
    bodies, table, where = [], [], 0
    for name, raw in sorted(files.items()):
        coded = name.encode()
        head = struct.pack("<HHHHHIIIH", *PLAIN, zlib.crc32(raw), len(raw), len(raw), len(coded))
        body = b"PK\x03\x04" + head + b"\0\0" + coded + raw
        table.append(b"PK\x01\x02" + struct.pack("<H", PLAIN[0]) + head + struct.pack("<HHHHII", 0, 0, 0, 0, 0, where) + coded)
        bodies.append(body)
        where += len(body)
    directory = b"".join(table)
    return b"".join(bodies) + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, len(table), len(table), len(directory), where, 0)
