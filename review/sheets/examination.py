"""The reviewer's sheets: faces under letters, in an order of his own. No case, offence, person, score, rank or other view is in the object."""

import random
from dataclasses import dataclass

from cases.models import Candidate, Probe
from review import access, facts
from review.models import Conclusion, Drawn, ProbeCheck, Sorting

SET_ASIDE = (
    "outline",
    "hairline or baldness pattern",
    "forehead",
    "eyebrows",
    "eyes",
    "nose",
    "ears",
    "mouth",
    "chin or jaw line",
    "lines, scars or marks",
    "the picture does not allow it",
)
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
    """One examination as its reviewer sees it. ``step``: sort, wait, rate or done."""

    code: str
    step: str
    faces: tuple[FaceSheet, ...]
    set_aside: tuple[str, ...]
    scale: tuple[tuple[int, str], ...]
    highest: int
    target_size: tuple[int, int]


def of(drawn: Drawn) -> ExaminationSheet:
    """Return the sheet of one drawn examination."""
    letters = shuffled(drawn)
    rated = Conclusion.objects.filter(candidate__case=drawn.case_id, by=drawn.reviewer_id).exists()
    sorted_ = Sorting.objects.filter(candidate__case=drawn.case_id, by=drawn.reviewer_id).exists()
    settled, kept = facts.sorting(drawn.case)
    if rated or drawn.case.state not in ("FIT", "DISPUTED"):
        step = "done"
    elif settled:
        step = "rate"
    else:
        step = "wait" if sorted_ else "sort"
    shown = [(letter, c) for letter, c in letters if step == "sort" or (step == "rate" and c.pk in kept)]
    probe = Probe.objects.filter(case=drawn.case_id).select_related("image").order_by("-version").first()
    limited = ProbeCheck.objects.filter(case=drawn.case_id, grade="limited").exists()
    return ExaminationSheet(
        code=access.examination_code(drawn),
        step=step,
        faces=tuple(_face(drawn, letter, c) for letter, c in shown),
        set_aside=SET_ASIDE,
        scale=SCALE,
        highest=1 if limited else 3,
        target_size=(probe.image.width, probe.image.height) if probe else (0, 0),
    )


def _face(drawn: Drawn, letter: str, candidate: Candidate) -> FaceSheet:
    size = (candidate.image.width, candidate.image.height) if candidate.image else (0, 0)
    return FaceSheet(letter, access.face_code(drawn, candidate.token), candidate.image_id is not None, *size)


def shuffled(drawn: Drawn) -> list[tuple[str, Candidate]]:
    """Return the candidates under letters, in the order that the recorded seed of this reviewer gives."""
    candidates = sorted(Candidate.objects.filter(case=drawn.case_id).select_related("image"), key=lambda c: str(c.token))
    random.Random(drawn.seed).shuffle(candidates)  # noqa: S311 - an order that the audit can repeat, no secret
    return [(_letter(place), candidate) for place, candidate in enumerate(candidates)]


def tokens(drawn: Drawn) -> dict[str, str]:
    """Return face code -> candidate token, for reading what the reviewer sent."""
    return {access.face_code(drawn, c.token): str(c.token) for _, c in shuffled(drawn)}


def _letter(place: int) -> str:
    return chr(ord("A") + place) if place < 26 else f"{chr(ord('A') + place // 26 - 1)}{chr(ord('A') + place % 26)}"
