"""PostgreSQL stopped hard under load, its disk full, the keystore away: what was acknowledged is there, once; the rest is refused and taken later.

A house of its own: servers with fsync, the web server over a socket, the sequencer and the sweeper; nothing is started again by hand but PostgreSQL.
"""

import base64
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from cases.acts.receive_result import hash_of_key
from config.databases import PROCESSES, URLS
from config.embedded import Servers, secret_file
from tests.proof.table import Proof

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = "key-of-a-source-under-load"
SENDERS, LONGEST, PATIENCE = 4, 30.0, 120.0
RESULT = {"agency_case": "25-load", "track": "suspect", "candidates": [{"subject_ref": "S1", "rank": 1, "score": 2.0}]}
SOURCE = """with a as (insert into people_agency(ori, name, time_zone) values ('XX0000001', 'Under load', 'UTC') returning id)
insert into cases_sourcesystem(agency_id, name, key_sha256, active_until) select id, 'Load', %s, 'infinity' from a"""


class House:
    """Servers, web, sequencer and sweeper in a folder of their own."""

    def __init__(self, home: Path) -> None:
        self.home, self.socket = home, home / "web.sock"
        self.log = Path(f"{home}.log")  # beside the folder: the disk of that may be full
        (home / "keys").mkdir(exist_ok=True)
        self.servers = Servers(home, fsync=True)
        self.running: list[subprocess.Popen[bytes]] = []

    def open(self) -> None:
        self.servers.start()
        for step in (["migrate", "--verbosity", "0"], ["make_keystore"]):
            self._run("owner", "manage.py", *step).wait()
        with self.login("owner") as owner:
            owner.execute(SOURCE, [hash_of_key(KEY)])
        self.web = self._run(
            "web", "-m", "gunicorn", "config.wsgi", "--bind", f"unix:{self.socket}", "--workers", "2", "--log-level", "error"
        )
        self.beside = {what: self._run("worker", "manage.py", what, "--loop") for what in ("sequence", "sweep")}
        end = time.monotonic() + PATIENCE
        while post(self.socket, {"external_id": "is anybody there"})[0] == 0:
            assert time.monotonic() < end, self.log.read_text()[-2000:]
            time.sleep(0.1)

    def close(self) -> None:
        for process in self.running:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.servers.stop()
        self.log.unlink(missing_ok=True)

    def stop_hard(self) -> None:
        """kill -9 of PostgreSQL, all its processes at once; then it is started again, and Valkey with it."""
        server = self.servers.processes[0][0]
        os.kill(server.pid, signal.SIGSTOP)  # or it would see its children die, and act on it
        for pid in [*_children(server.pid), server.pid]:
            os.kill(pid, signal.SIGKILL)
        server.wait()
        self.servers.stop()
        self.servers.start()

    def login(self, role: str) -> "psycopg.Connection[Any]":
        return psycopg.connect(self.servers.urls()[URLS[role]], autocommit=True)

    def _run(self, process: str, *command: str) -> "subprocess.Popen[bytes]":
        urls = self.servers.urls()
        environment = {
            **{name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")},
            **{URLS[login]: urls[URLS[login]] for login in PROCESSES[process].values()},
            "COUNTERSIGN_PROCESS": process,
            "COUNTERSIGN_VAR": str(self.home),
            "COUNTERSIGN_MASTER_KEY_FILE": str(secret_file(self.home / "master.key", secrets.token_hex(32))),
            "COUNTERSIGN_KEYSTORE": str(self.home / "keys" / "keystore.sqlite"),
            "DJANGO_SECRET_KEY": "x" * 50,
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "REDIS_URL": urls["REDIS_URL"],
        }
        with self.log.open("ab") as log:
            started = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        self.running.append(started)
        return started


class Load:
    """Sends results without a pause, each again and again until it is acknowledged."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.acknowledged: dict[str, str] = {}
        self.refused: Counter[str] = Counter()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=self._send, args=(number,)) for number in range(SENDERS)]

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join()

    def until_more(self, number: int = 1) -> float:
        """Wait for so many more acknowledgements; return the seconds that took."""
        began, wanted = time.monotonic(), len(self.acknowledged) + number
        while len(self.acknowledged) < wanted:
            assert time.monotonic() < began + PATIENCE, (self.refused, self.house.log.read_text()[-2000:])
            time.sleep(0.02)
        return time.monotonic() - began

    def _send(self, sender: int) -> None:
        number = 0
        while not self.over.is_set():
            number += 1
            external_id = f"L-{sender}-{number}"
            while not self.over.is_set():
                status, body = post(self.house.socket, {**RESULT, "external_id": external_id})
                if status in (200, 201):
                    self.acknowledged[external_id] = json.loads(body)["case"]
                    break
                self.refused[json.loads(body)["type"].rpartition(":")[2] if body.startswith(b'{"type"') else f"{status} {body[:60]!r}"] += 1
                time.sleep(0.05)


def postgres_stopped_hard(full: bool) -> Iterator[Proof]:
    """Ten times (twice): killed under load and started again."""
    times = 10 if full else 2
    proof = Proof(f"PostgreSQL killed {times} times under load")
    slowest = 0.0
    with a_folder() as home, a_house(home) as house, Load(house) as load:
        load.until_more(10)
        for _ in range(times):
            load.until_more(50)
            began = time.monotonic()
            house.stop_hard()
            load.until_more(SENDERS)
            slowest = max(slowest, time.monotonic() - began)
        load.__exit__()
        _judge(house, load, proof)
        proof.check(slowest <= LONGEST, f"a recovery took {slowest:.1f} s")
        proof.check(set(load.refused) <= {"database_away"}, f"other answers: {dict(load.refused)}")
    proof.note = f"{len(load.acknowledged):,} acknowledged, {load.refused.total():,} refused meanwhile, slowest recovery {slowest:.1f} s"
    yield proof


def _judge(house: House, load: Load, proof: Proof) -> None:
    """Each acknowledged result is there with its case, its job and its entry, once; nothing is there by halves; who works beside went on."""
    with house.login("owner") as owner:
        found = dict(
            owner.execute("select r.external_id, c.ref from cases_searchresult r join cases_case c on c.id = r.case_id").fetchall()
        )
        for external_id, ref in load.acknowledged.items():
            proof.check(found.get(external_id) == ref, f"{external_id}: acknowledged as {ref}, found {found.get(external_id)}")
        counted = owner.execute(
            "select (select count(*) from cases_case), (select count(*) from cases_job where kind = 'link'), (select count(*) from cases_candidatelist), "
            "(select count(*) from ledger_entry where kind = 'receive_result')"
        ).fetchone()
        proof.check(set(counted or ()) == {len(found)}, f"{len(found)} results and {counted} cases, jobs, lists, entries")
        proof.check(len(set(found.values())) == len(found), "two results share a case")
        end = time.monotonic() + PATIENCE
        left = "select (select count(*) from cases_job where done_at is null), (select count(*) from ledger_entry) - (select count(*) from ledger_leaf)"
        while (waits := owner.execute(left).fetchone()) != (0, 0) and time.monotonic() < end:
            time.sleep(0.2)
        proof.check(waits == (0, 0), f"jobs and entries that still wait: {waits}")
    for what, process in house.beside.items():
        proof.check(process.poll() is None, f"{what} ended")


def disk_full(full: bool) -> Iterator[Proof]:
    """The disk of the database is full; then that of the keystore, which is read-only later, and whose master key is away in the end."""
    proof = Proof("disk full, keystore full, read-only and away: refused, then taken")
    with ExitStack() as mounts:
        home = mounts.enter_context(a_folder())
        for folder, size in ((home, "400m"), (home / "keys", "1m")):
            mounts.enter_context(_disk(folder, size))
        with a_house(home) as house:
            with Load(house) as load:
                load.until_more(50)
                with _filled(home):
                    while load.refused.total() < 20 * SENDERS:
                        time.sleep(0.02)
                slowest = load.until_more(SENDERS)
            _judge(house, load, proof)
            proof.check(slowest <= LONGEST, f"it took {slowest:.1f} s until results were taken again")
            proof.check(set(load.refused) == {"database_away"}, f"other answers: {dict(load.refused)}")
            _keystore_away(house, proof)
    proof.note = f"{len(load.acknowledged):,} acknowledged, {load.refused.total():,} refused while the disk was full, taken again after {slowest:.1f} s"
    yield proof


def _keystore_away(house: House, proof: Proof) -> None:
    """A result with a picture is refused while its key cannot be kept, leaves nothing, and is taken as soon as it can be."""
    keys, master = house.home / "keys", house.home / "master.key"
    picture = base64.b64encode((ROOT / "demo" / "people" / "p001_cctv.jpg").read_bytes()).decode()
    troubles: dict[str, Callable[[], AbstractContextManager[None]]] = {
        "full": lambda: _filled(keys),
        "read-only": lambda: _read_only(keys),
        "master key away": lambda: _away(master),
    }
    count = "select (select count(*) from cases_case), (select count(*) from cases_storedimage), (select count(*) from ledger_entry)"
    with house.login("owner") as owner:
        for number, (what, trouble) in enumerate(troubles.items()):
            probe = {"image": {"base64": picture}, "source": "camera", "target_because": "at the till"}
            body = {**RESULT, "external_id": f"K-{number}", "probe": probe}
            before = owner.execute(count).fetchone()
            with trouble():
                status, said = post(house.socket, body)
            proof.check(status == 503 and b"keystore_away" in said, f"keystore {what}: {status} {said[:80]!r}")
            proof.check(owner.execute(count).fetchone() == before, f"keystore {what}: something was stored")
            status, said = post(house.socket, body)
            proof.check(status == 201, f"keystore {what} no more: {status} {said[:80]!r}")


@contextmanager
def _filled(folder: Path) -> Iterator[None]:
    filler = folder / "filler"
    try:
        with suppress(OSError), filler.open("wb", buffering=0) as out:
            while out.write(bytes(4096)):
                continue
        yield
    finally:
        filler.unlink()


@contextmanager
def _read_only(folder: Path) -> Iterator[None]:
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(folder)], check=True)


@contextmanager
def _away(file: Path) -> Iterator[None]:
    elsewhere = file.rename(file.with_name("elsewhere"))
    try:
        yield
    finally:
        elsewhere.rename(file)


@contextmanager
def _disk(folder: Path, size: str) -> Iterator[None]:
    """A small disk of its own; skipped, with the reason, where none may be mounted."""
    folder.mkdir(exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(folder)], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no disk may be mounted here: {mounted.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def a_folder() -> Iterator[Path]:
    home = Path(tempfile.mkdtemp(prefix="csp-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def a_house(home: Path) -> Iterator[House]:
    house = House(home)
    try:
        house.open()
        yield house
    finally:
        house.close()


class _OverSocket(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(30)
        self.sock.connect(str(self.path))


def post(path: Path, body: dict[str, Any]) -> tuple[int, bytes]:
    """Send one result; 0 where the server does not answer."""
    connection = _OverSocket(path)
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": f"key-of-{body['external_id']}", "Content-Type": "application/json"}
    try:
        connection.request("POST", "/api/v1/search-results", json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, http.client.HTTPException) as trouble:
        return 0, type(trouble).__name__.encode()
    finally:
        connection.close()


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
