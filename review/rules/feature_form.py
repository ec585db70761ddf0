"""The form of a comparison, one to one: feature by feature, what limits it, and what a rating may then say. Titles of the public list alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cases.rules.finding import Reason

LIST = "ASTM E3149, titles; FISWG feature list 2.0"
FEATURES = {
    "skin": "Skin",
    "outline": "Face or head outline",
    "composition": "Face or head composition",
    "hair": "Hair",
    "forehead": "Forehead",
    "eyebrows": "Eyebrows",
    "eyes": "Eyes",
    "cheeks": "Cheeks",
    "nose": "Nose",
    "ears": "Ears",
    "mouth": "Mouth",
    "chin": "Chin or jaw line",
    "neck": "Neck",
    "facial_hair": "Facial hair",
    "lines": "Facial lines",
    "scars": "Scars",
    "marks": "Facial marks",
    "alterations": "Alterations",
}
FOUND = {"similar": "Similar", "different": "Different", "not_comparable": "Not comparable", "not_visible": "Not visible"}
LIMITS = {
    "low_quality": ("Low quality", 2),
    "cover": ("Cover: mask, hat, hand, glasses", 1),
    "years_between": ("Years between the images", 2),
}
NOTHING_BECAUSE = {
    "too_little_detail": "Too little detail in an image",
    "angle_or_expression": "Angle or expression differ too much",
    "covered": "What would decide is covered",
    "light": "Light or exposure hides it",
    "years_between": "Too many years may lie between the images",
    "both_ways": "What is similar and what differs weigh alike",
}
CLOSER_LOOK = "closer_look"
SET_ASIDE = {
    "outline": "outline",
    "hair": "hairline or baldness pattern",
    "forehead": "forehead",
    "eyebrows": "eyebrows",
    "eyes": "eyes",
    "nose": "nose",
    "ears": "ears",
    "mouth": "mouth",
    "chin": "chin or jaw line",
    "lines_scars_marks": "lines, scars or marks",
    "not_comparable": "the picture does not allow it",
}

NOT_EVERY_FEATURE = Reason("not_every_feature", "Say of each feature: similar, different, not comparable or not visible.", LIST)
NO_NOTE = Reason("no_note", "A feature that differs needs a note: how it differs.", "FISWG minimum documentation")
UNKNOWN_LIMIT = Reason("unknown_limit", "Choose limits from the list.", "docs/examination.md")
OVER_THE_CAP = Reason("over_the_cap", "The rating is higher than a limit that was named allows.", "docs/examination.md")
NO_CONCLUSION_WHY = Reason(
    "no_conclusion_why", "A rating of 0 or -1 needs its reason from the list, and no other rating has one.", "FISWG; OSAC 2022-S-0001"
)
FORM_DISAGREES = Reason("form_disagrees", "A support needs a feature that is similar, an exclusion one that differs.", LIST)


@dataclass(frozen=True, slots=True)
class Compared:
    """One face compared with the target face: feature -> (what was found, note); the limits that were named; then the rating."""

    rating: int
    grounds: str
    features: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    limits: frozenset[str] = frozenset()
    nothing_because: str = ""

    def titles(self, found: str) -> tuple[str, ...]:
        """Return the titles of the features of which this was found."""
        return tuple(title for code, title in FEATURES.items() if self.features.get(code, ("", ""))[0] == found)


def highest(limits: frozenset[str]) -> int:
    """Return the highest rating that these limits leave."""
    return min((LIMITS[code][1] for code in limits if code in LIMITS), default=3)


def faults(compared: Compared) -> list[Reason]:
    """Return what the form of one face lacks."""
    found = [each for each, _ in compared.features.values()]
    reasons: list[Reason] = []
    if set(compared.features) != set(FEATURES) or not set(found) <= set(FOUND):
        reasons.append(NOT_EVERY_FEATURE)
    if any(each == "different" and not note.strip() for each, note in compared.features.values()):
        reasons.append(NO_NOTE)
    if not compared.limits <= set(LIMITS):
        reasons.append(UNKNOWN_LIMIT)
    if compared.rating > highest(compared.limits):
        reasons.append(OVER_THE_CAP)
    if (compared.rating in (0, -1)) != (compared.nothing_because in NOTHING_BECAUSE) or (
        compared.nothing_because and compared.nothing_because not in NOTHING_BECAUSE
    ):
        reasons.append(NO_CONCLUSION_WHY)
    if (compared.rating >= 1 and "similar" not in found) or (compared.rating <= -2 and "different" not in found):
        reasons.append(FORM_DISAGREES)
    return reasons


def differences(compared: Compared) -> tuple[str, ...]:
    """Return each feature that differs, with its note."""
    rows = ((title, compared.features.get(code, ("", ""))) for code, title in FEATURES.items())
    return tuple(f"{title.lower()}: {note}" for title, (found, note) in rows if found == "different")


def in_words(compared: Compared) -> str:
    """Say a form in one line: how many features were found what, what differs, and what limited it."""
    counted = [f"{len(titles)} {words.lower()}" for code, words in FOUND.items() if (titles := compared.titles(code))]
    said = f"{compared.rating:+d}: {', '.join(counted)}" if compared.rating else f"0: {', '.join(counted)}"
    if differ := differences(compared):
        said += f"; different: {'; '.join(differ)}"
    if compared.limits:
        said += f"; limits: {', '.join(LIMITS[code][0].lower() for code in LIMITS if code in compared.limits)}"
    return said
