"""An action on the paper form: its serial, two signatures, when it was done and when it was entered; recorded outside the gate, and counted."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from cases.rules.finding import Refusal
from ledger.clock import house_now
from ledger.models import Entry
from review.acts.record_outside_gate import record_outside_gate
from review.models import OutsideGate
from tests import world
from tests.world import must, person

pytestmark = pytest.mark.django_db


def on_paper(case_ref: str, **said: object):
    happened = {"action": "arrest", "happened_at": house_now() - timedelta(hours=2), "description": "Arrested at the door."}
    paper = {"paper_serial": "P-0007", "paper_first": "dana", "paper_second": "sol"}
    return record_outside_gate(by=person("dana"), at=house_now(), case_ref=case_ref, **{**happened, **paper, **said})


def test_a_paper_form_is_entered_once_with_its_two_signatures():
    case = world.requested("26-1")
    must(on_paper(case.ref))
    row = OutsideGate.objects.get(case=case)
    assert (row.paper_serial, row.paper_first, row.paper_second) == ("P-0007", person("dana"), person("sol"))
    assert row.happened_at < row.entered_at
    said = json.loads(bytes(Entry.objects.get(kind="record_outside_gate").body))
    assert (said["paper_form"], len(set(said["signed_by"])), said["late"]) == ("P-0007", 2, "no")
    assert "dana" not in json.dumps(said)
    assert on_paper(case.ref).codes == ("paper_entered",)
    must(on_paper(case.ref, paper_serial="P-0008", happened_at=house_now() - timedelta(hours=25)))
    assert json.loads(bytes(Entry.objects.filter(kind="record_outside_gate").latest("seq").body))["late"] == "yes"


@pytest.mark.parametrize(
    "said",
    [{"paper_serial": ""}, {"paper_first": ""}, {"paper_second": "dana"}, {"paper_second": "nobody-of-that-name"}, {"paper_serial": "  "}],
)
def test_less_than_a_serial_and_two_signatures_is_refused(said):
    case = world.requested("26-1")
    finding = on_paper(case.ref, **said)
    assert isinstance(finding, Refusal)
    assert finding.codes == ("paper_signers",)
    assert not OutsideGate.objects.exists()


def test_the_database_demands_both_signatures():
    case = world.requested("26-1")
    row = {"case": case, "action": "arrest", "happened_at": house_now(), "description": "x", "entered_by": person("dana")}
    for paper in (
        {"paper_serial": "P-1"},
        {"paper_first": person("sol")},
        {"paper_serial": "P-1", "paper_first": person("sol"), "paper_second": person("sol")},
    ):
        with pytest.raises(IntegrityError, match="serial_and_two_signatures"), transaction.atomic():
            OutsideGate.objects.create(**row, **paper)
