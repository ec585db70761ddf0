"""Find investigations that are one: the same probe, or nearly the same, was searched, or sent, under another number."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from cases.audit import record
from cases.jobs import enqueue
from cases.locks import investigations_for_links
from cases.matching.interface import Engine
from cases.models import Case, InvestigationLink, Probe
from cases.prints import near_to
from cases.rules.act import Act

log = logging.getLogger(__name__)


@transaction.atomic
def link(*, case_ref: str, at: datetime, engine: Engine | None) -> int:
    """Link this case's investigation with each other one that holds the same picture, or nearly the same; return how many links are new.

    Identical originals are found in every agency, near ones in this case's own. Without an engine nothing near is looked for. Where that
    cannot be done, it is tried again as a job of its own: a gate elsewhere is shut until the identical ones are linked.
    """
    case = Case.objects.get(ref=case_ref)
    near: set[int] = set()
    if engine:
        try:
            with transaction.atomic():
                near = near_to(case, engine=engine)
        except Exception:  # as of any job: whatever it was, its own job says it and waits, or is given up where a person sees it
            log.warning("what is nearly the same could not be looked for", extra={"case": case.ref}, exc_info=True)
            enqueue(kind="link_near", key=f"link_near:{case.ref}", case=case)
    return _link_all(case, near)


@transaction.atomic
def link_near(*, case_ref: str, engine: Engine) -> int:
    """Link this case's investigation with those that hold nearly the same picture, where it could not be done with the identical ones."""
    case = Case.objects.get(ref=case_ref)
    return _link_all(case, near_to(case, engine=engine))


def _link_all(case: Case, near: set[int]) -> int:
    pictures = Probe.objects.filter(case=case).values("image__original_sha256")
    same = Case.objects.filter(probes__image__original_sha256__in=pictures).exclude(investigation=case.investigation)
    identical = set(same.values_list("investigation_id", flat=True))
    found = [
        (other, because) for because, others in (("same_probe", identical), ("near_probe", near - identical)) for other in sorted(others)
    ]
    mine = InvestigationLink.objects.filter(Q(one=case.investigation) | Q(other=case.investigation))
    on_file = {
        (one if other == case.investigation_id else other, because) for one, other, because in mine.values_list("one", "other", "because")
    }
    missing = [each for each in found if each not in on_file]
    if missing:
        investigations_for_links({case.investigation_id, *(other for other, _ in missing)})
    return sum(_link(case, other, because=because) for other, because in missing)


def _link(case: Case, other: int, *, because: str) -> bool:
    one, two = sorted((case.investigation_id, other))
    _, is_new = InvestigationLink.objects.get_or_create(one_id=one, other_id=two, because=because)
    if is_new:
        record(act=Act.LINK, subject=case.ref, by=None, said={"investigations": [one, two], "because": because})
    return is_new
