"""What a manager keeps: galleries with their enrolment, sources, people with roles and training, agreements, and jobs that failed."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q

from cases.models import EnrolmentFile, EnrolmentRun, Gallery, SourceSystem
from people.models import Agreement, Person
from review import access
from review.sheets.words import Chip

SOON = timedelta(days=30)
MOST = 50


@dataclass(frozen=True, slots=True)
class GalleryRow:
    """A gallery with the number of its faces."""

    name: str
    kind: str
    lawful_basis: str
    faces: int


@dataclass(frozen=True, slots=True)
class RunRow:
    """One enrolment: how far it is, and each file that was skipped, with the reason."""

    number: int
    gallery: str
    done: int
    files: int
    skipped: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person with his roles and trainings of today."""

    name: str
    unit: str
    roles: tuple[str, ...]
    trainings: tuple[tuple[str, date, Chip], ...]
    active: bool


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job that failed, and whether it was given up."""

    number: int
    kind: str
    case: str
    attempts: int
    error: str
    given_up: bool


@dataclass(frozen=True, slots=True)
class HouseSheet:
    """The whole page."""

    galleries: tuple[GalleryRow, ...]
    runs: tuple[RunRow, ...]
    enrolling: bool
    sources: tuple[tuple[str, datetime, Chip], ...]
    people: tuple[PersonRow, ...]
    agreements: tuple[tuple[str, str, str, date, Chip], ...]
    jobs: tuple[JobRow, ...]


def of(person: Person, *, at: datetime) -> HouseSheet:
    """Return what a manager of one agency keeps, with what runs out within thirty days marked."""
    on, agency = at.date(), person.agency_id
    galleries = Gallery.objects.filter(agency=agency).annotate(faces=Count("subjects")).order_by("name")
    runs = EnrolmentRun.objects.filter(gallery__agency=agency).select_related("gallery").annotate(so_far=Count("done")).order_by("-id")[:10]
    skipped = EnrolmentFile.objects.filter(run__in=[run.pk for run in runs], outcome="skipped").order_by("id")[:MOST]
    rows = tuple(
        RunRow(r.pk, r.gallery.name, r.so_far, r.files, tuple((f.name, f.because) for f in skipped if f.run_id == r.pk)) for r in runs
    )
    sources = SourceSystem.objects.filter(agency=agency).only("name", "active_until").order_by("name")
    staff = Person.objects.filter(agency=agency).select_related("unit").prefetch_related("roles_held", "trainings").order_by("display_name")
    agreements = Agreement.objects.filter(Q(lender=agency) | Q(borrower=agency)).select_related("lender", "borrower").order_by("until_on")
    failed = (
        access.jobs_for_manager(person, on=on)
        .exclude(last_error="")
        .filter(done_at__isnull=True)
        .select_related("case")
        .order_by("-id")[:MOST]
    )
    return HouseSheet(
        galleries=tuple(GalleryRow(g.name, g.get_kind_display(), g.lawful_basis, g.faces) for g in galleries),
        runs=rows,
        enrolling=any(row.done < row.files for row in rows),
        sources=tuple((s.name, s.active_until, _valid(s.active_until.date(), on)) for s in sources),
        people=tuple(_person(each, on) for each in staff),
        agreements=tuple(
            (a.lender.name, a.borrower.name, ", ".join(a.roles).replace("_", " "), a.until_on, _valid(a.until_on, on)) for a in agreements
        ),
        jobs=tuple(
            JobRow(j.pk, j.kind.replace("_", " "), j.case.ref if j.case else "", j.attempts, j.last_error, j.given_up_at is not None)
            for j in failed
        ),
    )


def _person(person: Person, on: date) -> PersonRow:
    roles = sorted(
        {r.role.replace("_", " ") for r in person.roles_held.all() if r.from_on <= on and (r.until_on is None or r.until_on >= on)}
    )
    trainings = tuple((t.get_subject_display(), t.valid_until, _valid(t.valid_until, on)) for t in person.trainings.all())
    return PersonRow(person.display_name, person.unit.name, tuple(roles), trainings, person.is_active)


def _valid(until: date, on: date) -> Chip:
    if until < on:
        return Chip("Run out", "shut")
    return Chip("Runs out soon", "wait") if until - on <= SOON else Chip("Valid", "open")
