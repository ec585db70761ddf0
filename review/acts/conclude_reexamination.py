"""Whoever examines a case of another agency again concludes, one to one; locked when sent. It is compared with what was joined, and moves nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
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
from review.models import ProbeCheck
from review.rules import examination
from review.rules.feature_form import Compared
from review.rules.marks import Mark


@transaction.atomic
def conclude_reexamination(
    *, by: Person, at: datetime, code: str, answers: Mapping[str, Compared], marked: Mapping[str, Sequence[Mark]] | None = None
) -> Finding:
    """Lock the conclusions of an examination again, by the rule of any conclusion.

    Whoever supports a known non-mate has his set set aside, and is not told. An exclusion of an open lead is put on file for its person.
    """
    again = access.reexamination_for_act(by, code, Act.CONCLUDE, on=at.date())
    shown = [face for face in faces.of(again, kept=again.kept) if face.one_to_one]
    finding = examination.may_conclude(
        examination.ConclusionFacts(
            reviewer=facts.reexaminer(again, at_day=at.date()),
            kept=frozenset(face.token for face in shown),
            sorting_settled=again.sorted,
            already=again.over,
            probe_limited=ProbeCheck.objects.filter(case=again.case, grade="limited").exists(),
            answers=answers,
            looks=facts.looks_again(again, one_to_one=True) if again.sorted else examination.Looks(),
        )
    )
    if not isinstance(finding, Permit):
        return moves.refuse(finding, by=by, case_ref=None)
    body = {token: {**asdict(form), "limits": sorted(form.limits)} for token, form in answers.items()}
    told = details(by=by, said={"faces": len(shown)})
    said = Jsonb(faces.annotated(again.case, shown, marked) if marked and any(marked.values()) else {})
    if reasons := ask_database("select conclude_again(%s, %s, %s, %s, %s)", by.pk, code, Jsonb(body), said, Jsonb(told)):
        raise DatabaseDisagrees(f"{code}: {', '.join(reasons)}")
    return finding
