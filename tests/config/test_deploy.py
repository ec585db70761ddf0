"""What `deploy/README.md` says of processes, logins and commands is what the program has."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

from config.databases import PROCESSES, URLS

TABLE = re.compile(r"^\| [^|]+ \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_, *ROWS = TABLE.findall((Path(settings.ROOT) / "deploy" / "README.md").read_text(encoding="utf-8"))


def test_the_table_has_every_process_of_a_house():
    assert {process for process, _, _ in ROWS} == {"web", "worker", "auditor", "owner"}


@pytest.mark.parametrize(("process", "addresses", "command"), ROWS)
def test_a_process_has_these_addresses_and_this_command(process, addresses, command):
    named = set(re.findall(r"`(\w+)`", addresses)) - {"REDIS_URL"}
    assert named == {URLS[login] for login in PROCESSES[process].values()}
    for said in re.findall(r"`([^`]+)`", command):
        words = said.removeprefix("manage.py ").split()
        assert words[0] in {*get_commands(), "gunicorn", "celery"}, said
