"""The measures themselves: paired slices in rotated order, medians with quartiles, and exact counts beside them."""

import hashlib
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django
import numpy as np
from psycopg.types.json import Jsonb

django.setup()

from django.db import connections, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from bench import blind, counts, entries, gate, imported, law, log, pages, picture, scale, wire
from bench.pairs import KEY, KEY_HASH, a_source, bare_tables, cases_to_move, in_turns, ratios, row
from bench.run import load, machine, peak_mib
from cases import galleries, jobs
from cases.api.views import search_results
from cases.images import keystore
from cases.keystore import seal
from cases.matching.exact import rank
from cases.matching.reference import reference_engine
from cases.models import Candidate, Gallery, GalleryThreshold, StoredImage
from tests import world
from tests.database import login
from workers.effects import EFFECTS

HEAD = "| what | figure | quartiles | |\n| --- | --- | --- | --- |"
ROOT = Path(__file__).resolve().parent.parent
PICTURES = (
    "![Each figure beside its goal and its floor](benchmarks-goals.svg)",
    "",
    "![What pages and acts look at in houses of three sizes](benchmarks-scale.svg)",
)
PEERS = "The same work by libraries that others use"
RECHECK = "The re-check with the auditor's login, one pass (measured before, in a database of its own)"


def intake() -> list[str]:
    """P1: one result through the door in-process, against raw psycopg calling the same function with the same guarantee."""
    with login("owner") as owner:
        a_source(owner)
    factory, number = RequestFactory(), [0]
    body = {
        "agency_case": "25-bench",
        "track": "suspect",
        "engine": {"name": "Vendor", "version": "7.1"},
        "candidates": [{"subject_ref": f"S{n}", "rank": n, "score": 1000.0 - n} for n in range(1, 4)],
    }

    def door() -> None:
        number[0] += 1
        text = json.dumps({**body, "external_id": f"w{number[0]}"})
        request = factory.post(
            "/api/v1/search-results",
            text,
            content_type="application/json",
            headers={"Authorization": f"Bearer {KEY}", "Idempotency-Key": f"wkey-{number[0]:08d}"},
        )
        answer = search_results(request)
        assert answer.status_code == 201, answer.content

    raw = login("intake")
    listed = {"engine_name": "Vendor", "engine_version": "7.1", "not_reported": []}
    faces = [{"subject_ref": f"S{n}", "rank": n, "score": 1000.0 - n} for n in range(1, 4)]

    def straight() -> None:
        number[0] += 1
        n = number[0]
        result = {
            "external_id": f"r{n}", "idempotency_key": f"rkey-{n:08d}", "agency_case": "25-bench", "track": "suspect", "list": listed,
            "candidates": [{**face, "token": f"{n:08x}-0000-4000-8000-{place:012x}"} for place, face in enumerate(faces)],
        }  # fmt: skip
        answer = raw.execute(
            "select receive_result(%s, %s, %s, '[]', '{}', %s)",
            [KEY_HASH, Jsonb(result), hashlib.sha256(str(n).encode()).hexdigest(), Jsonb({"by": "machine"})],
        ).fetchone()
        assert answer[0]["status"] == 201

    by_the_door, by_hand = in_turns(door, straight)
    with CaptureQueriesContext(connections["intake"]) as counted:
        door()
    return [
        row(
            "P1 intake of one result (no pictures) / the same function called straight by psycopg",
            ratios(by_the_door, by_hand),
            "goal 0.70, floor 0.35",
        ),
        f"| statements of one intake, counted | {len(counted)} | | key, result, case, list, job and entry in one |",
        f"| (rates of this run, for the curious) | {statistics.median(by_the_door):.0f} and {statistics.median(by_hand):.0f} /s | | no goal |",
    ]


def move() -> list[str]:
    """P10: a guarded move with its entry, through the act's own writer, against a bare three-statement transaction."""
    with login("owner") as owner:
        bare_tables(owner)
        refs = cases_to_move(owner)
    guarded, bare, at = login("worker"), login("worker"), [0]

    def ours() -> None:
        guarded.execute("select machine_move(%s, 'screen', 'INELIGIBLE', %s)", [refs.pop(), Jsonb({"by": "machine", "policy": "x" * 64})])

    def theirs() -> None:
        at[0] = at[0] % 1000 + 1
        with bare.transaction():
            bare.execute("select state from bench_bare where id = %s for update", [at[0]])
            bare.execute("update bench_bare set n = n + 1 where id = %s", [at[0]])
            bare.execute("insert into bench_log(what) values ('moved')")

    return [
        row(
            "P10 a move along the table with entry and second wall / a bare three-statement transaction",
            ratios(*in_turns(ours, theirs)),
            "goal 1.0, floor 0.6",
        ),
        "| statements of one move, counted | 1 | | one round trip |",
    ]


def the_law() -> list[str]:
    """The law's figures, over ten thousand cases of its own that are gone before the next part."""
    lines = law.screening()
    with login("owner") as owner:
        return [*lines, *law.past_cases(owner)]


def at_scale(walked: tuple[world.Lead, str]) -> list[str]:
    """Pages at 100,000 cases, and one case among them that was walked to a lead and a request."""
    with login("owner") as owner:
        return pages.measure(owner, *walked)


def search() -> list[str]:
    """From the check of the probe to the candidate list, in galleries of 38 and of 100,000 templates."""
    lines = []
    small = Gallery.objects.get()
    with galleries_of(100_000) as big:
        for gallery in (small, big):
            number = gallery.subjects.count()
            times = []
            galleries._opened.cache_clear()
            for attempt in range(4):
                with transaction.atomic():
                    case = world.screened(world.requested(f"25-s{number}-{attempt}", gallery=gallery.name))
                    began = time.perf_counter()
                    case = world.checked(case)
                    times.append(time.perf_counter() - began)
                    assert Candidate.objects.filter(case=case).exists() or case.state == "NO_CANDIDATES"
                    transaction.set_rollback(True)
            lines.append(
                f"| probe check to candidate list, {number:,} templates: first (opens the gallery) / later | {times[0]:.2f} s / "
                f"{statistics.median(times[1:]):.2f} s | | peak memory of the process {peak_mib():.0f} MiB |"
            )
        matrix = galleries.open_gallery(big, template_version=reference_engine().build.template_version).matrix
        probe = matrix[7].copy()
        began = time.perf_counter()
        for _ in range(20):
            rank(probe, matrix, threshold=0.3, at_most=20)
        lines.append(
            f"| exact comparison with 100,000 templates alone | {(time.perf_counter() - began) / 20 * 1000:.1f} ms | | {matrix.nbytes / 2**20:.0f} MiB matrix |"
        )
    return lines


class galleries_of:  # noqa: N801
    """A gallery of random unit vectors, sealed like any other."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __enter__(self) -> Gallery:
        engine = reference_engine()
        small = Gallery.objects.get()
        image = StoredImage.objects.filter(gallery=small).values_list("pk", flat=True)[0]
        key_id = keystore().create("bench")
        key = keystore().key(key_id)
        random = np.random.default_rng(7)
        with login("owner") as owner:
            (gallery,) = owner.execute(
                "insert into cases_gallery(agency_id, name, kind, lawful_basis, key_id, demo, weighed, leaves_out, scrubbed_on, performer) "
                "select agency_id, 'Random', 'demo', 'random vectors', %s, true, weighed, leaves_out, scrubbed_on, performer "
                "from cases_gallery where id = %s returning id",
                [key_id, small.pk],
            ).fetchone()
            with owner.cursor().copy(
                "copy cases_gallerysubject(gallery_id, subject_ref, image_id, sealed_template, template_version, original_sha256) from stdin"
            ) as copy:
                for n in range(self.number):
                    vector = random.standard_normal(128).astype(np.float32)
                    vector /= np.linalg.norm(vector)
                    name = hashlib.sha256(str(n).encode())
                    copy.write_row(
                        (
                            gallery,
                            f"R{n}",
                            image,
                            seal(key, vector.tobytes(), aad=name.digest()),
                            engine.build.template_version,
                            name.hexdigest(),
                        )
                    )
        found = Gallery.objects.get(pk=gallery)
        with login("owner") as owner:
            owner.execute(
                "insert into cases_gallerythreshold(gallery_id, template_version, probe_kind, threshold, because) values (%s, %s, 'cctv_still', 0.2, 'bench')",
                [gallery, engine.build.template_version],
            )
        assert GalleryThreshold.objects.filter(gallery=found).exists()
        return found

    def __exit__(self, *_: object) -> None:
        return None


def told(name: str, title: str, measure: Callable[[], list[str]], head: str = HEAD) -> list[str]:
    """Measure, print and return one part of the page: the command that makes it, and what else the machine did."""
    print(title, flush=True)
    before = load()
    lines = measure()
    print("\n".join(lines), flush=True)
    return [f"## {title}", "", f"`python -m bench.run {name}` ({before} before, {load()} after)", "", head, *lines, ""]


def written(name: str) -> list[str]:
    """The rows of a part that was measured before, in a database of its own."""
    return Path(os.environ[f"BENCH_{name.upper()}"]).read_text(encoding="utf-8").splitlines()


def the_entries() -> list[str]:
    with login("owner") as owner:
        a_source(owner)
        return entries.cost(owner, KEY_HASH)


def the_wire() -> list[str]:
    with login("owner") as owner:
        a_source(owner)
    return wire.over_the_wire()


def a_file() -> list[str]:
    with login("owner") as owner:
        a_source(owner)
    return imported.a_million_lines()


def a_gate_decision() -> list[str]:
    with login("owner") as owner, login("worker") as bare:
        bare_tables(owner)
        return gate.decision(owner, bare)


def the_pages() -> list[str]:
    case = world.examined(world.searched("25-9", "p001"), face="p001")
    lead = world.Lead.objects.select_related("case", "candidate").get(case=case)
    world.an_item(lead)
    world.cleared_tests(lead)
    world.papers_filed(lead)
    return at_scale((lead, world.asked(lead)))


# name of a part -> (title, measure); in this order, because the later ones fill the tables of the earlier ones and leave jobs that nobody does
PARTS: dict[str, tuple[str, Callable[[], list[str]]]] = {
    "search": ("Request to candidate list", search),
    "law": (law.TITLE, the_law),
    "log": (log.TITLE, log.verification),
    "gate": (gate.TITLE, a_gate_decision),
    "blind": (blind.TITLE, blind.timing),
    "pages": (pages.TITLE, the_pages),
    "intake": ("Intake", intake),
    "move": ("A move", move),
    "sequencer": ("The sequencer", log.sequencing),
    "entries": (entries.TITLE, the_entries),
    "wire": (wire.TITLE, the_wire),
    "import": (imported.TITLE, a_file),
    "scale": (scale.TITLE, scale.growth),
}
HEADS = {"blind": blind.HEAD, "scale": scale.HEAD}
BY_NAME = ("import", "scale")  # minutes of filling; only by name


def main() -> None:
    """Measure all parts and write the page, or print those that were asked for."""
    while due := jobs.due():
        with world.the_machine():
            for job_id in due:
                assert jobs.run(job_id=job_id, effects=EFFECTS) == "done"
    if asked := sys.argv[1:]:
        for name in asked:
            print("\n".join(told(name, *PARTS[name], HEADS.get(name, HEAD))), flush=True)
        return
    said = [
        "# Measured",
        "",
        f"`make bench` wrote this page in one run ({machine()}). Each part names the command that measures it alone, and the load of the machine, which others used too.",
        "Ratios are medians of paired slices in rotated order, with their quartiles; counts are exact and are the same on every machine. "
        "Absolute times belong to this machine and this minute.",
        "",
        *PICTURES,
        "",
        *told("counts", counts.TITLE, lambda: written("counts"), counts.HEAD),
    ]
    for name, (title, measure) in PARTS.items():
        if name in BY_NAME:
            continue
        said += told(name, title, measure, HEADS.get(name, HEAD))
    said += told("peers", PEERS, lambda: written("peers"))
    said += told("recheck", RECHECK, lambda: written("recheck"))
    page = Path(os.environ.get("BENCH_PAGE") or ROOT / "docs" / "benchmarks.md")
    page.write_text("\n".join([*said, *kept(page, said)]), encoding="utf-8")
    picture.draw(page)


def kept(page: Path, said: list[str]) -> list[str]:
    """Return the parts of the page that are measured by another command and stay as they are, such as the soak."""
    parts = page.read_text(encoding="utf-8").split("\n## ")[1:] if page.exists() else []
    return [f"## {part.rstrip()}\n" for part in parts if f"## {part.splitlines()[0]}" not in said]


if __name__ == "__main__":
    main()
