"""The standing cast and the road: cases are built by walking real acts, never by setting a state.

Dana asks, Aris checks probes, Ada, Ben and Cleo examine, Cora fixes evidence, Sol signs; Rex is of Dana's unit.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from cases import jobs, log_keys
from cases.law.load import load_pack
from cases.law.shipped import POLICIES
from cases.matching.reference import reference_engine
from cases.models import Candidate, Case
from cases.rules.finding import Finding, Permit
from cases.uploads import CleanImage, clean_upload
from ledger.clock import house_now
from ledger.sequencer import Step, step
from ledger.worded import worded_once
from people.models import Person
from review import faces, holds, papers
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.ask import ask
from review.acts.check_probe import check_probe
from review.acts.close_exculpatory import close_exculpatory
from review.acts.conclude import conclude
from review.acts.confirm_offence import confirm_offence
from review.acts.countersign import countersign
from review.acts.decide_hold import decide_hold
from review.acts.disseminate import disseminate
from review.acts.file_papers import file_papers
from review.acts.fix_evidence import ReadInDocument, fix_evidence
from review.acts.request_search import request_search
from review.acts.serve_discovery import Served, serve_discovery
from review.acts.sort_candidates import sort_candidates
from review.acts.take_discovery import Asked, take_discovery
from review.acts.take_next import take_next
from review.acts.want_bundle import want_bundle
from review.management.commands.demo_setup import GALLERY, put_in_force
from review.models import DiscoveryService, Evidence, Lead
from review.replay.forms import looked, scripted
from review.rules.feature_form import CLOSER_LOOK
from review.rules.leaving import Leaving
from review.rules.probe_fitness import Grade
from review.rules.wanted import GroundSaid, SearchWanted
from tests.database import until_other_databases_are_done
from tests.stages import stage
from workers.effects import EFFECTS

GROUND = GroundSaid(  # what Detroit's directive asks besides
    suspicion="reasonable_suspicion",
    grounds=("necessity", "search_relevant"),
    in_writing="No other lead is left, and the film shows the act.",
    uses=(),
    protected_activity=False,
)
CODES = ("prints_or_dna", "description", "whereabouts")


def person(name: str) -> Person:
    (found,) = _person(name)
    return found


@worded_once
def _person(name: str) -> QuerySet[Person]:
    return Person.objects.filter(username=name)


def picture(name: str) -> bytes:
    return (Path(settings.ROOT) / "demo" / "people" / name).read_bytes()


@cache
def probe_of(face: str) -> CleanImage:
    """Return a probe of this rendered person, as it is taken in."""
    return clean_upload(picture(f"{face}_cctv.jpg"))


def wanted(agency_case: str = "25-1", **changes: object) -> SearchWanted:
    sound = SearchWanted(
        agency_case=agency_case,
        offence_code="120",
        purpose="Find out who held up the shop",
        gallery=GALLERY,
        source="Camera 2",
        place="14 Quay Street",
        captured_at=house_now() - timedelta(days=1),
        first_description="About 1.80 m, slim",
        target_because="The only person at the till when the drawer was opened",
        tried_before="Canvass",
        demo=True,
    )
    return replace(sound, **changes)  # type: ignore[arg-type]


def in_force(*packs: Path | str) -> int:
    """Have Petra propose packs and Paul adopt them: shipped ones by name, a test's own by path."""
    paths = [POLICIES / f"{pack}.toml" if isinstance(pack, str) else pack for pack in packs]
    return put_in_force([load_pack(path) for path in paths], first=person("petra"), second=person("paul"), at=house_now())


@contextmanager
def the_machine() -> Iterator[None]:
    """Act with the worker's rights inside the test's transaction, then as the pages again."""
    with connection.cursor() as cursor:
        cursor.execute("set local role worker" if connection.in_atomic_block else "set role worker")
        try:
            yield
        finally:
            cursor.execute("set local role app" if connection.in_atomic_block else "set role app")


def sequenced(**options: object) -> Step:
    """Let the sequencer place what is committed, and sign it."""
    with the_machine():
        log_keys.make_keys()
    until_other_databases_are_done()
    with the_machine():
        found = step(signer=log_keys.signer("log"), **options)  # type: ignore[arg-type]
    assert found
    return found


def run_jobs() -> list[str]:
    """Do what is due as the worker would, in this process."""
    with the_machine():
        return [jobs.run(job_id=job_id, effects=EFFECTS) for job_id in jobs.due()]


@stage
def requested(agency_case: str = "25-1", face: str = "p012", *, clean: CleanImage | None = None, **changes: object) -> Case:
    """RECEIVED: requested by Dana."""
    finding, ref = request_search(
        by=person("dana"), at=house_now(), wanted=wanted(agency_case, **changes), picture=clean or probe_of(face), engine=reference_engine()
    )
    must(finding)
    return Case.objects.get(ref=ref)


@stage
def screened(case: Case, code: str = "120", statute: str = "") -> Case:
    """ELIGIBLE or INELIGIBLE: confirmed by Aris, screened by the machine."""
    said = {"code": code, "statute": statute, "report_reference": "Report p. 1"}
    must(confirm_offence(by=person("aris"), at=house_now(), case_ref=case.ref, **said))
    run_jobs()
    return again(case)


def checked(case: Case, grade: Grade = Grade.FIT, role_shown_by: str = "The film shows the hand in the drawer") -> Case:
    """FIT (and searched), UNFIT or NO_CANDIDATES."""
    depicts = "The person at the till, one continuous shot"
    must(check_probe(by=person("aris"), at=house_now(), case_ref=case.ref, grade=grade, depicts=depicts, role_shown_by=role_shown_by))
    run_jobs()
    return again(case)


@stage
def searched(agency_case: str = "25-1", face: str = "p012", grade: Grade = Grade.FIT, **changes: object) -> Case:
    """FIT, with its candidate list."""
    return checked(screened(requested(agency_case, face, **changes)), grade)


def drawn(case: Case, *names: str) -> None:
    for name in names:
        assert take_next(by=person(name), at=house_now()) == case.ref


def tokens(case: Case) -> dict[str, str]:
    """subject reference -> token."""
    return {c.subject_ref: str(c.token) for c in Candidate.objects.filter(case=case)}


def sorted_by(case: Case, name: str, keep: tuple[str, ...]) -> Finding:
    answers = {token: (ref in keep, CLOSER_LOOK if ref in keep else "ears") for ref, token in tokens(case).items()}
    answers |= dict.fromkeys(faces.non_mates(person(name), case), (False, "chin"))
    with transaction.atomic():
        looked(person(name), case)
        return must(sort_candidates(by=person(name), at=house_now(), case_ref=case.ref, answers=answers))


def concluded(case: Case, name: str, ratings: Mapping[str, int], *, non_mate: int = -2) -> Finding:
    found = tokens(case)
    answers = {found[ref]: scripted(rating, "ear, brow and chin") for ref, rating in ratings.items()}
    answers |= {token: scripted(non_mate, "ear and jaw") for token, again in faces.non_mates(person(name), case).items() if again}
    with transaction.atomic():
        looked(person(name), case)
        return must(conclude(by=person(name), at=house_now(), case_ref=case.ref, answers=answers))


@stage
def examined(case: Case, ratings: tuple[int, int] = (2, 1), face: str = "p012") -> Case:
    """What two blind reviewers come to on one kept face."""
    drawn(case, "ada", "ben")
    for name in ("ada", "ben"):
        sorted_by(case, name, (face,))
    for name, rating in zip(("ada", "ben"), ratings, strict=True):
        concluded(case, name, {face: rating})
    return again(case)


@stage
def a_lead(agency_case: str = "25-1", **changes: object) -> Lead:
    """A LEAD on p012, with nothing else on file."""
    case = examined(searched(agency_case, **changes))
    assert case.state == "LEAD"
    return Lead.objects.select_related("case", "candidate").get(case=case)


@stage
def a_second_lead(agency_case: str = "25-2") -> Lead:
    """Another lead on p012, from the same picture: the two investigations are linked. Drawn for Cleo and Remy."""
    case = searched(agency_case, repeats_because="another copy of the film")
    drawn(case, "cleo", "remy")
    for name in ("cleo", "remy"):
        sorted_by(case, name, ("p012",))
    for name in ("cleo", "remy"):
        concluded(case, name, {"p012": 2})
    return Lead.objects.select_related("case", "candidate").get(case=case)


def an_item(
    lead: Lead, kind: str = "fingerprint", *, document: str = "Report LP-1", links_to: str = "offence", one_in: int = 1_000_000
) -> str:
    """An incriminating item, entered by Dana and fixed by Cora."""
    finding, ref = add_evidence(by=person("dana"), at=house_now(), lead_ref=lead.ref, item=ItemWanted(kind, f"a {kind}", document))
    must(finding)
    fixed(str(ref), kind, links_to=links_to, one_in=one_in)
    return str(ref)


def fixed(ref: str, kind: str = "fingerprint", *, links_to: str = "offence", one_in: int = 1_000_000, **further: object) -> Finding:
    """Fixed by Cora from its document."""
    read = ReadInDocument(kind, links_to, one_in, source_document_seen=True, **further)  # type: ignore[arg-type]
    return fix_evidence(by=person("cora"), at=house_now(), item_ref=ref, read=read)


def papers_filed(lead: Lead, action: str = "arrest", *, leaving_out: int = 0, adding: str = "") -> None:
    """Papers with every statement that they must carry, or with some left out."""
    said = [each.sentence for each in papers.statements(lead)]
    text = "\n".join([*said[leaving_out:], adding])
    finding, _ = file_papers(by=person("dana"), at=house_now(), lead_ref=lead.ref, action=action, text=text)
    must(finding)


def cleared_tests(lead: Lead, codes: tuple[str, ...] = CODES, how: str = "tested_does_not") -> list[str]:
    """Every test on the list in force, made and closed."""
    refs = []
    for code in codes:
        finding, ref = add_evidence(
            by=person("dana"),
            at=house_now(),
            lead_ref=lead.ref,
            item=ItemWanted("alibi_lead", code, "Worksheet", exculpatory=True, exculpatory_code=code),
        )
        must(finding)
        must(close_exculpatory(by=person("cora"), at=house_now(), item_ref=str(ref), how=how, because="compared"))
        refs.append(str(ref))
    return refs


def asked(lead: Lead, action: str = "arrest") -> str:
    finding, ref = ask(by=person("dana"), at=house_now(), lead_ref=lead.ref, action=action, place="Riverside", because="")
    must(finding)
    return str(ref)


def given(lead: Lead, by: str = "dana", **changes: str) -> int:
    """A lead report, put on file as given to another agency; the number under which it is printed."""
    said = {"recipient": "Lakeside Police, Robbery", "ori": "XX0020000", "purpose": "Line-up there", "authority": "Agreement of 2 May"}
    finding, number = disseminate(by=person(by), at=house_now(), lead_ref=lead.ref, leaving=Leaving(**(said | changes)))
    must(finding)
    return int(number or 0)


def bundle_wanted(lead: Lead) -> int:
    """A bundle that Lea asked for; it is not made yet."""
    leaving = Leaving("Counsel", "Discovery", "Order of 1 March")
    finding, number = want_bundle(by=person("lea"), at=house_now(), case_ref=lead.case.ref, leaving=leaving)
    must(finding)
    return int(number or 0)


def today() -> date:
    """The day it is at the agency, which is not always the day it is in UTC."""
    return house_now().astimezone(ZoneInfo(person("lea").agency.time_zone)).date()


def served_in_court(lead: Lead, report: int) -> DiscoveryService:
    """What left the agency, served by Lea for a request of a court."""
    lea, now = person("lea"), house_now()
    asked = Asked("District Court", "26-CR-1", "Counsel", today(), ("All searches",))
    finding, number = take_discovery(by=lea, at=now, case_ref=lead.case.ref, asked=asked)
    must(finding)
    must(serve_discovery(by=lea, at=now, number=int(number or 0), service=Served(report, today(), "Counsel", "by hand")))
    return DiscoveryService.objects.get(request=number)


def hold_decided(ref: str, may_be_used: bool, grounds: str, court: str = "") -> Finding:
    """Have Lea decide what she was shown just before."""
    shown = holds.line(Evidence.objects.get(ref=ref)).mark
    return decide_hold(by=person("lea"), at=house_now(), item_ref=ref, may_be_used=may_be_used, grounds=grounds, court=court, shown=shown)


def signed(ref: str, by: str = "sol", *, sign: bool = True, sentence: str = "If the face result vanished I would still act.") -> Finding:
    return countersign(by=person(by), at=house_now(), ref=ref, sign=sign, sentence=sentence)


@stage
def ready_to_sign(agency_case: str = "25-1", **changes: object) -> tuple[Lead, str]:
    """A lead with everything an arrest demands, and the request for it."""
    lead = a_lead(agency_case, **changes)
    an_item(lead)
    cleared_tests(lead)
    papers_filed(lead)
    return lead, asked(lead)


def must(finding: Finding) -> Finding:
    assert isinstance(finding, Permit), finding
    return finding


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)
