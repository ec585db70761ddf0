"""OFIQ beside our own measures. It is not in this repository: here answers a program that writes as OFIQ's own sample program does."""

import hashlib
import json
import sys
from pathlib import Path

import pytest

from cases.matching import ofiq
from cases.matching.ofiq import Component, Ofiq, OfiqFailed, components_in
from ledger.models import Entry
from tests import world
from tests.pages.signing import signed_in

NAMES = ("UnifiedQualityScore", "BackgroundUniformity", "Sharpness", "EyesOpen")
HEADER = ";".join(("Filename", *NAMES, *(f"{name}.scalar" for name in NAMES))) + ";"
ROW = "a;28.5;1.25;-3;0;71;44;9;-1"
ANSWER = f"{HEADER}\n{ROW}\n"
PROGRAM = """#!{python}
import hashlib, sys
given = dict(zip(sys.argv[1::2], sys.argv[2::2]))
print("OFIQ library version: 1.0.2")
print(hashlib.sha256(open(given["-i"], "rb").read()).hexdigest(), file=open("{seen}", "a"))
{does}
"""


@pytest.fixture
def writes(tmp_path, monkeypatch):
    """Make a program that does this, as the house's OFIQ; return the file of what pictures it was handed."""

    def make(does: str = f"open(given['-o'], 'w').write({ANSWER!r})") -> Path:
        seen, program = tmp_path / "seen", tmp_path / "OFIQSampleApp"
        program.write_text(PROGRAM.format(python=sys.executable, seen=seen, does=does))
        program.chmod(0o700)
        monkeypatch.setenv("COUNTERSIGN_OFIQ", str(program))
        monkeypatch.setenv("COUNTERSIGN_OFIQ_CONFIG", str(tmp_path))
        ofiq._known.clear()
        return seen

    return make


def test_components_are_read_in_their_order_without_the_unified_score():
    assert components_in(ANSWER) == (
        Component("BackgroundUniformity", 1.25, 44.0),
        Component("Sharpness", -3.0, 9.0),
        Component("EyesOpen", 0.0, None),
    )


def test_a_time_at_the_end_is_no_component():
    assert components_in(f"{HEADER}assessment_time_in_ms\n{ROW};812\n") == components_in(ANSWER)


@pytest.mark.parametrize("answer", ["", "\n\n", "Filename;\na;\n", HEADER, f"{HEADER}\na;x;y", f"{HEADER}\na;1;2", "no;table\nat;all"])
def test_what_cannot_be_read_is_told(answer):
    with pytest.raises(OfiqFailed):
        components_in(answer)


def test_the_picture_arrives_whole_and_is_measured_once(writes):
    seen = writes()
    found = ofiq.installed()
    assert isinstance(found, Ofiq)
    png = b"\x89PNG" + bytes(range(256)) * 20_000  # more than a pipe holds

    assert found.read(png) == found.read(png)
    assert found.read(png).tool == "OFIQ 1.0.2"
    assert seen.read_text().split() == [hashlib.sha256(png).hexdigest()]


@pytest.mark.parametrize(
    ("does", "says"),
    [
        ("print('no models in this folder', file=sys.stderr); sys.exit(1)", "OFIQ ended with 1: no models in this folder"),
        ("sys.exit(0)", "OFIQ answered nothing that can be read"),
        ("import time; time.sleep(30)", "OFIQ has not answered within 0.5 seconds"),
    ],
)
def test_a_failure_is_told_and_not_kept(writes, monkeypatch, does, says):
    monkeypatch.setattr(ofiq, "PATIENCE", 0.5 if "sleep" in does else 60)
    writes(does)
    with pytest.raises(OfiqFailed, match=says):
        ofiq.installed().read(b"x")
    monkeypatch.setattr(ofiq, "PATIENCE", 60)
    writes()
    assert ofiq.installed().read(b"x").components


def test_a_program_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setenv("COUNTERSIGN_OFIQ", "/nowhere/OFIQSampleApp")
    with pytest.raises(OfiqFailed, match="cannot be started as COUNTERSIGN_OFIQ names it"):
        ofiq.installed().read(b"x")
    monkeypatch.delenv("COUNTERSIGN_OFIQ")
    assert ofiq.installed() is None


def test_the_page_shows_it_and_the_record_keeps_the_raw_values(writes, db):
    writes()
    case = world.screened(world.requested("25-ofiq"))
    aris = signed_in("aris")
    page = aris.get(f"/cases/{case.ref}/probe").content.decode()
    for words in ("By OFIQ 1.0.2, the reference implementation", "Background uniformity", "44 of 100", "could not be measured"):
        assert words in page, words
    assert "Unified" not in page

    said = {"grade": "fit", "depicts": "him", "role_shown_by": "the film"}
    assert aris.post(f"/cases/{case.ref}/probe", said).status_code == 302
    entry = Entry.objects.get(kind="check_probe", subject=case.ref)
    quality = json.loads(bytes(entry.body))["quality"]
    assert quality["tool"].endswith("; OFIQ 1.0.2")
    assert quality["measures"]["ofiq.Sharpness"] == -3
    assert "ofiq.EyesOpen" not in quality["measures"]


def test_where_it_fails_the_page_says_so_and_the_check_goes_on(writes, db):
    writes("sys.exit(3)")
    case = world.screened(world.requested("25-ofiq"))
    page = signed_in("aris").get(f"/cases/{case.ref}/probe").content.decode()
    assert "Not measured by OFIQ." in page
    assert "Inter-eye distance" in page
