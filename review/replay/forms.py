"""The form of one comparison as whoever scripts a reviewer fills it in: what a rating needs, and no more."""

from review.rules.feature_form import FEATURES, NOTHING_BECAUSE, Compared


def scripted(rating: int, grounds: str) -> Compared:
    """Return a whole form that carries ``rating``."""
    found = ("similar", "") if rating >= 1 else ("different", grounds) if rating <= -2 else ("not_comparable", "")
    features = dict.fromkeys(FEATURES, ("not_visible", "")) | dict.fromkeys(("eyebrows", "ears", "chin"), found)
    return Compared(rating, grounds, features, nothing_because=next(iter(NOTHING_BECAUSE)) if rating in (0, -1) else "")
