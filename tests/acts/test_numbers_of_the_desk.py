"""The numbers of the desk are law as data: a pack that is in force sets them, and the database reads them; its floor stands under all of them."""

from pathlib import Path

import pytest

from ledger.asking import ask_rows
from tests import world
from tests.database import login

ASKED = "select look_seconds(), break_after_minutes(), turn_hours(), hold_hours(), turns_a_day(), non_mates_a_sheet()"
BY_THE_HOUSE = (5, 50, 8, 16, 40, 4)
SAID = {"look_seconds": 9, "break_after_minutes": 30, "turn_hours": 5, "hold_hours": 6, "turns_a_day": 7, "non_mates": 3}
committed = pytest.mark.django_db(transaction=True)


def numbers() -> tuple[int, ...]:
    with login("owner") as owner:
        return tuple(owner.execute(ASKED).fetchone() or ())


def pack(folder: Path, **says: int) -> Path:
    rows = [
        'id = "desk"',
        'title = "The desk"',
        'layer = "model"',
        'status = "guidance"',
        'source = "a test"',
        "effective_from = 2000-01-01",
    ]
    rows += ["[[rule]]", 'id = "desk"', 'type = "human_review"', 'gate = "review"', 'sentence = "As said."', 'citation = "Desk, 1"']
    rows += ['source = "a test"', "verify = true", "[rule.parameters]", *(f"{name} = {value}" for name, value in says.items())]
    path = folder / "desk.toml"
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


@committed
def test_a_pack_in_force_sets_each_of_them_with_its_citation(tmp_path):
    assert numbers() == BY_THE_HOUSE

    world.in_force("nlc-2021", pack(tmp_path, **SAID))

    assert numbers() == tuple(SAID.values())
    cited = dict(
        ask_rows("select name, citation from cases_policynumber where policy_id = policy_in_force() and name = any (%s)", list(SAID))
    )
    assert cited == dict.fromkeys(SAID, "Desk, 1")


@committed
def test_a_number_of_the_pack_is_what_the_desk_keeps(tmp_path):
    world.in_force("nlc-2021", pack(tmp_path, non_mates=2))
    case = world.searched()
    world.drawn(case, "ada")

    assert ask_rows("select count(*) from review_nonmateshown") == [(2,)]


@committed
def test_the_floor_stands_whatever_the_rows_say():
    with login("owner") as owner:
        owner.execute("alter table cases_policynumber disable trigger user")
        owner.execute(
            "insert into cases_policynumber(policy_id, name, value, citation) select policy_in_force(), n, 0, 'x' from unnest(%s::text[]) n",
            [list(SAID)],
        )
    assert numbers() == (1,) * len(SAID)
