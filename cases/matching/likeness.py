"""Whether two pictures are one picture again: recompressed, resized, brightened, cropped. Numbers in, an answer out; it moves nothing.

A person's other photograph is not meant: that is what an engine's threshold is for. The hash is pHash as imagehash computes it (Zauner 2010,
"Implementation and Benchmarking of Perceptual Image Hash Functions"): 32 x 32 grey, DCT, the lowest 8 x 8, above or below their median.
"""

import cv2
import numpy as np
import numpy.typing as npt

from cases.matching.interface import Picture

SIDE, KEPT = 32, 8
COSINES = 2 * np.cos(np.pi / (2 * SIDE) * np.outer(np.arange(KEPT), 2 * np.arange(SIDE) + 1))  # the lowest of a DCT-II, (KEPT, SIDE)
MARGIN = 0.25  # of the face's box, on each side

# Measured on the rendered probes with the reference engine (tests/matching/test_likeness.py). The same picture recompressed to quality 40,
# resized by half to double, brightened, darkened or cropped by a tenth: 18 bits at most, cosine 0.89 at least. Another person from the same
# camera: 4 bits at least, cosine 0.81 at most. Hence the hash only chooses whom to compare and the template decides. verify: a threshold belongs to
# one template version; set it anew for another engine and for real probes.
LOOK_AT_BITS = 24
NEAR_COSINE = 0.88
NEWEST = 100_000  # probes of the agency whose hash is compared
NEAREST = 500  # of those, templates that are opened


def perceptual_hash(picture: Picture, box: tuple[int, int, int, int]) -> int:
    """Return 64 bits of the face in its box with a margin, as a signed number, which is what the database keeps."""
    x, y, width, height = box
    across, down = round(width * MARGIN), round(height * MARGIN)
    face = picture[max(0, y - down) : y + height + down, max(0, x - across) : x + width + across]
    grey = cv2.resize(cv2.cvtColor(face, cv2.COLOR_BGR2GRAY), (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float64)
    low = COSINES @ grey @ COSINES.T
    bits: npt.NDArray[np.uint8] = np.packbits((low > np.median(low)).flatten())
    return int.from_bytes(bits.tobytes(), "big", signed=True)


def bits_apart(one: int, other: int) -> int:
    """Return in how many of 64 bits two hashes differ."""
    return ((one ^ other) & (2**64 - 1)).bit_count()
