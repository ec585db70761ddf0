"""Exact search: every template is compared, so the list is complete and the same each time."""

import numpy as np
import numpy.typing as npt

from cases.matching.interface import ScoredCandidate

BLOCK = 65_536
LOWEST, HIGHEST = -1.0, 1.0  # a cosine, whichever engine made the templates


def rank(probe: npt.NDArray[np.float32], matrix: npt.NDArray[np.float32], *, threshold: float, at_most: int) -> tuple[ScoredCandidate, ...]:
    """Return at most ``at_most`` rows of ``matrix`` (n x 128, unit length) scoring at least ``threshold``, best first.

    The score is the cosine; equal scores come in the order of the rows. Raises ValueError where a value is not a number.
    """
    if not np.isfinite(probe).all():
        raise ValueError("the probe's template holds a value that is not a number")
    scores = np.empty(len(matrix), dtype=np.float32)
    for start in range(0, len(matrix), BLOCK):
        scores[start : start + BLOCK] = matrix[start : start + BLOCK] @ probe
    if not np.isfinite(scores).all():
        raise ValueError("a template in the gallery holds a value that is not a number")
    above = np.flatnonzero(scores >= threshold)
    if len(above) > at_most:
        cut = np.partition(scores[above], len(above) - at_most)[len(above) - at_most]
        above = above[scores[above] >= cut]
    order = above[np.lexsort((above, -scores[above]))][:at_most]
    return tuple(ScoredCandidate(int(place), float(scores[place])) for place in order)
