"""The model against the real system, both ways: every kind of edge is walked by real acts, and every real answer must be the model's."""

import random
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from psycopg.types.json import Jsonb

from cases.models import Case
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database, ask_rows
from ledger.clock import house_now
from people.appoint import Appointment, appoint
from people.models import Agency
from people.roles import Role
from review import faces
from review.access import NotVisible
from review.acts.add_edge import add_edge
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.ask import ask
from review.acts.check_probe import check_probe
from review.acts.close import close
from review.acts.close_exculpatory import close_exculpatory
from review.acts.conclude import conclude
from review.acts.confirm_offence import confirm_offence
from review.acts.countersign import countersign
from review.acts.file_papers import file_papers
from review.acts.sort_candidates import sort_candidates
from review.acts.start import start
from review.acts.take_next import take_next
from review.management.commands.demo_setup import TESTED
from review.models import Countersignature, Drawn, Evidence, Lead
from review.papers import statements
from review.replay.forms import looked, scripted
from review.rules.feature_form import CLOSER_LOOK
from review.rules.graph import FACE_RESULT, EdgeKind
from review.rules.probe_fitness import Grade
from tests import world
from tests.database import as_owner, login
from tests.proof import model
from tests.proof.model import ATTEMPTS, Attempt, World
from tests.proof.table import Proof

FACE = "p012"
LATER = {"CLOSED": 31, "DESTROYED": 4_000}  # days
MACHINE_ACTS = {
    "INELIGIBLE": "screen",
    "NO_CANDIDATES": "find_empty",
    "CLOSED": "expire",
    "DESTROYED": "destroy",
    "FIT": "check_probe",
    "LEAD": "join",
}
Kind = tuple[Attempt, str, str, bool]


class Refused(Exception):
    """The attempt was answered with a no that no row can show."""


class Real:
    """The same attempts as acts of the same people, and the same state read from what is on file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.case = world.requested("25-model", FACE)
        self.items = 0
        self.listed, self.needed = True, 1

    def attempt(self, attempt: Attempt) -> bool:
        """Make it; whether it was permitted. What a wall of the database raises is a no, and leaves nothing."""
        name, said = attempt
        try:
            with transaction.atomic():
                answer = getattr(self, f"_{name}")(said)
                with connection.cursor() as cursor:
                    cursor.execute("set constraints all immediate")
                    cursor.execute("set constraints all deferred")
        except (DatabaseError, NotVisible, Refused):
            return False
        return answer is None or isinstance(answer, Permit)

    def seen(self) -> tuple[object, ...]:
        """What is on file: state, reviewers and how far they are, the newest request, and why the gate is shut."""
        (state,) = Case.objects.filter(pk=self.case.pk).values_list("state", flat=True)
        reviews = ask_rows(
            "select p.username, coalesce((select c.rating::text from review_conclusion c join cases_candidate k on k.id = c.candidate_id where k.case_id = d.case_id "
            "and c.by_id = d.reviewer_id limit 1), case when exists (select 1 from review_sorting s join cases_candidate k on k.id = s.candidate_id "
            "where k.case_id = d.case_id and s.by_id = d.reviewer_id) then 'sorted' else 'drawn' end) "
            "from review_drawn d join people_person p on p.id = d.reviewer_id where d.case_id = %s order by d.turn",
            self.case.pk,
        )
        request = Countersignature.objects.filter(lead__case=self.case).order_by("-id").first()
        lead = Lead.objects.filter(case=self.case).first()
        why = frozenset(ask_database("select gate_reasons(%s, 'arrest')", lead.pk)) if lead else None
        if why and "case_over" in why:
            why -= {"not_screened", "screening_outdated"}  # nobody screens it again
        holds = bool(request and ask_database("select countersignature_holds(%s)", request.ref))
        return state, tuple(reviews), request.state if request else "none", why, holds

    def _confirm(self, who: str) -> Finding:
        done = confirm_offence(by=world.person(who), at=house_now(), case_ref=self.case.ref, code="120", report_reference="Report p. 1")
        world.run_jobs()
        return done

    def _check_probe(self, said: str) -> Finding:
        who = "dana" if "requester" in said else "aris"
        grade = Grade.UNFIT if said == "unfit" else Grade.FIT
        done = check_probe(
            by=world.person(who), at=house_now(), case_ref=self.case.ref, grade=grade, depicts="One shot", role_shown_by="The film"
        )
        world.run_jobs()
        return done

    def _draw(self, who: str) -> None:
        if take_next(by=world.person(who), at=house_now()) != self.case.ref:
            raise Refused(who)

    def _sort(self, who: str) -> Finding:
        answers = {token: (ref == FACE, CLOSER_LOOK if ref == FACE else "ears") for ref, token in world.tokens(self.case).items()}
        answers |= dict.fromkeys(faces.non_mates(world.person(who), self.case), (False, "chin"))
        looked(world.person(who), self.case)
        return sort_candidates(by=world.person(who), at=house_now(), case_ref=self.case.ref, answers=answers)

    def _conclude(self, said: str) -> Finding:
        who, rating = said.split()
        answers = {world.tokens(self.case)[FACE]: scripted(int(rating), "ear, brow and chin")} if world.tokens(self.case) else {}
        answers |= {token: scripted(-2, "ear and jaw") for token, again in faces.non_mates(world.person(who), self.case).items() if again}
        looked(world.person(who), self.case)
        return conclude(by=world.person(who), at=house_now(), case_ref=self.case.ref, answers=answers)

    def _sibling(self, _: str) -> None:
        if Case.objects.filter(investigation=self.case.investigation_id).count() > 1 or world.again(self.case).state != "LEAD":
            raise Refused("once, on a lead")
        sibling = world.searched("25-model", FACE, repeats_because="A better frame was found")
        if sibling.state != "FIT":
            raise Refused("the offence is not listed")
        for who in ("remy", "rita"):
            ask_database("select draw(%s, %s, 1, %s, '{}')", sibling.pk, world.person(who).pk, who)
            assert Drawn.objects.filter(case=sibling, reviewer__username=who).exists()
        for who in ("remy", "rita"):
            world.sorted_by(sibling, who, (FACE,))
        for who in ("remy", "rita"):
            world.concluded(sibling, who, {FACE: -2})

    def _lead(self) -> Lead:
        lead = Lead.objects.select_related("case", "candidate").filter(case=self.case).first()
        if lead is None:
            raise Refused("no lead")
        return lead

    def _evidence(self, what: str) -> Finding | None:
        lead, by = self._lead(), world.person("dana")
        if what == "close":
            still = Evidence.objects.filter(lead=lead, exculpatory_code="", direction="exculpatory", closing__isnull=True)
            if not still:
                raise Refused("nothing is open")
            for item in still:
                world.must(
                    close_exculpatory(
                        by=world.person("cora"), at=house_now(), item_ref=item.ref, how="tested_does_not", because="asked there"
                    )
                )
            return None
        if what == "apart" and self.items == 2:
            raise Refused("two are enough")
        if what == "open":
            wanted = ItemWanted("alibi_lead", "He was at work", "Time sheet", exculpatory=True)
            return add_evidence(by=by, at=house_now(), lead_ref=lead.ref, item=wanted)[0]
        if what == "tests":
            if lead.case.state != "LEAD":
                raise Refused("closed")
            world.cleared_tests(lead)
            return None
        finding, ref = add_evidence(
            by=by, at=house_now(), lead_ref=lead.ref, item=ItemWanted("fingerprint", what, f"Report {what} {self.items}")
        )
        if ref is None:
            return finding
        world.must(world.fixed(ref))
        if what == "dependent":
            return add_edge(by=by, at=house_now(), item_ref=ref, kind=EdgeKind.CONTENT_FROM, parent=FACE_RESULT)
        self.items += 1
        return finding

    def _papers(self, _: str) -> Finding:
        lead = self._lead()
        text = "\n".join(each.sentence for each in statements(lead))
        return file_papers(by=world.person("dana"), at=house_now(), lead_ref=lead.ref, action="arrest", text=text)[0]

    def _policy(self, what: str) -> None:
        listed = {"list": True, "delist": False}.get(what, self.listed)
        needed = {"none": 0, "one": 1, "two": 2}.get(what, self.needed)
        pack = (Path(settings.ROOT) / "policies" / "nlc-2021.toml").read_text()
        pack = pack.replace("items = 1", f"items = {needed}")
        if not listed:
            pack = pack.replace('"120", ', "")
        path = self.folder / "nlc-2021.toml"
        path.write_text(pack)
        try:
            world.in_force(path)
        except ValueError as wrong:
            raise Refused(str(wrong)) from wrong
        self.listed, self.needed = listed, needed
        while world.run_jobs():
            pass  # each pending case is screened again; before that nothing opens, which the model, knowing no time, does not see

    def _ask(self, who: str) -> Finding:
        return ask(by=world.person(who), at=house_now(), lead_ref=self._lead().ref, action="arrest", place="Riverside", because="")[0]

    def _request(self) -> str:
        newest = Countersignature.objects.filter(lead__case=self.case).order_by("-id").first()
        if newest is None:
            raise Refused("nothing was asked")
        return newest.ref

    def _sign(self, who: str, *, sign: bool = True) -> Finding:
        ref = self._request()
        return countersign(by=world.person(who), at=house_now(), ref=ref, sign=sign, sentence=f"Without the face I would still act, {ref}.")

    def _decline(self, who: str) -> Finding:
        return self._sign(who, sign=False)

    def _start(self, who: str) -> Finding:
        return start(by=world.person(who), at=house_now(), ref=self._request())

    def _close(self, who: str) -> Finding:
        return close(
            by=world.person(who), at=house_now(), case_ref=self.case.ref, disposition="withdrawn", note="The complaint was withdrawn"
        )

    def _machine(self, target: str) -> None:
        """As the worker, by hand. The model knows no time: it has run. What is destroyed has its receipt."""
        with _time_has_run(target), world.the_machine():
            said: dict[str, object] = {}
            if target == "DESTROYED":
                ((pictures, digest),) = ask_rows(
                    "insert into cases_destruction(case_id, pictures, digest, keys, rules) "
                    "select %s, x.pictures, x.digest, x.keys, '{}' from pictures_of_case(%s) x returning pictures, digest",
                    self.case.pk,
                    self.case.pk,
                )
                said = {"pictures": pictures, "digest": digest, "rules": []}
            ask_database("select machine_move(%s, %s, %s, %s)", self.case.ref, MACHINE_ACTS[target], target, Jsonb(said))


@contextmanager
def _time_has_run(target: str) -> Iterator[None]:
    """A case closes and is destroyed by time only: let it be later while that is tried."""
    if target not in LATER:
        yield
        return
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = make_interval(days => %s)", [LATER[target]])
        try:
            yield
        finally:
            owner.execute("update ledger_clock set ahead_by = interval '0'")


def foreseen(w: World) -> tuple[object, ...]:
    """What the model says is on file."""
    why = model.shut(w) if model.has_lead(w) else None
    return w.case, w.reviews, w.request, why, w.request in ("SIGNED", "STARTED") and not why


def kind_of(w: World, attempt: Attempt) -> Kind:
    return attempt, w.case, w.request, model.step(w, attempt) is not None


def every_kind() -> set[Kind]:
    """Every kind of edge and of refusal that the model can come to: an attempt, where the case stands, where the request stands, the answer."""
    start = World()
    known, todo, kinds = {start}, deque([start]), set[Kind]()
    while todo:
        here = todo.popleft()
        for attempt in ATTEMPTS:
            after = model.step(here, attempt)
            kinds.add((attempt, here.case, here.request, after is not None))
            if after is not None and after not in known:
                known.add(after)
                todo.append(after)
    return kinds


def nearest(start: World, wanted: set[Kind], *, at_most: int) -> list[Attempt] | None:
    """Return the shortest way in the model to an attempt of a wanted kind, that attempt included."""
    came: dict[World, list[Attempt]] = {start: []}
    todo = deque([start])
    while todo and len(came) < at_most:
        here = todo.popleft()
        for attempt in ATTEMPTS:
            after = model.step(here, attempt)
            if (attempt, here.case, here.request, after is not None) in wanted:
                return [*came[here], attempt]
            if after is not None and after not in came:
                came[after] = [*came[here], attempt]
                todo.append(after)
    return None


def against_the_real_system(full: bool) -> Iterator[Proof]:
    """Walk until every kind of edge was walked, then at random; after each attempt the two must agree on the answer and on what is on file."""
    _people()
    folder = Path(settings.VAR)
    rng = random.Random(17)
    kinds = every_kind()
    if not full:
        kinds = {kind for kind in kinds if kind[3]}
    left = set(kinds)
    proof = Proof("model and real system: every kind of edge" + (" and refusal" if full else ""))
    until = monotonic() + (400 if full else 7)
    while left and monotonic() < until and (way := nearest(World(), left, at_most=10**9)):
        with transaction.atomic():
            real, here = Real(folder), World()
            while way:
                for attempt in way:
                    left.discard(kind_of(here, attempt))
                    here = _compared(proof, real, here, attempt)
                    if proof.faults:
                        break  # from here on the two stand in different places
                way = nearest(here, left, at_most=400) if monotonic() < until and not proof.faults else None
            transaction.set_rollback(True)
        if proof.faults:
            break
    proof.note = f"{len(kinds) - len(left):,} of {len(kinds):,} kinds"
    if full and left:
        proof.faults.append(f"{len(left)} kinds were not walked, as {sorted(left)[:3]}")
    yield proof
    yield _at_random(folder, rng, seconds=90 if full else 4)


def _at_random(folder: Path, rng: random.Random, *, seconds: float) -> Proof:
    proof = Proof("model and real system: attempts at random")
    until, walks = monotonic() + seconds, 0
    while monotonic() < until and not proof.faults:
        walks += 1
        with transaction.atomic():
            real, here = Real(folder), World()
            for _ in range(60):
                allowed = [attempt for attempt in ATTEMPTS if model.step(here, attempt) not in (None, here)]
                attempt = rng.choice(allowed if allowed and rng.random() < 0.6 else ATTEMPTS)
                if attempt in (("close", "dana"), ("machine", "INELIGIBLE")) and rng.random() < 0.8:
                    continue  # or most walks would be over at once
                here = _compared(proof, real, here, attempt)
                if proof.faults or monotonic() > until:
                    break
            transaction.set_rollback(True)
    proof.note = f"{walks} walks"
    return proof


def _compared(proof: Proof, real: Real, here: World, attempt: Attempt) -> World:
    after = model.step(here, attempt)
    permitted = real.attempt(attempt)
    told = after if after is not None else here
    seen = real.seen()
    declined = after is not None and after.request == "REFUSED" != here.request
    answered = permitted == (after is not None and not declined)
    fault = (
        f"{' '.join(attempt)} in {here}: the model says {after and foreseen(after)}, the real system {'yes' if permitted else 'no'}, {seen}"
    )
    proof.check(answered and seen == foreseen(told), fault)
    return told


def _people() -> None:
    """Those whom the demonstration lacks: a reviewer who is a supervisor as well, one of the requester's unit, and one more from the pool."""
    both = ("face_comparison", "bias")
    with as_owner():
        appoint(
            agency=Agency.objects.get(),
            appointments=[
                Appointment("sam", "Sam Reyes", "Regional pool", (Role.REVIEWER, Role.SUPERVISOR), both, tested=TESTED),
                Appointment("rob", "Rob Quinn", "Robbery", (Role.REVIEWER,), both, tested=TESTED),
                Appointment("rita", "Rita Vance", "Regional pool", (Role.REVIEWER,), both, tested=TESTED),
            ],
            passwords={},
            on=house_now().date(),
        )


def the_model_itself(full: bool) -> Iterator[Proof]:
    """Explore every state of the model, then plant each bug and see that a promise breaks."""
    del full
    states, moves, refused, faults = model.explore()
    yield Proof("the model: every transition keeps the promises", moves, faults, f"{states:,} states, {refused:,} refusals")
    proof = Proof("bugs planted in the model, each found")
    for what, bug in model.BUGS.items():
        proof.check(bool(model.explore(frozenset([bug]), at_first=True)[3]), what)
    yield proof
