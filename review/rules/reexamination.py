"""What another agency found on a face against what was joined of it. It says whether they agree; it moves nothing and opens nothing."""

from enum import StrEnum

from review.rules.joining import EXCLUDES_FROM, SUPPORTS_FROM

LEAD = "lead"


class Found(StrEnum):
    """What the other agency's reviewer came to on one face."""

    SUPPORTS = "supports"
    NO_CONCLUSION = "no_conclusion"
    EXCLUDES = "excludes"
    SET_ASIDE = "set_aside"


def found(rating: int | None) -> Found:
    """Return what a rating says; a face that was never kept has none."""
    if rating is None:
        return Found.SET_ASIDE
    if rating >= SUPPORTS_FROM:
        return Found.SUPPORTS
    return Found.EXCLUDES if rating <= EXCLUDES_FROM else Found.NO_CONCLUSION


def agrees(joined: str, rating: int | None) -> bool:
    """Whether the face is a lead for both, or for neither. A lead on which the other comes to no conclusion is none for him."""
    return (joined == LEAD) == (found(rating) is Found.SUPPORTS)


def speaks_for_the_person(joined: str, rating: int | None) -> bool:
    """Whether it excludes the person of a lead: the one thing that becomes more than a note."""
    return joined == LEAD and found(rating) is Found.EXCLUDES
