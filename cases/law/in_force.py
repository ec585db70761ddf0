"""The policy in force, read once as a frozen value and passed along; its digest goes into what is decided under it."""

from dataclasses import dataclass

from cases.models import Policy


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """What rules need of the policy: the list, the numbers, the tests."""

    pk: int
    pack: str
    digest: str
    offences: frozenset[str]
    numbers: tuple[tuple[str, int], ...]
    exculpatory: frozenset[str]

    def number(self, name: str, default: int) -> int:
        return dict(self.numbers).get(name, default)


def policy_in_force() -> PolicyInForce | None:
    """Return the newest adopted policy, or None while nothing has been adopted; then nothing opens."""
    row = Policy.objects.order_by("-id").first()
    if row is None:
        return None
    return PolicyInForce(
        pk=row.pk,
        pack=row.pack,
        digest=row.digest,
        offences=frozenset(row.offences.values_list("code", flat=True)),
        numbers=tuple(row.numbers.values_list("name", "value")),
        exculpatory=frozenset(row.exculpatory.values_list("code", flat=True)),
    )
