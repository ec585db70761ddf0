"""The log: verifying many entries against hashing each once, hash calls counted, and the sequencer against the rate of inserts."""

import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from cases import log_keys
from ledger import tree
from ledger.bundle import VERIFIER
from ledger.sequencer import step
from tests.database import login
from tests.ledger.bundles import bundle, some_log
from tests.world import the_machine

TITLE = "Verifying the log: 1,000,000 entries of 249 bytes"
MANY, ROUNDS, INSERTS = 1_000_000, 3, 3_000


def verification() -> list[str]:
    """The root over all entries, from their bytes, against one hash of each; then the calls, counted on fewer."""
    entries = [(b"%d" % number).ljust(249, b"x") for number in range(MANY)]
    ratios, rates = [], []
    for _ in range(ROUNDS):
        once = _seconds(lambda: [hashlib.sha256(entry).digest() for entry in entries])
        whole = _seconds(lambda: tree.root_of([tree.leaf_hash(entry) for entry in entries]))
        ratios.append(once / whole)
        rates.append(MANY / whole)
    nodes = tree.nodes_of([tree.leaf_hash(entry) for entry in entries])
    proof = tree.inclusion_proof(nodes, 7, MANY)
    low, middle, high = statistics.quantiles(ratios, n=4)
    return [
        f"| root of the log from the bytes of its entries / each entry hashed once | **{middle:.2f}** | {low:.2f} - {high:.2f} | goal 0.45; {statistics.median(rates):,.0f} entries/s |",
        f"| hash calls per entry, counted | {_calls(10_000):.4f} | | at most 2.01 |",
        f"| proof of one entry in a million | {len(proof)} hashes | | goal 20 |",
        a_bundle(),
    ]


def a_bundle() -> str:
    """A bundle of 136 entries as an outsider checks it: its verifier, a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "bundle.zip"
        file.write_bytes(bundle(some_log(400), 2, earlier=[401]))
        rounds = [
            _seconds(lambda: subprocess.run([sys.executable, "-I", VERIFIER, file], check=True, stdout=subprocess.DEVNULL))
            for _ in range(11)
        ]
    low, middle, high = statistics.quantiles(rounds, n=4)
    return f"| a bundle of 136 entries checked by `verify.py`, the whole process | **{middle:.2f} s** | {low:.2f} - {high:.2f} | goal at most 2 s |"


def _calls(entries: int) -> float:
    counted = [0]
    real = hashlib.sha256

    def counting(raw: bytes) -> object:
        counted[0] += 1
        return real(raw)

    with patch.object(tree, "sha256", counting):
        tree.root_of([tree.leaf_hash(b"%d" % number) for number in range(entries)])
    return counted[0] / entries


def sequencing() -> list[str]:
    """Entries placed and signed a second against entries inserted a second, each in its own transaction of one client."""
    with the_machine():
        log_keys.make_keys()
        signer = log_keys.signer("log")
        while (found := step(signer=signer)) and found.waiting_since:
            continue
    with login("app") as app:
        began = time.perf_counter()
        for number in range(INSERTS):
            app.execute("select ledger_append('sign_out', 'house', jsonb_build_object('n', %s::int))", [number])
        inserting = INSERTS / (time.perf_counter() - began)
    with the_machine():
        began = time.perf_counter()
        while (found := step(signer=signer)) and found.waiting_since:
            continue
        placing = INSERTS / (time.perf_counter() - began)
    return [
        f"| entries placed and signed / entries inserted | **{placing / inserting:.1f}** | | goal 3; {placing:,.0f}/s against {inserting:,.0f}/s |"
    ]


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began
