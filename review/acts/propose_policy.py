"""A member of the policy board proposes a pack; it binds nobody until another member adopts it."""

from datetime import datetime
from pathlib import Path

from django.db import transaction

from cases.audit import record
from cases.law.load import ADOPTABLE, PackWrong, load_pack
from cases.models import PolicyProposal
from cases.rules.act import Act
from people.models import Person
from review import access


@transaction.atomic
def propose_policy(*, by: Person, at: datetime, path: Path) -> int:
    """Compile a pack and propose it; return the proposal's id. Raises PackWrong with file, rule and field."""
    access.must_hold(by, Act.PROPOSE_POLICY, on=at.date())
    pack = load_pack(path)
    if pack.status not in ADOPTABLE:
        raise PackWrong(f"{path.name}: status is “{pack.status}”; only {', '.join(ADOPTABLE)} can be adopted")
    proposal = PolicyProposal.objects.create(
        pack=pack.id, title=pack.title, digest=pack.digest, source=pack.source, compiled=pack.compiled(), by=by
    )
    record(act=Act.PROPOSE_POLICY, subject=f"policy:{pack.id}", by=by, said={"policy": pack.digest})
    return proposal.pk
