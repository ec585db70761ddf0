"""The faces of one reviewer's set: the candidates among known non-mates, in an order of his own. Nothing here says which is which."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from cases.models import Candidate, Case, Probe, StoredImage
from ledger.asking import ask_database
from ledger.worded import worded_once
from people.models import Person
from review import facts
from review.access import Examining
from review.models import Drawn, NonMate, NonMateShown
from review.reexamining import Reexamining
from review.rules import marks
from review.rules.marks import Mark


@dataclass(frozen=True, slots=True)
class Face:
    """One face by its token. ``one_to_one``: it is rated, once the sorting is settled."""

    token: str
    image: StoredImage | None
    one_to_one: bool


def of(drawn: Examining, *, kept: frozenset[int]) -> list[Face]:
    """Return the set in the order that the recorded seed of this reviewer gives; ``kept`` are the candidates that anybody kept. No picture is read."""
    faces = [Face(str(each.token), each.image, each.pk in kept) for each in _candidates(drawn.case_id)]
    faces += [Face(token, image, bool(kept) and again) for token, image, again in _mixed(drawn)]
    faces.sort(key=lambda face: face.token)
    random.Random(drawn.seed).shuffle(faces)  # noqa: S311 - an order that the audit can repeat, no secret
    return faces


@worded_once
def _candidates(case: int) -> QuerySet[Candidate]:
    return Candidate.objects.filter(case=case).select_related("image").defer("image__sealed")


def annotated(case: Case, shown: Sequence[Face], marked: Mapping[str, Sequence[Mark]]) -> dict[str, object]:
    """Return the marks of each face as W3C annotations, by token: on the target of the newest probe and on the face as it was shown."""
    target = Probe.objects.filter(case=case).order_by("-version").values_list("image", flat=True)[0]
    images = {face.token: face.image.pk for face in shown if face.image}
    return {
        token: marks.annotations(each, sources={"target": f"urn:uuid:{target}", "face": f"urn:uuid:{images[token]}"})
        for token, each in marked.items()
        if each
    }


def _mixed(drawn: Examining) -> list[tuple[str, StoredImage, bool]]:
    if isinstance(drawn, Reexamining):
        images = StoredImage.objects.defer("sealed").in_bulk([each.image_id for each in drawn.non_mates])
        return [(each.token, images[each.image_id], each.again) for each in drawn.non_mates]
    return [(str(each.token), each.non_mate.image, _comes_back(each)) for each in _shown(drawn.pk)] if drawn.pk else []


@worded_once
def _shown(drawn: int) -> QuerySet[NonMateShown]:
    return NonMateShown.objects.filter(drawn=drawn).select_related("non_mate__image", "sorting").defer("non_mate__image__sealed")


def _comes_back(shown: NonMateShown) -> bool:
    return shown.again or not hasattr(shown, "sorting") or shown.sorting.kept


def among(person: Person, case: Case, *, kept: frozenset[int]) -> list[Face]:
    """Return this person's set in a case, or the bare candidates where none was drawn for him."""
    return of(facts.turn_of(person, case) or Drawn(case=case, seed=0), kept=kept)


def non_mates(person: Person, case: Case) -> dict[str, bool]:
    """Return the known non-mates of this person's set, each with whether it comes one to one. Who scripts a reviewer answers for them."""
    return {str(each.token): _comes_back(each) for each in _shown_to(person.pk, case.pk)}


@worded_once
def _shown_to(reviewer: int, case: int) -> QuerySet[NonMateShown]:
    return NonMateShown.objects.filter(drawn__case=case, drawn__reviewer=reviewer).select_related("sorting").order_by("token")


def agency_pool_suffices(agency_id: int) -> bool:
    """Whether an agency has as many known non-mates as a set needs."""
    return NonMate.objects.filter(agency=agency_id).count() >= int(ask_database("select non_mates_a_sheet()"))


def pool_suffices(case: Case) -> bool:
    """Whether enough known non-mates are registered for an examination of this case to open."""
    return bool(ask_database("select pool_suffices(%s)", case.pk))
