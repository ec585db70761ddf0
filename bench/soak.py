"""``make soak``: the whole house as ``make run`` starts it, and a mixed load at a stated rate for half an hour; then what it cost and what went wrong.

``python -m bench.soak --minutes 2 --rate 4`` is the short form. Pages, searches, log tiles and batches of results are asked for at that rate, due by the
clock whether or not the last one was answered, and timed from when they were due. Beside them people walk cases down the road, reviewers
examine them, and what becomes a lead is worked on until an arrest starts; now and then one is asked for with nothing but the face result, and
right is that it is refused. It ends with 1 on any error: an unexpected status, an error in the log of the house, a dead job, an acknowledged
result that is not on file, an action that rests on the face result alone or differs when it is derived again, a house that is not ready at the
end, or memory that grows.
"""

import argparse
import itertools
import json
import os
import queue
import random
import re
import secrets
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from bench.run import ROOT, machine
from bench.soak_leads import investigate
from bench.soak_people import PEOPLE, Book, Machine, Persona, Visitor, review, walk
from config.embedded import Servers
from ledger.tiles import WIDE, Tile

SAMPLED, BATCH, HANDS = 10.0, 20, 12  # seconds between two looks at memory, results a batch, requests under way at once
GROWS = 0.10  # so much may a process grow from the second third of the time to the last
PROCESSES = (
    ("gunicorn", "web"),
    ("beat", "beat"),
    ("celery", "worker"),
    ("sequence", "log"),
    ("gatecheck", "re-check"),
    ("make_bundles", "bundles"),
)
REVIEWERS = ("ada", "ben", "cleo", "remy")
NEEDED = 20  # probes of which each is another person's
CAME_ABOUT = ("sortings locked", "conclusions locked", "results acknowledged", "arrests refused", "starts refused", "arrests started")
ANSWERS = "select s.ref, s.state, d.rests_on from review_countersignature s left join review_decision d on d.countersignature_id = s.id"

Due = tuple[float, Callable[[float], object]]


def main(arguments: list[str] | None = None) -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=4.0, help="requests a second, besides those who walk and examine")
    parser.add_argument("--table", type=Path, help="also write the table to this file")
    said = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="css-") as folder:
        house = House(Path(folder))
        try:
            lines, faults = soak(house, seconds=said.minutes * 60, rate=said.rate)
        finally:
            house.stop()
    text = "\n".join([f"## Soak\n\n`python -m bench.soak --minutes {said.minutes:g} --rate {said.rate:g}` ({machine()})\n", *lines]) + "\n"
    print(text)
    if said.table:
        said.table.write_text(text, encoding="utf-8")
    for fault in faults:
        print(f"FAULT: {fault}", file=sys.stderr)
    return 1 if faults else 0


class House:
    """The house in a process of its own, on a folder that is thrown away."""

    def __init__(self, var: Path) -> None:
        self.var, self.address, self.said = var, "", list[str]()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "config.run", "up", "--port", "8700", "--var", str(var)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
        assert self.process.stdout
        for line in self.process.stdout:
            self.said.append(line)
            if found := re.search(r"http://localhost:\d+", line):
                self.address = found.group()
                break
        else:
            raise RuntimeError("".join(self.said[-20:]))
        threading.Thread(target=lambda: self.said.extend(self.process.stdout or ()), daemon=True).start()
        self.urls = Servers(var).urls()

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)

    def key(self) -> str:
        """Register a source system as an administrator does, and return its key."""
        environment = {
            **os.environ,
            "OWNER_DATABASE_URL": self.urls["OWNER_DATABASE_URL"],
            "REDIS_URL": self.urls["REDIS_URL"],
            "COUNTERSIGN_PROCESS": "owner",
            "COUNTERSIGN_VAR": str(self.var),
            "COUNTERSIGN_MASTER_KEY_FILE": str(self.var / "master.key"),
            "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
            "DJANGO_SETTINGS_MODULE": "config.settings.local",
        }
        command = [sys.executable, "manage.py", "register_source", "XX0010000", "Soak"]
        told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
        return told.rsplit(": ", 1)[1].strip()

    def asked(self, sql: str) -> list[tuple[object, ...]]:
        """Ask the database with the auditor's login, which reads and does nothing else."""
        with psycopg.connect(self.urls["AUDITOR_DATABASE_URL"]) as auditor:
            return auditor.execute(sql).fetchall()  # type: ignore[call-overload]

    def derived_again(self) -> subprocess.CompletedProcess[str]:
        """Return how one pass of the re-check ended, with the auditor's login, and what it found."""
        command = ["-m", "config.run", "audit", "--var", str(self.var), "--", sys.executable, "manage.py", "gatecheck", "--json"]
        return subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True)

    def errors(self) -> list[str]:
        """Return what the house wrote to its log as an error."""
        return [line.strip()[:400] for line in self.said if '"level": "ERROR"' in line or "Traceback" in line]

    def parts(self) -> Iterator[tuple[str, int]]:
        """Give each process of the house with the part that it is of."""
        for process in _below(self.process.pid):
            command = _read(f"/proc/{process}/cmdline").replace("\0", " ")
            if part := next((name for word, name in PROCESSES if word in command), ""):
                yield part, process

    def memory(self) -> dict[str, float]:
        """Return the resident MiB of each part of the house, its children with it."""
        found: dict[str, float] = {}
        for part, process in self.parts():
            found[part] = found.get(part, 0.0) + _resident(process)
        return found

    def environment_of(self, part: str) -> dict[str, str]:
        """Return the environment that a part was started with."""
        process = next(process for name, process in self.parts() if name == part)
        return dict(each.split("=", 1) for each in _read(f"/proc/{process}/environ").split("\0") if each)


def rss(process: int) -> float:
    """Return the resident MiB of a process and its children."""
    return sum(map(_resident, (process, *_below(process))))


def _resident(process: int) -> float:
    pages = _read(f"/proc/{process}/statm").split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20 if len(pages) > 1 else 0.0


def _below(process: int) -> Iterator[int]:
    for children in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, _read(str(children)).split()):
            yield child
            yield from _below(child)


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:  # it has just ended
        return ""


def soak(house: House, *, seconds: float, rate: float) -> tuple[list[str], list[str]]:
    """Drive the house for so long; return the lines of the table, and every fault."""
    book = Book()
    visitor, source = Visitor(house.address, book), Machine(house.address, book, house.key())
    people = {name: Persona(house.address, book, name) for name in ("dana", "aris", "cora", "sol", "lea", "mia", "otto", "pia", "petra")}
    source.batch(BATCH)
    _ready(house, book)
    book.times.clear()
    began = time.monotonic()

    def over() -> bool:
        return time.monotonic() - began > seconds

    samples: list[tuple[float, dict[str, float]]] = []
    helpers = [
        threading.Thread(target=_sampled, args=(house, samples, began, over)),
        threading.Thread(target=_road, args=(house, book, over, max(20.0, seconds / NEEDED))),
        *(threading.Thread(target=review, args=(Persona(house.address, book, name), over, 3.0, random.Random(name))) for name in REVIEWERS),
        threading.Thread(target=investigate, args=(*(Persona(house.address, book, name) for name in ("dana", "cora", "sol")), over, 3.0)),
    ]
    threading.excepthook = partial(_ended, book)
    for helper in helpers:
        helper.start()
    late = _at_the_rate(mixed(visitor, source, people), rate, over)
    for helper in helpers:
        helper.join()
    return _told(house, book, samples, seconds=seconds, rate=rate, late=late)


def _ended(book: Book, ended: threading.ExceptHookArgs) -> None:
    """Whoever drives the house and ends before it is over is a fault."""
    book.fault(f"one who drives the house ended: {ended.exc_value!r}")
    threading.__excepthook__(ended)


def _ready(house: House, book: Book) -> None:
    """Wait until the gallery is enrolled and the log is signed, as somebody who has just started the house would."""
    end = time.monotonic() + 120
    visitor = Visitor(house.address, Book())
    while (
        house.asked("select 1 from cases_job where done_at is null and given_up_at is null limit 1")
        or visitor.ask("", "/log/checkpoint").status != 200
    ):
        if time.monotonic() > end:
            book.fault("the house was not ready in 120 s")
            return
        time.sleep(0.5)


def mixed(visitor: Visitor, source: Machine, people: dict[str, Persona]) -> Iterator[Callable[[float], object]]:
    """Give one request after another, in a fixed mix: of twenty-four, fourteen pages of nine roles, five searches, three of the log, a batch, a probe."""
    chance, cases = random.Random(8), source.batch(BATCH)

    def page(name: str, path: str, role: str) -> Callable[[float], object]:
        return lambda since: people[name].ask(f"page: {role}", path, since=since)

    def sent(since: float) -> None:
        cases[:] = (cases + source.batch(BATCH, since=since))[-200:]

    def tile(since: float) -> object:
        size = int(visitor.ask("log: the checkpoint", "/log/checkpoint", since=since).text.splitlines()[1])
        found = [Tile(0, size // WIDE, size % WIDE)] if size % WIDE else []
        found += [Tile(0, chance.randrange(size // WIDE))] if size >= WIDE else []
        return [visitor.ask("log: a tile", f"/log/tile/{each.path()}") for each in found]

    pages = itertools.cycle(
        [("dana", "/", "the desk of a detective"), ("dana", "CASE", "a case"), ("aris", "/", "the desk of an analyst"), ("cora", "/", "the desk of a corroboration officer"),
         ("sol", "/", "the desk of a supervisor"), ("sol", "/turns", "who examines what"), ("lea", "/discovery", "discovery"), ("mia", "/house", "the house"),
         ("mia", "/figures", "figures"), ("otto", "/audit/", "the record"), ("pia", "/prosecution", "leads of a prosecutor"), ("petra", "/policy-board", "the policy board"),
         ("dana", "/notices", "notices"), ("otto", "CASE", "a case")]
    )  # fmt: skip
    searches = itertools.cycle(
        [
            "/cases?q={ref}",
            "/cases?notes=quay+till",
            "/cases?q=120",
            "/cases",
            "/cases?notes=%22held+up%22+or+umbrella",
            "/cases?q={end}",
            "/cases?state=RECEIVED",
        ]
    )
    for place in itertools.count():
        ref = chance.choice(cases)
        match place % 24:
            case 0:
                yield sent
            case 1:
                yield lambda since: visitor.ask("whether it lives", "/healthz", since=since)
            case 6 | 12 | 18:
                yield tile
            case 3 | 8 | 13 | 17 | 22:
                yield page(chance.choice(("dana", "otto", "sol")), next(searches).format(ref=ref, end=ref[-4:]), "the case list, searched")
            case _:
                name, path, role = next(pages)
                yield page(name, f"/cases/{ref}" if path == "CASE" else path, role)


def _at_the_rate(requests: Iterator[Callable[[float], object]], rate: float, over: Callable[[], bool]) -> int:
    """Ask for each when it is due; return how many found every hand busy. No request waits for the answer to another."""
    due: queue.Queue[Due | None] = queue.Queue()
    hands = [threading.Thread(target=_hand, args=(due,)) for _ in range(HANDS)]
    for hand in hands:
        hand.start()
    late, began = 0, time.perf_counter()
    for number, request in enumerate(requests):
        at = began + number / rate
        time.sleep(max(0.0, at - time.perf_counter()))
        if over():
            break
        late += due.qsize() > 0
        due.put((at, request))
    for _ in hands:
        due.put(None)
    for hand in hands:
        hand.join()
    return late


def _hand(due: "queue.Queue[Due | None]") -> None:
    while (found := due.get()) is not None:
        since, request = found
        request(since)


def _road(house: House, book: Book, over: Callable[[], bool], pause: float) -> None:
    """Have a detective and an analyst bring one case after another to the reviewers, each with another person's picture."""
    dana, aris = Persona(house.address, book, "dana"), Persona(house.address, book, "aris")
    pictures = sorted(PEOPLE.glob("*_cctv.jpg"))
    for number, picture in enumerate(pictures):
        began = time.monotonic()
        walk(dana, aris, picture, f"25-{number:06}")
        while time.monotonic() - began < pause and not over():
            time.sleep(0.5)
        if over():
            return


def _sampled(house: House, samples: list[tuple[float, dict[str, float]]], began: float, over: Callable[[], bool]) -> None:
    while not over():
        samples.append((time.monotonic() - began, house.memory()))
        time.sleep(SAMPLED)


def _told(
    house: House, book: Book, samples: list[tuple[float, dict[str, float]]], *, seconds: float, rate: float, late: int
) -> tuple[list[str], list[str]]:
    """Return the table, and the faults: those of the load, those of the house, and memory that grew."""
    faults = [*book.faults, *(f"in the log of the house: {line}" for line in house.errors()), *_left(house, book), *_actions(house, book)]
    requests = sum(map(len, book.times.values()))
    done = ", ".join(f"{number:,} {what}" for what, number in sorted(book.done.items()))
    lines = [
        f"{requests:,} requests in {seconds:.0f} s, of them {rate:g} a second due by the clock ({late} found all {HANDS} hands busy); {done}. {len(faults)} errors.\n",
        "| what was asked | times | p50 ms | p95 ms | p99 ms |\n| --- | ---: | ---: | ---: | ---: |",
    ]
    for kind, times in sorted(book.times.items()):
        cuts = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else times * 99
        lines.append(f"| {kind} | {len(times):,} | {cuts[49]:,.0f} | {cuts[94]:,.0f} | {cuts[98]:,.0f} |")
    lines.append(
        f"\n| resident memory, {len(samples)} looks | MiB, second third | MiB, last third | slope, MiB an hour | bound |\n| --- | ---: | ---: | ---: | --- |"
    )
    for part in sorted({part for _, found in samples for part in found}):
        second, last, slope = _growth([(at, found[part]) for at, found in samples if part in found], seconds)
        lines.append(f"| {part} | {second:.0f} | {last:.0f} | {slope:+.0f} | +{GROWS:.0%} |")
        if last > second * (1 + GROWS):
            faults.append(f"{part} grew from {second:.0f} to {last:.0f} MiB, more than {GROWS:.0%}")
    return lines, faults


def _growth(found: list[tuple[float, float]], seconds: float) -> tuple[float, float, float]:
    """Return the medians of the second and the last third, and the slope of both thirds together; the first third warms up."""
    warm = [(at, mib) for at, mib in found if at >= seconds / 3] or found
    second = [mib for at, mib in warm if at < seconds * 2 / 3] or [warm[0][1]]
    last = [mib for at, mib in warm if at >= seconds * 2 / 3] or [warm[-1][1]]
    slope = statistics.linear_regression(*zip(*warm, strict=True)).slope * 3600 if len(warm) > 1 else 0.0
    return statistics.median(second), statistics.median(last), slope


def _left(house: House, book: Book) -> Iterator[str]:
    """What is not as it should be when the load is over: jobs, results, the log."""
    end = time.monotonic() + 60
    while (
        house.asked("select 1 from cases_job where done_at is null and given_up_at is null and not_before <= now() limit 1")
        and time.monotonic() < end
    ):
        time.sleep(0.5)
    for kind, number, trouble in house.asked(
        "select kind, count(*), max(last_error) from cases_job where done_at is null and not_before <= now() group by 1"
    ):
        yield f"{number} jobs “{kind}” are not done: {trouble}"
    ((stored,),) = house.asked("select count(*) from cases_searchresult")
    acknowledged = book.done.get("results acknowledged", 0)
    if stored != acknowledged:
        yield f"{acknowledged} results were acknowledged, {stored} are on file"
    answer = Visitor(house.address, Book()).ask("", "/readyz")
    if answer.status != 200:
        yield f"the house is not ready: {json.loads(answer.text) if answer.status == 503 else answer.text}"
    for what in CAME_ABOUT:
        if not book.done.get(what):
            yield f"no {what}: the load was not the load"


def _actions(house: House, book: Book) -> list[str]:
    """What is wrong with the actions that were asked for: with the auditor's login, and derived again by other code."""
    done = house.derived_again()
    if done.returncode not in (0, 1):
        return [f"the re-check ended with {done.returncode}: {done.stderr[-400:]}"]
    checked = json.loads(done.stdout)
    book.count("countersignatures derived again", checked["checked"])
    return list(_unlike(house.asked(ANSWERS), checked, book.done))


def _unlike(answers: Sequence[tuple[object, ...]], checked: Mapping[str, Any], told: Mapping[str, int]) -> Iterator[str]:
    """What should not be so of the countersignatures on file (number, state, what each rests on), of the re-check, and of what people were told."""
    states = Counter(str(state) for _, state, _ in answers)
    for ref, state, rests_on in answers:
        if state in ("SIGNED", "STARTED") and not rests_on:
            yield f"{ref} stands as {str(state).lower()} and rests on the face result alone"
    for what, state in (("arrests started", "STARTED"), ("arrests refused", "REFUSED")):
        if states[state] != told.get(what, 0):
            yield f"{told.get(what, 0)} {what} were told, {states[state]} are on file"
    for each in checked["wrong"]:
        yield f"{each['ref']} stands as {each['state'].lower()}, and derived again: {' '.join(said['sentence'] for said in each['findings'])}"
    answered = states.total() - states["ASKED"]
    if checked["checked"] != answered:
        yield f"of {answered} answered countersignatures {checked['checked']} were derived again"


if __name__ == "__main__":
    sys.exit(main())
