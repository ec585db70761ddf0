"""One token a day from an authority of the tests, made and verified by OpenSSL; kept, packed, and refused where it is over something else."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command

from ledger import verify
from ledger.models import Timestamp
from ledger.timestamps import NoToken, Timestamps, granted, request_over
from oversight.export import Leaving, export
from tests import world
from tests.database import PATIENCE, login

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner", "worker", "auditor"]),
    pytest.mark.skipif(not shutil.which("openssl"), reason="OpenSSL is not installed"),
]
COURT = Leaving("District Court, part 4", "discovery", "order of 1 March 2026")
SETTINGS = """
[req]
distinguished_name = dn
[dn]
[v3]
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/cert.pem
signer_key = {folder}/key.pem
certs = {folder}/cert.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
"""


def openssl(*words: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.cnf").write_text(SETTINGS.format(folder=folder))
    (folder / "serial").write_text("01\n")
    made = openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-days", 30,
                   "-subj", "/CN=Timestamps of the tests", "-config", folder / "tsa.cnf", "-extensions", "v3")  # fmt: skip
    assert made.returncode == 0, made.stderr
    return folder


def stamped(folder: Path, query: bytes) -> bytes:
    (folder / "query.tsq").write_bytes(query)
    done = openssl("ts", "-reply", "-config", folder / "tsa.cnf", "-queryfile", folder / "query.tsq", "-out", folder / "answer.tsr")
    assert done.returncode == 0, done.stderr
    return (folder / "answer.tsr").read_bytes()


@contextmanager
def serving(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802
            body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/tsr"
        server.shutdown()
        thread.join()


def policy(tmp_path: Path, address: str) -> None:
    (tmp_path / "policy.toml").write_text(f'quorum = 0\nsilent_after_minutes = 60\ntimestamps = "{address}"\n')
    call_command("witnesses", tmp_path / "policy.toml", "--using", "owner")
    world.sequenced()


def asked(timestamps: Timestamps) -> None:
    until = time.monotonic() + PATIENCE
    with world.the_machine():
        while timestamps.go_on():
            assert time.monotonic() < until
            time.sleep(0.02)
        timestamps.go_on()


def test_one_token_a_day_is_kept_packed_and_verified_by_others(authority, tmp_path, transactional_db):
    case = world.requested("26-1")
    with serving(lambda query: stamped(authority, query)) as address:
        policy(tmp_path, address)
        asked(Timestamps())
        world.requested("26-2", face="p013")
        world.sequenced()
        asked(Timestamps())
        (kept,) = Timestamp.objects.all()
        with login("owner") as owner:
            owner.execute("update ledger_clock set ahead_by = interval '1 day'")
        asked(Timestamps())
        asked(Timestamps())
        assert Timestamp.objects.count() == 2
        newest = Timestamp.objects.latest("id").checkpoint_id
    assert newest > kept.checkpoint_id

    raw = export(case_ref=case.ref, leaving=COURT, wait=lambda: bool(world.sequenced()), using="auditor")
    assert verify.check(raw)[10] == [str(newest)]
    files = verify.unzipped(raw)
    for name in (f"{newest}.tsr", f"{newest}.checkpoint"):
        (tmp_path / name).write_bytes(files[f"timestamps/{name}"])
    words = (
        "ts",
        "-verify",
        "-in",
        tmp_path / f"{newest}.tsr",
        "-data",
        tmp_path / f"{newest}.checkpoint",
        "-CAfile",
        authority / "cert.pem",
    )
    assert "Verification: OK" in openssl(*words).stdout
    (tmp_path / f"{newest}.checkpoint").write_bytes(b"another\n")
    assert openssl(*words).returncode != 0

    keys, _, quorum, _ = verify.keys_of(files)
    swapped = {**files, f"timestamps/{newest}.tsr": bytes(kept.token)}
    with pytest.raises(verify.Refused, match="is over something else"):
        verify.check_content(swapped, keys, quorum, case.ref, "1")
    alone = {name: each for name, each in files.items() if name != f"timestamps/{newest}.tsr"}
    with pytest.raises(verify.Refused, match="is missing"):
        verify.check_content(alone, keys, quorum, case.ref, "1")


def test_a_token_over_something_else_is_not_kept(authority, tmp_path, transactional_db):
    world.requested("26-1")
    world.sequenced()
    other = request_over(b"another", b"\1" * 8)
    for answer in (lambda _: stamped(authority, other), lambda _: b"", lambda _: b"\x30\x05\x30\x03\x02\x01\x02", lambda query: query):
        with serving(answer) as address:
            policy(tmp_path, address)
            asked(Timestamps())
    assert not Timestamp.objects.exists()
    with login("worker") as worker, pytest.raises(psycopg.Error, match="no token over the checkpoint"):
        worker.execute("select ledger_keep_timestamp((select max(size) from ledger_checkpoint), 'x')")
    policy(tmp_path, "http://127.0.0.1:9/")
    asked(Timestamps())
    sound = stamped(authority, request_over(b"note", b"\1" * 8))
    assert granted(sound, b"note", b"\1" * 8) == sound
    with pytest.raises(NoToken, match="something else"):
        granted(sound, b"note", b"\2" * 8)
