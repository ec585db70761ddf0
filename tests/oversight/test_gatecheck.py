"""The re-check agrees on every road that was walked, and finds every fault that somebody who owns the database can plant."""

import ast
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction

from cases.rules.finding import Refusal
from ledger.clock import house_now
from oversight.gatecheck import Checked, gatecheck, record
from people.roles import Role
from review import facts
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.close_exculpatory import close_exculpatory
from review.acts.file_line_up_form import file_line_up_form
from review.acts.file_warrant import file_warrant
from review.acts.fix_again import fix_again
from review.acts.fix_evidence import ReadInDocument
from review.acts.give_legal_view import give_legal_view
from review.acts.record_line_up import record_line_up
from review.acts.record_recheck import record_recheck
from review.acts.start import start
from review.models import Countersignature, Custody, Evidence
from review.rules.line_up import LineUpFacts
from review.rules.probe_fitness import Grade
from review.sheets import notices
from tests import world
from tests.database import furnished_anew, login
from tests.oversight import roads
from tests.world import must, person

ROOT = Path(settings.ROOT)
FORM = LineUpFacts("A limp", "Print LP-1", "Officer of the Fifth", 5, True, True, True, True, True)


def sentences(found: Checked, ref: str) -> set[str]:
    return {finding.sentence for each in found.wrong if each.ref == ref for finding in each.findings}


# -- it agrees ------------------------------------------------------------------------------------------------------


def refused_on_the_face_alone() -> None:
    assert isinstance(world.signed(world.asked(roads.a_lead(1))), Refusal)


def declined_by_the_supervisor() -> None:
    _, ref = roads.ready(1)
    assert isinstance(world.signed(ref, sign=False), Refusal)


def arrest_signed_and_started() -> None:
    _, ref = roads.signed(1)
    must(start(by=person("dana"), at=house_now(), ref=ref))


def limited_probe_takes_two_items() -> None:
    lead = roads.a_lead(1, Grade.LIMITED, (1, 1))
    world.an_item(lead)
    world.cleared_tests(lead)
    world.papers_filed(lead)
    assert isinstance(world.signed(world.asked(lead)), Refusal)
    world.an_item(lead, "phone_location", document="Operator 2")
    world.papers_filed(lead)
    must(world.signed(world.asked(lead)))


def out_of_state_takes_two() -> None:
    lead, ref = roads.ready(1, "arrest_out_of_state")
    assert isinstance(world.signed(ref), Refusal)


def line_up_held_too_early() -> None:
    lead = roads.a_lead(1)
    must(file_line_up_form(by=person("dana"), at=house_now(), lead_ref=lead.ref, form=FORM, array_sha256=("a" * 64,)))
    must(record_line_up(by=person("dana"), at=house_now(), lead_ref=lead.ref, picked="suspect", words="him", document="LU-1"))
    world.cleared_tests(lead)
    world.papers_filed(lead)
    assert isinstance(world.signed(world.asked(lead)), Refusal)


def line_up_and_account_process() -> None:
    lead = roads.a_lead(1)
    world.an_item(lead)
    must(file_line_up_form(by=person("dana"), at=house_now(), lead_ref=lead.ref, form=FORM, array_sha256=("a" * 64,)))
    must(world.signed(world.asked(lead, "line_up")))
    assert isinstance(world.signed(world.asked(lead, "account_process")), Refusal)
    must(give_legal_view(by=person("lea"), at=house_now(), lead_ref=lead.ref, action="account_process", agrees=True, grounds="ok"))
    must(world.signed(world.asked(lead, "account_process")))


def existing_warrant_without_identity() -> None:
    lead = roads.a_lead(1)
    item = world.an_item(lead, "existing_warrant", document="W-7")
    must(file_warrant(by=person("dana"), at=house_now(), item_ref=item, court="County", number="W-7", issued_on=house_now().date(), search_used="no"))  # fmt: skip
    world.cleared_tests(lead)
    world.papers_filed(lead, "execute_warrant")
    assert isinstance(world.signed(world.asked(lead, "execute_warrant")), Refusal)


def hold_decided_after_a_countersigned_search() -> None:
    lead = roads.a_lead(1)
    must(world.signed(world.asked(lead, "interview")))
    ref = Countersignature.objects.get().ref
    must(start(by=person("dana"), at=house_now(), ref=ref))
    finding, found = add_evidence(
        by=person("dana"), at=house_now(), lead_ref=lead.ref, item=ItemWanted("device_evidence", "x", "D-1", got_under=ref)
    )
    must(finding)
    world.fixed(str(found), "device_evidence")
    assert isinstance(world.signed(world.asked(lead, "search_warrant")), Refusal)
    must(world.hold_decided(str(found), True, "consent"))
    must(world.signed(world.asked(lead, "search_warrant")))


def fixed_again_after_the_signature() -> None:
    lead, _ = roads.signed(1)
    (item,) = [row.ref for row in facts.evidence(lead) if row.direction == "incriminating"]
    read = ReadInDocument("vehicle_partial_plate", "offence", 20, source_document_seen=True)
    must(fix_again(by=person("cora"), second=person("cody"), at=house_now(), item_ref=item, read=read, because="only a part of the plate"))


def alibi_that_held_after_the_start() -> None:
    lead, ref = roads.signed(1)
    must(start(by=person("dana"), at=house_now(), ref=ref))
    must(
        record_recheck(
            by=person("dana"),
            at=house_now(),
            custody=Custody.objects.get().pk,
            test="prints",
            outcome="other_person",
            document="Live scan 9",
        )
    )
    item = ItemWanted("alibi_lead", "at work", "Card", exculpatory=True)
    assert isinstance(add_evidence(by=person("dana"), at=house_now(), lead_ref=lead.ref, item=item)[0], Refusal)


def alibi_that_held_before() -> None:
    lead, ref = roads.ready(1)
    finding, alibi = add_evidence(
        by=person("dana"), at=house_now(), lead_ref=lead.ref, item=ItemWanted("alibi_lead", "at work", "Card", exculpatory=True)
    )
    must(finding)
    must(close_exculpatory(by=person("cora"), at=house_now(), item_ref=str(alibi), how="tested_excludes", because="the card"))
    assert isinstance(world.signed(ref), Refusal)


def exclusion_in_a_sibling_later() -> None:
    roads.signed(1)
    again = world.searched("26-1", repeats_because="another frame")
    world.drawn(again, "cleo", "remy")
    for name in ("cleo", "remy"):
        world.sorted_by(again, name, ("p012",))
    for name in ("cleo", "remy"):
        world.concluded(again, name, {"p012": -2})


ROADS = (
    refused_on_the_face_alone, declined_by_the_supervisor, arrest_signed_and_started, limited_probe_takes_two_items, out_of_state_takes_two,
    line_up_held_too_early, line_up_and_account_process, existing_warrant_without_identity, hold_decided_after_a_countersigned_search,
    fixed_again_after_the_signature, alibi_that_held_after_the_start, alibi_that_held_before, exclusion_in_a_sibling_later,
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("road", ROADS, ids=lambda road: road.__name__)
def test_agrees_on_a_road_that_was_walked(road: Callable[[], None], as_role: Callable[[str], None]):
    road()
    hold = {row.ref: row.holds for row in facts.with_holds(Countersignature.objects.exclude(state="ASKED"))}
    as_role("auditor")

    found = gatecheck(using="default")

    assert found.wrong == ()
    assert found.checked == len(hold) > 0
    assert found.holds == sum(hold.values())
    assert found.persons_compared


# -- it finds -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """What the owner does past the walls, and what must be said of it."""

    name: str
    sql: str
    said: str
    started: bool = False
    refused: bool = False


LEAD_OF = "(select lead_id from review_countersignature where ref = %(ref)s)"
CASE_OF = f"(select case_id from review_lead where id = {LEAD_OF})"
CANDIDATE_OF = f"(select candidate_id from review_lead where id = {LEAD_OF})"
DECISION_OF = "(select id from review_countersignature where ref = %(ref)s)"
ITEM_OF = f"(select min(id) from review_evidence where lead_id = {LEAD_OF} and direction = 'incriminating')"
ENTRY_OF = f"(select entry from review_decision where countersignature_id = {DECISION_OF})"
REWRITTEN = f"update ledger_entry set body = b, leaf = sha256('\\x00'::bytea || b) from (select convert_to(replace(convert_from(body, 'UTF8'), %(was)s, %(is)s), 'UTF8') as b from ledger_entry where seq = {ENTRY_OF}) x where seq = {ENTRY_OF}"

FAULTS = (
    Fault("no conclusions", f"delete from review_conclusion where candidate_id = {CANDIDATE_OF}",
          "When it was signed, too few locked conclusions supported that the images show the same person."),
    Fault("one reviewer twice", "alter table review_conclusion drop constraint one_person_concludes_once_on_a_candidate;"
          f"update review_conclusion set by_id = (select id from people_person where username = 'ada') where candidate_id = {CANDIDATE_OF}",
          "When it was signed, fewer independent, trained reviewers had concluded than were needed."),
    Fault("a reviewer who asked", f"update cases_searchrequest set by_id = (select id from people_person where username = 'ada') where case_id = {CASE_OF}",
          "When it was signed, a reviewer held another part, was of the requester's unit, was not drawn or was not trained."),
    Fault("a signer of the unit", f"update review_decision set by_id = (select id from people_person where username = 'rex') where countersignature_id = {DECISION_OF}",
          "When it was signed, whoever answered was of the requester's unit, or had been since the request."),
    Fault("a signer who is no supervisor", f"update review_decision set by_id = (select id from people_person where username = 'mia') where countersignature_id = {DECISION_OF}",
          "Whoever answered held the role of supervisor not on the day it was signed."),
    Fault("a signer who took part", f"update review_fixing set by_id = (select id from people_person where username = 'sol') where item_id = {ITEM_OF}",
          "When it was signed, whoever answered held another part in the investigation."),
    Fault("a signer who is another", f"update review_decision set by_id = (select id from people_person where username = 'rex') where countersignature_id = {DECISION_OF}",
          "The signer on file is not the person of the entry."),
    Fault("an item typed otherwise", f"update review_fixing set kind = 'photo_lineup_identification' where item_id = {ITEM_OF}",
          "When it was signed, nothing stood apart from the face result."),
    Fault("an item typed in place", f"update review_fixing set kind = 'latent_print' where item_id = {ITEM_OF}",
          "Of {item}, a fixing is not what was entered (kind)."),
    Fault("an exclusion in a sibling", "insert into cases_case(ref, agency_id, investigation_id, state, track, door, searched_before_screening, received_at)"
          f" select 'FR-2020-000001', agency_id, investigation_id, 'FIT', track, door, false, received_at from cases_case where id = {CASE_OF};"
          "insert into cases_candidatelist(case_id, engine_name, engine_version, template_version, score_scale, gallery_name, gallery_revision, number, not_reported, received_at)"
          f" select (select id from cases_case where ref = 'FR-2020-000001'), '', '', '', '', gallery_name, '', 1, '{{}}', received_at from cases_candidatelist where case_id = {CASE_OF};"
          "insert into cases_candidate(list_id, case_id, token, subject_ref, image_sha256)"
          f" select l.id, l.case_id, gen_random_uuid(), k.subject_ref, '' from cases_candidatelist l, cases_candidate k where k.id = {CANDIDATE_OF} and l.case_id = (select id from cases_case where ref = 'FR-2020-000001');"
          "insert into review_conclusion(candidate_id, by_id, rating, grounds, at)"
          " select k.id, (select id from people_person where username = 'cleo'), -3, 'x', l.received_at from cases_candidate k join cases_candidatelist l on l.id = k.list_id"
          " where k.case_id = (select id from cases_case where ref = 'FR-2020-000001')",
          "When it was signed, a reviewer had excluded this person somewhere in the investigation."),
    Fault("no papers", f"delete from review_papers where lead_id = {LEAD_OF}", "When it was signed, no papers for this action were on file."),
    Fault("papers cut afterwards", f"update review_papers set text = 'He did it.' where lead_id = {LEAD_OF}",
          "The papers are stored as complete, and their text lacks: “A face search was used in this investigation.”"),
    Fault("papers dated later", f"update review_papers set at = at + interval '3 days' where lead_id = {LEAD_OF}",
          "When it was signed, no papers for this action were on file."),
    Fault("another policy", f"update review_decision set policy_digest = repeat('0', 64) where countersignature_id = {DECISION_OF}",
          "The policy that the decision names was not the one in force."),
    Fault("no decision", f"delete from review_decision where countersignature_id = {DECISION_OF}",
          "It stands as signed, and no decision is on file."),
    Fault("no entry", f"delete from ledger_entry where seq = {ENTRY_OF}", "The decision has no entry in the record."),
    Fault("an altered entry", f"update ledger_entry set body = convert_to(replace(convert_from(body, 'UTF8'), 'SIGNED', 'REFUSED'), 'UTF8') where seq = {ENTRY_OF}",
          "The entry of the decision was altered: its bytes do not fit its hash, or do not say what its columns say."),
    Fault("a rewritten entry", REWRITTEN.replace("%(was)s", "'\"SIGNED\"'").replace("%(is)s", "'\"REFUSED\"'"),
          "It stands as signed, and its entry says refused."),
    Fault("an entry of another", f"update ledger_entry set subject = 'CS-2020-000001' where seq = {ENTRY_OF}",
          "The entry of the decision speaks of “countersign” on “CS-2020-000001”."),
    Fault("a backdated item", f"update review_evidence set entered_at = entered_at - interval '900 days' where id = {ITEM_OF}",
          "Of {item}, an item has no entry of its moment in the record."),
    Fault("a backdated decision", f"update review_decision set at = at - interval '900 days' where countersignature_id = {DECISION_OF}",
          "The decision carries another time than its entry."),
    Fault("something open that was taken away", f"delete from review_closing where item_id = (select max(id) from review_evidence where lead_id = {LEAD_OF})",
          "When it was signed, something that speaks for the person was open."),
    Fault("an alibi that was taken away", f"delete from review_closing where item_id = (select max(id) from review_evidence where lead_id = {LEAD_OF});"
          f"delete from review_edge where item_id = (select max(id) from review_evidence where lead_id = {LEAD_OF});"
          f"delete from review_evidence where id = (select max(id) from review_evidence where lead_id = {LEAD_OF})",
          "When it was signed, a test on the list in force had not been made."),
    Fault("an edge to the face", f"insert into review_edge(item_id, kind, root, at) select id, 'content_from', 'face_result', entered_at from review_evidence where id = {ITEM_OF}",
          "It rests on what did not count: {item}."),
    Fault("a lead that had ended", f"insert into review_leadend(lead_id, because, at) select id, 'x', opened_at from review_lead where id = {LEAD_OF}",
          "When it was signed, the lead had ended."),
    Fault("a case that was closed", f"insert into cases_move(case_id, act, source, target, entry, xid, at) select id, 'close', 'LEAD', 'CLOSED', -id, pg_current_xact_id(), (select opened_at from review_lead where id = {LEAD_OF}) from cases_case where id = {CASE_OF}",
          "When it was signed, the case was closed."),
    Fault("a probe graded otherwise", f"update review_probecheck set grade = 'unfit' where case_id = {CASE_OF}", "When it was signed, the probe had been found unfit."),
    Fault("an offence not listed", f"update cases_offencereport set code = '90Z' where case_id = {CASE_OF}",
          "When it was signed, the offence in the report of crime was not on the list in force."),
    Fault("more time to act", "update review_countersignature set act_by = act_by + interval '30 days' where ref = %(ref)s",
          "It may be acted on until another time than the policy in force gave."),
    Fault("a weak test called sharp", f"update review_fixing set one_in = 20 where item_id = {ITEM_OF}",
          "{item} is stored as telling people apart, and its own numbers say that it does not."),
    Fault("a signature over reasons", f"update review_decision set reasons = '{{no_papers}}' where countersignature_id = {DECISION_OF}",
          "It was signed, and reasons against it are on file."),
    Fault("a refusal made a signature", "update review_countersignature set state = 'SIGNED' where ref = %(ref)s",
          "It stands as signed, and its decision says the contrary.", refused=True),
    Fault("a reason left out", f"update review_decision set reasons = array_remove(reasons, 'nothing_stands_apart') where countersignature_id = {DECISION_OF}",
          "When it was refused, nothing stood apart from the face result; that reason was left out.", refused=True),
    Fault("a reason made up", f"update review_decision set reasons = array_append(reasons, 'probe_unfit') where countersignature_id = {DECISION_OF}",
          "It was refused because the probe had been found unfit; when it was decided, that was not so.", refused=True),
    Fault("a custody that is not there", f"delete from review_custody where countersignature_id = {DECISION_OF}",
          "It was started and takes somebody into custody, and no custody is on file: no clock runs.", started=True),
    Fault("a start without its entry", "delete from ledger_entry where kind = 'start' and subject = %(ref)s",
          "It stands as started, and the record does not hold its start once, as it was written.", started=True),
)  # fmt: skip
WALLS = """do $$ declare t record; begin
  for t in select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r' loop
    execute format('alter table %I {} trigger user', t.relname); end loop; end $$"""


def past_the_walls(*statements: tuple[str, dict[str, str]]) -> None:
    """Do as owner what no wall lets happen."""
    with login("owner") as owner, owner.transaction():
        owner.execute(WALLS.format("disable"))
        for sql, named in statements:
            for one in sql.split(";"):
                owner.execute(one, named)
        owner.execute("set constraints all immediate")
        owner.execute(WALLS.format("enable"))


@dataclass(frozen=True)
class Planted:
    """Countersignature and item of each fault, what a pass of the auditor found, one that nobody touched, and how many alarms were new."""

    refs: dict[str, str]
    items: dict[str, str]
    found: Checked
    sound: str
    recorded: tuple[int, int]


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker) -> Iterator[Planted]:  # type: ignore[no-untyped-def]
    """Each fault on a countersignature of its own, one that is sound among them, and one pass of the auditor over all."""
    with django_db_blocker.unblock(), furnished_anew():
        refs, items = {}, {}
        for number, fault in enumerate(FAULTS, start=1):
            lead, refs[fault.name] = (None, "")
            if fault.refused:
                lead = roads.a_lead(number)
                refs[fault.name] = world.asked(lead)
                world.signed(refs[fault.name])
            else:
                lead, refs[fault.name] = roads.signed(number)
                if fault.started:
                    must(start(by=person("dana"), at=house_now(), ref=refs[fault.name]))
            items[fault.name] = next((row.ref for row in facts.evidence(lead) if row.direction == "incriminating"), "")
        _, sound = roads.signed(len(FAULTS) + 1)
        before = gatecheck(using="auditor")
        assert before.wrong == (), before.wrong
        weaker = "update review_action set demands = '{G1}' where action = 'arrest'"
        past_the_walls(*[(fault.sql, {"ref": refs[fault.name]}) for fault in FAULTS], (weaker, {}))
        found = gatecheck(using="auditor")
        recorded = (record(found, using="auditor"), record(found, using="auditor"))
        yield Planted(refs, items, found, sound, recorded)


@pytest.mark.django_db
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_finds(fault: Fault, planted: Planted):
    assert fault.said.format(item=planted.items[fault.name]) in sentences(planted.found, planted.refs[fault.name])


def test_says_nothing_of_what_nobody_touched(planted: Planted):
    assert sentences(planted.found, planted.sound) == set()
    assert planted.found.checked == len(FAULTS) + 1


@pytest.mark.django_db
def test_finds_leads_cases_and_reference_rows_that_are_not_what_they_were(planted: Planted):
    refs, found = planted.refs, planted.found
    of = {
        fault: Countersignature.objects.select_related("lead__case").get(ref=refs[fault]).lead
        for fault in ("no conclusions", "a case that was closed")
    }

    assert sentences(found, of["no conclusions"].ref) == {"When the lead was opened, fewer than two reviewers had concluded in support."}
    assert sentences(found, of["a case that was closed"].case.ref) == {
        "The move from LEAD to CLOSED has no entry in the record.",
        "The case stands at LEAD, and its moves brought it to CLOSED.",
    }
    assert sentences(found, "reference rows") == {"What the action “arrest” demands is not what is written down for it."}


@pytest.mark.django_db
def test_an_alarm_is_raised_once_and_an_auditor_is_told(planted: Planted):
    assert planted.recorded == (len(planted.found.wrong), 0)
    with login("auditor") as auditor:
        (done,) = auditor.execute("select count(*) from ledger_entry where kind = 'gatecheck_done'").fetchone() or (0,)
    assert done == 2
    told = {notice.what for notice in notices.of(person("otto"), at=house_now(), roles=frozenset({Role.AUDITOR}))}
    assert f"The re-check came to another answer: {planted.refs['no papers']}" in told
    assert not notices.of(person("pia"), at=house_now(), roles=frozenset({Role.PROSECUTOR}))


@pytest.mark.django_db
def test_the_command_says_it_in_json_and_ends_with_one(planted: Planted):
    done = as_auditor("gatecheck", "--json")
    said = json.loads(done.stdout)

    assert done.returncode == 1, done.stderr
    assert said["checked"] == len(FAULTS) + 1
    assert {each["ref"] for each in said["wrong"]} == {each.ref for each in planted.found.wrong}
    assert {"ref", "state", "findings"} == set(said["wrong"][0])
    assert said["seconds"] >= 0
    assert as_auditor("gatecheck", "--since", "2999-01-01").returncode == 1  # the reference rows are asked about whatever the day
    assert "2026-03-01" in as_auditor("gatecheck", "--since", "yesterday").stderr


def as_auditor(*command: str) -> "subprocess.CompletedProcess[str]":
    s = connections["auditor"].settings_dict
    url = f"postgresql://{s['USER']}:{s['PASSWORD']}@/{s['NAME']}?host={quote(s['HOST'])}"
    kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL") and name != "REDIS_URL"}
    given = {
        "COUNTERSIGN_PROCESS": "auditor",
        "AUDITOR_DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "DJANGO_SECRET_KEY": "x" * 50,
    }
    return subprocess.run(
        [sys.executable, "manage.py", *command], cwd=ROOT, env={**kept, **given}, capture_output=True, text=True, timeout=120
    )


# -- it stands apart ------------------------------------------------------------------------------------------------


RECHECK = [ROOT / "oversight" / f"{name}.py" for name in ("gatecheck", "reading", "rederiving", "tables", "weighing")]


@pytest.mark.django_db
def test_it_calls_no_function_that_the_gate_is_made_of():
    with connection.cursor() as cursor:
        cursor.execute("select proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace where nspname = 'public'")
        functions = {name for (name,) in cursor.fetchall()} - {
            "house_now",
            "gatecheck_said",
            "seal_seeds",
        }  # the two things that the outside writes, and the clock
        cursor.execute("select viewname from pg_views where schemaname = 'public'")
        views = {name for (name,) in cursor.fetchall()}
    assert "gate_reasons" in functions
    assert "review_fixed" in views
    for path in RECHECK:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                called = {name for name in functions if re.search(rf"\b{name}\s*\(", node.value)}
                assert not called, (path, called)
                assert not [view for view in views if re.search(rf"\b{view}\b", node.value)], path


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["app", "worker", "intake"])
def test_only_the_auditor_raises_its_alarm(role: str, as_role: Callable[[str], None]):
    as_role(role)

    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("select gatecheck_said(1, 0, '[]')")


@pytest.mark.django_db
def test_the_open_door_of_the_record_refuses_its_kinds():
    for kind in ("gatecheck_differs", "gatecheck_done"):
        with pytest.raises(DatabaseError, match="only by the function"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select ledger_append(%s, 'CS-1', '{}')", [kind])


def test_where_no_house_was_started_it_says_so_and_makes_nothing(tmp_path: Path):
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.endswith("DATABASE_URL") and not name.startswith(("COUNTERSIGN_", "DJANGO_", "REDIS"))
    }

    done = subprocess.run(
        [sys.executable, "manage.py", "gatecheck"],
        cwd=ROOT,
        env={**kept, "COUNTERSIGN_VAR": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 2
    assert "make run" in done.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.django_db(transaction=True)
def test_a_row_that_waited_for_a_countersignature_is_dated_after_it():
    """Else the re-check would take it for something that was on file when it was signed."""
    lead = world.a_lead()
    dana = person("dana")
    item = Evidence.objects.get(ref=world.an_item(lead))

    def add_an_edge() -> datetime:
        add = "insert into review_edge(item_id, kind, root, written_by_id, at) values (%s, 'content_from', 'face_result', %s, now()) returning at"
        with writer.transaction():
            (at,) = writer.execute(add, [item.pk, dana.pk]).fetchone()
            writer.execute("select ledger_append('add_edge', %s, '{}')", [item.ref])
        return at

    with login("app") as signer, login("app") as writer, ThreadPoolExecutor(1) as beside:
        signer.execute("begin")
        signer.execute("select lock_investigation(%s, true)", [lead.case.investigation_id])
        waiting = beside.submit(add_an_edge)
        time.sleep(0.5)
        (released,) = signer.execute("select house_now()").fetchone()
        assert not waiting.done()
        signer.execute("commit")
        dated = waiting.result(30)

    assert dated > released
