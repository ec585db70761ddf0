"""The witness: what it cosigns, what it refuses with which status, and that it remembers across a restart."""

import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from hashlib import sha256
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from ledger.canonical import b64
from ledger.checkpoint import Checkpoint
from ledger.note import COSIGNATURE, Signer, read_note, read_signatures, signed_note, verified
from ledger.tree import EMPTY_ROOT, consistency_proof, leaf_hash, nodes_of, root_of
from ledger.witness import Answer, Witness, handler_of, witness_in

LOG = Signer("records.example/log", bytes(range(32)))
ME = Signer("witness.example", bytes(range(9, 41)), COSIGNATURE)
LEAVES = [leaf_hash(b"%d" % n) for n in range(200)]
FORKED = [*LEAVES[:7], leaf_hash(b"another"), *LEAVES[8:]]


def checkpoint(leaves: Sequence[bytes], *, signer: Signer = LOG, origin: str = "records.example/log") -> str:
    text = Checkpoint(origin, len(leaves), root_of(leaves)).text()
    return signed_note(text, [signer.sign(text)])


def request(old: int, leaves: Sequence[bytes], **options: object) -> bytes:
    proof = "".join(f"{b64(each)}\n" for each in consistency_proof(nodes_of(leaves), old, len(leaves))) if old <= len(leaves) else ""
    return f"old {old}\n{proof}\n{checkpoint(leaves, **options)}".encode()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return Witness(tmp_path, ME, [LOG.verifier], now=lambda: 1_772_000_000.9)


def test_it_cosigns_what_goes_on_from_what_it_saw(witness):
    for old, size in ((0, 5), (5, 5), (5, 64), (64, 200)):
        answer = witness.add_checkpoint(request(old, LEAVES[:size]))
        assert answer.status == 200
        note = read_note(checkpoint(LEAVES[:size]).encode())
        (cosigned,) = read_signatures(answer.body.encode())
        assert ME.verifier.signed_at(note.text, cosigned.signature) == 1_772_000_000


def test_another_log_under_the_same_name_is_never_cosigned(witness):
    """The log is rewritten and signed again with its own key: whatever is sent, the witness saw another beginning."""
    witness.add_checkpoint(request(0, LEAVES[:50]))

    assert witness.add_checkpoint(request(50, FORKED[:50])) == Answer(409, "50\n", "text/x.tlog.size"), "the same size, another root"
    assert witness.add_checkpoint(request(50, FORKED[:120])).status == 422
    assert witness.add_checkpoint(request(0, FORKED[:120])) == Answer(409, "50\n", "text/x.tlog.size")
    assert witness.add_checkpoint(request(40, LEAVES[:45])) == Answer(409, "50\n", "text/x.tlog.size")
    assert witness.add_checkpoint(request(50, LEAVES[:120])).status == 200


def test_each_refusal_has_the_status_of_the_specification(witness):
    sound = request(0, LEAVES[:5])
    stranger = Signer("records.example/log", bytes(32))
    other = Signer("elsewhere.example/log", bytes(32))
    for raw, status in (
        (request(6, LEAVES[:5]), 400),
        (sound.replace(b"old 0", b"old 00"), 400),
        (sound.replace(b"old 0\n", b""), 400),
        (sound.replace(b"old 0\n", b"old 0\nAAAA\n"), 400),
        (b"old 0\n" + (b64(bytes(32)) + "\n").encode() * 64 + sound[6:], 400),
        (sound[:-1], 400),
        (b"", 400),
        (b"\xff", 400),
        (request(0, LEAVES[:5], signer=other, origin="elsewhere.example/log"), 404),
        (request(0, LEAVES[:5], signer=stranger), 403),
        (sound.replace(b"\n5\n", b"\n6\n"), 403),
        (sound.replace(b"old 0\n", f"old 0\n{b64(bytes(32))}\n".encode()), 422),
        (b"old 0\n\n" + checkpoint([]).replace(b64(EMPTY_ROOT), b64(bytes(32))).encode(), 422),
        (request(3, LEAVES[:5]), 409),
    ):
        assert witness.add_checkpoint(raw).status == status, raw[:60]
    assert witness.add_checkpoint(sound).status == 200


def test_no_flipped_bit_of_a_consistency_proof_is_cosigned(witness):
    witness.add_checkpoint(request(0, LEAVES[:50]))
    raw = bytearray(request(50, LEAVES[:120]))
    for bit in range(raw.index(b"\n\n") * 8):
        raw[bit // 8] ^= 1 << bit % 8
        assert witness.add_checkpoint(bytes(raw)).status in (400, 409, 422)
        raw[bit // 8] ^= 1 << bit % 8


def test_it_remembers_and_serves_what_it_cosigned(witness, tmp_path):
    name = sha256(b"records.example/log").hexdigest()
    assert witness.newest(name).status == 404
    witness.add_checkpoint(request(0, LEAVES[:50]))
    again = Witness(tmp_path, ME, [LOG.verifier])

    assert again.add_checkpoint(request(0, FORKED[:120])).status == 409
    served = read_note(again.newest(name).body.encode())
    assert verified(served, [LOG.verifier, ME.verifier]) == {LOG.verifier: None, ME.verifier: 1_772_000_000}


def test_of_two_at_once_one_is_cosigned(witness):
    witness.add_checkpoint(request(0, LEAVES[:50]))
    statuses: list[int] = []
    raws = [request(50, leaves) for leaves in (LEAVES[:120], LEAVES[:90], LEAVES[:70], LEAVES[:200])]
    threads = [threading.Thread(target=lambda raw=raw: statuses.append(witness.add_checkpoint(raw).status)) for raw in raws]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(statuses) == [200, 409, 409, 409]


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler_of(witness_in(tmp_path, "witness.example", [LOG.verifier]))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_over_http(served, tmp_path):
    def ask(path: str, body: bytes | None = None, length: str | None = None) -> tuple[int, str, str]:
        said = {} if length is None else {"Content-Length": length}
        try:
            with urllib.request.urlopen(urllib.request.Request(served + path, body, said), timeout=5) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read().decode()
        except urllib.error.HTTPError as no:
            return no.code, no.headers["Content-Type"], no.read().decode()

    status, _, line = ask("/add-checkpoint", request(0, LEAVES[:5]))
    me = witness_in(tmp_path, "witness.example", [LOG.verifier]).signer.verifier
    assert status == 200
    assert me in verified(read_note(checkpoint(LEAVES[:5]).encode() + line.encode()), [me])
    assert ask("/add-checkpoint", request(0, LEAVES[:7])) == (409, "text/x.tlog.size", "5\n")
    assert ask(f"/{sha256(b'records.example/log').hexdigest()}/checkpoint")[0] == 200
    assert ask("/add-checkpoint", b"x" * 70_000)[0] == 400
    for length in ("-1", "\xb2", "9" * 5_000, "0x10", ""):
        assert ask("/add-checkpoint", request(5, LEAVES[:7]), length)[0] == 400, length[:9]
    assert ask("/elsewhere", b"x")[0] == ask("/elsewhere")[0] == 404
    assert (tmp_path / "witness.key").stat().st_mode & 0o77 == 0


def test_it_needs_neither_django_nor_a_server():
    said = "import sys; import ledger.witness; print(any(name.split('.')[0] in ('django', 'psycopg') for name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
