"""More seeds than one entry of the record holds: sealed in one batch, and all that are decided revealed at once."""

import json
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from ledger.clock import house_now
from ledger.models import Entry
from oversight import seeds
from review.acts.reveal_seeds import reveal_seeds
from review.models import Reveal, RevealedSeed
from tests import world
from tests.database import login, write_past_the_promises
from tests.oversight.test_seeds import MATED, STRANGER, decided, known

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "auditor"])
MANY = 1200  # one entry would hold about 760 that are revealed, and 960 that are sealed


def as_often_decided(owner: "psycopg.Connection[Any]", case_id: int, number: int) -> None:
    """Write this decided seed so many times more, each with a probe, a case and a commitment of its own."""
    tables = ("cases_case", "cases_storedimage", "cases_probe", "cases_move", "review_sealedseed")
    asked = "select column_name::text from information_schema.columns where table_name = %s and column_name <> 'id'"
    columns = {table: [name for (name,) in owner.execute(asked, [table])] for table in tables}

    def copy(table: str, where: str, **changed: str) -> str:
        same = [name for name in columns[table] if name not in changed]
        into, values = (
            ", ".join(f'"{name}"' for name in [*same, *changed]),
            ", ".join([*(f'o."{name}"' for name in same), *changed.values()]),
        )
        return f"insert into {table}({into}) overriding system value select {values} from {table} o, generate_series(1, {number}) n where {where}"

    sha, image = "encode(sha256(convert_to('seed' || n, 'UTF8')), 'hex')", "md5('i' || n)::uuid"
    of_case = f"(select i.original_sha256 from cases_storedimage i join cases_probe p on p.image_id = i.id where p.case_id = {case_id})"
    commitment = "encode(sha256(convert_to('commitment' || n, 'UTF8')), 'hex')"
    rows = [
        copy("review_sealedseed", f"o.probe_sha256 = {of_case}", id="1000000 + n", probe_sha256=sha, commitment=commitment),
        copy("cases_case", f"o.id = {case_id}", id="1000000 + n", ref="'FR-2026-' || to_char(500000 + n, 'FM000000')"),
        copy("cases_storedimage", f"o.id = (select image_id from cases_probe where case_id = {case_id})", id=image, case_id="1000000 + n", original_sha256=sha),
        copy("cases_probe", f"o.case_id = {case_id}", case_id="1000000 + n", image_id=image),
        copy("cases_move", f"o.case_id = {case_id} and o.act = 'join'", case_id="1000000 + n", entry="-1000000 - n"),
    ]  # fmt: skip
    write_past_the_promises(owner, tables, rows)


def entries(kind: str) -> list[dict[str, Any]]:
    return [json.loads(bytes(entry.body)) for entry in Entry.objects.filter(kind=kind).order_by("seq")]


def test_all_that_are_decided_are_revealed_at_once() -> None:
    seeds.seal(known(STRANGER, MATED), using="auditor")
    case = decided("25-1", MATED, MATED)
    with login("owner") as owner:
        as_often_decided(owner, case.pk, MANY - 1)
    world.must(reveal_seeds(by=world.person("otto"), at=house_now()))
    assert (RevealedSeed.objects.count(), Reveal.objects.get().seeds) == (MANY, MANY)
    said = entries("reveal_seeds")
    assert [each["seeds"] for each in said] == [len(each["opened"]) for each in said] == [500, 500, 200]
    opened = {ref: commitment for each in said for ref, commitment in each["opened"].items()}
    assert opened == dict(RevealedSeed.objects.values_list("case__ref", "commitment"))


def test_a_batch_is_sealed_however_long() -> None:
    batch = [{"probe_sha256": f"{n:064x}", "mates": [], "nonce": "n" * 32} for n in range(MANY)]
    with login("auditor") as auditor:
        assert auditor.execute("select seal_seeds(%s)", [Jsonb(batch)]).fetchone() == (MANY,)
        sealed = {commitment for (commitment,) in auditor.execute("select commitment from review_sealedseed")}
    said = entries("seal_seeds")
    assert [each["number"] for each in said] == [500, 500, 200]
    assert {commitment for each in said for commitment in each["commitments"]} == sealed
