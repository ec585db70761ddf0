"""Walks one scenario through the real acts: under a permissive pack as far as a lead, then the file's profile is put in force and the gate is asked."""

import io
import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PIL import Image

from cases import jobs
from cases.law.in_force import policy_in_force
from cases.law.load import load_pack
from cases.law.offences import offence_list
from cases.law.schema import BY_NAME
from cases.matching.interface import Engine
from cases.models import Candidate, Case, Job
from cases.rules.finding import Finding, Permit, Refusal
from cases.uploads import CleanImage, clean_upload
from ledger.asking import ask_database
from ledger.clock import house_now
from people.models import Agency, Person
from review import faces, facts, papers
from review.acts.add_edge import add_edge
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.ask import ask
from review.acts.check_probe import check_probe
from review.acts.close_exculpatory import close_exculpatory
from review.acts.conclude import conclude
from review.acts.confirm_offence import confirm_offence
from review.acts.countersign import countersign
from review.acts.file_papers import file_papers
from review.acts.file_warrant import file_warrant
from review.acts.fix_evidence import ReadInDocument, fix_evidence
from review.acts.record_statement import record_statement
from review.acts.request_search import request_search
from review.acts.sort_candidates import sort_candidates
from review.acts.take_next import take_next
from review.management.commands.demo_setup import put_in_force
from review.models import EvidenceKind, Lead
from review.replay import outcome
from review.replay.forms import looked, scripted
from review.replay.outcome import Replayed
from review.replay.scenario import PROBE_REF, Profile, Scenario, ScenarioItem
from review.rules.feature_form import CLOSER_LOOK
from review.rules.filing import StatementSaid
from review.rules.gate import SafeguardAnswer, ask_gate
from review.rules.graph import PROBE, weigh
from review.rules.kinds import BY_PERSONS, KINDS, Trait
from review.rules.probe_fitness import Grade
from review.rules.wanted import SearchWanted

RARE, COMMON = 1_000_000, 2
FACE = "p012"
OWN_UNIT = "Second desk"  # of a reviewer who is not apart, where the other one is
UNNAMED = "90Z"  # all other offences: what a file does not name, or names in words of its own


class ReplayWentElsewhere(RuntimeError):
    """A scenario could not be walked as far as the gate; the message says where it stood."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a replay takes place: the folder of rendered people, the gallery, who does the machine's work, and the engine."""

    faces: Path
    gallery: str
    scratch: Path
    as_machine: Callable[[], AbstractContextManager[None]]
    set_traits: Callable[[str, Iterable[str]], None]
    move_to_unit: Callable[[str, str], None]
    another_detective_of: Callable[[str, Agency], Person]
    engine: Engine
    effects: Mapping[str, Callable[[Job], object]]


def replay(scenario: Scenario, stage: Stage) -> Replayed:
    """Drive one scenario. Raises ReplayWentElsewhere if an act that it needs is refused."""
    walk = _Walk(scenario, stage)
    walk.adopt(f"permissive-{scenario.id}", walk.code, None)
    lead = walk.to_a_lead()
    walk.enter(lead)
    listed = walk.code if scenario.eligible else walk.another_code
    walk.adopt(f"{scenario.profile.name}-{scenario.id}", listed, scenario.profile)
    walk.machine()  # screens the case again
    return walk.ask_the_gate(lead)


class _Walk:
    def __init__(self, scenario: Scenario, stage: Stage) -> None:
        self.scenario, self.stage = scenario, stage
        self.cast = {person.username: person for person in Person.objects.select_related("agency", "unit")}
        self.refs: dict[str, str] = {}
        self.early: dict[str, str] = {}
        self.kinds = self._kinds()
        known = [code for code, _ in offence_list().names]
        self.code = scenario.offence_code if scenario.offence_code in known else UNNAMED
        self.another_code = next(code for code in known if code != self.code)

    # -- the law ---------------------------------------------------------------------------------------------------

    def adopt(self, name: str, offence: str, profile: Profile | None) -> None:
        """Write a pack and have two members of the board put it in force."""
        rules: dict[str, dict[str, object]] = {
            "offence": {"codes": [offence]},
            "human_review": {"reviewers": 2},
            "no_arrest_on_the_face": {
                "acts": ["arrest", "arrest_warrant"],
                "mode": "any_other_evidence",
                "items": profile.items_that_stand_apart if profile else 1,
            },
            "probe_kind": {"limited_accepted": int(profile.accepts_limited) if profile else 1},
        }
        pack = "".join(ch if ch.isalnum() else "-" for ch in name).lower()
        rows = [f"id = {json.dumps(pack)}", 'title = "replay"', 'layer = "model"', 'status = "guidance"', 'source = "scenario file"']
        rows += ["effective_from = 2000-01-01"]
        for type_, says in rules.items():
            rows += ["[[rule]]", f"id = {json.dumps(type_)}", f"type = {json.dumps(type_)}", f'gate = "{BY_NAME[type_].gates[0]}"']
            rows += ['sentence = "As in the file."', 'citation = "scenario"', 'source = "scenario"', "verify = true", "[rule.parameters]"]
            rows += [f"{name} = {json.dumps(value)}" for name, value in says.items()]
        path = self.stage.scratch / f"{pack}.toml"
        path.write_text("\n".join(rows), encoding="utf-8")
        put_in_force([load_pack(path)], first=self.cast["petra"], second=self.cast["paul"], at=house_now())

    # -- the road to a lead ----------------------------------------------------------------------------------------

    def to_a_lead(self) -> Lead:
        case = self._requested(self.scenario.id)
        for item in self.scenario.items:
            if item.fixed_before:
                self.early[item.id] = self._entered(item, case_ref=case.ref)
        self._found_fit(case)
        if self._too_few_apart and self._one_is_apart:
            self.stage.move_to_unit("ben", OWN_UNIT)
        self._reviewed(case, ("ada", "ben"), 1 if self.scenario.grade == "limited" else 2)
        lead = Lead.objects.select_related("case__investigation", "candidate").filter(case=case, candidate__subject_ref=FACE).first()
        if lead is None:
            raise ReplayWentElsewhere(f"{self.scenario.id}: there is no lead; the case stands at {Case.objects.get(pk=case.pk).state}")
        return lead

    @property
    def _too_few_apart(self) -> bool:
        return self.scenario.reviewers < 2 or not self.scenario.blind

    @property
    def _one_is_apart(self) -> bool:
        return self.scenario.reviewers >= 1 and self.scenario.blind

    def _requested(self, agency_case: str, by: str = "dana") -> Case:
        wanted = SearchWanted(
            agency_case=agency_case,
            offence_code=self.code,
            purpose="Replay of a scenario",
            gallery=self.stage.gallery,
            source="Camera of the scene",
            place="Scene",
            captured_at=house_now() - timedelta(days=1),
            first_description="As in the scenario",
            target_because="As in the scenario",
            tried_before="As in the scenario",
            repeats_because="Replay",
            demo=True,
        )
        finding, ref = request_search(by=self.cast[by], at=house_now(), wanted=wanted, picture=self._picture(), engine=self.stage.engine)
        self._must(finding, "request")
        return Case.objects.get(ref=ref)

    def _found_fit(self, case: Case) -> None:
        confirmed = confirm_offence(
            by=self.cast["aris"], at=house_now(), case_ref=case.ref, code=self.code, report_reference="Report, page 1"
        )
        self._must(confirmed, "offence")
        self.machine()
        checked = check_probe(
            by=self.cast["aris"],
            at=house_now(),
            case_ref=case.ref,
            grade=Grade(self.scenario.grade),
            depicts="As in the scenario",
            role_shown_by="As in the scenario" if self.scenario.role_shown else "",
        )
        self._must(checked, "probe check")
        self.machine()

    def _reviewed(self, case: Case, names: tuple[str, ...], rating: int) -> None:
        tokens = {str(c.token): c.subject_ref for c in Candidate.objects.filter(case=case)}
        for name in names:
            if take_next(by=self.cast[name], at=house_now()) != case.ref:
                raise ReplayWentElsewhere(f"{self.scenario.id}: {name} was not drawn")
        for name in names:
            kept = {token: (ref == FACE, CLOSER_LOOK if ref == FACE else "ears") for token, ref in tokens.items()}
            kept |= dict.fromkeys(faces.non_mates(self.cast[name], case), (False, "ears"))
            looked(self.cast[name], case)
            self._must(sort_candidates(by=self.cast[name], at=house_now(), case_ref=case.ref, answers=kept), "sorting")
        for name in names:
            rated = {token: scripted(rating, "as in the scenario") for token, ref in tokens.items() if ref == FACE}
            rated |= {token: scripted(-2, "a known non-mate") for token, again in faces.non_mates(self.cast[name], case).items() if again}
            looked(self.cast[name], case)
            self._must(conclude(by=self.cast[name], at=house_now(), case_ref=case.ref, answers=rated), "conclusion")

    # -- what is on file -------------------------------------------------------------------------------------------

    def enter(self, lead: Lead) -> None:
        """Enter the evidence with its edges, statements and closings; then what the scenario does not mention; then the papers."""
        for item in self.scenario.items:
            self.refs[item.id] = self._entered(item, lead_ref=lead.ref, earlier=self.early.get(item.id, ""))
        for item in self.scenario.items:
            self._edges(item)
        for item in self.scenario.items:
            self._written_down(item)
        for code in sorted(in_force.exculpatory if (in_force := policy_in_force()) else ()):
            self._closed(self._exculpatory(lead, code), "tested_does_not")
        if not self.scenario.supports:
            self._excluded_in_a_sibling(lead)
        if self._too_few_apart:
            self._reviewers_are_not_apart(lead)
        for item in self.scenario.items:
            if item.closed_as:
                self._closed(self.refs[item.id], item.closed_as)
        self._papers(lead)

    def _entered(self, item: ScenarioItem, *, lead_ref: str = "", case_ref: str = "", earlier: str = "") -> str:
        document = f"Document {item.id}" if item.source_named else ""
        wanted = ItemWanted(
            self.kinds[item.id], item.description, document, exculpatory=not item.incriminating, looked_for=False, earlier=earlier
        )
        finding, ref = add_evidence(by=self.cast["dana"], at=house_now(), lead_ref=lead_ref, case_ref=case_ref, item=wanted)
        self._must(finding, f"evidence {item.id}")
        return str(ref)

    def _edges(self, item: ScenarioItem) -> None:
        for kind, to in item.edges:
            parent = PROBE if to == PROBE_REF else self.refs[to]
            self._must(add_edge(by=self.cast["dana"], at=house_now(), item_ref=self.refs[item.id], kind=kind, parent=parent), "edge")

    def _written_down(self, item: ScenarioItem) -> None:
        ref = self.refs[item.id]
        if item.source_named:
            read = ReadInDocument(
                self.kinds[item.id],
                item.links_to,
                RARE if item.discriminates else COMMON,
                source_document_seen=True,
                earlier_agrees=item.id in self.early,
            )
            self._must(fix_evidence(by=self.cast["cora"], at=house_now(), item_ref=ref, read=read), f"fixing {item.id}")
        confession = Trait.CONFESSION in KINDS[item.kind]
        if item.exposure_written_down and (item.judgement or confession):
            said = StatementSaid(
                taken_at=house_now(),
                recorded=True,
                name_unprompted=False,
                named_first_by="nobody",
                shown="nothing",
                told_of_search=False,
                warned=confession,
                detail_not_public=confession,
            )
            told = record_statement(by=self.cast["dana"], at=house_now(), item_ref=ref, said=said, taken_by_name="As in the scenario")
            self._must(told, f"statement {item.id}")
        if item.kind == "existing_warrant":
            issued = (house_now() - timedelta(days=400)).date()
            filed = file_warrant(
                by=self.cast["dana"], at=house_now(), item_ref=ref, court="Court", number="W-1", issued_on=issued, search_used="no"
            )
            self._must(filed, f"warrant {item.id}")

    def _exculpatory(self, lead: Lead, code: str) -> str:
        wanted = ItemWanted("alibi_lead", code, "Worksheet", exculpatory=True, exculpatory_code=code, looked_for=False)
        finding, ref = add_evidence(by=self.cast["dana"], at=house_now(), lead_ref=lead.ref, item=wanted)
        self._must(finding, f"test {code}")
        return str(ref)

    def _closed(self, ref: str, how: str) -> None:
        second = self.cast["cody"] if how == "weighed" else None
        closed = close_exculpatory(by=self.cast["cora"], at=house_now(), item_ref=ref, how=how, because="As in the scenario", second=second)
        self._must(closed, f"closing {ref}")

    def _excluded_in_a_sibling(self, lead: Lead) -> None:
        """The modelled conclusion is an exclusion: a second case of the investigation comes to it, and it counts here."""
        sibling = self._requested(lead.case.investigation.agency_case)
        self._found_fit(sibling)
        self._reviewed(sibling, ("cleo", "remy"), -2)

    def _reviewers_are_not_apart(self, lead: Lead) -> None:
        """Fewer than two blind reviewers are modelled: a detective of the others' unit asks too, of the same investigation."""
        ben = Person.objects.get(username="ben")
        self.cast["colleague"] = self.stage.another_detective_of(ben.unit.name, ben.agency)
        self._requested(lead.case.investigation.agency_case, by="colleague")

    def _papers(self, lead: Lead) -> None:
        if self.scenario.action is None:
            return
        sentences = [each.sentence for each in papers.statements(lead)]
        text = "\n".join(sentences[min(self.scenario.omissions, len(sentences) - 1) :])
        finding, _ = file_papers(by=self.cast["dana"], at=house_now(), lead_ref=lead.ref, action=self.scenario.action, text=text)
        self._must(finding, "papers")

    # -- the question ----------------------------------------------------------------------------------------------

    def ask_the_gate(self, lead: Lead) -> Replayed:
        """Ask both gates, and have a supervisor sign; all three answer the same or the replay stops."""
        items = facts.items(lead.case, mine=frozenset(facts.evidence_of(lead.pk).values_list("pk", flat=True)))
        by_ref = weigh(items)
        weighed = [by_ref[self.refs[item.id]] for item in self.scenario.items]
        action = self.scenario.action
        answers: tuple[SafeguardAnswer, ...] = ask_gate(facts.gate(lead), action=action) if action else ()
        pages = sorted(reason.code for answer in answers for reason in answer.reasons)
        if action:
            database = sorted(ask_database("select gate_reasons(%s, %s)", lead.pk, action))
            if pages != database:
                raise ReplayWentElsewhere(f"{self.scenario.id}: the gates disagree: pages {pages}, database {database}")
            self._signed(lead, action, opens=not pages)
        return outcome.read(self.scenario, answers, weighed)

    def _signed(self, lead: Lead, action: str, *, opens: bool) -> None:
        finding, ref = ask(by=self.cast["dana"], at=house_now(), lead_ref=lead.ref, action=action, place="Here", because="Replay")
        if ref is None:
            if opens or not isinstance(finding, Refusal):
                raise ReplayWentElsewhere(f"{self.scenario.id}: {action} could not be asked for")
            return
        answer = countersign(by=self.cast["sol"], at=house_now(), ref=ref, sign=True, sentence=f"Replay of {self.scenario.id}")
        if isinstance(answer, Permit) != opens:
            raise ReplayWentElsewhere(f"{self.scenario.id}: the gate says {'open' if opens else 'shut'}, the countersignature {answer}")

    # -- helps -----------------------------------------------------------------------------------------------------

    def _kinds(self) -> dict[str, str]:
        """Give each item a kind whose judgement is the file's: its own, or another of the channel where two items differ."""
        wanted: dict[str, bool] = {}
        found = {}
        for item in self.scenario.items:
            kind = item.kind
            if wanted.setdefault(kind, item.judgement) != item.judgement:
                kind = self._stand_in(kind, item.judgement, wanted)
            found[item.id] = kind
        for kind, judgement in wanted.items():
            traits = KINDS[kind].traits - {Trait.JUDGEMENT} | ({Trait.JUDGEMENT} if judgement else set())
            if frozenset(EvidenceKind.objects.get(pk=kind).traits) != frozenset(traits):
                self.stage.set_traits(kind, sorted(traits))
        return found

    def _stand_in(self, kind: str, judgement: bool, wanted: dict[str, bool]) -> str:
        like = KINDS[kind]
        for other in BY_PERSONS.values():
            same = other.channel is like.channel and other.traits - {Trait.JUDGEMENT} == like.traits - {Trait.JUDGEMENT}
            if same and wanted.setdefault(other.name, judgement) == judgement and all(i.kind != other.name for i in self.scenario.items):
                return other.name
        raise ReplayWentElsewhere(
            f"{self.scenario.id}: two items of kind {kind} differ in “is_judgement” and no other kind can stand for one"
        )

    def _picture(self) -> CleanImage:
        """The rendered probe, one pixel aside: each replay has a picture of its own, so that replays are not one investigation."""
        picture = Image.open(self.stage.faces / f"{FACE}_cctv.jpg").convert("RGB")
        mark = sum(self.scenario.id.encode()) * 7919 + Case.objects.count()
        picture.putpixel((0, 0), (mark % 256, mark // 256 % 256, mark // 65536 % 256))
        out = io.BytesIO()
        picture.save(out, format="PNG")
        return clean_upload(out.getvalue())

    def machine(self) -> None:
        with self.stage.as_machine():
            while due := jobs.due():
                for job_id in due:
                    if jobs.run(job_id=job_id, effects=self.stage.effects) in ("put off", "waiting"):
                        trouble = Job.objects.values_list("last_error", flat=True).get(pk=job_id)
                        raise ReplayWentElsewhere(f"{self.scenario.id}: {trouble}")

    def _must(self, finding: Finding, what: str) -> None:
        if not isinstance(finding, Permit):
            raise ReplayWentElsewhere(f"{self.scenario.id}: {what} was refused: {', '.join(finding.codes)}")
