"""Whether an item discriminates: how many innocent people would yield it too, corrected for how many were tried. ``docs/independence.md``, T5."""

MOST_INNOCENT = 0.01  # one innocent person in a hundred; a policy may ask for more


def discriminates(*, one_in: int, tested_on: int = 1) -> bool:
    """Return whether 1 - (1 - 1/one_in) ** tested_on is at most one in a hundred: a trawl over many candidates weakens a test."""
    if one_in < 1 or tested_on < 1:
        return False
    return bool(1 - (1 - 1 / one_in) ** tested_on <= MOST_INNOCENT + 1e-12)
