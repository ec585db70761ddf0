"""One command: services, migrations, demo data, then web, worker and beat; or a command beside them.

``python -m config.run up`` stays until Ctrl-C. ``python -m config.run with -- COMMAND`` runs a command and ends with its code.
``python -m config.run audit -- COMMAND`` runs a command with the auditor's login beside a house that is up already, ``intake`` with that of the
machine's door, ``admin`` with the owner's, as an administrator does.
"""

import argparse
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from config.databases import ALL_NAMES, PROCESSES, URLS, missing_names
from config.embedded import CannotEmbed, Servers, die_with_parent, secret_file
from config.supervise import Supervisor

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
BESIDE = {"audit": "auditor", "intake": "intake", "admin": "owner"}  # what is said -> the process whose login the command gets


def main(arguments: list[str] | None = None) -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m config.run", description=__doc__)
    parser.add_argument("what", choices=["up", "with", *BESIDE])
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--var", type=Path, default=Path(os.environ.get("COUNTERSIGN_VAR") or ROOT / "var"))
    parser.add_argument("--fresh", action="store_true", help="use a throw-away folder and remove it at the end")
    parser.add_argument("--bare", action="store_true", help="start the servers and nothing else; the command makes its own databases")
    words = list(sys.argv[1:] if arguments is None else arguments)
    cut = words.index("--") if "--" in words else len(words)
    said, command = parser.parse_args(words[:cut]), words[cut + 1 :]
    absent = missing_names(dict(os.environ))
    if absent:
        print(f"Some addresses are set and some are missing: {', '.join(absent)}. Set all of them, or none.", file=sys.stderr)
        return 2
    if said.what in BESIDE:
        return _beside_a_house(said.var.resolve(), command, process=BESIDE[said.what])
    var = Path(tempfile.mkdtemp(prefix="countersign-")) if said.fresh else said.var
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    try:
        return _House(var.resolve(), said.port, bare=said.bare).open(said.what, command)
    except CannotEmbed as trouble:
        print(trouble, file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130
    finally:
        if said.fresh:
            shutil.rmtree(var, ignore_errors=True)


def _beside_a_house(var: Path, command: list[str], *, process: str) -> int:
    """Run a command with the login of one process and no other. It makes nothing: where no house was ever up, it says so."""
    if not os.environ.get("DATABASE_URL") and not (var / "logins.made").exists():
        print(f"No house was started on {var}. Start it with “make run”, or set {', '.join(ALL_NAMES)}.", file=sys.stderr)
        return 2
    house = _House(var, 0)
    urls = house.servers.urls() if house.servers else dict(os.environ)
    return subprocess.run(command, cwd=ROOT, env=house.environment(process, urls)).returncode


def _end_with_us() -> None:
    die_with_parent(signal.SIGTERM)


class _House:
    def __init__(self, var: Path, port: int, *, bare: bool = False) -> None:
        var.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.var, self.port, self.bare = var, port, bare
        self.own_servers = not os.environ.get("DATABASE_URL")
        self.servers = Servers(var) if self.own_servers else None
        self.supervisor = Supervisor()

    def open(self, what: str, command: list[str]) -> int:
        began = time.monotonic()
        try:
            return self._open(what, command, began)
        except subprocess.CalledProcessError as trouble:
            print(f"{' '.join(map(str, trouble.cmd[1:]))} ended with {trouble.returncode}", file=sys.stderr)
            return 1
        finally:
            self.supervisor.stop()
            if self.servers:
                self.servers.stop()

    def _open(self, what: str, command: list[str], began: float) -> int:
        if self.servers:
            self.servers.start()
            print(
                f"PostgreSQL and Valkey answer after {time.monotonic() - began:.1f} s", file=sys.stderr if self.bare else None, flush=True
            )
        urls = self.servers.urls() if self.servers else {name: os.environ[name] for name in (*URLS.values(), "REDIS_URL")}
        if self.bare:
            self.supervisor.stop_on_signals()
            return self._beside(command, {**self.environment("replay", urls), **urls})
        for step in (["migrate", "--verbosity", "0"], ["make_keystore"], ["demo_setup"]):
            subprocess.run([PYTHON, "manage.py", *step], cwd=ROOT, env=self.environment("owner", urls), check=True, preexec_fn=_end_with_us)
        print(f"migrated and set up after {time.monotonic() - began:.1f} s", flush=True)
        self.supervisor.stop_on_signals()
        self._start_workers(urls)
        if what == "with":
            return self._beside(command, self.environment("demo", urls))
        self._start_web(urls)
        self.supervisor.start("auditor", [PYTHON, str(ROOT / "manage.py"), "gatecheck", "--nightly"], self.environment("auditor", urls))
        self.supervisor.start("bundles", [PYTHON, str(ROOT / "manage.py"), "make_bundles", "--loop"], self.environment("auditor", urls))
        self.supervisor.wait()
        return self.supervisor.stop()

    def environment(self, process: str, urls: dict[str, str]) -> dict[str, str]:
        """What a process is given: its own addresses and no other's."""
        kept = {name: value for name, value in os.environ.items() if name not in (*URLS.values(), "TESTER_DATABASE_URL")}
        return {
            **kept,
            **{URLS[login]: urls[URLS[login]] for login in PROCESSES[process].values()},
            "COUNTERSIGN_PROCESS": process,
            "COUNTERSIGN_VAR": str(self.var),
            "COUNTERSIGN_MODELS": os.environ.get("COUNTERSIGN_MODELS") or str(ROOT / "var" / "models"),
            "COUNTERSIGN_MASTER_KEY_FILE": str(secret_file(self.var / "master.key", secrets.token_hex(32))),
            "DJANGO_SECRET_KEY": secret_file(self.var / "django.key", secrets.token_urlsafe(48)).read_text(),
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
            "REDIS_URL": urls["REDIS_URL"],
            "PYTHONUNBUFFERED": "1",
            "C_FORCE_ROOT": "1",
        }

    def _start_workers(self, urls: dict[str, str]) -> None:
        environment = self.environment("worker", urls)
        celery = [PYTHON, "-m", "celery", "--quiet", "-A", "workers"]
        options = ["--loglevel", "WARNING", "--without-gossip", "--without-mingle"]
        self.supervisor.start("worker", [*celery, "worker", "--concurrency", "2", *options], environment)
        schedule = str(self.var / "beat.schedule")
        self.supervisor.start("log", [PYTHON, str(ROOT / "manage.py"), "sequence", "--loop"], environment)
        self.supervisor.start("beat", [*celery, "beat", "--loglevel", "WARNING", "--schedule", schedule, "--pidfile="], environment)

    def _start_web(self, urls: dict[str, str]) -> None:
        port = _free_port(self.port)
        if port != self.port:
            print(f"port {self.port} is taken; using {port}", flush=True)
        server = [PYTHON, "-m", "gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--log-level", "warning"]
        self.supervisor.start("web", server, self.environment("web", urls))
        for _ in range(300):
            if self.supervisor.over.wait(0.2):
                return
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                    print(f"Countersign is at http://localhost:{port}/  (Ctrl-C stops everything)", flush=True)
                    return
            except OSError:
                continue

    def _beside(self, command: list[str], environment: dict[str, str]) -> int:
        beside = subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=_end_with_us)
        while beside.poll() is None and not self.supervisor.over.wait(0.1):
            pass
        if beside.poll() is None:
            beside.terminate()
        return beside.wait()


def _free_port(wanted: int) -> int:
    for port in range(wanted, wanted + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise CannotEmbed(f"no free port from {wanted} to {wanted + 49}; choose another with --port")


if __name__ == "__main__":
    sys.exit(main())
