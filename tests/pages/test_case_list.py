"""The case list is searched by the begin or the end of a number, theirs or ours, and by offence; the page names the offence of today's law."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from review.views import case_file
from tests import world
from tests.pages.signing import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def dana() -> Client:
    return client_of("dana")


def test_a_case_is_found_by_either_end_of_its_numbers_and_by_its_offence(dana):
    first = world.requested("25-004711-k", "p012")
    second = world.screened(world.requested("26-9", "p014"))

    def found(sought: str) -> set[str]:
        page = dana.get("/cases", {"q": sought}).content.decode()
        return {ref for ref in (first.ref, second.ref) if f"/cases/{ref}" in page}

    assert found(first.ref) == found(first.ref.lower()) == found(first.ref[-4:]) == {first.ref}
    assert found("25-0047") == found("4711-K") == {first.ref}
    assert found("FR-") == {first.ref, second.ref}
    assert found("120") == {first.ref, second.ref}, "the confirmed offence, or the requested one as long as none is confirmed"
    assert found("26-9") == {second.ref}
    assert found("%") == found("_") == found("no such") == set()


@pytest.mark.parametrize("counted", [2, 1000])
def test_page_after_page_shows_each_case_once_however_many_ways_it_is_found(dana, monkeypatch, counted):
    """Further down than was counted, too: a number that ends with the code of an offence is found in three ways."""
    monkeypatch.setattr(case_file, "PAGE", 2)
    monkeypatch.setattr(case_file, "COUNTED", counted)
    refs = [world.requested(f"25-{n}-120", f"p0{12 + n}").ref for n in range(7)]
    world.requested("26-1", "p030")
    shown, before = [], ""
    for _ in range(4):
        page = dana.get("/cases", {"q": "25-", "before": before})
        assert f"{'more than ' if counted < 7 else ''}{min(counted, 7)} cases" in " ".join(page.content.decode().split())
        shown.append([line.title for line in page.context["lines"]])
        before = str(page.context["more"] or "")

    assert shown == [refs[6:4:-1], refs[4:2:-1], refs[2:0:-1], refs[:1]]
    assert before == ""
    assert len(dana.get("/cases", {"q": "120"}).context["lines"]) == 2
    far = dana.get("/cases", {"q": "25-", "before": "9" * 30})
    assert [line.title for line in far.context["lines"]] == refs[6:4:-1]


def test_an_offence_that_only_an_older_policy_listed_is_not_on_the_list_in_force(dana, tmp_path: Path):
    case = world.screened(world.requested("25-1"))
    assert "not on the list in force" not in dana.get(f"/cases/{case.ref}").content.decode()
    text = (Path(settings.ROOT) / "policies" / "nlc-2021.toml").read_text(encoding="utf-8")
    path = tmp_path / "shorter.toml"
    path.write_text(text.replace('"nlc-2021"', '"shorter"').replace('"120", ', ""), encoding="utf-8")
    world.in_force(path)

    assert "not on the list in force" in dana.get(f"/cases/{case.ref}").content.decode()
