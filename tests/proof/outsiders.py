"""Proofs as others read them: Go's own libraries accept what the log exports, and none of it with one bit turned."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ledger.gos_own import altered, answers, build, exported, why_not
from tests.proof.table import Proof

PROOFS, PAIRS = 1000, 200


def gos_own_libraries(full: bool) -> Iterator[Proof]:
    """1,000 proofs of inclusion and 200 pairs of sizes, and each once more with one bit of proof, root or hash turned."""
    if why_not():
        pytest.skip(why_not())
    included, paired = exported(*((PROOFS, PAIRS) if full else (PROOFS // 5, PAIRS // 5)))
    with tempfile.TemporaryDirectory() as folder:
        go = build(Path(folder))
        for what, questions in (("proofs of inclusion", included), ("consistency pairs", paired)):
            taken = Proof(f"Go's sumdb/tlog: {what}, accepted")
            for question, answer in zip(questions, answers(go, questions), strict=True):
                taken.check(answer, f"refused: {question}")
            yield taken
            turned = Proof(f"Go's sumdb/tlog: {what} with one bit turned, refused")
            changed = [altered(each) for each in questions]
            for question, answer in zip(changed, answers(go, changed), strict=True):
                turned.check(not answer, f"accepted: {question}")
            yield turned
