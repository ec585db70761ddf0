"""Races with real logins: whatever two people do at once, what is there afterwards is what one of them first and then the other would leave.

One case is walked to a request that is ready to be signed, with a sibling case whose reviewers are about to conclude; its rows are then
copied by the owner, so that each round has a case of its own.
"""

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import psycopg
from django.db import connections

from cases.models import Case
from ledger.clock import house_now
from review.acts.add_edge import add_edge
from review.acts.take_next import take_next
from review.models import Countersignature
from review.replay.forms import looked, scripted
from review.rules.graph import FACE_RESULT, EdgeKind
from tests import world
from tests.database import login
from tests.proof.table import Proof

CLIENTS = 8
COPIED = (
    "cases_investigation", "cases_case", "cases_searchrequest", "cases_probe", "cases_offencereport", "cases_screening", "cases_search", "cases_candidatelist",
    "cases_candidate", "review_probecheck", "review_drawn", "review_sorting", "review_conclusion", "review_lead", "review_evidence", "review_fixing", "review_edge",
    "review_closing", "review_holddecision", "review_papers", "review_countersignature",
)  # fmt: skip
STRIDE = 1_000_000
Owner = psycopg.Connection[Any]
Known = dict[str, Any]
People = dict[str, int]


def ready_with_a_sibling() -> Countersignature:
    """A request that only waits for its signature: its one item needs a legal decision, and a sibling case waits for a conclusion."""
    lead = world.a_lead("25-race")
    sibling = world.searched("25-race", "p012", repeats_because="A better frame was found")
    world.drawn(sibling, "cleo", "remy")
    for name in ("cleo", "remy"):
        world.sorted_by(sibling, name, ("p012",))
    looked(world.person("cleo"), sibling)
    item = world.an_item(lead)
    world.must(add_edge(by=world.person("dana"), at=house_now(), item_ref=item, kind=EdgeKind.AUTHORISED_BY, parent=FACE_RESULT))
    world.must(world.hold_decided(item, True, "An order of its own"))
    world.cleared_tests(lead)
    world.papers_filed(lead)
    return Countersignature.objects.get(ref=world.asked(lead))


def copied(owner: Owner, copies: range) -> None:
    """Copy the investigation once for each number: every key moves by a stride, every reference takes the number."""
    keys = {
        (str(table), str(column))
        for table, column in owner.execute(
            "select c.conrelid::regclass::text, a.attname from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any (c.conkey) "
            "where c.contype = 'f' and c.conrelid::regclass::text = any (%s) and c.confrelid::regclass::text = any (%s)",
            [list(COPIED), list(COPIED)],
        )
    } | {(table, "id") for table in COPIED}
    with owner.transaction():
        owner.execute("set constraints all immediate")
        owner.execute(
            "insert into cases_storedimage select (jsonb_populate_record(t, jsonb_build_object('id', md5(t.id::text || n)::uuid, 'original_sha256', t.original_sha256 || n))).* "
            f"from cases_storedimage t join cases_probe p on p.image_id = t.id, generate_series({copies.start}, {copies.stop - 1}) n where p.id < {STRIDE}"
        )
        for table in COPIED:
            triggers = owner.execute(
                "select tgname, tgenabled::text from pg_trigger where tgrelid = %s::regclass and not tgisinternal", [table]
            ).fetchall()
            owner.execute(f"alter table {table} disable trigger user")
            rows = owner.execute(
                "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped", [table]
            )
            columns = {str(column) for (column,) in rows}
            moved = [f"'{c}', t.{c} + n * {STRIDE}" for t, c in sorted(keys) if t == table]
            if "ref" in columns:
                moved.append("'ref', regexp_replace(t.ref, '-([0-9]{6})', '-' || lpad((n * 10 + substr(t.ref, 9, 6)::int)::text, 6, '0'))")
            moved += [
                f"'{c}', t.{c} || '-' || n"
                for c in ("agency_case", "code")
                if c in columns and table in ("cases_investigation", "review_drawn")
            ]
            moved += ["'token', gen_random_uuid()"] if "token" in columns else []
            moved += (
                ["'image_id', md5(t.image_id::text || n)::uuid"] if table == "cases_probe" else []
            )  # the very picture of another would be linked
            owner.execute(
                f"insert into {table} overriding system value select (jsonb_populate_record(t, jsonb_build_object({', '.join(moved)}))).* "
                f"from {table} t, generate_series({copies.start}, {copies.stop - 1}) n where t.id < {STRIDE}"
            )
            for name, enabled in triggers:
                owner.execute(f"alter table {table} enable {'always ' if enabled == 'A' else ''}trigger {name}")
    owner.execute("analyze")


def _known(owner: Owner, copy: int) -> Known:
    """What a round needs to know of its copy."""
    row = owner.execute(
        "select s.ref, l.id, l.ref, c.id, c.ref, (select min(e.id) from review_evidence e where e.lead_id = l.id and e.direction = 'incriminating'), "
        "(select x.ref from cases_case x where x.investigation_id = c.investigation_id and x.id <> c.id), "
        "(select array_agg(k.token::text) from cases_candidate k join cases_case x on x.id = k.case_id join review_sorting o on o.candidate_id = k.id and o.kept "
        " where x.investigation_id = c.investigation_id and x.id <> c.id and o.by_id = %s) "
        "from review_countersignature s join review_lead l on l.id = s.lead_id join cases_case c on c.id = l.case_id where s.id / %s = %s",
        [world.person("cleo").pk, STRIDE, copy],
    ).fetchone()
    assert row is not None, copy
    return dict(zip(("request", "lead_id", "lead", "case_id", "case", "item", "sibling", "tokens"), row, strict=True))


def eight_clients(full: bool) -> Iterator[Proof]:
    """Eight clients want to sign every one of the same requests: each is signed once."""
    wanted = 300 if full else 40
    proof = Proof(f"races: {CLIENTS} clients sign the same {wanted} requests")
    ready_with_a_sibling()
    sol = world.person("sol").pk
    with login("owner") as owner:
        copied(owner, range(1, wanted + 1))
        refs = [str(ref) for (ref,) in owner.execute("select ref from review_countersignature where id > %s order by 1", [STRIDE])]
    answers: Counter[str] = Counter()
    lock = threading.Lock()

    def client(number: int) -> None:
        mine = random.Random(number).sample(refs, len(refs)) if number % 2 else refs
        with login("app") as app:
            for ref in mine:
                (answer,) = app.execute(
                    "select countersign(%s, %s, true, %s, '{}', '{}')", [ref, sol, f"I would act on {ref}"]
                ).fetchone() or ({},)
                with lock:
                    answers[",".join(answer["reasons"]) or str(answer["state"])] += 1

    _at_once([lambda n=n: client(n) for n in range(CLIENTS)])  # type: ignore[misc]
    proof.tried = CLIENTS * wanted
    with login("owner") as owner:
        counted = owner.execute(
            "select (select count(*) from review_countersignature where state = 'SIGNED'), (select count(*) from review_decision where signed), "
            "(select count(*) from ledger_entry where kind = 'countersign')"
        ).fetchone()
    if counted != (wanted, wanted, wanted) or answers != {"SIGNED": wanted, "not_waiting": (CLIENTS - 1) * wanted}:
        proof.faults.append(f"{counted} signed, answers {dict(answers)}")
    proof.note = f"signed {answers['SIGNED']}"
    yield proof


def _at_once(threads: list[Callable[[], None]]) -> None:
    """Run them together, and raise what any of them raised."""
    raised: list[BaseException] = []

    def guarded(what: Callable[[], None]) -> None:
        try:
            what()
        except BaseException as trouble:
            raised.append(trouble)
        finally:
            connections.close_all()

    running = [threading.Thread(target=guarded, args=(each,)) for each in threads]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    if raised:
        raise raised[0]


def _entry(kind: str, subject: str) -> str:
    return f"select ledger_append('{kind}', '{subject}', '{{}}')"


def _exclusions(known: Known) -> str:
    form = asdict(scripted(-2, "ear")) | {"limits": []}
    return json.dumps(dict.fromkeys(known["tokens"], form))


# Each fact shuts the gate; each is what an act of a person writes, in one transaction: (the entry that tells its place, the statements).
FACTS: dict[str, tuple[str, Callable[[Known, People], list[str]]]] = {
    "a new item that speaks for the person": ("add_evidence", lambda k, p: [
        f"insert into review_evidence(ref, case_id, lead_id, kind, direction, description, source_document, exculpatory_code, entered_by_id) "
        f"values ('{k['lead']}-E99', {k['case_id']}, {k['lead_id']}, 'alibi_lead', 'exculpatory', 'x', 'x', '', {p['dana']})",
        _entry("add_evidence", f"{k['lead']}-E99")]),
    "a new edge": ("add_edge", lambda k, p: [
        f"insert into review_edge(item_id, kind, root, written_by_id) values ({k['item']}, 'content_from', 'face_result', {p['dana']})",
        _entry("add_edge", f"{k['lead']}-E1")]),
    "the end of the lead": ("end_lead", lambda k, p: [
        f"insert into review_leadend(lead_id, because) values ({k['lead_id']}, 'x')", _entry("end_lead", k["lead"])]),
    "a legal decision": ("decide_hold", lambda k, p: [
        f"insert into review_holddecision(item_id, may_be_used, grounds, court, by_id) values ({k['item']}, false, 'x', '', {p['lea']})",
        _entry("decide_hold", f"{k['lead']}-E1")]),
    "an exclusion in a sibling": ("conclude", lambda k, p: [f"select conclude('{k['sibling']}', {p['cleo']}, '{_exclusions(k)}', '{{}}')"]),
    "a withdrawal": ("close", lambda k, p: [
        f"insert into review_disposition(case_id, by_id, disposition, note) values ({k['case_id']}, {p['dana']}, 'withdrawn', 'x')",
        f"select person_move('{k['case']}', 'close', 'CLOSED', {p['dana']}, '{{}}')"]),
}  # fmt: skip


class _Track:
    """The logins that race, and the copies that are left."""

    def __init__(self, owner: Owner, signer: Owner, writer: Owner, copies: int) -> None:
        self.owner, self.signer, self.writer = owner, signer, writer
        copied(owner, range(1, copies + 1))
        self.left = iter(range(1, copies + 1))
        self.people = {name: world.person(name).pk for name in ("dana", "sol", "lea", "cleo", "petra", "paul")}

    def known(self) -> Known:
        return _known(self.owner, next(self.left))

    def one(self, sql: str, *params: object) -> Any:
        return (self.owner.execute(sql, params).fetchone() or (None,))[0]

    def round(self, proof: Proof, orders: Counter[str], known: Known, statements: list[str], kind: str, number: int) -> None:
        """Sign and write together; look which was first, and whether everything agrees with that."""
        last = self.one("select max(seq) from ledger_entry")
        ready = threading.Barrier(2)
        answers: list[Any] = []
        late = random.Random(number).choice((-0.004, -0.002, 0.0, 0.0, 0.002, 0.004, 0.012))  # what is slow to write comes first too

        def sign() -> None:
            ready.wait()
            threading.Event().wait(max(late, 0.0))
            said = [known["request"], self.people["sol"], f"I would act on {known['request']}"]
            answers.extend(self.signer.execute("select countersign(%s, %s, true, %s, '{}', '{}')", said).fetchone() or ())

        def write() -> None:
            ready.wait()
            threading.Event().wait(max(-late, 0.0))
            with self.writer.transaction():
                for sql in statements:
                    self.writer.execute(sql)
                if number % 2:  # long enough for a signature that does not wait
                    self.writer.execute("select pg_sleep(0.01)")

        _at_once([sign, write])
        (answer,) = answers
        signed = answer["state"] == "SIGNED"
        fact_at = self.one("select min(seq) from ledger_entry where seq > %s and kind = %s", last, kind)
        sign_at = self.one("select min(seq) from ledger_entry where seq > %s and kind in ('countersign', 'gates_disagree')", last)
        holds = self.one("select countersignature_holds(%s)", known["request"])
        orders["signature first" if signed else "fact first"] += 1
        in_order = None not in (fact_at, sign_at) and (sign_at < fact_at) == signed
        proof.check(holds is False and in_order, f"round {number}: {answer}, holds {holds}, entries {sign_at} and {fact_at}")


def signing_against_facts(full: bool) -> Iterator[Proof]:
    """A signature and a fact that shuts the gate arrive together: either the fact was before and nothing is signed, or it no longer holds."""
    rounds = 200 if full else 12
    ready_with_a_sibling()
    with login("owner") as owner, login("app") as signer, login("app") as writer:
        track = _Track(owner, signer, writer, (len(FACTS) + 1) * rounds + 20)
        for name, (kind, statements) in FACTS.items():
            proof, orders = Proof(f"races: countersign against {name}"), Counter[str]()
            for number in range(rounds):
                known = track.known()
                track.round(proof, orders, known, statements(known, track.people), kind, number)
            yield _said(proof, orders, full=full)
        yield _policies(track, rounds, full=full)
        yield _without_the_lock(track)


def _said(proof: Proof, orders: Counter[str], *, full: bool) -> Proof:
    proof.note = ", ".join(f"{name} {count}" for name, count in sorted(orders.items()))
    if full and len(orders) < 2:
        proof.faults.append("only one order was seen, so nothing was raced")
    return proof


def _policies(track: _Track, rounds: int, *, full: bool) -> Proof:
    """A policy that asks for two items is adopted while one signs on one item; the former is put in force again after each round."""
    proof, orders = Proof("races: countersign against a new policy"), Counter[str]()
    compiled = track.one("select compiled from cases_policyproposal order by id limit 1")
    numbers = [{**each, "value": 2} if each["name"] == "items_that_stand_apart" else each for each in compiled["numbers"]]
    bodies = [json.dumps({**compiled, "numbers": numbers}), json.dumps(compiled)]
    sql = (
        "with first as (select * from cases_policyproposal order by id limit 1), again as ("
        "insert into cases_policyproposal(pack, title, digest, source, compiled, offence_list_id, by_id) "
        "select pack, title, digest, source, %s, offence_list_id, by_id from first returning id), texts as ("
        "insert into cases_proposedpack(proposal_id, place, pack, title, layer, text_id, sides) "
        "select again.id, k.place, k.pack, k.title, k.layer, k.text_id, k.sides from again, cases_proposedpack k "
        "where k.proposal_id = (select id from first)) select id from again"
    )
    vote = json.dumps(
        {"governing_body": "Council", "voted_on": "2020-01-01", "votes_for": 2, "votes_against": 1, "votes_abstained": 0}
        | {"published_at": "Town hall", "review_on": "2100-01-01"}
    )
    screened = (  # again, as its own job does it: nothing opens before
        "insert into cases_screening(id, case_id, policy_id, eligible, reasons, refused_by) overriding system value "
        "select (select max(id) from cases_screening) + row_number() over (), id, policy_in_force(), true, '{}', '{}' from cases_case where state = 'LEAD'"
    )
    for number in range(rounds):
        strict, former = (track.one(sql, body) for body in bodies)
        adopt = "select adopt_policy({}, {}, '" + vote.replace("{", "{{").replace("}", "}}") + "', '{{}}')"
        track.round(proof, orders, track.known(), [adopt.format(strict, track.people["paul"])], "adopt_policy", number)
        track.writer.execute(adopt.format(former, track.people["paul"]))
        track.owner.execute(screened)
    return _said(proof, orders, full=full)


def _without_the_lock(track: _Track) -> Proof:
    """The same race with the lock taken away: if nobody saw that, nothing was proven with it."""
    proof, seen = Proof("races: the lock taken away on purpose, seen"), Proof("")
    track.owner.execute(
        "create or replace function lock_investigation(of_investigation bigint, alone boolean) returns void language plpgsql security definer "
        "set search_path = pg_catalog, public, pg_temp as $$ begin end $$"
    )
    kind, statements = FACTS["a new edge"]
    for number in range(1, 20, 2):
        known = track.known()
        track.round(seen, Counter(), known, statements(known, track.people), kind, number)
    proof.check(bool(seen.faults), "no round showed that the lock was gone")
    return proof


def the_last_task(full: bool) -> Iterator[Proof]:
    """Two reviewers want the one examination that is left: one of them gets it, never both, and never neither."""
    rounds = 300 if full else 12
    proof, orders = Proof("races: two reviewers take the last task"), Counter[str]()
    case = world.searched("25-last")
    world.drawn(case, "ada")
    with login("owner") as owner:
        for table in ("review_drawn", "review_nonmateshown"):
            owner.execute(f"alter table {table} disable trigger stays_as_it_is")  # type: ignore[call-overload]
        for number in range(rounds):
            taken = _taken_at_once(("ben", "cleo"), random.Random(number).choice((-0.004, -0.002, 0.0, 0.0, 0.002, 0.004)))
            got = {name for name, ref in taken.items() if ref == case.ref}
            rows = owner.execute(
                "select p.username, d.turn, (select count(*) from review_nonmateshown s where s.drawn_id = d.id) = non_mates_a_sheet() "
                "from review_drawn d join people_person p on p.id = d.reviewer_id where d.case_id = %s and p.username <> 'ada'",
                [case.pk],
            ).fetchall()
            proof.check(len(got) == 1 and rows == [(*got, 2, True)], f"round {number}: {taken}, on file {rows}")
            orders[f"{' and '.join(sorted(got)) or 'nobody'} first"] += 1
            _put_back(owner, case)
    yield _said(proof, orders, full=full)


def _taken_at_once(names: tuple[str, str], late: float) -> dict[str, str | None]:
    """Let both take the next in the same moment; ``late``: by how much the second waits, or the first where it is negative."""
    ready, taken = threading.Barrier(2), dict[str, str | None]()

    def take(name: str, wait: float) -> None:
        reviewer, at = world.person(name), house_now()
        ready.wait()
        threading.Event().wait(wait)
        taken[name] = take_next(by=reviewer, at=at)

    _at_once([lambda: take(names[0], max(-late, 0.0)), lambda: take(names[1], max(late, 0.0))])
    return taken


def _put_back(owner: Owner, case: Case) -> None:
    """Undo the draw of whoever was not first of all, so that the task is the last again."""
    others = "select id from review_drawn where case_id = %s and turn > 1"
    owner.execute(f"delete from review_nonmateshown where drawn_id in ({others})", [case.pk])  # type: ignore[call-overload]
    owner.execute("delete from review_drawn where case_id = %s and turn > 1", [case.pk])
    owner.execute("select note_waiting(%s)", [case.investigation_id])


def starting_against_the_clock(full: bool) -> Iterator[Proof]:
    """An action is started in the very moment in which its signature lapses: started before it, or refused after it."""
    rounds = 200 if full else 12
    proof, orders = Proof("races: start against the lapse of the signature"), Counter[str]()
    world.must(world.signed(ready_with_a_sibling().ref))
    dana = world.person("dana").pk
    with login("owner") as owner, login("app") as app:
        copied(owner, range(1, rounds + 1))
        owner.execute("alter table review_countersignature disable trigger user")
        for number in range(1, rounds + 1):
            request = _known(owner, number)["request"]
            (act_by,) = owner.execute(
                "update review_countersignature set act_by = house_now() + make_interval(secs => %s) where ref = %s returning act_by",
                [random.Random(number).uniform(0.0, 0.03), request],
            ).fetchone() or (None,)
            threading.Event().wait(random.Random(-number).uniform(0.0, 0.02))
            (before,) = app.execute("select clock_timestamp()").fetchone() or (None,)
            (answer,) = app.execute("select start(%s, %s, '{}')", [request, dana]).fetchone() or ({},)
            (after,) = app.execute("select clock_timestamp()").fetchone() or (None,)
            started = answer["state"] == "STARTED"
            orders["started first" if started else "lapsed first"] += 1
            held = before < act_by if started else answer["reasons"] == ["does_not_hold"] and act_by <= after
            proof.check(held, f"round {number}: {answer}, before {before}, lapsed {act_by}, after {after}")
    yield _said(proof, orders, full=full)
