"""The pictures of what was measured say what its tables say."""

from pathlib import Path

import pytest
from django.conf import settings

from bench.picture import PAGE, drawn, grown, measured

DOCS = Path(settings.ROOT) / "docs"
SAID = """
| what | figure | quartiles | |
| --- | --- | --- | --- |
| P1 one / another | **0.70** | 0.60 - 0.80 | goal 1.40, floor 0.35 |
| bytes | 30 | | at most 60, floor 120 |
| a gate | **1,000.0** | | goal at most 10 |
| times | 12 ms | | no goal |

| what | 100,000 cases | 1,000,000 cases | growth |
| --- | ---: | ---: | --- |
| page: a list: buffers | 97 | 1,370 | +1,273 |
| page: a list: ms | 9.7 | 13.7 | x1.4 |
| P12 next task: p50, p99 | **1.01**, **3.00** | | p99 at most 1.5, floor 3 |
"""


def test_the_pictures_are_what_the_tables_say_now():
    for name, picture in drawn((DOCS / PAGE).read_text()).items():
        assert (DOCS / name).read_text() == picture, f"run python -m bench.picture: docs/{name}"
        assert f"({name})" in (DOCS / PAGE).read_text()


def test_a_figure_is_as_many_times_as_good_as_its_goal():
    assert [(each.what, pytest.approx(each.reached), each.floor and pytest.approx(each.floor)) for each in measured(SAID)] == [
        ("P1 one / another", 0.5, 0.25),
        ("bytes", 2.0, 0.5),
        ("a gate", 0.01, None),
        ("P12 next task: p50, p99 (1,000,000 cases)", 0.5, 0.5),
    ]
    assert measured(SAID)[0].quartiles == pytest.approx((0.6 / 1.4, 0.8 / 1.4))


def test_buffers_are_told_at_each_size():
    (page,) = grown(SAID)
    assert (page.what, page.buffers) == ("page: a list", {"100,000 cases": 97, "1,000,000 cases": 1370})


def test_every_figure_with_a_goal_in_the_docs_is_in_the_picture():
    text = (DOCS / PAGE).read_text()
    numbered = {line.split()[1] for line in text.splitlines() if line.startswith("| P") and ("goal" in line or "at most" in line)}
    assert numbered - {"P11"} <= {each.what.split()[0] for each in measured(text)}  # P11 is measured against another library, not a number
