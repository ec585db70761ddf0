"""Asks Go's own libraries, which others wrote (Debian's golang-golang-x-mod-dev), and prepares what they are asked."""

import base64
import json
import os
import random
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ledger.canonical import b64
from ledger.tree import consistency_proof, inclusion_proof, leaf_hash, nodes_of, root_of

GOPATH = Path("/usr/share/gocode")
PROGRAM = Path(__file__).parent / "another" / "main.go"
Question = dict[str, Any]
rng = random.Random(6962)  # noqa: S311


def why_not() -> str:
    """Return what is missing here, or nothing."""
    if not shutil.which("go"):
        return "Go is not installed (Debian: golang-go)"
    if not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        return "Go's x/mod is not installed (Debian: golang-golang-x-mod-dev)"
    return ""


def build(folder: Path) -> Path:
    """Return the program that answers."""
    program = folder / "another"
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOCACHE": str(folder / "cache"), "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", program, PROGRAM], env=environment, check=True)
    return program


def answers(go: Path, questions: Sequence[Question]) -> list[bool]:
    lines = "".join(json.dumps(each) + "\n" for each in questions)
    done = subprocess.run([go], input=lines, capture_output=True, text=True, check=True)
    return [line == "1" for line in done.stdout.split()]


def turned(raw: bytes) -> bytes:
    altered = bytearray(raw)
    bit = rng.randrange(len(raw) * 8)
    altered[bit // 8] ^= 1 << bit % 8
    return bytes(altered)


def asked(what: str, size: int, root: bytes, at: int, value: bytes, proof: list[bytes]) -> Question:
    return {"What": what, "Size": size, "Root": b64(root), "At": at, "Hash": b64(value), "Proof": [b64(each) for each in proof]}


def altered(question: Question) -> Question:
    """The same with one bit turned, in the proof, the root or the hash."""
    proof = question["Proof"]
    place = rng.choice([*range(len(proof)), "Root", "Hash"])
    if isinstance(place, str):
        return {**question, place: _turned64(question[place])}
    return {**question, "Proof": [_turned64(each) if n == place else each for n, each in enumerate(proof)]}


def _turned64(text: str) -> str:
    return b64(turned(base64.b64decode(text)))


def exported(proofs: int, pairs: int, *, entries: int = 3000) -> tuple[list[Question], list[Question]]:
    """Return so many questions of inclusion and of consistency about a log of some sizes."""
    hashes = [leaf_hash(b"%d" % n) for n in range(entries)]
    nodes = nodes_of(hashes)
    roots = {size: root_of(hashes[:size]) for size in rng.sample(range(2, entries + 1), 60)}
    sizes = sorted(roots)
    included, paired = [], []
    for _ in range(proofs):
        size = rng.choice(sizes)
        index = rng.randrange(size)
        included.append(asked("inclusion", size, roots[size], index, hashes[index], inclusion_proof(nodes, index, size)))
    for _ in range(pairs):
        old, size = sorted(rng.sample(sizes, 2))
        paired.append(asked("consistency", size, roots[size], old, roots[old], consistency_proof(nodes, old, size)))
    return included, paired
