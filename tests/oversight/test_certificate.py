"""A certificate is worth what the gate says when it is looked up, and a stranger learns three words and nothing else."""

import json
import re
from hashlib import sha256

import psycopg
import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from psycopg.types.json import Jsonb

from ledger.asking import ask_database
from ledger.clock import house_now
from ledger.log import log_key
from ledger.models import Entry
from ledger.note import read_note, read_vkey, verified
from review.acts.add_evidence import ItemWanted, add_evidence
from review.acts.ask import ask
from review.acts.issue_certificate import Issued, issue_certificate
from review.acts.start import start
from review.models import Dissemination
from review.rules.certifying import CertifyingFacts, may_issue
from review.rules.leaving import Leaving
from review.views.certificate import network_of
from tests import world
from tests.database import login
from tests.oversight import roads
from tests.pages.signing import signed_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "worker", "auditor"])
JAIL = Leaving("County jail, intake", "Arrest on arrival", "Countersignature", "XX0020000")
SAID = {"recipient": JAIL.recipient, "purpose": JAIL.purpose, "authority": JAIL.authority, "ori": JAIL.ori}
SOUND = CertifyingFacts("CS-1", signed=True, holds=True, in_the_log=True, by_detective_of_it=True)


def issued(ref: str, by: str = "dana") -> Issued:
    finding, paper = issue_certificate(by=world.person(by), at=house_now(), ref=ref, leaving=JAIL)
    world.must(finding)
    assert paper
    return paper


def page(token: str, address: str = "10.0.0.1") -> bytes:
    answer = Client(REMOTE_ADDR=address).get(reverse("check_certificate"), {"token": token})
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]
    return re.sub(rb'name="csrfmiddlewaretoken" value="[^"]*"', b"", answer.content)


def worth(token: str, address: str = "10.0.0.1") -> str:
    return re.search(rb'<h2 id="answer">([^<]*)</h2>', page(token, address))[1].decode()


def test_a_certificate_is_refused_with_every_reason():
    world.must(may_issue(SOUND, JAIL))
    shut = CertifyingFacts("CS-1", signed=False, holds=False, in_the_log=False, by_detective_of_it=False)
    assert may_issue(shut, Leaving("", "x", "x")).codes == ("no_recipient", "nothing_to_certify", "starter_did_not_ask")
    for changed, code in (({"holds": False}, "does_not_hold"), ({"in_the_log": False}, "not_in_the_log")):
        facts = CertifyingFacts(
            **({"subject": "CS-1", "signed": True, "holds": True, "in_the_log": True, "by_detective_of_it": True} | changed)
        )
        assert may_issue(facts, JAIL).codes == (code,)


def test_it_says_what_was_countersigned_and_is_signed_by_the_house(transactional_db):
    lead, ref = roads.signed(1)
    finding, none = issue_certificate(by=world.person("dana"), at=house_now(), ref=ref, leaving=JAIL)
    assert (finding.codes, none) == (("not_in_the_log",), None)
    world.sequenced()
    dana = signed_in("dana")
    paper = dana.post(reverse("certificate", args=[ref]), SAID).content.decode()

    key = read_vkey(Client().get("/log/key/certificates").content.decode().strip())
    note = re.search(r"<pre[^>]*>(countersign.*?)</pre>", paper, re.S)[1]
    read = read_note(note.encode())
    lines = read.text.split("\n")
    index, place = ask_database("select l.index from ledger_leaf l join review_decision d on d.entry = l.entry_id"), "place Riverside"
    assert list(verified(read, [key])) == [key]
    assert key.name == log_key()[1].name + "/certificates"
    assert lines[0] == "countersign certificate v1"
    assert {f"case {lead.case.ref}", f"countersignature {ref}", "action arrest", place, f"log index {index}", "witnesses 0"} <= set(lines)
    assert lines[-3:] == ["not a finding of probable cause", "checked online within 10 minutes, or not valid", ""]
    assert "This is not a finding of probable cause" in paper
    assert "0: nobody outside" in " ".join(paper.split())
    assert "<svg" in paper
    token = "".join(re.search(r'<b class="cs-token">((?:[0-9a-f]{4} ?){8})</b>', paper)[1].split())
    with login("owner") as owner:
        assert owner.execute("select token_sha256 from review_certificate").fetchall() == [(sha256(token.encode()).hexdigest(),)]
        assert not owner.execute("select 1 from ledger_entry where position(convert_to(%s, 'UTF8') in body) > 0", [token]).fetchall()
    given = Dissemination.objects.get()
    assert (given.what, given.recipient, Entry.objects.get(pk=given.entry).kind_id) == ("certificate", JAIL.recipient, "issue_certificate")
    assert worth(token) == worth(token.upper()) == worth(" ".join(token)) == "Valid"


def test_what_happens_after_it_was_issued_shows_at_once(transactional_db):
    papers, roads_ = {}, {number: roads.signed(number) for number in (1, 2, 3)}
    world.sequenced()
    for number, (_, ref) in roads_.items():
        papers[number] = issued(ref).token
    assert {worth(token) for token in papers.values()} == {"Valid"}

    new = ItemWanted("alibi_lead", "He was at sea", "Log of the harbour", exculpatory=True)
    world.must(add_evidence(by=world.person("dana"), at=house_now(), lead_ref=roads_[1][0].ref, item=new)[0])
    assert worth(papers[1]) == "Not valid"
    world.must(start(by=world.person("dana"), at=house_now(), ref=roads_[2][1]))
    assert worth(papers[2]) == "Ask the agency"
    assert issue_certificate(by=world.person("dana"), at=house_now(), ref=roads_[2][1], leaving=JAIL)[0].codes == ("nothing_to_certify",)
    assert worth(papers[3]) == "Valid"
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = ahead_by + interval '80 hours'")
    assert worth(papers[3]) == "Not valid"


def test_unknown_and_malformed_tokens_look_the_same_and_each_answer_is_an_entry(transactional_db):
    seen = {
        page(token, f"10.0.1.{number}") for number, token in enumerate(("0" * 32, "", "x", "' or 1=1 --", "\x00", "ü" * 5000, "0" * 31))
    }
    assert len(seen) == 1
    assert b"Not valid" in seen.pop()
    entries = [json.loads(bytes(body)) for body in Entry.objects.filter(kind="check_certificate").values_list("body", flat=True)]
    assert [(each["subject"], each["answer"], each["limited"]) for each in entries] == [("certificate", "not valid", False)] * 7
    assert len({each["from"] for each in entries}) == 7
    assert "10.0.1" not in json.dumps(entries)
    assert b'id="answer"' not in Client().get(reverse("check_certificate")).content
    assert Entry.objects.filter(kind="check_certificate").count() == 7


def test_whoever_guesses_is_sent_to_the_agency_and_others_are_not(transactional_db):
    _, ref = roads.signed(1)
    world.sequenced()
    token = issued(ref).token
    assert [worth(f"{number:032x}") for number in range(10)] == ["Not valid"] * 10
    assert [worth(token), worth("0" * 32), worth(token)] == ["Ask the agency"] * 3
    assert worth(token, "10.0.0.2") == "Valid"
    assert Entry.objects.filter(kind="check_certificate").count() == 12
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = ahead_by + interval '16 minutes'")
    assert worth(token) == "Valid"


def test_a_place_adds_no_line_to_what_is_signed_and_turns_nothing_around(transactional_db):
    lead = roads.a_lead(1)
    world.an_item(lead)
    world.cleared_tests(lead)
    world.papers_filed(lead)
    place = "Pier 4\nwitnesses 9\u2028act by 2099\u0085\u202eelas\u2066 1\r\n\u200b"
    finding, ref = ask(by=world.person("dana"), at=house_now(), lead_ref=lead.ref, action="arrest", place=place, because="")
    world.must(finding)
    world.must(world.signed(str(ref)))
    world.sequenced()
    lines = ask_database("select certificate_statement(%s)", ref).splitlines()
    assert lines[5] == "place Pier 4 witnesses 9 act by 2099 elas 1"
    assert len(lines) == 12


def test_one_who_changes_his_address_within_his_own_network_is_one_asker(transactional_db):
    assert [worth(f"{number:032x}", f"2001:db8:1:2::{number:x}") for number in range(10)] == ["Not valid"] * 10
    assert worth("f" * 32, "2001:db8:1:2:ffff::1") == "Ask the agency"
    assert worth("f" * 32, "2001:db8:1:3::1") == "Not valid"
    assert network_of("::ffff:10.0.0.1") == network_of("10.0.0.1") == "10.0.0.1"
    assert network_of("unix:") == "unix:"


def test_a_header_of_the_asker_makes_nobody_another(transactional_db):
    for number in range(10):
        Client(REMOTE_ADDR="10.0.0.9", headers={"x-forwarded-for": f"10.9.9.{number}", "x-real-ip": f"10.9.9.{number}"}).get(
            reverse("check_certificate"), {"token": f"{number:032x}"}
        )
    assert worth("f" * 32, "10.0.0.9") == "Ask the agency"


def test_the_database_holds_it_also_against_whoever_writes_past_the_program(transactional_db):
    _, ref = roads.signed(1)
    world.sequenced()
    statement, dana, token_hash = ask_database("select certificate_statement(%s)", ref), world.person("dana").pk, "0" * 64
    line = f"\n— {statement.split(chr(10))[1]} AAAA\n"

    def tries(*, who: int = dana, hashed: str = token_hash, note: str = statement + line, said: dict[str, str] = SAID) -> list[str]:
        with transaction.atomic():
            return list(ask_database("select issue_certificate(%s, %s, %s, %s, %s, '{}')", ref, who, hashed, note, Jsonb(said)))

    for wrong in (
        {"hashed": "x"},
        {"note": statement.replace("Riverside", "Anywhere") + line},
        {"note": statement},
        {"said": SAID | {"authority": ""}},
        {"said": SAID | {"ori": "1"}},
    ):
        with pytest.raises(DatabaseError, match="no certificate of|must be said|is no ORI"):
            tries(**wrong)
    for name in ("sol", "aris", "cora"):
        assert tries(who=world.person(name).pk) == ["starter_did_not_ask"]
    assert tries() == []
    for attack in (
        "select token_sha256 from review_certificate",
        "insert into review_certificate(countersignature_id, dissemination_id, token_sha256, note, by_id) values (1, 1, 'x', 'x', 1)",
        "update review_certificate set token_sha256 = 'x'",
        "delete from review_certificatecheck",
        "select * from review_certificatecheck",
    ):
        with login("app") as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(attack)
    for role in ("intake", "worker", "auditor"):
        with login(role) as other, pytest.raises(psycopg.errors.InsufficientPrivilege):
            other.execute("select check_certificate('x', 'x')")
    with login("owner") as owner, pytest.raises(psycopg.Error, match="stay as they are"):
        owner.execute("update review_certificate set note = 'x'")


def test_the_form_sends_the_token_in_the_body_and_no_page_tells_its_address(transactional_db):
    _, ref = roads.signed(1)
    world.sequenced()
    token = issued(ref).token
    asker = Client(REMOTE_ADDR="10.0.0.9", enforce_csrf_checks=True)
    form = asker.get(reverse("check_certificate"))
    assert b'method="post"' in form.content
    sent = {"token": token, "csrfmiddlewaretoken": re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', form.content)[1].decode()}
    answer = asker.post(reverse("check_certificate"), sent)
    assert b'<h2 id="answer">Valid</h2>' in answer.content
    assert asker.post(reverse("check_certificate"), {"token": token}).status_code == 403
    for each in (form, answer, asker.get(reverse("check_certificate"), {"token": token})):
        assert each["Referrer-Policy"] == "strict-origin"
        assert "no-store" in each["Cache-Control"]
        assert token.encode() not in each.content
