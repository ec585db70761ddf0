"""A reviewer, alone and blind, keeps or sets aside every face of the list; locked when sent."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.models import Candidate
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from cases.states import State
from ledger.asking import ask_database
from people.models import Person
from review import access, facts
from review.acts.disagreement import DatabaseDisagrees
from review.acts.joined import join_if_complete
from review.models import Sorting
from review.rules import examination


@transaction.atomic
def sort_candidates(*, by: Person, at: datetime, case_ref: str, answers: Mapping[str, tuple[bool, str]]) -> Finding:
    """Lock this reviewer's sorting: candidate token -> (kept, reason), over every face of the list."""
    case = access.case_for_act(by, case_ref, Act.SORT_CANDIDATES, on=at.date())
    rows = Candidate.objects.filter(case=case).values_list("token", "image_id")
    finding = examination.may_sort(
        examination.SortingFacts(
            reviewer=facts.reviewer(by, case, at_day=at.date()),
            listed=frozenset(str(token) for token, _ in rows),
            without_picture=frozenset(str(token) for token, image in rows if image is None),
            over=case.state != State.FIT or facts.sorting(case)[0],
            already=Sorting.objects.filter(candidate__case=case, by=by).exists(),
            answers=answers,
        )
    )
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at)
    body = {token: {"kept": kept, "reason": reason} for token, (kept, reason) in answers.items()}
    told = details(by=by, said={"faces": len(rows)})
    reasons = ask_database("select sort_candidates(%s, %s, %s, %s)", case.ref, by.pk, Jsonb(body), Jsonb(told))
    if reasons:
        raise DatabaseDisagrees(f"{case.ref}: {', '.join(reasons)}")
    join_if_complete(case, by=by, at=at)
    return finding
