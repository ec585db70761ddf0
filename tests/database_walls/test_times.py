"""A time or a day that Python cannot hold is on no row: whoever read it would fail, page by page and job by job."""

from importlib import import_module

import psycopg
import pytest
from django import forms
from django.conf import settings

from ledger.clock import house_now
from people.models import SignInTry
from review.views.moment import Day, Days, Moment
from tests import world
from tests.database import login

TIMES = "select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.atttypid = 'timestamptz'::regtype and c.relname ~ '^(cases|people|review)_'"
DAYS = TIMES.replace("= 'timestamptz'::regtype", "in ('date'::regtype, 'date[]'::regtype)")
GIVEN = {
    ("cases_case", "locked_at"),
    ("cases_investigation", "locked_at"),
    ("people_person", "last_login"),
    ("cases_probe", "captured_at"),
    ("cases_outsideresult", "they_sent_at"),
    ("cases_searchground", "authority_granted_at"),
    ("cases_searchground", "authority_ends_at"),
    ("cases_searchground", "exigent_since"),
    ("review_evidence", "claimed_at"),
    ("review_fixing", "outside_at"),
    ("review_statement", "taken_at"),
    ("review_outsidegate", "happened_at"),
    ("review_release", "released_at"),
}


@pytest.mark.django_db
def test_each_time_that_somebody_gives_is_of_these_centuries():
    """Of the tables that the pages fill, what the house does not date itself."""
    dated = "select c.relname, encode(t.tgargs, 'escape') from pg_trigger t join pg_class c on c.oid = t.tgrelid where tgname ~ '^[bw]_dated_by_the_house'"
    with login("owner") as owner:
        checked = owner.execute(
            "select c.relname, a.attname from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = any (k.conkey) "
            "where k.conname like '%_of_these_centuries'"
        ).fetchall()
        days = set(owner.execute(DAYS))
        assert set(checked) == GIVEN | days
        assert {("cases_policy", "meetings_on"), ("cases_obligationmet", "due_on"), ("review_existingwarrant", "issued_on")} <= days
        by_the_house = {(table, argument.split("\\")[0]) for table, argument in owner.execute(dated)}
        times = set(owner.execute(TIMES))
        assert by_the_house <= times  # whatever a trigger dates is there
        assert {
            (table, column)
            for table, column in times - by_the_house - GIVEN
            if owner.execute("select has_column_privilege('app', %s, %s, 'insert, update')", [table, column]).fetchone() == (True,)
        } == set()


def its_checks_alone(owner, table):
    """Make an empty table t with the checks of this one, in which all else may be missing."""
    owner.execute(f"create temp table t (like {table} including constraints)")
    for (other,) in owner.execute(
        "select attname from pg_attribute where attrelid = 't'::regclass and attnum > 0 and attnotnull"
    ).fetchall():
        owner.execute(f'alter table t alter column "{other}" drop not null')


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("time", ["infinity", "-infinity", "10000-01-01 00:00Z", "1899-12-31 23:59Z", "0044-03-15 12:00Z BC"])
def test_the_database_refuses_it_of_its_owner_too(time):
    with login("owner") as owner:
        columns = sorted({(table, column, "{}") for table, column in GIVEN}) + [
            (table, column, "{{{}}}" if column == "meetings_on" else "{}") for table, column in sorted(owner.execute(DAYS))
        ]
    for table, column, said in columns:
        with login("owner") as owner, owner.transaction(force_rollback=True):
            its_checks_alone(owner, table)
            with pytest.raises(psycopg.errors.CheckViolation), owner.transaction():
                owner.execute(f'insert into t("{column}") values (%s)', [said.format(time)])
            owner.execute(
                f'insert into t("{column}") values (%s), (%s), (null)', [said.format("1900-01-01Z"), said.format("2199-12-31 23:59Z")]
            )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["cases_case", "cases_investigation", "people_person"])
def test_the_pages_make_no_row_that_nobody_can_read(table):
    world.requested("25-1")
    column = next(column for each, column in GIVEN if each == table)
    with login("app") as app:
        with pytest.raises(psycopg.errors.CheckViolation):
            app.execute(f"update {table} set {column} = 'infinity'")
        app.execute(f"update {table} set {column} = now()")


@pytest.mark.django_db(transaction=True)
def test_no_try_to_sign_in_is_dated_ahead():
    with login("app") as app:
        app.execute("insert into people_signintry(name_hash, succeeded, at) values ('x', false, 'infinity')")
    assert SignInTry.objects.get(name_hash="x").at <= house_now()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("days", ["{null}", "{2026-01-31,null}", "{{2026-01-31},{2026-02-01}}"])
def test_days_of_meetings_are_a_list_of_days(days):
    with login("owner") as owner, owner.transaction(force_rollback=True):
        its_checks_alone(owner, "cases_policy")
        owner.execute("insert into t(meetings_on) values ('{}'), ('{2026-01-31,2026-02-01}')")
        with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.FeatureNotSupported)):
            owner.execute("insert into t(meetings_on) values (%s)", [days])


@pytest.mark.parametrize("said", ["9999-12-31T23:30", "0001-01-01T00:30", "1899-12-31T12:00"])
def test_a_form_says_which_years_there_are(said, settings):
    settings.TIME_ZONE = "America/Detroit"
    with pytest.raises(forms.ValidationError, match="Write a year from 1900 to 2199."):
        Moment().clean(said)
    assert Moment().clean("2026-01-31T20:15").year == 2026
    assert Moment().clean("1950-06-01T00:00").year == 1950
    day = said.split("T")[0]
    for field, value in ((Day(), day), (Days(), f"2026-01-31\n{day}")):
        with pytest.raises(forms.ValidationError, match="Write a year from 1900 to 2199."):
            field.clean(value)
    assert [Day().widget.attrs[end] for end in ("min", "max")] == ["1900-01-01", "2199-12-31"]
    assert [Moment().widget.attrs[end] for end in ("min", "max")] == ["1900-01-01T00:00", "2199-12-31T23:59"]
    assert Day().clean("1900-01-01") == Days().clean("1900-01-01")[0]
    assert Day().clean("2199-12-31") == Days().clean("2199-12-31")[0]


def test_every_form_that_asks_for_a_time_or_a_day_does():
    import_module(settings.ROOT_URLCONF)
    asked = {
        (form.__name__, name): field
        for form in of(forms.BaseForm)
        for name, field in form.base_fields.items()
        if isinstance(field, forms.DateTimeField | forms.DateField)
    }
    assert {("StatementForm", "taken_at"), ("AdoptForm", "review_on"), ("AuditForm", "until")} <= set(asked)
    assert {where for where, field in asked.items() if not isinstance(field, Moment | Day)} == set()


def of(kind):
    """Yield the forms below a class that have fields of their own."""
    for each in kind.__subclasses__():
        if hasattr(each, "base_fields") and not each.__module__.startswith("django."):
            yield each
        yield from of(each)
