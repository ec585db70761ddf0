"""Reads what the law looks at from the rows of cases, many at once: four statements, however many cases there are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, QuerySet

from cases.law.facts import Trained
from cases.law.merge import Merged
from cases.law.words import Gate
from cases.models import Case, GallerySubject, Probe, Screening
from ledger.worded import any_of, first, worded_once
from people.models import Training

COURSES = {"bias": ("bias", "limits"), "face_comparison": ("face_comparison",)}  # the training "bias and its limits" is two courses
OF_THE_CASE = (
    "pk", "ref", "track", "state", "received_at", "searched_before_screening", "requested_by_id", "investigation__agency_case",
    "outside_result__filed_by_id", "result__source_id", "candidate_list__number",
    *(f"request__{name}" for name in ("by_id", "offence_code", "purpose", "tried_before", "persons_named", "gallery_id")),
    *(f"request__gallery__{name}" for name in ("name", "kind", "lawful_basis", "weighed", "leaves_out", "scrubbed_on", "performer")),
    *(f"offence_report__{name}" for name in (
        "by_id", "code", "statute", "attempt", "out_of_state", "equivalent", "classes", "penalty_years", "open_reasons", "open_approver"
    )),
    *(f"ground__{name}" for name in (
        "purpose", "channel", "suspicion", "grounds", "bases", "uses", "protected_activity", "records_protected_activity", "authority",
        "authority_granted_at", "authority_ends_at", "authority_refused", "exigent", "exigent_since", "exigent_reasons", "conditions",
        "minor", "sealed",
    )),
)  # fmt: skip
OF_THE_PROBE = ("kind", "source", "target_because", "target_box", "actors", "version", "edit", "added_at")


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case as the law looks at it: its columns by name, its probe's versions, and every training of whoever acts in it."""

    columns: dict[str, Any]
    screenings: tuple[Mapping[str, Any], ...]  # oldest first
    versions: tuple[dict[str, Any], ...]
    trainings: dict[int, tuple[tuple[str, date, date], ...]] = field(repr=False)  # person -> course, passed on, valid until
    enrolled: int | None

    @property
    def first_screened_at(self) -> datetime | None:
        return self.screenings[0]["at"] if self.screenings else None

    @property
    def screened_at(self) -> datetime | None:
        return self.screenings[-1]["at"] if self.screenings else None

    @property
    def screened_under(self) -> int | None:
        """The policy of the newest screening."""
        return self.screenings[-1]["policy_id"] if self.screenings else None

    def __getitem__(self, name: str) -> Any:
        return self.columns[name]

    def asked(self, name: str) -> Any:
        """Return what the request says, or None where nobody requested."""
        return self.columns[f"request__{name}"]

    def ground(self, name: str) -> Any:
        """Return what was said of the ground, or None where nobody was asked."""
        return self.columns[f"ground__{name}"]

    def report(self, name: str) -> Any:
        """Return what the report of crime says, or None before anybody read it."""
        return self.columns[f"offence_report__{name}"]

    def gallery(self, name: str) -> Any:
        return self.columns[f"request__gallery__{name}"]

    def taught(self, person: int, *, label: str, on: date) -> tuple[Trained, ...]:
        """Return the courses of a person that are valid on a day, under the name by which the facts know him."""
        return tuple(
            Trained(person=label, course=course, passed_on=passed)
            for course, passed, until in self.trainings.get(person, ())
            if passed <= on <= until
        )


def read(cases: Iterable[int], *, count_galleries: bool = False, people: Iterable[int] = ()) -> dict[int, CaseRow]:
    """Return the rows of these cases by their keys. ``people``: others whose training is asked about."""
    keys = list(cases)
    columns = _cases(keys)
    screened: dict[int, list[Mapping[str, Any]]] = {}
    for row in _screenings(keys):
        screened.setdefault(row["case_id"], []).append(row)
    versions: dict[int, list[dict[str, Any]]] = {}
    for row in _probes(keys):
        versions.setdefault(row["case_id"], []).append(row)
    trainings = _trainings({person for row in columns if (person := who_asked(row)) is not None} | set(people))
    enrolled = _enrolled({row["request__gallery_id"] for row in columns} - {None}) if count_galleries else {}
    return {
        row["pk"]: CaseRow(
            row,
            tuple(screened.get(row["pk"], ())),
            tuple(versions.get(row["pk"], ())),
            trainings,
            enrolled.get(row["request__gallery_id"]),
        )
        for row in columns
    }


@worded_once
def _cases(keys: list[int]) -> QuerySet[Case, Any]:
    rows: QuerySet[Case, Any] = Case.objects.filter(pk=any_of(keys)).order_by("pk").values(*OF_THE_CASE)
    return rows


def newest_screening(case: Case) -> Screening | None:
    """Return the screening of a case that counts."""
    return first(_newest_screening(case.pk))


@worded_once
def _newest_screening(case: int) -> QuerySet[Screening]:
    return Screening.objects.filter(case=case).order_by("-id")[:1]


@worded_once
def _screenings(keys: list[int]) -> QuerySet[Screening, Any]:
    return Screening.objects.filter(case=any_of(keys)).order_by("id").values("case_id", "policy_id", "eligible", "refused_by", "at")


@worded_once
def _probes(keys: list[int]) -> QuerySet[Probe, Any]:
    rows: QuerySet[Probe, Any] = Probe.objects.filter(case=any_of(keys)).order_by("case", "version").values("case_id", *OF_THE_PROBE)
    return rows


def counts(law: Merged) -> bool:
    """Whether any rule of the law asks how many people a gallery holds."""
    return any(rule.says("people_at_most") for rule in law.rules_at(Gate.GALLERY_CHECK))


def who_asked(columns: dict[str, Any]) -> int | None:
    """Return who acts at intake: the requester, else whoever filed the paper, else whoever read the report of crime."""
    found: int | None = who_requested(columns) or columns["offence_report__by_id"]
    return found


def who_requested(columns: dict[str, Any]) -> int | None:
    """Return who asked for the search or filed the paper; None where a source system sent it."""
    found: int | None = columns["request__by_id"] or columns["outside_result__filed_by_id"]
    return found


def _trainings(people: set[int]) -> dict[int, tuple[tuple[str, date, date], ...]]:
    found: dict[int, list[tuple[str, date, date]]] = {person: [] for person in people}
    for person, subject, passed, until in _passed(list(people)):
        found[person].extend((course, passed, until) for course in COURSES.get(subject, (subject,)))
    return {person: tuple(each) for person, each in found.items()}


@worded_once
def _passed(people: list[int]) -> QuerySet[Training, Any]:
    return Training.objects.filter(person=any_of(people)).order_by("id").values_list("person_id", "subject", "passed_on", "valid_until")


def _enrolled(galleries: set[int]) -> dict[int, int]:
    rows = GallerySubject.objects.filter(gallery__in=galleries).values(of=F("gallery_id")).annotate(number=Count("id"))
    return {row["of"]: row["number"] for row in rows.order_by()}
