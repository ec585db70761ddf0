"""What another agency found when it examined a case again, for those who read the case, once it is done; and how often the two agree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cases.models import Case
from people.models import Agency
from review import facts
from review.figures.rates import Rate
from review.models import Drawn, Lead, ReexaminationResult
from review.rules.reexamination import Found, agrees, found, speaks_for_the_person
from review.sheets.words import RATINGS, Chip

AGREES, DIFFERS, EXCLUDES = Chip("Agrees", "open"), Chip("Does not agree", "wait"), Chip("Excludes the person of a lead", "shut")


@dataclass(frozen=True, slots=True)
class ReexaminedSheet:
    """The result in words: on each lead what was found, on the other faces a number alone."""

    by: str
    at: datetime
    state: Chip
    leads: tuple[tuple[str, str], ...]
    others: int
    others_agree: int
    items: tuple[str, ...]


def of(case: Case, leads: Sequence[Lead]) -> ReexaminedSheet | None:
    """Return what came of it; None as long as it is not done, and where it never is."""
    result: ReexaminationResult | None = getattr(case, "reexamined", None)
    if result is None:
        return None
    rated = {face["candidate"]: (face["joined"], face["rating"]) for face in result.faces}
    on_leads = {lead.candidate_id for lead in leads}
    others = [each for candidate, each in rated.items() if candidate not in on_leads]
    return ReexaminedSheet(
        by=result.lender.name,
        at=result.at,
        state=state_of(result),
        leads=tuple((lead.ref.rsplit("-", 1)[1], _said(rated[lead.candidate_id][1])) for lead in leads if lead.candidate_id in rated),
        others=len(others),
        others_agree=sum(agrees(*each) for each in others),
        items=tuple(ref.rsplit("-", 1)[1] if ref.startswith(f"{case.ref}-") else ref for ref in result.items),
    )


def state_of(result: ReexaminationResult) -> Chip:
    """Return whether the two agree, in a word. The lead may stand in a linked case."""
    if result.items or any(speaks_for_the_person(face["joined"], face["rating"]) for face in result.faces):
        return EXCLUDES
    return AGREES if result.agrees else DIFFERS


def _said(rating: int | None) -> str:
    return "set aside, without an exclusion" if found(rating) is Found.SET_ASIDE or rating is None else f"{RATINGS[rating]} ({rating:+d})"


@dataclass(frozen=True, slots=True)
class Agreed:
    """How often another agency agreed: over all, by the units of those who had examined, and by who examined again."""

    name: str
    rate: Rate


def agreement(agency: Agency, *, since: datetime) -> tuple[Agreed, ...]:
    """Return the rates of an agency's cases. A case counts once for each unit that had examined it."""
    rows = list(ReexaminationResult.objects.filter(case__agency=agency, at__gte=since).select_related("lender").order_by("at"))
    units: dict[int, set[str]] = {}
    drawn = Drawn.objects.filter(facts.COUNTS_AS_DRAWN, case__in=[row.case_id for row in rows])
    for case_id, unit in drawn.values_list("case_id", "reviewer__unit__name"):
        units.setdefault(case_id, set()).add(unit)
    by_unit = {name: [row for row in rows if name in units.get(row.case_id, ())] for name in sorted(set().union(*units.values()))}
    by_lender = {
        f"Examined again by {name}": [row for row in rows if row.lender.name == name] for name in sorted({row.lender.name for row in rows})
    }
    return tuple(Agreed(name, _rate(each)) for name, each in {"All units": rows, **by_unit, **by_lender}.items())


def _rate(rows: Iterable[ReexaminationResult]) -> Rate:
    told = [row.agrees for row in rows]
    return Rate(sum(told), len(told), len(told))
