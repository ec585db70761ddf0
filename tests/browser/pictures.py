"""Takes the pictures of README and docs: the walk of six people, on servers of its own, keeps what it sees; the chosen ones are made small.

``python -m tests.browser.pictures FOLDER``
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

WALK = "tests/browser/test_the_road.py::test_six_people_walk_a_case"
CHOSEN = ("case", "corroborate", "rate", "refused", "report", "request", "sort", "supervise")
WIDTHS = (1280, 400)
PIXELS = 1_500_000  # of a longer page the top is kept
BYTES = 220_000  # a page of ten faces; the others stay under 130 kB


def main(folder: Path) -> int:
    """Return the exit code of the walk; nothing is kept of one that failed."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="countersign-pictures-") as seen:
        walk = [sys.executable, "-m", "pytest", WALK, "--pictures", seen]
        code = subprocess.run(walk, env={**os.environ, "COUNTERSIGN_NEEDS_CHROMIUM": "1"}).returncode
        if code == 0:
            for name in (f"{each}-{width}.png" for each in CHOSEN for width in WIDTHS):
                _make_small(Path(seen) / name, folder / name)
        return code


def _make_small(taken: Path, kept: Path) -> None:
    """Keep the top of a picture in 128 colours; with fewer, faces on a page of many turn to patches."""
    page = Image.open(taken).convert("RGB")
    page.crop((0, 0, page.width, min(page.height, PIXELS // page.width))).quantize(128, dither=Image.Dither.NONE).save(kept, optimize=True)
    if kept.stat().st_size > BYTES:
        raise SystemExit(f"{kept} has {kept.stat().st_size} bytes, more than {BYTES}")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
