"""``make bench``: starts servers of its own, measures in pairs, and writes ``docs/benchmarks.md``.

``python -m bench.run PART ...`` prints those parts alone; ``make bench-quick`` is ``python -m bench.run quick``: it counts, and ends with 1
where something costs more than it may.
"""

import os
import platform
import resource
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from config.embedded import DATABASE, Servers

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / "var" / "peers"  # libraries that are measured beside the house, and that the house does without
QUICK = ("intake", "move")
APART = {
    "counts": "config.settings.test",
    "recheck": "config.settings.test",
    "peers": "bench.peers.settings",
}  # each in a database of its own


def main() -> int:
    """Start embedded servers on a throw-away folder, furnish them, and run the measures with the app's, worker's and intake's logins."""
    with tempfile.TemporaryDirectory(prefix="csb-") as folder:
        home = Path(folder)
        servers = Servers(home, fsync=True, test_server=True)
        servers.start()
        try:
            key = home / "master.key"
            key.touch(mode=0o600)
            key.write_text(secrets.token_hex(32))
            environment = {
                **os.environ,
                **servers.urls(),
                "COUNTERSIGN_VAR": folder,
                "COUNTERSIGN_MODELS": os.environ.get("COUNTERSIGN_MODELS") or str(ROOT / "var" / "models"),
                "COUNTERSIGN_MASTER_KEY_FILE": str(key),
                "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
                "PYTHONPATH": f"{ROOT}{os.pathsep}{PEERS}",
                **{f"BENCH_{name.upper()}": str(home / name) for name in APART},
            }
            if "scale" in sys.argv[1:]:
                _let_the_owner_fill(servers)
            for process, settings, command, elsewhere in steps(sys.argv[1:]):
                address = {}
                if elsewhere:
                    with servers.superuser() as superuser:
                        superuser.execute(f'create database "{DATABASE}_{elsewhere}" template "{DATABASE}" owner owner')
                    address = {name: url.replace(f"/{DATABASE}?", f"/{DATABASE}_{elsewhere}?") for name, url in servers.urls().items()}
                done = subprocess.run(
                    [sys.executable, *command],
                    cwd=ROOT,
                    env={
                        **environment,
                        **address,
                        "COUNTERSIGN_PROCESS": process,
                        "DJANGO_SETTINGS_MODULE": settings,
                    },
                    stdout=subprocess.DEVNULL if command[0] == "manage.py" else None,
                )
                if done.returncode:
                    return done.returncode
            return 0
        finally:
            servers.stop()


def steps(asked: list[str]) -> list[tuple[str, str, list[str], str]]:
    """Return (process, settings, command, database of its own): all parts, the quick ones, or those that were asked for."""
    local = "config.settings.local"
    furnish = [("owner", local, ["manage.py", *step], "") for step in (["migrate", "--verbosity", "0"], ["make_keystore"], ["demo_setup"])]
    if asked == ["quick"]:
        gate = ("test", APART["counts"], ["-m", "bench.counts", "--gate"], "counts")
        return [*furnish, gate, ("test", APART["counts"], ["-m", "bench.measure", *QUICK], "")]
    alone = [("test", settings, ["-m", f"bench.{name}"], name) for name, settings in APART.items() if not asked or name in asked]
    rest = [name for name in asked if name not in APART]
    return [*furnish, *alone, *([("test", APART["counts"], ["-m", "bench.measure", *rest], "")] if rest or not asked else [])]


def _let_the_owner_fill(servers: Servers) -> None:
    """On these servers, which are thrown away, the owner may write rows unchecked, and the log of writes may grow meanwhile."""
    with servers.superuser() as superuser:
        superuser.execute("grant set on parameter session_replication_role to owner")
        superuser.execute("alter system set max_wal_size = '8GB'")
        superuser.execute("select pg_reload_conf()")


def machine() -> str:
    """Return one line on the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}, PostgreSQL 18, fsync on"


def load() -> str:
    """Return the machine's load of the last minute: whatever else it does makes times worse, and counts not."""
    return f"load {os.getloadavg()[0]:.1f}"


def peak_mib() -> float:
    """Return the peak resident memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
