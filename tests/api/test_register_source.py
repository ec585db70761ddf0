"""An administrator gives a source system its key: printed once, stored as its hash, and for a time that ends."""

import hashlib
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases.models import SourceSystem
from ledger.clock import house_now
from ledger.models import Entry
from people.models import Agency
from tests.database import as_owner

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def registered(name: str = "State system", **said: object) -> str:
    out = StringIO()
    with as_owner():
        call_command("register_source", Agency.objects.get().ori, name, stdout=out, **said)
    return out.getvalue()


def test_the_key_is_printed_once_and_only_its_hash_is_kept():
    found = re.fullmatch(r"API key of “State system”, printed this once: (\S{43})\n", registered(days=3650))
    assert found
    source = SourceSystem.objects.defer("key_sha256").get(name="State system")
    assert abs(source.active_until - house_now() - timedelta(days=3650)) < timedelta(minutes=1)
    with as_owner():
        assert SourceSystem.objects.get(pk=source.pk).key_sha256 == hashlib.sha256(found[1].encode()).hexdigest()
    assert found[1] not in str(Entry.objects.get(kind="register_source").body)
    with pytest.raises(CommandError, match="has a source system called “State system” already"):
        registered()


@pytest.mark.parametrize("days", [0, -1, 3651, 10**9])
def test_a_key_is_valid_for_a_day_at_least_and_ten_years_at_most(days):
    with pytest.raises(CommandError, match=f"--days is {days}: a key is valid from 1 to 3650 days"):
        registered(days=days)
    with as_owner():
        assert not SourceSystem.objects.exists()


@pytest.mark.parametrize(
    ("name", "says"), [("", "name is blank"), ("State\nsystem", "name holds U"), ("x" * 201, "name has 201 characters")]
)
def test_a_source_has_a_name_that_can_be_read(name, says):
    with pytest.raises(CommandError, match=says):
        registered(name)
    with as_owner():
        assert not SourceSystem.objects.exists()
