"""How the faces in a picture are named: by their place from the left, never by looks. Pure."""

from collections.abc import Iterable

Box = tuple[int, int, int, int]  # x, y, width, height in pixels


def named(boxes: Iterable[Box]) -> tuple[tuple[str, Box], ...]:
    """Return each box with its name, from left to right: “Face 2, centre”."""
    ordered = sorted(boxes, key=lambda box: (box[0] + box[2] / 2, box[1]))
    return tuple((f"Face {number}{_where(number, len(ordered))}", box) for number, box in enumerate(ordered, 1))


def _where(number: int, of: int) -> str:
    if of == 1:
        return ""
    if of > 3:
        return f" of {of}, counted from the left"
    return {1: ", left", of: ", right"}.get(number, ", centre")
