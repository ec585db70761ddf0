"""What a reviewer has written so far, as it was sent: nothing here is judged yet."""

from review.rules.feature_form import FEATURES, LIMITS

Given = dict[str, dict[str, str]]  # face code -> field -> what was sent
"""One face's fields: answer, why, nothing, marks, limits (codes with blanks between), found-<feature>, note-<feature>."""

FIELDS_A_FACE = len(("answer", "why", "nothing", "marks")) + len(LIMITS) + 2 * len(FEATURES)
FIELDS_BESIDE = 10  # version, the face that is looked at, what guards the form
MOST_VERSIONS = 2**31 - 1


def version_of(text: str) -> int | None:
    """Return the version that a page was based on, or None where it says none. 0 is the page before any draft."""
    return min(int(text), MOST_VERSIONS) if text.isascii() and text.isdigit() else None
