"""Names that people take for one and the same: whoever is of "robbery " and whoever is of "Robbery" are of one unit. Pure: standard library only."""

import unicodedata
from collections.abc import Iterable

# letters and digits that look like another one, in small letters: Cyrillic, Greek, and what is typed for o and l
SAME_LOOK = str.maketrans("авекмнорстухіјѕԁһӏαβεζηικμνορτυχ01i", "abekmhopctyxljsdhlabezhlkmnoptyxoll")


def read_as(name: str) -> str:
    """Return what is left of a name when nobody minds capitals, spaces, signs, accents and letters that look like others."""
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
    plain = "".join(sign for sign in letters if not unicodedata.combining(sign)).translate(SAME_LOOK)
    return " ".join("".join(sign if sign.isalnum() else " " for sign in plain).split())


def one_like(name: str, others: Iterable[str]) -> str | None:
    """Return another name that reads as this one; the same name is none."""
    return next((other for other in sorted(others) if other != name and read_as(other) == read_as(name)), None)
