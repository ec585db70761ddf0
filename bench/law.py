"""The rule time of screening one case: the law of five layers asked at the gates that a case passes before it is searched."""

import statistics
import time

from cases.law.evaluate import evaluate
from cases.law.words import Gate
from tests.law.sound import SOUND, law

TITLE = "The law"
LAYERS = ("us-fbi-ngi", "us-md-2024", "us-mi-detroit-307-5", "us-mi-snap", "nlc-2021")
SCREENED_AT = (Gate.INTAKE, Gate.BEFORE_SEARCH, Gate.GALLERY_CHECK)


def screening() -> list[str]:
    """Return the row: milliseconds a case, median with quartiles over batches of a hundred."""
    merged = law(*LAYERS)
    asked = sum(len(merged.rules_at(gate)) for gate in SCREENED_AT)
    times = []
    for _ in range(40):
        began = time.perf_counter()
        for _ in range(100):
            for gate in SCREENED_AT:
                evaluate(merged, gate=gate, facts=SOUND[gate])
        times.append((time.perf_counter() - began) * 10)
    low, middle, high = statistics.quantiles(times, n=4)
    return [
        f"| rule time of screening one case, five layers, {asked} rules asked | **{middle:.2f} ms** | {low:.2f} - {high:.2f} | goal 2 ms |"
    ]
