"""Find investigations that are one: the same probe was searched, or sent, under another number."""

from datetime import datetime

from django.db import transaction

from cases.audit import record
from cases.models import Case, InvestigationLink, Probe
from cases.rules.act import Act


@transaction.atomic
def link(*, case_ref: str, at: datetime) -> int:
    """Link this case's investigation with each other one that holds the same original picture; return how many are new."""
    case = Case.objects.get(ref=case_ref)
    pictures = Probe.objects.filter(case=case).values("image__original_sha256")
    others = (
        Case.objects.filter(probes__image__original_sha256__in=pictures)
        .exclude(investigation=case.investigation)
        .order_by("investigation_id")
        .values_list("investigation_id", flat=True)
        .distinct()
    )
    new = 0
    for other in others:
        one, two = sorted((case.investigation_id, other))
        _, is_new = InvestigationLink.objects.get_or_create(one_id=one, other_id=two, because="same_probe")
        if is_new:
            record(act=Act.LINK, subject=case.ref, by=None, said={"investigations": [one, two], "because": "same_probe"})
            new += 1
    return new
