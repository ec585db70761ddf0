"""The rows of ``make prove``: each is a callable that tries many things and says how many held. Add a row to add a proof."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from time import monotonic


@dataclass(slots=True)
class Proof:
    """One line of the table. ``faults`` names what did not hold; ``note`` says what was seen beside the count."""

    what: str
    tried: int = 0
    faults: list[str] = field(default_factory=list)
    note: str = ""
    seconds: float = 0.0

    def check(self, held: bool, fault: str) -> None:
        """Count one try, and keep what did not hold."""
        self.tried += 1
        if not held:
            self.faults.append(fault)

    @property
    def held(self) -> int:
        return self.tried - len(self.faults)


Row = Callable[[bool], Iterator[Proof]]  # called with whether to run in full, on a furnished database of its own


def run(row: Row, *, full: bool) -> list[Proof]:
    """Return the finished proofs of a row, each with the seconds it took."""
    done = []
    began = monotonic()
    for proof in row(full):
        proof.seconds, began = monotonic() - began, monotonic()
        done.append(proof)
    return done


def table(proofs: list[Proof]) -> str:
    """Return the one table: what was tried, how many, what held, in how many seconds."""
    head = ("what was tried", "tried", "held", "seconds", "beside")
    rows = [(p.what, f"{p.tried:,}", f"{p.held:,}", f"{p.seconds:.0f}", p.note) for p in proofs]
    width = [max(len(row[n]) for row in (head, *rows)) for n in range(5)]
    lines = [
        "| "
        + " | ".join(cell.rjust(w) if n in (1, 2, 3) else cell.ljust(w) for n, (cell, w) in enumerate(zip(row, width, strict=True)))
        + " |"
        for row in (head, *rows)
    ]
    lines.insert(1, "| " + " | ".join("-" * (w - 1) + (":" if n in (1, 2, 3) else "-") for n, w in enumerate(width)) + " |")
    return "\n".join(lines + [f"did not hold: {p.what}: {fault}" for p in proofs for fault in p.faults])
