"""OFIQ, the reference implementation of ISO/IEC 29794-5, where a house has installed it: its components, beside the measures of our own.

It is called as its own program is (BSI-OFIQ/OFIQ-Project, ``OFIQSampleApp -c CONFIG -i IMAGE -o FILE``) and answers in lines of ``;``: names, raw
values, and the same as scalars from 0 to 100. Its unified score is left out: it foretells how an engine scores, not what an eye can compare.
"""

import csv
import hashlib
import os
import re
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

UNIFIED, NOT_MEASURED = "UnifiedQualityScore", -1.0
PATIENCE = 60  # seconds; it loads its models at each call
LONGEST = 64 * 1024  # bytes of an answer
KEPT = 64  # readings; whoever opens the page also sends its form
_one_at_a_time = threading.Lock()


class OfiqFailed(RuntimeError):
    """OFIQ is set and has not measured; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Component:
    """One component: its name, the raw value in its own unit, and the scalar 0 to 100; ``scalar`` is None where it could not be measured."""

    name: str
    raw: float
    scalar: float | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What OFIQ measured, and which version of it."""

    tool: str
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class Ofiq:
    """Where its program and its folder of models and settings lie."""

    program: Path
    config: Path

    def read(self, png: bytes) -> Reading:
        """Measure the one face of a picture; one at a time, and the same picture once. Raises OfiqFailed."""
        known_as = (self, hashlib.sha256(png).digest())
        with _one_at_a_time:
            if known_as not in _known:
                said, answer = _called(self, png)
                version = re.search(r"OFIQ library version: ([\w.]{1,20})", said)
                while len(_known) >= KEPT:
                    del _known[next(iter(_known))]
                _known[known_as] = Reading(f"OFIQ {version.group(1) if version else 'of unknown version'}", components_in(answer))
            return _known[known_as]


_known: dict[tuple[Ofiq, bytes], Reading] = {}


def installed() -> Ofiq | None:
    """Return OFIQ as ``COUNTERSIGN_OFIQ`` (its program) and ``COUNTERSIGN_OFIQ_CONFIG`` (its folder) name it, or None where neither is set."""
    program = os.environ.get("COUNTERSIGN_OFIQ", "")
    return Ofiq(Path(program), Path(os.environ.get("COUNTERSIGN_OFIQ_CONFIG", ""))) if program else None


def _called(ofiq: Ofiq, png: bytes) -> tuple[str, str]:
    """Hand the picture over in memory: a face is never a file."""
    picture, answer = os.memfd_create("picture"), os.memfd_create("answer")
    try:
        with open(picture, "wb", closefd=False) as file:
            file.write(png)
        done = subprocess.run(
            [str(ofiq.program), "-c", str(ofiq.config), "-i", f"/proc/self/fd/{picture}", "-o", f"/proc/self/fd/{answer}"],
            pass_fds=(picture, answer), capture_output=True, text=True, errors="replace", timeout=PATIENCE, env={"PATH": os.defpath},
        )  # fmt: skip
        if done.returncode:
            raise OfiqFailed(f"OFIQ ended with {done.returncode}: {_last_line(done.stderr)}")
        return done.stdout, os.pread(answer, LONGEST, 0).decode(errors="replace")
    except subprocess.TimeoutExpired as trouble:
        raise OfiqFailed(f"OFIQ has not answered within {PATIENCE} seconds.") from trouble
    except OSError as trouble:
        raise OfiqFailed(f"OFIQ cannot be started as COUNTERSIGN_OFIQ names it: {trouble.strerror}.") from trouble
    finally:
        os.close(picture)
        os.close(answer)


def _last_line(said: str) -> str:
    return next(reversed(said.strip().splitlines()), "it said nothing")[:200]


def components_in(answer: str) -> tuple[Component, ...]:
    """Return the components of an answer, in its order, without the unified score. Raises OfiqFailed where it cannot be read."""
    rows = list(csv.reader(answer.splitlines(), delimiter=";"))
    if len(rows) < 2:
        raise OfiqFailed("OFIQ answered nothing that can be read.")
    said = dict(zip(rows[0], rows[1], strict=False))
    try:
        found = [
            Component(name, float(said[name]), None if float(said[f"{name}.scalar"]) == NOT_MEASURED else float(said[f"{name}.scalar"]))
            for name in rows[0]
            if name and f"{name}.scalar" in said and name != UNIFIED
        ]
    except (KeyError, ValueError) as trouble:
        raise OfiqFailed("OFIQ answered nothing that can be read.") from trouble
    if not found:
        raise OfiqFailed("OFIQ measured nothing in this picture.")
    return tuple(found)
