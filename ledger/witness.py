"""A witness, run by somebody else: cosigns a checkpoint only if it goes on from the last one it saw (C2SP tlog-witness).

``python -m ledger.witness --name NAME --folder FOLDER --log KEY`` needs neither Django nor a database server. What it saw is on disk before it
answers. It holds no entry, only the newest checkpoint of each log.
"""

import argparse
import os
import re
import secrets
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ledger.canonical import NotCanonical, b64, number, one_hash, text_of
from ledger.checkpoint import Checkpoint, read_checkpoint
from ledger.note import COSIGNATURE, BadSignature, Note, Signer, Verifier, read_vkey, signed_note, verified
from ledger.tree import EMPTY_ROOT, is_consistent

LONGEST = 64 * 1024
LONGEST_PROOF = 63


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


class _No(Exception):
    def __init__(self, answer: Answer) -> None:
        self.answer = answer


class Witness:
    """Knows some logs by their keys, and of each the newest checkpoint that it cosigned."""

    def __init__(self, folder: Path, signer: Signer, logs: Sequence[Verifier], now: Callable[[], float] = time.time) -> None:
        self.file, self.signer, self.now = folder / "seen.sqlite", signer, now
        self.logs = {each.name: each for each in logs}
        with closing(self._open()) as store, store:
            store.execute(
                "create table if not exists seen(origin text primary key, size integer not null, root blob not null, note text not null)"
            )

    def add_checkpoint(self, raw: bytes) -> Answer:
        """Answer with a cosignature, or say why not; what is cosigned is on disk before."""
        try:
            old, proof, checkpoint, note, log = self._read(raw)
            return self._cosign(old, proof, checkpoint, note, log)
        except _No as no:
            return no.answer

    def newest(self, origin_hash: str) -> Answer:
        """Return the newest checkpoint that was cosigned of a log, by the hash of its origin."""
        with closing(self._open()) as store:
            for origin, note in store.execute("select origin, note from seen"):
                if sha256(origin.encode()).hexdigest() == origin_hash:
                    return Answer(200, note)
        return Answer(404, "no checkpoint of this log was cosigned\n")

    def _read(self, raw: bytes) -> tuple[int, list[bytes], Checkpoint, Note, Verifier]:
        try:
            head, gap, rest = text_of(raw).partition("\n\n")
            lines = head.split("\n")
            if not gap or not lines[0].startswith("old ") or len(lines) > LONGEST_PROOF + 1:
                raise NotCanonical("say the old size, the proof, an empty line and the checkpoint")
            old, proof = number(lines[0][4:]), [one_hash(line) for line in lines[1:]]
            lines = rest.split("\n", 3)
            if lines[1:2] == ["0"] and lines[2:3] != [b64(EMPTY_ROOT)]:
                raise _No(Answer(422, "an empty log has the root of an empty log\n"))
            checkpoint, note = read_checkpoint(rest.encode())
            log = self.logs.get(checkpoint.origin)
            if log is None:
                raise _No(Answer(404, "this log is not known here\n"))
            self._signed_by(log, note)
        except NotCanonical as trouble:
            raise _No(Answer(400, f"{trouble}\n")) from trouble
        if old > checkpoint.size:
            raise _No(Answer(400, "the old size is above the new one\n"))
        return old, proof, checkpoint, note, log

    def _signed_by(self, log: Verifier, note: Note) -> None:
        try:
            good = log in verified(note, [log])
        except BadSignature:
            good = False
        if not good:
            raise _No(Answer(403, "the log did not sign this\n"))

    def _cosign(self, old: int, proof: list[bytes], checkpoint: Checkpoint, note: Note, log: Verifier) -> Answer:
        with closing(self._open()) as store:
            store.execute("begin immediate")  # comparing and storing are one step, also for two requests at once
            row = store.execute("select size, root from seen where origin = ?", (log.name,)).fetchone()
            size, root = row or (0, EMPTY_ROOT)
            if old != size:
                return Answer(409, f"{size}\n", "text/x.tlog.size")
            if old == checkpoint.size > 0 and root != checkpoint.root:
                return Answer(409, f"{size}\n", "text/x.tlog.size")
            if not _goes_on(size, root, checkpoint, proof):
                return Answer(422, "this does not go on from what was seen before\n")
            cosigned = self.signer.sign(note.text, at=int(self.now()))
            mine = [each for each in note.signatures if (each.name, each.key_id) == (log.name, log.key_id)]
            store.execute(
                "insert or replace into seen values (?, ?, ?, ?)",
                (log.name, checkpoint.size, checkpoint.root, signed_note(note.text, [*mine, cosigned])),
            )
            store.execute("commit")
        return Answer(200, cosigned.line())

    def _open(self) -> sqlite3.Connection:
        store = sqlite3.connect(self.file, timeout=10, isolation_level=None)
        store.execute("pragma synchronous = full")
        return store


def _goes_on(size: int, root: bytes, checkpoint: Checkpoint, proof: Sequence[bytes]) -> bool:
    if size == 0:
        return not proof and (checkpoint.size > 0 or checkpoint.root == EMPTY_ROOT)
    return is_consistent(size, root, checkpoint.size, checkpoint.root, proof)


def handler_of(witness: Witness) -> type[BaseHTTPRequestHandler]:
    """Return what answers requests: add-checkpoint, and the newest checkpoint of a log."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_POST(self) -> None:  # noqa: N802
            length = self.headers.get("Content-Length", "")
            if self.path != "/add-checkpoint" or not re.fullmatch(r"[0-9]{1,6}", length) or int(length) > LONGEST:
                self.close_connection = True
                self._send(Answer(404 if self.path != "/add-checkpoint" else 400))
                return
            self._send(witness.add_checkpoint(self.rfile.read(int(length))))

        def do_GET(self) -> None:  # noqa: N802
            found = re.fullmatch(r"/([0-9a-f]{64})/checkpoint", self.path)
            self._send(witness.newest(found[1]) if found else Answer(404))

        def _send(self, answer: Answer) -> None:
            body = answer.body.encode()
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Whoever asks is nobody's business."""

    return Handler


def witness_in(folder: Path, name: str, logs: Sequence[Verifier]) -> Witness:
    """Return the witness of a folder; its key is made there once."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = folder / "witness.key"
    if not key.exists():
        with os.fdopen(os.open(key, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return Witness(folder, Signer(name, bytes.fromhex(key.read_text(encoding="ascii").strip()), COSIGNATURE), logs)


def main(words: Sequence[str] | None = None) -> int:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m ledger.witness", description=__doc__)
    parser.add_argument("--name", required=True, help="the name of the witness, an address without https://")
    parser.add_argument("--folder", type=Path, required=True, help="where its key and what it saw lie")
    parser.add_argument(
        "--log", action="append", type=read_vkey, required=True, help="the key of a log (its /log/key); may stand several times"
    )
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8079)
    said = parser.parse_args(words)
    witness = witness_in(said.folder, said.name, said.log)
    with ThreadingHTTPServer((said.address, said.port), handler_of(witness)) as server:
        sys.stdout.write(f"{witness.signer.verifier.vkey()}\nat http://{said.address}:{server.server_address[1]}/\n")
        sys.stdout.flush()
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
