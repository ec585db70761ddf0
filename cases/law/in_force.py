"""The policy in force, read once as a frozen value and passed along; its digest goes into what is decided under it."""

from dataclasses import dataclass
from functools import lru_cache

from cases.law.conflicts import Settlement
from cases.law.load import Pack, read_pack
from cases.law.merge import Merged, merge
from cases.law.offences import read_offences
from cases.locks import KEEP_THE_POLICY
from cases.models import Policy, PolicyProposal, ProposedPack, ProposedSettlement
from cases.rules.eligibility import ListedOffences
from ledger.asking import ask_rows

# asked by nearly every act and page: in one statement, and in words that Django need not find
IN_FORCE = """select p.id, p.proposal_id, p.pack, p.digest,
  array(select code from cases_policyoffence where policy_id = p.id order by id),
  array(select statute from cases_policystatute where policy_id = p.id order by id),
  array(select code from cases_policystatute where policy_id = p.id order by id),
  array(select name from cases_policynumber where policy_id = p.id order by id),
  array(select value from cases_policynumber where policy_id = p.id order by id),
  array(select code from cases_policyexculpatory where policy_id = p.id order by id)
from cases_policy p where p.id = policy_in_force()"""


class LawAltered(RuntimeError):
    """A broken promise: the texts on file are not those whose digest was adopted."""


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """What rules need of the policy: the list, the numbers, the tests."""

    pk: int
    proposal: int
    pack: str
    digest: str
    listed: ListedOffences
    numbers: tuple[tuple[str, int], ...]
    exculpatory: frozenset[str]

    def number(self, name: str, default: int) -> int:
        return dict(self.numbers).get(name, default)


def number_of(policy: PolicyInForce | None, name: str, default: int) -> int:
    """Return a number of the policy, or the default where it sets none or nothing is in force."""
    return default if policy is None else policy.number(name, default)


def policy_in_force() -> PolicyInForce | None:
    """Return the newest adopted policy, or None while none has been adopted or the newest has ended; then nothing opens."""
    found = ask_rows(IN_FORCE)
    if not found:
        return None
    ((pk, proposal, pack, digest, codes, cited, cited_codes, names, amounts, tests),) = found
    return PolicyInForce(
        pk=pk,
        proposal=proposal,
        pack=pack,
        digest=digest,
        listed=ListedOffences(frozenset(codes), frozenset(zip(cited, cited_codes, strict=True))),
        numbers=tuple(zip(names, amounts, strict=True)),
        exculpatory=frozenset(tests),
    )


def policy_kept() -> PolicyInForce | None:
    """Return the policy in force and keep it so: whoever adopts another waits until this transaction ends.

    It is asked before any investigation is locked, as ``countersign`` does.
    """
    ask_rows(f"select {KEEP_THE_POLICY}")
    return policy_in_force()


def policy_ended() -> bool:
    """Whether a policy was adopted and the newest has ended: by its pilot, or because its packs say something else by now."""
    return policy_in_force() is None and Policy.objects.exists()


def law_in_force() -> Merged | None:
    """Return the merged law in force, from the texts that were adopted; None where nothing is in force."""
    return law_under(policy_in_force())


def law_under(policy: PolicyInForce | None) -> Merged | None:
    """Return the merged law of a policy that was read already."""
    return None if policy is None else law_proposed(policy.proposal, policy.digest)


def law_of(policy_pk: int) -> Merged:
    """Return the merged law of one adoption, as its texts stood then: a file that was edited later changes nothing."""
    proposal, digest = Policy.objects.values_list("proposal_id", "digest").get(pk=policy_pk)
    return law_proposed(proposal, digest)


@lru_cache(maxsize=64)
def law_proposed(proposal_pk: int, digest: str) -> Merged:
    """Return the merged law of one proposal, rebuilt once: under one digest a law never changes."""
    return rebuilt(proposal_pk, digest)


def rebuilt(proposal_pk: int, digest: str) -> Merged:
    """Return the merged law of one proposal, from its texts as they lie there now. Raises LawAltered where they come to another digest."""
    sides = packs_proposed(proposal_pk)
    settlements = [
        Settlement(row.conflict, row.goes_first, row.settled_by, row.in_writing)
        for row in ProposedSettlement.objects.filter(proposal=proposal_pk).order_by("conflict")
    ]
    merged = merge(
        [pack for pack, of in sides if "requester" in of],
        performer=[pack for pack, of in sides if "performer" in of],
        settlements=settlements,
    )
    if merged.digest != digest:
        raise LawAltered(f"proposal {proposal_pk} was made as {digest[:12]}; its texts come to {merged.digest[:12]}")
    return merged


def packs_proposed(proposal_pk: int) -> list[tuple[Pack, list[str]]]:
    """Return the packs of a proposal from their stored texts, each with whose law it is."""
    listed = PolicyProposal.objects.select_related("offence_list").get(pk=proposal_pk).offence_list.text
    known = read_offences(listed.encode(), "offences.toml")
    rows = ProposedPack.objects.filter(proposal=proposal_pk).select_related("text").order_by("place")
    return [(read_pack(row.text.text.encode(), f"{row.pack}.toml", known=known), row.sides) for row in rows]
