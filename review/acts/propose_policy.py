"""A member of the policy board proposes packs; they bind nobody until another member adopts them."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cases import moves
from cases.audit import record
from cases.law.conflicts import Settlement, SettlementWrong
from cases.law.load import Pack
from cases.law.merge import Merged, MergeWrong, merge
from cases.models import PolicyProposal, PolicyText, ProposedPack, ProposedSettlement
from cases.rules import policy
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit, Refusal
from people.models import Person
from review import access


@transaction.atomic
def propose_policy(
    *, by: Person, at: datetime, packs: Sequence[Pack], performer: Sequence[Pack] = (), settlements: Sequence[Settlement] = ()
) -> tuple[Finding, int | None]:
    """Merge, compile and propose packs; return the finding with the proposal's id, or None where it was refused.

    ``performer`` are the packs of another agency that searches for the requester. Each conflict is settled by a named person.
    """
    access.must_hold(by, Act.PROPOSE_POLICY, on=at.date())
    subject = "policy:" + " + ".join(sorted({pack.id for pack in (*packs, *performer)}))
    try:
        law = merge(packs, performer=performer, settlements=settlements)
    except (MergeWrong, SettlementWrong) as trouble:
        return _refused(policy.unreadable(subject, str(trouble)), by), None
    finding = policy.may_propose(subject, law.why_not_adoptable(on=at.date()))
    if not isinstance(finding, Permit):
        return _refused(finding, by), None
    proposal = _stored(law, by=by, at=at)
    said = {"policy": law.digest, "settled": [each.conflict for each in law.settlements]}
    record(act=Act.PROPOSE_POLICY, subject=f"policy:{law.pack}", by=by, said=said)
    return finding, proposal.pk


def _refused(finding: Finding, by: Person) -> Refusal:
    assert isinstance(finding, Refusal)
    return moves.refuse(finding, by=by, case_ref=None, said={"sentences": [reason.sentence for reason in finding.reasons]})


def _stored(law: Merged, *, by: Person, at: datetime) -> PolicyProposal:
    offences = law.offences
    texts = {offences.digest: offences.text, **{pack.digest: pack.text for pack in law.packs}}
    PolicyText.objects.bulk_create([PolicyText(digest=d, text=text) for d, text in texts.items()], ignore_conflicts=True)
    proposal = PolicyProposal.objects.create(
        pack=law.pack,
        title=" + ".join(pack.title for pack in law.packs),
        digest=law.digest,
        source="; ".join(pack.source for pack in law.packs),
        compiled=law.compiled(on=at.date()),
        offence_list_id=offences.digest,
        stands_until=law.stands_until(on=at.date()),
        by=by,
    )
    ProposedPack.objects.bulk_create(
        ProposedPack(
            proposal=proposal,
            place=place,
            pack=layer.pack,
            title=layer.title,
            layer=layer.layer,
            text_id=layer.digest,
            sides=list(layer.sides),
        )
        for place, layer in enumerate(law.layers)
    )
    ProposedSettlement.objects.bulk_create(
        ProposedSettlement(
            proposal=proposal, conflict=each.conflict, goes_first=each.goes_first, settled_by=each.by, in_writing=each.in_writing
        )
        for each in law.settlements
    )
    return proposal
