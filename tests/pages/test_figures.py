"""The pages of what is measured: whose they are, what they say where there is little, and a signed file that a stranger can check."""

import json
from collections.abc import Iterator

import pytest
from django.db import connection

from ledger.clock import house_now
from people.measuring import Answer
from people.models import Trial
from review import signed
from review.models import SealedSeed
from review.sheets import figures
from tests import world
from tests.database import as_owner
from tests.pages.signing import client_of as signed_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def seeds_told(of: dict[str, Iterator[tuple[bool, Answer]] | list[tuple[bool, Answer]]]) -> None:
    """Have the owner write what a reveal would have written."""
    with as_owner():
        for name, answers in of.items():
            Trial.objects.bulk_create(
                Trial(person=world.person(name), source="seed", case_key=f"seed {number}", mated=mated, answer=answer, seconds=40)
                for number, (mated, answer) in enumerate(answers)
            )


def test_a_reviewer_sees_his_own_and_takes_them_along():
    page = signed_in("ada").get("/figures/mine")
    text = page.content.decode()
    assert "Admitted" in text
    assert "62 strangers, 1 of them supported, and 42 persons" in text
    assert "1.6 % (0.0 to 8.7), 1 of 62" in text
    assert "Ben Okafor" not in text

    answer = signed_in("ada").get("/figures/mine/signed")
    document = answer.content.decode()
    assert answer["Content-Type"] == "application/json"
    assert answer["Content-Disposition"].startswith("attachment")
    assert signed.is_genuine(document, key=signed.public_key())
    said = json.loads(json.loads(document)["statement"])
    assert (said["name"], said["standing"], said["false_supports"]) == ("Ada Brandt", "admitted", 1)
    assert said["figures"]["False positive rate"] == "1.6 % (0.0 to 8.7), 1 of 62"


@pytest.mark.parametrize("change", ['"false_supports": 1', '"standing": "admitted"', "Ada Brandt", ""])
def test_a_file_that_was_changed_is_no_longer_genuine(change):
    document = signed_in("ada").get("/figures/mine/signed").content.decode()
    said = json.loads(document)
    if change:
        assert change in said["statement"]
        said["statement"] = said["statement"].replace(change, change[:-1] + "0")
        assert not signed.is_genuine(json.dumps(said), key=signed.public_key())
    else:
        assert not signed.is_genuine(document, key="A" * 43 + "=")
        assert not signed.is_genuine("{}", key=signed.public_key())
        assert not signed.is_genuine("no document", key=signed.public_key())


def test_few_trials_say_so_and_give_no_rate():
    seeds_told({"ada": [(False, Answer.EXCLUDES)] * 19})
    text = signed_in("mia").get("/figures").content.decode()
    assert "not enough data (19 of 20)" in text
    assert "0.0 %" not in text


def test_a_manager_sees_units_and_an_auditor_sees_who():
    yes = [(bool(n % 2), Answer.SUPPORTS) for n in range(40)]
    fair = [(bool(n % 2), Answer.SUPPORTS if n % 2 else Answer.EXCLUDES) for n in range(40)]
    seeds_told({"ada": yes, "ben": fair, "cleo": fair})
    manager, auditor = (signed_in(name).get("/figures").content.decode() for name in ("mia", "otto"))

    for text in (manager, auditor):
        assert "Image analysis" in text
        assert "Regional pool" in text
        assert "20 min" in text, "thirty faces at 40 s"
        assert "50.0 % (" in text, "ada supported every stranger, ben none"
    assert "Ada Brandt" not in manager
    assert "1 raised" in manager
    assert "<b>Ada Brandt.</b> Supports almost every face" in auditor
    assert "Ben Okafor and Cleo Marsh" in auditor
    assert "Reveal the decided seeds" in auditor
    assert "Reveal the decided seeds" not in manager


def test_the_interval_of_a_unit_knows_that_reviewers_had_the_same_cases():
    wrong = [(False, Answer.SUPPORTS if n < 10 else Answer.EXCLUDES) for n in range(100)]
    seeds_told({"ada": wrong, "ben": wrong})
    whole = figures.of_agency(world.person("mia").agency, on=house_now().date(), names_people=False).groups[0]
    assert whole.rows[0].value == "10.0 % (5.5 to 17.4), 20 of 200", "two who answer alike are worth one: Wilson of 10 in 100"


def test_an_auditor_reveals_from_the_page_and_is_told_why_not():
    client = signed_in("otto")
    answer = client.post("/figures/reveal", follow=True)
    assert "at least five" in answer.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("select has_table_privilege('app', %s, 'select')", [SealedSeed._meta.db_table])
        assert cursor.fetchone() == (False,)
