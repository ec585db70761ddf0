"""Whoever examines a case of another agency again keeps or sets aside every face of his set; locked when sent."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database
from people.models import Person
from review import access, faces, facts
from review.acts.disagreement import DatabaseDisagrees
from review.rules import examination


@transaction.atomic
def sort_reexamination(*, by: Person, at: datetime, code: str, answers: Mapping[str, tuple[bool, str]]) -> Finding:
    """Lock the sorting of an examination again, by the rule of any sorting. Where nobody kept a face, it ends with this."""
    again = access.reexamination_for_act(by, code, Act.SORT_CANDIDATES, on=at.date())
    rows = faces.of(again, kept=frozenset())
    finding = examination.may_sort(
        examination.SortingFacts(
            reviewer=facts.reexaminer(again, at_day=at.date()),
            listed=frozenset(face.token for face in rows),
            without_picture=frozenset(face.token for face in rows if face.image is None),
            over=again.over,
            already=again.sorted,
            answers=answers,
            looks=facts.looks_again(again, one_to_one=False),
        )
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=None)
    body = {token: {"kept": kept, "reason": reason} for token, (kept, reason) in answers.items()}
    told = details(by=by, said={"faces": len(rows)})
    if reasons := ask_database("select sort_again(%s, %s, %s, %s)", by.pk, code, Jsonb(body), Jsonb(told)):
        raise DatabaseDisagrees(f"{code}: {', '.join(reasons)}")
    return finding
