"""Walk four roads on rendered people who do not exist, through the real acts, the real worker and the real engine.

The people of the demonstration act by script: each reviewer really looks at the faces (a recorded look) and then answers
as the script knows. Ends with each road printed, and with exit code 1 if a case ends elsewhere than it should.
"""

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from cases.images import look
from cases.matching.reference import reference_engine
from cases.models import Candidate, Case, EnrolmentRun, Job, Move
from cases.rules.finding import Finding, Permit, Refusal
from cases.uploads import clean_upload
from ledger.clock import house_now
from people.models import Person
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
from review.acts.fix_evidence import ReadInDocument, fix_evidence
from review.acts.record_outside_gate import record_outside_gate
from review.acts.request_search import request_search
from review.acts.sort_candidates import sort_candidates
from review.acts.start import start
from review.acts.take_next import take_next
from review.facts import gate as gate_facts
from review.management.commands.demo_setup import GALLERY
from review.models import Countersignature, Lead
from review.replay.forms import scripted
from review.rules.feature_form import CLOSER_LOOK
from review.rules.gate import ask_gate
from review.rules.graph import EdgeKind
from review.rules.probe_fitness import Grade
from review.rules.wanted import SearchWanted

PATIENCE = 90  # seconds to wait for the worker
OFFENCES = {"120": "robbery", "23C": "shoplifting"}


class WentElsewhere(RuntimeError):
    """A road did not end where it should."""


class Command(BaseCommand):
    """Needs a running worker: ``make demo`` starts one."""

    help = __doc__

    def handle(self, **_: Any) -> None:
        self.console = Console(width=110, soft_wrap=True)
        self.cast = {person.username: person for person in Person.objects.select_related("agency", "unit")}
        ended: list[tuple[str, str, str, str]] = []
        with Progress(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=self.console, transient=not sys.stdout.isatty()
        ) as self.progress:
            self.step = self.progress.add_task("enrolling the gallery")
            self._until(self._enrolled, "the gallery to be enrolled")
            for name, title, should, road in (
                ("a", "armed robbery, the person is in the gallery", "LEAD, arrest countersigned", self.road_a),
                ("b", "armed robbery, the person is not in the gallery", "NO_LEAD", self.road_b),
                ("c", "shoplifting", "INELIGIBLE, no face searched", self.road_c),
                ("d", "armed robbery, nobody resembles the probe", "NO_CANDIDATES", self.road_d),
            ):
                self.console.rule(f"Road ({name}): {title}")
                try:
                    found = road()
                except WentElsewhere as trouble:
                    found = str(trouble)
                ended.append((name, title, should, found))
        table = Table("road", "what", "should end", "ended")
        for row in ended:
            table.add_row(*row)
        self.console.print(table)
        if any(should != found for _, _, should, found in ended):
            self.console.print("[bold red]A case ended elsewhere than it should.[/]")
            sys.exit(1)
        self.console.print("Every case ended where it should. Faces: rendered people who do not exist (CC0 1.0).")

    # -- the roads -----------------------------------------------------------------------------------------------------

    def road_a(self) -> str:
        case = self._search("p012", "25-004711", "120")
        self._screened(case, "ELIGIBLE")
        self._probe_checked(case)
        self._examined(case, true="p012", supports=True)
        self._must_stand(case, "LEAD")
        lead = Lead.objects.select_related("case", "candidate").get(case=case)
        dana, cora, sol, rex = (self.cast[name] for name in ("dana", "cora", "sol", "rex"))
        now = house_now()
        self._ok(
            record_outside_gate(
                by=dana,
                at=now,
                lead_ref=lead.ref,
                action="line_up",
                happened_at=now - timedelta(minutes=5),
                description="Six-picture array built on the candidate, shown to the shop assistant before anything else was on file",
            ),
            "a line-up held too early is recorded as held outside the gate",
        )
        picked = self._evidence(lead, "photo_lineup_identification", "The shop assistant picked number four", "Array report 25-004711-7")
        self._ok(
            add_edge(by=dana, at=house_now(), item_ref=picked, kind=EdgeKind.CONTENT_FROM, parent="face_result"),
            "the array was built on the candidate",
        )
        self._ok(
            fix_evidence(
                by=cora,
                at=house_now(),
                item_ref=picked,
                read=ReadInDocument("photo_lineup_identification", "offence", 1000, source_document_seen=True),
            ),
            "corroboration officer fixes the line-up",
        )
        request = self._asked(lead, "arrest")
        self.console.print(
            "  [bold]Lt. Sol Haddad[/] (Major crimes) is asked to countersign the arrest, on the face and the line-up alone:"
        )
        self._show_gate(lead, "arrest")
        refused = countersign(by=sol, at=house_now(), ref=request, sign=True, sentence="I would act because the witness picked him.")
        if not isinstance(refused, Refusal) or "nothing_stands_apart" not in refused.codes:
            raise WentElsewhere("an arrest on the face and a line-up was not refused")
        self.console.print(f"  [red]REFUSED[/] with {len(refused.reasons)} reasons: {', '.join(refused.codes)}")

        print_item = self._evidence(
            lead, "fingerprint", "Latent print on the till, individualised to the candidate", "Latent print report LP-2025-1182"
        )
        self._ok(
            fix_evidence(
                by=cora,
                at=house_now(),
                item_ref=print_item,
                read=ReadInDocument("fingerprint", "offence", 1_000_000, source_document_seen=True),
            ),
            "corroboration officer fixes the print from its report: it stands apart",
        )
        for code, said in (
            ("prints_or_dna", "Prints on file compared with the latent: they agree, so they do not clear him"),
            ("description", "First description (1.80 m, slim) compared with his record: it fits"),
            ("whereabouts", "No custody, no shift, telephone silent at the time"),
        ):
            item = self._evidence(lead, "alibi_lead", said, f"Worksheet {code}", exculpatory_code=code)
            self._ok(
                close_exculpatory(by=cora, at=house_now(), item_ref=item, how="tested_does_not", because=said),
                f"tested, and does not clear: {code}",
            )
        self._papers(lead, "arrest")
        request = self._asked(lead, "arrest")
        wrong = countersign(by=rex, at=house_now(), ref=request, sign=True, sentence="I would act on the print.")
        if not isinstance(wrong, Refusal) or "signer_of_the_unit" not in wrong.codes:
            raise WentElsewhere("a supervisor of the requester's own unit could sign")
        self.console.print(f"  a supervisor of the requester's own unit tries: [red]refused[/] ({', '.join(wrong.codes)})")
        self._show_gate(lead, "arrest")
        self._ok(
            countersign(
                by=sol,
                at=house_now(),
                ref=request,
                sign=True,
                sentence="If the face result vanished I would still act: his print is on the till.",
            ),
            "COUNTERSIGNED by a supervisor of another unit",
        )
        self._ok(start(by=dana, at=house_now(), ref=request), "the arrest starts while the countersignature holds")
        if Countersignature.objects.get(ref=request).state != "STARTED":
            raise WentElsewhere("the countersigned arrest did not start")
        self._road(case)
        return "LEAD, arrest countersigned"

    def road_b(self) -> str:
        case = self._search("p026", "25-004802", "120")
        self._screened(case, "ELIGIBLE")
        self._probe_checked(case)
        self._until(lambda: Candidate.objects.filter(case=case).exists(), "the candidate list")
        if not Candidate.objects.filter(case=case, subject_ref="p014").exists():
            raise WentElsewhere("the look-alike p014 is not on the list")
        self._examined(case, true="p026", supports=False)
        return self._end(case)

    def road_c(self) -> str:
        case = self._search("p030", "25-004833", "23C")
        self._screened(case, "INELIGIBLE")
        if Candidate.objects.filter(case=case).exists() or Job.objects.filter(case=case, kind="search").exists():
            raise WentElsewhere("a face was searched for an offence that is not on the list")
        return f"{self._end(case)}, no face searched"

    def road_d(self) -> str:
        case = self._search("p009", "25-004901", "120")
        self._screened(case, "ELIGIBLE")
        self._probe_checked(case)
        self._until(lambda: self._state(case) != "FIT", "the search")
        return self._end(case)

    # -- the steps -----------------------------------------------------------------------------------------------------

    def _search(self, person: str, agency_case: str, offence: str) -> Case:
        picture = clean_upload((Path(settings.ROOT) / "demo" / "people" / f"{person}_cctv.jpg").read_bytes())
        wanted = SearchWanted(
            agency_case=agency_case,
            offence_code=offence,
            purpose="Find out who held up the shop" if offence == "120" else "Find out who took the goods",
            gallery=GALLERY,
            source="Shop camera 2, exported by the analyst",
            place="14 Quay Street",
            captured_at=house_now() - timedelta(days=2),
            clock_error_seconds=-40,
            first_description="About 1.80 m, slim, dark jacket",
            target_because="The only person at the till when the drawer was opened, as the film shows",
            tried_before="Area canvass, tip line, reader hits of the street: nothing",
            demo=True,
        )
        finding, ref = request_search(by=self.cast["dana"], at=house_now(), wanted=wanted, picture=picture, engine=reference_engine())
        self._ok(finding, f"Det. Ortiz requests a search for {agency_case} ({OFFENCES[offence]})")
        return Case.objects.get(ref=ref)

    def _screened(self, case: Case, state: str) -> None:
        code = case.request.offence_code
        finding = confirm_offence(
            by=self.cast["aris"], at=house_now(), case_ref=case.ref, code=code, report_reference="Report of crime, page 1"
        )
        self._ok(finding, f"the offence is confirmed from the report of crime: {code} {OFFENCES[code]}")
        self._until(lambda: self._state(case) != "RECEIVED", "the screening")
        self._must_stand(case, state)

    def _probe_checked(self, case: Case) -> None:
        finding = check_probe(
            by=self.cast["aris"],
            at=house_now(),
            case_ref=case.ref,
            grade=Grade.FIT,
            depicts="The person who opened the till; one camera, one continuous shot",
            role_shown_by="The film shows the hand that takes the drawer",
        )
        self._ok(finding, "the probe is fit for comparison, says an analyst who has seen no candidate; now the search runs")

    def _examined(self, case: Case, *, true: str, supports: bool) -> None:
        self._until(lambda: Candidate.objects.filter(case=case).exists(), "the candidate list")
        number = Candidate.objects.filter(case=case).count()
        reviewers = [self.cast["ada"], self.cast["ben"]]
        for reviewer in reviewers:
            drawn = take_next(by=reviewer, at=house_now())
            if drawn != case.ref:
                raise WentElsewhere(f"{reviewer.username} was drawn for {drawn}")
        for reviewer in reviewers:
            answers = {}
            self._look(case, reviewer, "examination: sorting")
            for candidate in Candidate.objects.filter(case=case):
                kept = candidate.subject_ref in (true, "p014")
                answers[str(candidate.token)] = (kept, CLOSER_LOOK if kept else "ears")
            for token in faces.non_mates(reviewer, case):
                answers[token] = (False, "ears")
            self._ok(
                sort_candidates(by=reviewer, at=house_now(), case_ref=case.ref, answers=answers),
                f"{reviewer} keeps or sets aside each of {number} candidates and {len(answers) - number} known non-mates, alone",
            )
        for place, reviewer in enumerate(reviewers):
            ratings = {}
            self._look(case, reviewer, "examination: one to one")
            for candidate in Candidate.objects.filter(case=case, subject_ref__in=(true, "p014")):
                agrees = supports and candidate.subject_ref == true
                grounds = (
                    "brow, ear and chin similar; nothing differs that the camera could not explain"
                    if agrees
                    else "ear lobe and chin differ"
                )
                ratings[str(candidate.token)] = scripted(2 - place if agrees else -2 - place, grounds)
            for token, again in faces.non_mates(reviewer, case).items():
                if again:
                    ratings[token] = scripted(-2, "ear lobe and chin differ")
            self._ok(conclude(by=reviewer, at=house_now(), case_ref=case.ref, answers=ratings), f"{reviewer} concludes one to one; locked")

    @staticmethod
    def _look(case: Case, reviewer: Person, purpose: str) -> None:
        settled, kept = facts.sorting(case)
        for face in faces.among(reviewer, case, kept=kept):
            if face.image is None:
                raise WentElsewhere("a face of our own gallery has no picture")
            if face.one_to_one or not settled:
                look(image_id=face.image.pk, by=reviewer, purpose=purpose)

    def _evidence(self, lead: Lead, kind: str, description: str, document: str, *, exculpatory_code: str = "") -> str:
        finding, ref = add_evidence(
            by=self.cast["dana"],
            at=house_now(),
            lead_ref=lead.ref,
            item=ItemWanted(kind, description, document, exculpatory=bool(exculpatory_code), exculpatory_code=exculpatory_code),
        )
        self._ok(finding, f"evidence: {description}")
        return str(ref)

    def _asked(self, lead: Lead, action: str) -> str:
        finding, ref = ask(
            by=self.cast["dana"], at=house_now(), lead_ref=lead.ref, action=action, place="Riverside", because="He may leave the state"
        )
        self._ok(finding, f"Det. Ortiz asks for: {action}")
        return str(ref)

    def _papers(self, lead: Lead, action: str) -> None:
        text = "\n".join(each.sentence for each in papers.statements(lead))
        finding, filed = file_papers(by=self.cast["dana"], at=house_now(), lead_ref=lead.ref, action=action, text=text)
        self._ok(finding, f"the papers carry all {text.count(chr(10)) + 1} statements that they must")
        if filed is None or filed.missing or filed.wording:
            raise WentElsewhere("the generated papers do not pass their own check")

    def _show_gate(self, lead: Lead, action: str) -> None:
        for answer in ask_gate(gate_facts(lead), action=action):
            mark = "[green]open[/]" if not answer.reasons else "[red]shut[/]"
            self.console.print(f"    {mark}  {answer.safeguard.name}")
            for reason in answer.reasons:
                self.console.print(f"          {reason}  ({reason.source})")

    def _ok(self, finding: Finding, said: str) -> None:
        if not isinstance(finding, Permit):
            raise WentElsewhere(f"{said}: refused, {', '.join(finding.codes)}")
        self.progress.update(self.step, description=said[:90])
        self.console.print(f"  {said}")

    def _enrolled(self) -> bool:
        run = EnrolmentRun.objects.latest("id")
        done = run.done.count()
        self.progress.update(self.step, total=run.files, completed=done, description=f"enrolling the gallery: {done} of {run.files}")
        return done == run.files

    def _until(self, true: Callable[[], bool], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end:
                failed = Job.objects.exclude(last_error="").values_list("kind", "last_error").last()
                raise WentElsewhere(f"waited {PATIENCE} s for {what}; last trouble: {failed}")
            time.sleep(0.05)

    @staticmethod
    def _state(case: Case) -> str:
        return str(Case.objects.values_list("state", flat=True).get(pk=case.pk))

    def _must_stand(self, case: Case, state: str) -> None:
        found = self._state(case)
        if found != state:
            raise WentElsewhere(f"{case.ref} stands at {found}, not at {state}")
        self.console.print(f"  [bold]{case.ref} is {found}[/]")

    def _end(self, case: Case) -> str:
        self._road(case)
        return self._state(case)

    def _road(self, case: Case) -> None:
        road = ["RECEIVED", *Move.objects.filter(case=case).order_by("id").values_list("target", flat=True)]
        self.console.print(f"  {case.ref}: {' → '.join(road)}")
