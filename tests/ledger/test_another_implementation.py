"""Go's own libraries, written by others, accept what we prove and refuse it with one bit turned.

Needs Debian's golang-go and golang-golang-x-mod-dev; skipped where they are not installed.
"""

import base64
import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ledger import verify
from ledger.canonical import b64
from ledger.proof import read_proof
from ledger.tree import consistency_proof, inclusion_proof, leaf_hash, nodes_of, root_of
from tests.ledger.bundles import LOG, bundle, some_log

GOPATH = Path("/usr/share/gocode")
pytestmark = pytest.mark.skipif(
    not shutil.which("go") or not (GOPATH / "src/golang.org/x/mod/sumdb/tlog").is_dir(), reason="Go and its x/mod are not installed"
)
PROOFS, PAIRS = 1000, 200
rng = random.Random(6962)  # noqa: S311


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("go") / "another"
    environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOPATH), "GOCACHE": str(program.parent / "cache"), "GOFLAGS": ""}
    subprocess.run(["go", "build", "-o", program, Path(__file__).parent / "another" / "main.go"], env=environment, check=True)
    return program


def answers(go: Path, questions: list[dict[str, Any]]) -> list[bool]:
    lines = "".join(json.dumps(each) + "\n" for each in questions)
    done = subprocess.run([go], input=lines, capture_output=True, text=True, check=True)
    return [line == "1" for line in done.stdout.split()]


def turned(raw: bytes) -> bytes:
    altered = bytearray(raw)
    bit = rng.randrange(len(raw) * 8)
    altered[bit // 8] ^= 1 << bit % 8
    return bytes(altered)


def asked(what: str, size: int, root: bytes, at: int, value: bytes, proof: list[bytes]) -> dict[str, Any]:
    return {"What": what, "Size": size, "Root": b64(root), "At": at, "Hash": b64(value), "Proof": [b64(each) for each in proof]}


def altered(question: dict[str, Any]) -> dict[str, Any]:
    """The same with one bit turned, in the proof, the root or the hash."""
    proof = question["Proof"]
    place = rng.choice([*range(len(proof)), "Root", "Hash"])
    if isinstance(place, str):
        return {**question, place: _turned64(question[place])}
    return {**question, "Proof": [_turned64(each) if n == place else each for n, each in enumerate(proof)]}


def _turned64(text: str) -> str:
    return b64(turned(base64.b64decode(text)))


def test_proofs_are_accepted_and_altered_ones_refused(go):
    hashes = [leaf_hash(b"%d" % n) for n in range(3000)]
    nodes = nodes_of(hashes)
    roots = {size: root_of(hashes[:size]) for size in rng.sample(range(2, 3001), 60)}
    sizes = sorted(roots)
    included, paired = [], []
    for _ in range(PROOFS):
        size = rng.choice(sizes)
        index = rng.randrange(size)
        included.append(asked("inclusion", size, roots[size], index, hashes[index], inclusion_proof(nodes, index, size)))
    for _ in range(PAIRS):
        old, size = sorted(rng.sample(sizes, 2))
        paired.append(asked("consistency", size, roots[size], old, roots[old], consistency_proof(nodes, old, size)))

    assert answers(go, included) == [True] * PROOFS
    assert answers(go, paired) == [True] * PAIRS
    assert answers(go, [altered(each) for each in included]) == [False] * PROOFS
    assert answers(go, [altered(each) for each in paired]) == [False] * PAIRS


def test_our_checkpoints_are_notes_to_others_and_no_altered_one_is(go):
    log = some_log(30)
    key = LOG.verifier.vkey()
    notes = [log.checkpoint(size) for size in range(1, 31)]
    broken = []
    for each in notes:
        raw = each.encode()
        end = raw.index(b"\n\n")
        try:
            broken.append({"What": "note", "Key": key, "Note": (turned(raw[:end]) + raw[end:]).decode()})
        except UnicodeDecodeError:
            continue

    assert answers(go, [{"What": "note", "Key": key, "Note": each} for each in notes]) == [True] * 30
    assert len(broken) > 10
    assert answers(go, broken) == [False] * len(broken)


def test_a_proof_in_a_bundle_is_one_to_others(go):
    log = some_log()
    files = verify.unzipped(bundle(log))
    questions = []
    for name, raw in files.items():
        if name.startswith("proofs/"):
            proof = read_proof(raw)
            leaves = log.leaves()
            questions.append(asked("inclusion", len(leaves), root_of(leaves), proof.index, leaves[proof.index], list(proof.path)))

    assert answers(go, questions) == [True] * 15
