"""A reviewer concludes, one to one, on every face that anybody kept and on known non-mates; locked when sent, then joined by rule."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from psycopg.types.json import Jsonb

from cases import moves
from cases.audit import details
from cases.models import Case
from cases.rules.act import Act
from cases.rules.finding import Finding, Permit
from ledger.asking import ask_database
from people.models import Person
from review import access, faces, facts
from review.acts.disagreement import DatabaseDisagrees
from review.acts.joined import join_if_complete
from review.models import Conclusion, Drawn, ProbeCheck, SetAside
from review.rules import examination
from review.rules.feature_form import Compared
from review.rules.marks import Mark


@transaction.atomic
def conclude(
    *, by: Person, at: datetime, case_ref: str, answers: Mapping[str, Compared], marked: Mapping[str, Sequence[Mark]] | None = None
) -> Finding:
    """Lock this reviewer's conclusions: candidate token -> form with its rating, over exactly the faces that come one to one.

    ``marked``: token -> what he marked on the pair, locked with them.

    Whoever supports a known non-mate has his whole set set aside by the database, in the same statement; he is not told.
    """
    case = access.case_for_act(by, case_ref, Act.CONCLUDE, on=at.date())
    settled, kept = facts.sorting(case)
    shown = [face for face in faces.among(by, case, kept=kept) if face.one_to_one]
    tokens = frozenset(face.token for face in shown)
    finding = examination.may_conclude(
        examination.ConclusionFacts(
            reviewer=facts.reviewer(by, case, at_day=at.date()),
            kept=tokens,
            sorting_settled=settled and case.state in ("FIT", "DISPUTED"),
            already=Conclusion.objects.filter(candidate__case=case, by=by).exists()
            or SetAside.objects.filter(drawn__case=case, drawn__reviewer=by).exists(),
            probe_limited=ProbeCheck.objects.filter(case=case, grade="limited").exists(),
            answers=answers,
            looks=facts.looks(by, case, one_to_one=True),
        )
    )
    if not isinstance(finding, Permit):
        return moves.store(case, finding, by=by, at=at)
    body = {token: {**asdict(form), "limits": sorted(form.limits)} for token, form in answers.items()}
    told = details(by=by, said={"faces": len(tokens)})
    reasons = ask_database("select conclude(%s, %s, %s, %s)", case.ref, by.pk, Jsonb(body), Jsonb(told))
    if reasons:
        raise DatabaseDisagrees(f"{case.ref}: {', '.join(reasons)}")
    if any((marked or {}).values()):
        _lock_marks(case, shown, marked or {}, by=by)
    join_if_complete(case, by=by, at=at)
    return finding


def _lock_marks(case: Case, shown: Sequence[faces.Face], marked: Mapping[str, Sequence[Mark]], *, by: Person) -> None:
    body = faces.annotated(case, shown, marked)
    drawn = Drawn.objects.get(case=case, reviewer=by)
    ask_database("select lock_marks(%s, %s, %s)", drawn.pk, by.pk, Jsonb(body))
