"""The policy in force, read once as a frozen value and passed along; its digest goes into what is decided under it."""

from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from cases.law.load import load_pack
from cases.law.merge import Merged, merge
from cases.law.shipped import POLICIES
from cases.models import Policy, PolicyExculpatory, PolicyNumber, PolicyOffence


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
    listed = PolicyOffence.objects.filter(policy=OuterRef("pk")).order_by("id")
    numbers = PolicyNumber.objects.filter(policy=OuterRef("pk")).order_by("id")
    tests = PolicyExculpatory.objects.filter(policy=OuterRef("pk")).order_by("id")
    whole = Policy.objects.annotate(
        codes=ArraySubquery(listed.values("code")),
        names=ArraySubquery(numbers.values("name")),
        amounts=ArraySubquery(numbers.values("value")),
        tests=ArraySubquery(tests.values("code")),
    )
    row = whole.order_by("-id").first()
    if row is None:
        return None
    return PolicyInForce(
        pk=row.pk,
        pack=row.pack,
        digest=row.digest,
        offences=frozenset(row.codes),
        numbers=tuple(zip(row.names, row.amounts, strict=True)),
        exculpatory=frozenset(row.tests),
    )


def law_of(policy_pk: int) -> Merged:
    return merge([load_pack(POLICIES / f"{name}.toml") for name in Policy.objects.get(pk=policy_pk).pack.split(" + ")])


def law_in_force() -> Merged | None:
    newest = Policy.objects.order_by("-id").values_list("pk", flat=True).first()
    return law_of(newest) if newest else None
