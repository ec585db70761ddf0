"""What the policy in force asks of people outside the program, as it stands on a day: with owner, next day, and what was met."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Min

from cases.law.in_force import law_of
from cases.law.obligations import Obligation, Standing, next_due, obligations_in, standing
from cases.models import ObligationMet, Policy, PolicyObligation


@dataclass(frozen=True, slots=True)
class Owed:
    """One obligation on one day. One without a day is owed once, from the adoption on. ``met``: nothing of it is left to do."""

    obligation: Obligation
    standing: Standing
    due_on: date | None
    met: bool
    last_document: str
    last_met_on: date | None


def obligations(*, on: date) -> tuple[Owed, ...]:
    """Return every obligation of the newest policy that holds on this day, the most pressing first.

    They outlive the policy: whoever let a pilot end still owes its reports.
    """
    policy = Policy.objects.order_by("-id").first()
    if policy is None:
        return ()
    met: dict[str, list[ObligationMet]] = defaultdict(list)
    for row in ObligationMet.objects.order_by("id"):
        met[row.key].append(row)
    first = PolicyObligation.objects.order_by().values("key").annotate(at=Min("policy__adopted_at")).values_list("key", "at")
    started = {key: at.date() for key, at in first}  # adopting the same law again gives nobody more time
    adopted = policy.adopted_at.date()
    rules = [rule for rule in law_of(policy.pk).rules if rule.holds_on(on)]
    recorded = {rule.key for rule in rules if rule.type == "adoption"}
    rows = [
        _owed(each, met[each.key], started=started.get(each.key, adopted), on=on, recorded=each.key in recorded)
        for each in obligations_in(rules)
    ]
    return tuple(sorted(rows, key=lambda row: (ORDER.index(row.standing), row.due_on or adopted, row.obligation.key)))


ORDER = (Standing.OVERDUE, Standing.ALARM, Standing.AHEAD, Standing.MET)


def _owed(obligation: Obligation, rows: list[ObligationMet], *, started: date, on: date, recorded: bool) -> Owed:
    days = frozenset(row.due_on for row in rows if row.due_on is not None)
    due_on = next_due(obligation, started=started, met=days)
    stands = standing(obligation, started=started, met=days, on=on)
    timed = obligation.due or obligation.every_months or obligation.every_days or obligation.once_on or obligation.within_hours
    if not timed:  # without a day it is owed now, and stays an alarm until its document, or the record of the adoption, is there
        stands = Standing.MET if recorded or any(row.due_on is None for row in rows) else Standing.ALARM
    last = rows[-1] if rows else None
    document = last.document if last else "The record of the adoption" if recorded and not timed else ""
    return Owed(obligation, stands, due_on, stands is Standing.MET, document, last.at.date() if last else None)
