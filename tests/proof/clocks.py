"""The wall clock set back, forward and to and fro: nothing is dated before what it comes after, so no gate opens early."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import psycopg

from cases.rules.finding import Finding, Permit, Refusal
from ledger.clock import house_now
from review.acts.add_evidence import ItemWanted, add_evidence
from review.models import Lead
from tests import world
from tests.database import furnished_anew, login
from tests.proof.table import Proof

Owner = psycopg.Connection[Any]
APART = timedelta(minutes=10)
BARE = "create or replace function house_now() returns timestamptz language sql volatile security definer as $$ select clock_timestamp() + ahead_by from ledger_clock $$"
OUT_OF_ORDER = "select count(*) from (select at, lag(at) over (order by seq) as before from ledger_entry) e where at <= before"
BEFORE_THE_FACE = """select count(*) from review_evidence e join cases_case c on c.id = e.case_id
 where e.entered_at <= first_face_result_at(array[c.investigation_id])"""


def no_gate_opens_early(full: bool) -> Iterator[Proof]:
    """Set back once between papers and a new item, then to and fro during whole roads; and both with a clock that only ticks."""
    rounds = 10 if full else 1
    proof = Proof(f"clock: set back, forward and to and fro by {APART.seconds // 60} minutes, {rounds} rounds")
    for number in range(rounds):
        for minutes in (-10, 10):
            with on_a_clock(None) as owner:
                found, before = set_back(owner, f"25-back-{minutes}", timedelta(minutes=minutes))
                proof.check("papers_stale" in found, f"set by {minutes} minutes: answered {found}")
                proof.check(before == 0, f"set by {minutes} minutes: {before} items stand before the face result")
        with on_a_clock(None) as owner:
            wrong, answer = to_and_fro(owner, number)
            proof.check(wrong == 0, f"to and fro: {wrong} entries are dated before the one that they follow")
            proof.check(isinstance(answer, Permit), f"to and fro: answered {answer}")
    yield proof
    seen = Proof("clock: one that only ticks put in its place on purpose, seen")
    with on_a_clock(BARE) as owner:
        found, before = set_back(owner, "25-back", -APART)
        seen.check("papers_stale" not in found and before > 0, f"answered {found}, {before} items before the face result")
    with on_a_clock(BARE) as owner:
        seen.check(to_and_fro(owner, 1)[0] > 0, "no entry is out of order")
    yield seen


@contextmanager
def on_a_clock(instead: str | None) -> Iterator[Owner]:
    with furnished_anew(), login("owner") as owner:
        if instead:
            owner.execute(instead)  # type: ignore[call-overload]
        yield owner


def set_back(owner: Owner, agency_case: str, by: timedelta) -> tuple[tuple[str, ...], int]:
    """Have everything ready to be signed, set the clock, enter one more item, and sign. Return the answer, and how many items came too early."""
    lead, ref = world.ready_to_sign(agency_case)
    owner.execute("update ledger_clock set ahead_by = ahead_by + %s", [by])
    wanted = ItemWanted("fingerprint", "one more", "Report LP-2")
    world.must(add_evidence(by=world.person("dana"), at=house_now(), lead_ref=lead.ref, item=wanted)[0])
    (before,) = owner.execute(BEFORE_THE_FACE).fetchone() or (0,)
    answer = world.signed(ref)
    return answer.codes if isinstance(answer, Refusal) else (), int(before)


def to_and_fro(owner: Owner, number: int) -> tuple[int, Finding | None]:
    """Walk a road to its signature, the clock set anew before each step; return how many entries are out of order, and the answer."""
    chance = random.Random(number)

    def then(do: Callable[[], Any]) -> Any:
        owner.execute("update ledger_clock set ahead_by = %s", [chance.uniform(-1, 1) * APART])
        return do()

    answer: Finding | None = None
    with suppress(AssertionError):  # on a clock that goes back a step may be refused; its entries are looked at all the same
        answer = _road(then)
    (wrong,) = owner.execute(OUT_OF_ORDER).fetchone() or (0,)
    return int(wrong), answer


def _road(then: Callable[[Callable[[], Any]], Any]) -> Finding:
    """Walk it, one step after the other."""
    case = then(lambda: world.requested("25-shaken"))
    case = then(lambda: world.screened(case))
    case = then(lambda: world.checked(case))
    for name in ("ada", "ben"):
        then(lambda name=name: world.drawn(case, name))  # type: ignore[misc]
        then(lambda name=name: world.sorted_by(case, name, ("p012",)))  # type: ignore[misc]
    for name in ("ada", "ben"):
        then(lambda name=name: world.concluded(case, name, {"p012": 2}))  # type: ignore[misc]
    lead = Lead.objects.select_related("case", "candidate").get(case=case)
    for code in world.CODES:
        then(lambda code=code: world.cleared_tests(lead, (code,)))  # type: ignore[misc]
    then(lambda: world.an_item(lead))
    then(lambda: world.papers_filed(lead))
    ref = then(lambda: world.asked(lead))
    answer: Finding = then(lambda: world.signed(ref))
    return answer
