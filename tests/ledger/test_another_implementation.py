"""Go's own libraries, written by others, accept what we prove and refuse it with one bit turned.

Needs Debian's golang-go and golang-golang-x-mod-dev; skipped where they are not installed. Proofs and consistency pairs: ``tests/proof/outsiders.py``.
"""

from pathlib import Path

import pytest

from ledger import verify
from ledger.proof import read_proof
from ledger.tree import root_of
from tests.ledger.bundles import LOG, bundle, some_log
from tests.ledger.gos_own import answers, asked, build, turned, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not() or "everything is here")


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("go"))


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
