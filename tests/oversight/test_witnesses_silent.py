"""Countersigning stops while witnesses are silent, in both gates and on the page, and goes on by itself; bundles carry what they cosigned."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import reverse

from ledger import verify
from ledger.asking import ask_database
from ledger.bundle import VERIFIER, zipped
from ledger.clock import house_now
from ledger.log import log_key
from ledger.models import Cosignature
from ledger.note import Verifier
from ledger.witness import witness_in
from ledger.witnesses import Witnesses
from oversight.export import NotMade, export
from oversight.fsck import fsck
from oversight.gatecheck import gatecheck
from people.roles import Role
from review.models import Countersignature
from review.rules.leaving import Leaving
from review.sheets import notices
from tests import world
from tests.database import login
from tests.oversight import roads
from tests.pages.signing import signed_in
from tests.witnessing import asked, policy, serving, unguarded

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner", "worker", "auditor"])
COURT = Leaving("District Court, part 4", "discovery", "order of 1 March 2026")
AWAY = "http://127.0.0.1:9"


@pytest.fixture
def witnessed(transactional_db, tmp_path: Path) -> Iterator[tuple[Verifier, str]]:
    """A witness that knows our log."""
    world.sequenced()
    with world.the_machine():
        _, key = log_key()
    witness = witness_in(tmp_path / "one", "one.example", [key])
    with serving(witness) as address:
        yield witness.signer.verifier, address


def moved_on(by: str) -> None:
    with login("owner") as owner:
        owner.execute("update ledger_clock set ahead_by = ahead_by + %s::interval", [by])


def test_nothing_is_signed_while_witnesses_are_silent_and_it_goes_on_by_itself(witnessed, tmp_path):
    key, address = witnessed
    lead, request = roads.ready(1)
    _, second = roads.ready(2)
    policy(tmp_path, [(key, AWAY)], 1, minutes=10)
    assert not ask_database("select witnesses_silent_since()")
    moved_on("11 minutes")

    with world.the_machine():
        ask_database("select ledger_witnesses_alarm()")
    told = notices.of(world.person("ada"), at=house_now(), roles=frozenset({Role.AUDITOR}))
    assert [each.what for each in told if each.case == "The log"] == [notices.OF_THE_LOG["witnesses_silent"]]
    assert world.signed(request).codes == ("witnesses_silent",)
    assert Countersignature.objects.get(ref=request).state == "ASKED"
    answer = ask_database("select countersign(%s, %s, true, 'I would.', '{}', '{}')", request, world.person("sol").pk)
    assert answer == {"state": "ASKED", "reasons": ["witnesses_silent"]}
    signer = signed_in("sol")
    page = signer.get(reverse("supervise", args=[request])).content.decode()
    assert "Nothing is signed now" in page
    assert "Nobody outside the agency has seen the log for too long" in page
    assert world.signed(second, sign=False).codes == ("signer_declined",)
    world.an_item(lead)

    policy(tmp_path, [(key, address)], 1, minutes=10)
    world.sequenced()
    asked(Witnesses())
    assert "Nothing is signed now" not in signer.get(reverse("supervise", args=[request])).content.decode()
    world.papers_filed(lead, "arrest")
    world.must(world.signed(request))
    assert not gatecheck(using="auditor").wrong


def test_the_recheck_finds_what_was_signed_unseen(witnessed, tmp_path):
    key, address = witnessed
    policy(tmp_path, [(key, address)], 1, minutes=10)
    world.sequenced()
    asked(Witnesses())
    _, request = roads.ready(1)
    moved_on("15 minutes")
    assert world.signed(request).codes == ("witnesses_silent",)
    world.sequenced()
    asked(Witnesses())
    world.must(world.signed(request))
    assert not gatecheck(using="auditor").wrong
    with unguarded("ledger_cosignature") as owner:
        owner.execute(
            "update ledger_cosignature set at = house_now() + interval '1 hour' where checkpoint_id = (select max(size) from ledger_checkpoint)"
        )
    (wrong,) = gatecheck(using="auditor").wrong
    assert (wrong.ref, [each.code for each in wrong.findings]) == (request, ["witnesses_silent"])


def test_a_bundle_rests_on_what_its_witnesses_cosigned(witnessed, tmp_path):
    key, address = witnessed
    case = world.requested("26-1")
    world.sequenced()

    def bundle() -> bytes:
        def wait() -> bool:
            world.sequenced()
            asked(Witnesses(patience=0.5))
            return not tried.append(None) and len(tried) < 4

        tried: list[None] = []
        return export(case_ref=case.ref, leaving=COURT, wait=wait, using="auditor")

    first = bundle()
    policy(tmp_path, [(key, AWAY)], 1)
    world.sequenced()
    with pytest.raises(NotMade, match="the witnesses have not cosigned"):
        bundle()
    policy(tmp_path, [(key, address)], 1)
    world.sequenced()
    third = bundle()
    fourth = bundle()

    assert verify.check(first)[7:11] == (0, 0, [], [])
    assert verify.check(third, since=first)[7:11] == (1, 1, ["one.example"], [])
    assert verify.check(fourth, since=third)[7:11] == (1, 1, ["one.example"], [])
    path = tmp_path / "fourth.zip"
    path.write_bytes(fourth)
    said = subprocess.run([sys.executable, "-I", VERIFIER, path], capture_output=True, text=True).stdout
    assert "Witnesses: 1 named, 1 needed.\nSeen and cosigned by: one.example." in said
    files = verify.unzipped(fourth)
    cut = {
        name: raw if name == "verify.py" else raw.replace(files["checkpoint"].split(b"\n")[-2] + b"\n", b"") for name, raw in files.items()
    }
    with pytest.raises(verify.Refused, match="is not the file that the manifest lists"):
        verify.check(zipped(cut))


def test_fsck_verifies_every_cosignature_again(witnessed, tmp_path):
    policy(tmp_path, [witnessed], 1)
    world.sequenced()
    asked(Witnesses())
    world.requested("26-1")
    size = world.sequenced().size
    asked(Witnesses())
    assert fsck(using="auditor").first_wrong is None
    assert Cosignature.objects.count() == 2
    with unguarded("ledger_cosignature") as owner:
        owner.execute(
            "update ledger_cosignature set line = (select line from ledger_cosignature where checkpoint_id <> %s) where checkpoint_id = %s",
            [size, size],
        )
    assert f"the cosignature of one.example on the checkpoint of {size} entries does not hold" in fsck(using="auditor").first_wrong
