"""What a reviewer has written so far, as it was sent: nothing here is judged yet."""

Given = dict[str, dict[str, str]]  # face code -> field -> what was sent
"""One face's fields: answer, why, nothing, marks, limits (codes with blanks between), found-<feature>, note-<feature>."""

MOST_VERSIONS = 2**31 - 1


def version_of(text: str) -> int | None:
    """Return the version that a page was based on, or None where it says none. 0 is the page before any draft."""
    return min(int(text), MOST_VERSIONS) if text.isascii() and text.isdigit() else None
