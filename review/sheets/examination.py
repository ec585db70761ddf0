"""The reviewer's sheets: faces under letters, in an order of his own. No case, offence, person, score, rank or other view is in the object."""

from dataclasses import dataclass

from cases.models import Probe
from cases.rules.finding import Refusal
from people.models import Person
from review import access, faces, facts
from review.access import Examining
from review.faces import Face
from review.models import Conclusion, Drawn, ProbeCheck, Sorting
from review.reexamining import Reexamining
from review.rules.examination import NO_NON_MATES
from review.rules.feature_form import SET_ASIDE
from review.rules.turns import may_take
from review.sheets.turns import WentBack, went_back

SCALE = (
    (3, "supports strongly that the images show the same person"),
    (2, "supports moderately that the images show the same person"),
    (1, "supports to a limited degree that the images show the same person"),
    (0, "no conclusion: the images do not permit one"),
    (-1, "no conclusion: leans towards different persons"),
    (-2, "excludes: different persons"),
    (-3, "excludes strongly: different persons"),
)


@dataclass(frozen=True, slots=True)
class FaceSheet:
    """One face under its letter."""

    letter: str
    code: str
    has_picture: bool
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class ExaminationSheet:
    """One examination as its reviewer sees it. ``step``: sort, wait, rate, done, back where he stepped back, gone where it went back.

    ``break_after``: the minutes after which a break is due, where it is.
    """

    code: str
    step: str
    faces: tuple[FaceSheet, ...]
    set_aside: tuple[tuple[str, str], ...]
    scale: tuple[tuple[int, str], ...]
    highest: int
    target_size: tuple[int, int]
    went_back: WentBack | None = None
    break_after: int | None = None


def of(drawn: Examining) -> ExaminationSheet:
    """Return the sheet of one drawn examination."""
    step, kept = _again(drawn) if isinstance(drawn, Reexamining) else _step(drawn)
    letters = shuffled(drawn, kept=kept)
    shown = [(letter, face) for letter, face in letters if step == "sort" or (step == "rate" and face.one_to_one)]
    probe = Probe.objects.filter(case=drawn.case_id).select_related("image").defer("image__sealed").order_by("-version").first()
    limited = ProbeCheck.objects.filter(case=drawn.case_id, grade="limited").exists()
    return ExaminationSheet(
        code=access.examination_code(drawn),
        step=step,
        faces=tuple(_face(drawn, letter, face) for letter, face in shown),
        set_aside=tuple(SET_ASIDE.items()),
        scale=SCALE,
        highest=1 if limited else 3,
        target_size=(probe.image.width, probe.image.height) if probe else (0, 0),
        went_back=went_back(drawn),
        break_after=facts.break_is_due(drawn.reviewer_id),
    )


def _step(drawn: Drawn) -> tuple[str, frozenset[int]]:
    """Return the step, and the candidates that anybody kept."""
    rated = Conclusion.objects.filter(candidate__case=drawn.case_id, by=drawn.reviewer_id).exists()
    sorted_ = Sorting.objects.filter(candidate__case=drawn.case_id, by=drawn.reviewer_id).exists()
    settled, kept = facts.sorting(drawn.case)
    if hasattr(drawn, "recusal"):
        step = "back"
    elif hasattr(drawn, "given_back"):
        step = "gone"
    elif rated or hasattr(drawn, "set_aside") or drawn.case.state not in ("FIT", "DISPUTED"):
        step = "done"
    elif settled:
        step = "rate"
    else:
        step = "wait" if sorted_ else "sort"
    return step, kept


def _again(again: Reexamining) -> tuple[str, frozenset[int]]:
    """Return the same of an examination again: nobody is waited for."""
    if again.stepped_back:
        return "back", again.kept
    if again.went_back:
        return "gone", again.kept
    if again.over:
        return "done", again.kept
    return ("rate" if again.sorted else "sort"), again.kept


def _face(drawn: Examining, letter: str, face: Face) -> FaceSheet:
    size = (face.image.width, face.image.height) if face.image else (0, 0)
    return FaceSheet(letter, access.face_code(drawn, face.token), face.image is not None, *size)


def shuffled(drawn: Examining, *, kept: frozenset[int] = frozenset()) -> list[tuple[str, Face]]:
    """Return the faces of the set under letters, in the order that the recorded seed of this reviewer gives."""
    return [(_letter(place), face) for place, face in enumerate(faces.of(drawn, kept=kept))]


def tokens(drawn: Examining) -> dict[str, str]:
    """Return face code -> token, for reading what the reviewer sent."""
    return {access.face_code(drawn, face.token): face.token for _, face in shuffled(drawn)}


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else f"{chr(ord('A') + place // 26 - 1)}{chr(ord('A') + place % 26)}"


def why_none(person: Person) -> tuple[str, ...]:
    """Say why nothing is drawn, where his day is full or known non-mates are wanting in his own agency."""
    today, most = facts.turns_today(person)
    finding = may_take("examinations", today=today, most=most)
    reasons = [] if faces.agency_pool_suffices(person.agency_id) else [NO_NON_MATES]
    return tuple(str(reason) for reason in [*(finding.reasons if isinstance(finding, Refusal) else ()), *reasons])
