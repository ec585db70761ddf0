"""A file of a million results with one bad line in a hundred, by the command that an administrator uses; killed once on its way."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from bench.pairs import KEY
from bench.run import ROOT
from cases.importing import beside
from tests.database import login

TITLE = "A file of results, one line in a hundred bad, killed once on its way"
LINES = int(os.environ.get("BENCH_LINES", "1000000"))
BAD_EVERY = 100
# what is wrong with the bad ones, in turns: no JSON, a field that is missing, a track that does not exist, a candidate without a rank
BAD = (
    '{{"external_id": "I-{n}", ',
    '{{"external_id": "I-{n}", "track": "suspect", "candidates": []}}',
    '{{"external_id": "I-{n}", "agency_case": "25-file", "track": "nobody", "candidates": []}}',
    '{{"external_id": "I-{n}", "agency_case": "25-file", "track": "suspect", "candidates": [{{"subject_ref": "S1", "score": 1.5}}]}}',
)


def a_million_lines() -> list[str]:
    """Return the rows: how long it took, its memory, and whether each line was taken once or reported by its number."""
    with tempfile.TemporaryDirectory() as folder, login("auditor") as auditor:
        file = Path(folder) / "results.ndjson"
        bad = _written(file)
        before = _cases(auditor)
        killed_at = _killed_in_the_midst(file)
        began = time.perf_counter()
        said, peak = _imported(file)
        took = time.perf_counter() - began
        report = [json.loads(line) for line in beside(file)[1].read_text().splitlines()]
        came = _cases(auditor) - before
        (twice,) = auditor.execute("select count(*) from (select 1 from cases_searchresult group by source_id, external_id having count(*) > 1) x").fetchone() or (0,)  # fmt: skip
    assert came == LINES - len(bad), (came, said)
    assert [each["line"] for each in report] == bad, said
    assert all(each["errors"] for each in report)
    assert twice == 0
    rest = LINES - killed_at
    return [
        f"| lines; good ones on file once; bad ones reported by number and reason | {LINES:,}; {came:,}; {len(report):,} | | all of them, each once |",
        f"| killed (kill -9) after | {killed_at:,} lines | | went on from its mark |",
        f"| the rest | **{rest / took:,.0f} lines/s** | {took:,.0f} s | memory of the import at its end: {peak:.0f} MiB |",
    ]


def _written(file: Path) -> list[int]:
    """Write the file; return the numbers of its bad lines."""
    bad = []
    with file.open("w") as out:
        for n in range(1, LINES + 1):
            if n % BAD_EVERY == 0:
                bad.append(n)
                out.write(BAD[n // BAD_EVERY % len(BAD)].format(n=n) + "\n")
                continue
            faces = ", ".join(f'{{"subject_ref": "S{n}-{place}", "rank": {place}, "score": {100 - place}}}' for place in (1, 2, 3))
            out.write(f'{{"external_id": "I-{n}", "agency_case": "25-file-{n % 5000}", "track": "suspect", "candidates": [{faces}]}}\n')
    return bad


def _command(file: Path) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        "COUNTERSIGN_PROCESS": "intake",
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "COUNTERSIGN_SOURCE_KEY": KEY,
    }
    command = [sys.executable, "manage.py", "import_results", str(file)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def _killed_in_the_midst(file: Path) -> int:
    """Begin, and kill it once its mark has passed a twentieth of the file; return the lines of the mark."""
    process, mark = _command(file), beside(file)[0]
    while process.poll() is None and _marked(mark) < LINES // 20:
        time.sleep(0.1)
    assert process.poll() is None, process.stdout and process.stdout.read()
    process.send_signal(signal.SIGKILL)
    process.wait()
    return _marked(mark)


def _marked(mark: Path) -> int:
    try:
        return int(json.loads(mark.read_text())["line"])
    except (OSError, ValueError):
        return 0


def _imported(file: Path) -> tuple[str, float]:
    """Go on to the end; return what it said, and its largest memory in MiB."""
    process, peak = _command(file), 0.0
    while process.poll() is None:
        peak = max(peak, _peak(process.pid))
        time.sleep(0.5)
    said = process.stdout.read() if process.stdout else ""
    assert process.returncode == 1, said  # there were lines that were not taken, and it says so
    return said, peak


def _peak(pid: int) -> float:
    """The largest resident memory of a process so far, in MiB."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return 0.0
    return int(found.group(1)) / 1024 if found else 0.0


def _cases(auditor: "psycopg.Connection[tuple[object, ...]]") -> int:
    (number,) = auditor.execute("select count(*) from cases_case").fetchone() or (0,)
    return int(str(number))
