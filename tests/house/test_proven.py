"""What the README says is proven is what `docs/proof.md` says, added up."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROW = re.compile(r"^\| ([^|]+) \| ([\d,]+) \| ([\d,]+) \|", re.MULTILINE)
ADDED_UP = {  # how a row of the README begins -> how those of the page begin
    "transitions of the model": ("the model: every transition",),
    "attempts made on the model": ("model and real system:",),
    "attacks as every login": ("attacks on tables", "attacks by other routes", "calls of every function", "ways round"),
    "graphs of evidence": ("both gates weigh",),
    "small changes to either gate": ("mutants of",),
    "races of a signature": ("races: countersign against", "races: start against"),
    "two reviewers that take": ("races: two reviewers",),
}


def rows(page: str) -> dict[str, tuple[int, int]]:
    text = (Path(settings.ROOT) / page).read_text(encoding="utf-8")
    return {name: (int(tried.replace(",", "")), int(held.replace(",", ""))) for name, tried, held in ROW.findall(text)}


@pytest.mark.parametrize(("short", "whole"), ADDED_UP.items())
def test_a_row_of_the_readme_is_these_rows_added_up(short, whole):
    (said,) = (numbers for name, numbers in rows("README.md").items() if name.startswith(short))
    found = [numbers for name, numbers in rows("docs/proof.md").items() if name.startswith(whole)]
    assert len(found) >= len(whole)
    assert said == (sum(tried for tried, _ in found), sum(held for _, held in found))


def test_states_and_planted_bugs_are_those_of_the_page():
    readme, proof = ((Path(settings.ROOT) / page).read_text(encoding="utf-8") for page in ("README.md", "docs/proof.md"))
    said = re.search(r"in ([\d,]+) states; each of (\d+) planted bugs", readme)
    assert said
    assert f"| {said[1]} states," in proof
    assert f"| bugs planted in the model, each found | {said[2]} | {said[2]} |" in proof
