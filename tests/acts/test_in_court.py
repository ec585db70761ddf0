"""A use in court: the law in force is asked first, what it refuses is on record, and what speaks for the person is never held up."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from psycopg.types.json import Jsonb

from cases.models import Refused
from cases.rules.finding import Refusal
from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.models import Entry
from review.access import NotVisible
from review.acts.give_notice_of_use import give_notice_of_use
from review.acts.use_in_court import CourtUseSaid, use_in_court
from review.models import CourtUse
from review.rules import in_court
from review.rules.leaving import Leaving
from review.sheets import prosecution
from tests import world

pytestmark = pytest.mark.django_db


def used(lead, stage="trial", by="pia", days=30, **changes):
    said = {"stage": stage, "court": "District Court", "cause_number": "26-CR-1", "on": world.today() + timedelta(days=days)}
    return use_in_court(by=world.person(by), at=house_now(), lead_ref=lead.ref, use=CourtUseSaid(**(said | changes)))


def told_lead():
    lead = world.a_lead()
    world.asked(lead, "search_warrant")
    return lead


def test_a_use_that_no_rule_speaks_against_is_on_file_with_its_entry():
    lead = told_lead()
    world.must(used(lead, "preliminary_hearing"))

    row = CourtUse.objects.get(lead=lead)
    assert (row.stage, row.court, row.by.username) == ("preliminary_hearing", "District Court", "pia")
    body = bytes(Entry.objects.get(kind="use_in_court", seq=row.entry).body)
    assert b"District" not in body, "the record holds a keyed hash of the court"
    assert [each.court for each in prosecution.lead(lead, at=house_now()).court] == ["District Court"]


def test_in_maryland_a_result_is_used_for_a_warrant_and_a_preliminary_hearing_and_not_at_trial():
    lead = told_lead()
    world.in_force("nlc-2021", "us-md-2024")
    world.must(
        give_notice_of_use(by=world.person("pia"), at=house_now(), lead_ref=lead.ref, leaving=Leaving("Counsel", "Notice", "Md. 2-504"))[0]
    )

    refused = used(lead, "trial")
    assert isinstance(refused, Refusal)
    assert "law_court_use" in refused.codes
    assert "2-502" in " ".join(reason.source for reason in refused.reasons)
    assert Refused.objects.filter(act="use_in_court", case=lead.case).count() == 1
    assert not CourtUse.objects.filter(lead=lead, stage="trial").exists()
    world.must(used(lead, "exculpatory_release"))


def test_the_defence_is_told_before_the_result_is_used():
    lead = told_lead()
    world.in_force("nlc-2021", "us-wa-43-386")
    refused = used(lead, "trial")
    assert isinstance(refused, Refusal)
    assert "law_tell_defence" in refused.codes

    finding, _ = give_notice_of_use(
        by=world.person("pia"), at=house_now(), lead_ref=lead.ref, leaving=Leaving("Counsel", "Notice", "RCW 43.386")
    )
    world.must(finding)
    world.must(used(lead, "trial"))
    too_late = used(lead, "trial", days=-1)
    assert isinstance(too_late, Refusal)
    assert too_late.codes == ("law_tell_defence",)


def test_nobody_but_a_prosecutor_who_reaches_the_lead_uses_it():
    untold = world.a_lead()
    with pytest.raises(NotVisible):
        used(untold)
    world.asked(untold, "search_warrant")
    for name in ("dana", "lea", "sol", "otto"):
        with pytest.raises(NotVisible):
            used(untold, by=name)


def test_from_below_a_use_names_its_stage_its_court_and_the_policy_that_was_asked():
    lead = told_lead()
    said = {"stage": "trial", "court": "C", "cause_number": "1", "on": "2026-12-01", "showing": [], "policy_digest": "another"}
    for changed, why in (
        ({}, "is not the one that was asked"),
        ({"stage": "gossip"}, "names its stage"),
        ({"court": " "}, "names its stage"),
    ):
        with pytest.raises(DatabaseError, match=why), transaction.atomic():
            ask_database("select use_in_court(%s, %s, %s, '{}')", lead.ref, world.person("pia").pk, Jsonb(said | changed))
    with pytest.raises(DatabaseError, match="told to this prosecutor"), transaction.atomic():
        ask_database("select use_in_court(%s, %s, %s, '{}')", lead.ref, world.person("dana").pk, Jsonb(said))
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        CourtUse.objects.create(lead=lead, stage="trial", court="C", cause_number="1", on=world.today(), showing=[], policy_digest="", by=world.person("pia"), entry=1)  # fmt: skip


def test_without_a_policy_or_after_a_lead_ended_only_what_speaks_for_the_person_is_used():
    def said(stage, **changes):
        facts = {
            "subject": "L",
            "stages": ("trial", "exculpatory_release"),
            "said": {"court": "C"},
            "law_in_force": True,
            "ended": False,
            "further": (),
        }
        return in_court.may_use(stage=stage, **(facts | changes))

    assert said("trial", law_in_force=False, ended=True).codes == ("no_policy_in_force", "lead_ended")
    assert not isinstance(said("exculpatory_release", law_in_force=False, ended=True), Refusal)
    assert said("gossip", said={"court": ""}).codes == ("missing", "unknown_stage")
