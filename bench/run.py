"""``make bench``: starts servers of its own, measures in pairs, and writes ``docs/benchmarks.md``. ``-m bench.run law`` prints that part alone."""

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
                "PYTHONPATH": str(ROOT),
            }
            recheck = {name: url.replace(f"/{DATABASE}?", f"/{DATABASE}_recheck?") for name, url in servers.urls().items()}
            environment["BENCH_RECHECK"] = str(home / "recheck")
            for process, settings, command, elsewhere in (
                ("owner", "local", ["manage.py", "migrate", "--verbosity", "0"], {}),
                ("owner", "local", ["manage.py", "demo_setup"], {}),
                ("test", "test", ["-m", "bench.recheck"], recheck),
                ("test", "test", ["-m", "bench.measure", *sys.argv[1:]], {}),
            ):
                if sys.argv[1:] and elsewhere:
                    continue  # one part alone was asked for
                if elsewhere:
                    with servers.superuser() as superuser:
                        superuser.execute(f'create database "{DATABASE}_recheck" template "{DATABASE}" owner owner')
                done = subprocess.run(
                    [sys.executable, *command],
                    cwd=ROOT,
                    env={
                        **environment,
                        **elsewhere,
                        "COUNTERSIGN_PROCESS": process,
                        "DJANGO_SETTINGS_MODULE": f"config.settings.{settings}",
                    },
                    stdout=subprocess.DEVNULL if "demo_setup" in command else None,
                )
                if done.returncode:
                    return done.returncode
            return 0
        finally:
            servers.stop()


def machine() -> str:
    """Return one line on the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}, PostgreSQL 18, fsync on"


def peak_mib() -> float:
    """Return the peak resident memory of this process in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
