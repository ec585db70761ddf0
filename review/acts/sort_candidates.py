"""A reviewer, alone and blind, keeps or sets aside every face of his set; locked when sent."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from cases.states import State
from ledger.asking import ask_database
from people.models import Person
from review import access, faces, facts
from review.acts.disagreement import DatabaseDisagrees
from review.acts.joined import join_if_complete
from review.models import Sorting
from review.rules import examination


@transaction.atomic
def sort_candidates(*, by: Person, at: datetime, case_ref: str, answers: Mapping[str, tuple[bool, str]]) -> Finding:
    """Lock this reviewer's sorting: candidate token -> (kept, code of the reason), over every face of his set."""
    case = access.case_for_act(by, case_ref, Act.SORT_CANDIDATES, on=at.date())
    rows = faces.among(by, case, kept=frozenset())
    finding = examination.may_sort(
        examination.SortingFacts(
            reviewer=facts.reviewer(by, case, at_day=at.date()),
            listed=frozenset(face.token for face in rows),
            without_picture=frozenset(face.token for face in rows if face.image is None),
            over=case.state != State.FIT or facts.sorting(case)[0],
            already=Sorting.objects.filter(candidate__case=case, by=by).exists(),
            answers=answers,
            looks=facts.looks(by, case, one_to_one=False),
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
