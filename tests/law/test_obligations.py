"""What is owed outside the program falls due on its day, rings before, and is overdue after."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from cases.law.obligations import Standing, days_due, deadline, next_due, obligations_in, standing
from cases.law.schema import RULE_TYPES
from tests.law.sound import PACKS

ALL = {each.key: each for pack in PACKS.values() for each in obligations_in(pack.rules)}
REPORT = ALL["us-md-2024/report"]


def test_yearly_days_come_each_year():
    due = days_due(REPORT, started=date(2025, 2, 1), until=date(2026, 5, 1))

    assert due == (date(2025, 5, 1), date(2026, 2, 1), date(2026, 5, 1))


@pytest.mark.parametrize(
    ("on", "stands"),
    [
        (date(2025, 1, 17), Standing.AHEAD),
        (date(2025, 1, 18), Standing.ALARM),
        (date(2025, 2, 1), Standing.ALARM),
        (date(2025, 2, 2), Standing.OVERDUE),
    ],
)
def test_the_alarm_rings_a_fortnight_before(on, stands):
    assert standing(REPORT, started=date(2024, 12, 1), met=frozenset(), on=on) is stands


def test_meeting_one_day_turns_to_the_next():
    assert next_due(REPORT, started=date(2024, 12, 1), met=frozenset({date(2025, 2, 1)})) == date(2025, 5, 1)


def test_a_duty_of_the_future_is_seen_from_afar():
    annual = ALL["eu-ai-act/annual"]

    assert next_due(annual, started=date(2020, 1, 1), met=frozenset()) == date(2028, 12, 2)
    assert next_due(replace(REPORT, due=(), every_months=60), started=date(2025, 1, 1), met=frozenset()) == date(2030, 1, 1)
    assert next_due(replace(REPORT, due=(), once_on=date(2040, 1, 1)), started=date(2025, 1, 1), met=frozenset()) == date(2040, 1, 1)


def test_months_end_on_the_last_day_they_have():
    monthly = replace(REPORT, due=(), every_months=1, begins=date(2025, 1, 31))

    assert days_due(monthly, started=date(2025, 1, 1), until=date(2025, 4, 30)) == (date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30))


def test_weeks_and_days_that_come_once():
    weekly = ALL["us-mi-detroit-307-5/weekly"]
    model = ALL["us-ky/model"]

    assert days_due(weekly, started=date(2026, 1, 1), until=date(2026, 1, 15)) == (date(2026, 1, 8), date(2026, 1, 15))
    assert days_due(model, started=date(2023, 1, 1), until=date(2030, 1, 1)) == (date(2024, 1, 1),)
    assert standing(model, started=date(2025, 1, 1), met=frozenset(), on=date(2025, 1, 2)) is Standing.MET


def test_a_duty_ends_with_its_law():
    report = ALL["us-va-2022/report"]

    assert days_due(report, started=date(2025, 5, 1), until=date(2030, 1, 1)) == (date(2026, 4, 1),)


def test_an_event_starts_a_clock_of_hours():
    assert deadline(ALL["us-mi-detroit-307-5/breach"], event_at=datetime(2026, 1, 15, 12)) == datetime(2026, 1, 16, 12)
    assert deadline(REPORT, event_at=datetime(2026, 1, 15, 12)) is None


def test_every_type_that_binds_people_outside_has_an_obligation_with_its_owner():
    kinds = {rule.type for pack in PACKS.values() for rule in pack.rules if rule.key in ALL}

    assert kinds == {each.name for each in RULE_TYPES.values() if each.obligation}
    assert all(each.owner and each.sentence and each.citation for each in ALL.values())
