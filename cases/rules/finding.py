"""The answer of every rule: a permit, or a refusal with all its reasons."""

from dataclasses import dataclass, field, replace

from cases.rules.act import Act


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not: a code for the machine, a sentence for people, and the source that demands it."""

    code: str
    sentence: str
    source: str
    numbers: tuple[tuple[str, int], ...] = ()

    def with_numbers(self, **numbers: int) -> "Reason":
        """Return the same reason, carrying the figures it speaks of."""
        return replace(self, numbers=tuple(sorted(numbers.items())))

    def __str__(self) -> str:
        if not self.numbers:
            return self.sentence
        figures = ", ".join(name.replace("_", " ") + f": {value}" for name, value in self.numbers)
        return f"{self.sentence} ({figures})"


@dataclass(frozen=True, slots=True)
class Permit:
    """A rule's yes for one act on one subject. Built in ``*/rules`` only; a test checks that."""

    about: Act
    subject: str
    rests_on: tuple[str, ...] = ()

    def require(self, about: Act, subject: str) -> None:
        """Raise if this permit was given for another act or another subject: then the program is wrong."""
        if (self.about, self.subject) != (about, subject):
            raise PermitMisused(f"a permit to {self.about} {self.subject} was used to {about} {subject}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule's no, with every reason at once."""

    about: Act
    subject: str
    reasons: tuple[Reason, ...] = field(default=())

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("a refusal says why")

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(reason.code for reason in self.reasons)


Finding = Permit | Refusal


class PermitMisused(RuntimeError):
    """A broken promise of the program: a permit was carried to another act."""


def judge(about: Act, subject: str, reasons: list[Reason], *, rests_on: tuple[str, ...] = ()) -> Finding:
    """Return the refusal that ``reasons`` make, or the permit that their absence makes."""
    if reasons:
        return Refusal(about, subject, tuple(reasons))
    return Permit(about, subject, rests_on)
