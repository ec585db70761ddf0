"""What is measured, as pages say it: a reviewer's own figures, and a unit's with its alarms. Every rate comes with its interval or not at all."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ledger.asking import ask_database
from people import measuring
from people.measuring import Answer, Source, Standing
from people.models import Agency, Person, Trial
from review import facts
from review.figures import alarms, pairs, rates
from review.figures.intervals import ENOUGH
from review.figures.rates import Figures, Rate
from review.sheets import reexamined
from review.sheets.words import Chip

STANDINGS = {
    Standing.NOT_MEASURED: Chip("Not measured", "wait"),
    Standing.SUSPENDED: Chip("Suspended", "shut"),
    Standing.ADMITTED: Chip("Admitted", "open"),
    Standing.FULL: Chip("Full", "open"),
}

A_FULL_SET = 30  # 20 candidates and 10 known non-mates


@dataclass(frozen=True, slots=True)
class Row:
    """One figure and what it says."""

    name: str
    value: str
    means: str = ""


@dataclass(frozen=True, slots=True)
class OwnSheet:
    """A reviewer's own figures."""

    standing: Chip
    counted: measuring.Counted
    rows: tuple[Row, ...]
    key: str


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of one unit or shift."""

    name: str
    trials: int
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two reviewers on shared seeds."""

    who: str
    shared: int
    agreed: str
    joint_error: str
    if_independent: str
    correlation: str


@dataclass(frozen=True, slots=True)
class UnitSheet:
    """The figures of an agency on revealed seeds. Pairs and alarms name people, and are for auditors alone."""

    groups: tuple[Group, ...]
    shifts: tuple[Group, ...]
    names_people: bool
    pairs: tuple[PairRow, ...]
    alarms: tuple[tuple[str, str], ...]
    number_of_alarms: int
    least: int
    stock_empty_since: datetime | None
    agreement: tuple[Row, ...]


def own(person: Person, *, on: date, key: str) -> OwnSheet:
    """Return a reviewer's own figures of the last year, tests and seeds alike."""
    counted = facts.trials_counted(person, on=on)
    found = rates.of(_trials(Trial.objects.filter(person=person), person.agency, on))
    return OwnSheet(STANDINGS[measuring.standing(counted)], counted, _rows(found, permission=True), key)


def to_take_along(person: Person, *, on: date) -> dict[str, object]:
    """Return a reviewer's own figures as a statement to be signed."""
    counted = facts.trials_counted(person, on=on)
    found = rates.of(_trials(Trial.objects.filter(person=person), person.agency, on))
    return {
        "name": person.display_name,
        "agency": person.agency.name,
        "ori": person.agency.ori,
        "from": str(on - timedelta(days=measuring.COUNTED_DAYS)),
        "until": str(on),
        "standing": measuring.standing(counted).value,
        "non_mated_trials": counted.non_mated,
        "false_supports": counted.false_supports,
        "mated_trials": counted.mated,
        "figures": {row.name: row.value for row in _rows(found, permission=True)},
        "intervals": "95 %, Clopper-Pearson",
    }


def of_agency(agency: Agency, *, on: date, names_people: bool) -> UnitSheet:
    """Return what is measured of the units of an agency on seeds."""
    trials = _trials(Trial.objects.filter(person__agency=agency, source=Source.SEED), agency, on)
    both = list(pairs.pairs(trials))
    raised = list(alarms.alarms(trials, both))
    names = dict(Person.objects.filter(agency=agency).values_list("pk", "display_name")) if names_people else {}
    return UnitSheet(
        groups=(_group("All units", trials, trials), *(_group(name, of, trials) for name, of in rates.grouped(trials, "unit").items())),
        shifts=tuple(_group(name.capitalize(), of, trials) for name, of in rates.grouped(trials, "shift").items()),
        names_people=names_people,
        pairs=tuple(_pair(pair, names) for pair in both) if names_people else (),
        alarms=tuple((_who(a.reviewers, names), f"{alarms.SENTENCES[a.code]} {a.seen} of {a.of}.") for a in raised) if names_people else (),
        number_of_alarms=len(raised),
        least=ENOUGH,
        stock_empty_since=ask_database("select stock_empty_since(%s)", agency.pk),
        agreement=_agreement(agency, on),
    )


def _agreement(agency: Agency, on: date) -> tuple[Row, ...]:
    """How often another agency, which examined joined cases again, agreed: last year, over all, by unit and by who examined again."""
    since = datetime.combine(on - timedelta(days=measuring.COUNTED_DAYS), time(), tzinfo=UTC)
    return tuple(Row(each.name, _said(each.rate, permission=False), AGREED) for each in reexamined.agreement(agency, since=since))


AGREED = "Every face is a lead for both, or for neither."


def _trials(found: "Iterable[Trial]", agency: Agency, on: date) -> list[rates.Trial]:
    zone, since = ZoneInfo(agency.time_zone), on - timedelta(days=measuring.COUNTED_DAYS)
    rows = found.filter(answered_at__date__gte=since).select_related("person__unit")  # type: ignore[attr-defined]
    return [
        rates.Trial(
            reviewer=row.person_id,
            case=row.case_key,
            mated=row.mated,
            answer=Answer(row.answer),
            seconds=row.seconds,
            shift=rates.shift_of(row.answered_at.astimezone(zone)),
            unit=row.person.unit.name,
        )
        for row in rows.order_by("pk")
    ]


def _group(name: str, trials: list[rates.Trial], among: list[rates.Trial]) -> Group:
    return Group(name, len(trials), _rows(rates.of(trials, among=among), permission=False))


def _rows(found: Figures, *, permission: bool) -> tuple[Row, ...]:
    false, missed = found.false_positive, found.false_negative
    return (
        Row("False positive rate", _said(false.with_none, permission), "Strangers supported, of all strangers."),
        Row("False positive rate without “no conclusion”", _said(false.without_none, permission), "Of those strangers on whom a conclusion was given."),
        Row("False positive rate, “no conclusion” as wrong", _said(false.none_as_wrong, permission), "Where more than half of the others could conclude."),
        Row("False negative rate", _said(missed.with_none, permission), "Persons excluded or set aside, of all who were in the list."),
        Row("False negative rate without “no conclusion”", _said(missed.without_none, permission), "Of those persons on whom a conclusion was given."),
        Row("False negative rate, “no conclusion” as wrong", _said(missed.none_as_wrong, permission), "Where more than half of the others could conclude."),
        Row("No conclusion", _said(found.no_conclusion, permission), "A proper answer; often, it is asked why."),
        Row("Supports", _said(found.supports, permission), "Of all answers. At least half of the cases are strangers’."),
        Row("Time for a face, median", "not timed" if found.seconds is None else f"{found.seconds:.0f} s", "From the draw to the sorting, by the faces of the list."),
        Row("Time for 20 candidates and 10 non-mates", "not timed" if found.seconds is None else f"{found.seconds * A_FULL_SET / 60:.0f} min", "Thirty times the median for a face."),
    )  # fmt: skip


def _said(rate: Rate, permission: bool) -> str:
    """A rate with its interval and its counts; under 20 trials, that there are not enough. Never a bare 0 %."""
    if not rate.enough:
        return f"not enough data ({rate.trials} of {ENOUGH})"
    interval = rate.for_permission if permission else rate.for_dashboard
    return f"{100 * rate.value:.1f} % ({100 * interval.low:.1f} to {100 * interval.high:.1f}), {rate.errors} of {rate.trials}"


def _pair(pair: pairs.Pair, names: dict[int, str]) -> PairRow:
    return PairRow(
        _who((pair.one, pair.other), names),
        pair.agreed.trials,
        f"{_said(pair.agreed, False)}; by chance {100 * pair.by_chance:.0f} %" if pair.agreed.enough else _said(pair.agreed, False),
        _said(pair.joint_error, False),
        f"{100 * pair.if_independent:.1f} %" if pair.agreed.enough else "",
        "" if pair.correlation is None or not pair.agreed.enough else f"{pair.correlation:+.2f}",
    )


def _who(reviewers: tuple[int, ...], names: dict[int, str]) -> str:
    return " and ".join(names.get(each, "somebody of another agency") for each in reviewers)
