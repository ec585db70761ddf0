"""Which server serves the house: gunicorn and granian before the same database, in paired slices, on the pages that people ask for.

``python -m bench.servers --granian FOLDER``: granian is no requirement of the house; the folder is the ``site-packages`` of an environment that has it.
Both get two workers of one thread each and the same environment; beside them the whole house is up. The one who asks has eight hands in a process
of his own. A slice is a second; A goes first in one round and B in the next.
"""

import argparse
import http.client
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

from bench.run import ROOT, load, machine
from bench.soak import House, rss
from bench.soak_people import Book, Machine, Persona

ROUNDS, SLICE, HANDS = 12, 1.0, 8
NUMBER = "@@"  # in a body: what is another in each request
HEAD = "| what was asked | granian / gunicorn, requests a second | quartiles | p99 ms, gunicorn | p99 ms, granian | requests a second of this run |\n| --- | ---: | --- | ---: | ---: | --- |"


def main() -> int:
    """Print one row a page; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.servers", description=__doc__)
    parser.add_argument("--granian", type=Path, required=True, help="site-packages of an environment with granian")
    said = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="css-") as folder:
        house = House(Path(folder))
        try:
            _measured(house, said.granian)
        finally:
            house.stop()
    return 0


def _measured(house: House, granian: Path) -> None:
    ports = {"gunicorn": free_port(), "granian": free_port()}
    commands = {
        "gunicorn": gunicorn(ports["gunicorn"]),
        "granian": ["granian", "--interface", "wsgi", "--workers", "2", "--blocking-threads", "1", "--host", "127.0.0.1",
                    "--port", str(ports["granian"]), "--no-log", "config.wsgi:application"],
    }  # fmt: skip
    environment = {**house.environment_of("web"), "PYTHONPATH": str(granian)}
    running = {
        name: subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for name, command in commands.items()
    }
    try:
        for port in ports.values():
            answers(port)
        print(f"({machine()}; {load()} before)\n\n{HEAD}", flush=True)
        for what, path, body, headers in _asked(house):
            print(_paired(what, ports, path, body, headers), flush=True)
        memory = {name: f"{rss(process.pid):.0f}" for name, process in running.items()}
        print(
            f"\nResident after it, two workers and their master: gunicorn {memory['gunicorn']} MiB, granian {memory['granian']} MiB ({load()} after)."
        )
    finally:
        for process in running.values():
            process.terminate()
            process.wait(20)


def _asked(house: House) -> list[tuple[str, str, bytes, dict[str, str]]]:
    """What is asked for, with the cookies of who asks: six pages and the machine's door."""
    book = Book()
    source = Machine(house.address, book, house.key())
    cases = [ref for _ in range(10) for ref in source.batch(100)]
    cookies = {name: {"Cookie": Persona(house.address, book, name).cookies()} for name in ("dana", "sol", "otto")}
    plain = {"Authorization": f"Bearer {source.key}", "Content-Type": "application/json"}
    result = {
        "external_id": NUMBER,
        "agency_case": "SV-1",
        "track": "suspect",
        "candidates": [{"subject_ref": "S1", "rank": 1, "score": 1.5}],
    }
    assert not book.faults, book.faults
    return [
        ("whether it lives", "/healthz", b"", {}),
        ("the log's checkpoint", "/log/checkpoint", b"", {}),
        ("desk of a detective", "/", b"", cookies["dana"]),
        ("case list, searched by a word of the notes", "/cases?notes=quay", b"", cookies["dana"]),
        ("a case", f"/cases/{cases[-1]}", b"", cookies["dana"]),
        ("the record", "/audit/", b"", cookies["otto"]),
        ("intake of one result", "/api/v1/search-results", json.dumps(result).encode(), plain),
    ]


def _paired(what: str, servers: dict[str, int], path: str, body: bytes, headers: dict[str, str]) -> str:
    """Return the row of one page: the ratio of the rates in paired slices, and the 99th percentile of each server."""
    times: dict[str, list[float]] = {name: [] for name in servers}
    ratios, rates = [], []
    with get_context("fork").Pool(1) as asking:
        for name, port in servers.items():
            asking.apply(slice_of, (port, path, body, headers, f"warm-{name}"))
        for number in range(ROUNDS):
            found = {}
            for name in sorted(servers, reverse=number % 2 == 0):
                found[name] = asking.apply(slice_of, (servers[name], path, body, headers, f"{name}-{number}"))
                times[name] += found[name]
            ratios.append(len(found["granian"]) / len(found["gunicorn"]))
            rates.append({name: len(each) / SLICE for name, each in found.items()})
    low, middle, high = statistics.quantiles(ratios, n=4)
    ninety_nine = {name: statistics.quantiles(each, n=100, method="inclusive")[98] for name, each in times.items()}
    said = {name: statistics.median(each[name] for each in rates) for name in servers}
    return (
        f"| {what} | **{middle:.2f}** | {low:.2f} - {high:.2f} | {ninety_nine['gunicorn']:,.0f} | {ninety_nine['granian']:,.0f} "
        f"| {said['gunicorn']:,.0f} and {said['granian']:,.0f} |"
    )


def slice_of(port: int, path: str, body: bytes, headers: dict[str, str], name: str, seconds: float = SLICE) -> list[float]:
    """Ask with eight hands for so long; return the milliseconds of each answer. A connection is kept where the server keeps it."""
    found: list[float] = []
    end = time.perf_counter() + seconds
    hands = [threading.Thread(target=_hand, args=(port, path, body, headers, f"{name}-{hand}", end, found.append)) for hand in range(HANDS)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    return found


def _hand(port: int, path: str, body: bytes, headers: dict[str, str], name: str, end: float, told: Callable[[float], None]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    number = 0
    while (began := time.perf_counter()) < end:
        number += 1
        sent = body.replace(NUMBER.encode(), f"{name}-{number}".encode())
        further = {"Idempotency-Key": f"key-{name}-{number}"} if body else {}
        connection.request("POST" if body else "GET", path, sent or None, {**headers, **further})
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (200, 201):
            raise RuntimeError(f"{path} answered {answer.status}")
        told((time.perf_counter() - began) * 1000)
    connection.close()


def gunicorn(port: int) -> list[str]:
    """The command of the house's own server, on this port."""
    return ["gunicorn", "config.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--log-level", "warning"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> None:
    """Wait until it answers."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("a server does not answer")


if __name__ == "__main__":
    sys.exit(main())
