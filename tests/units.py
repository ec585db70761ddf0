"""People who change their unit by the row that moves them; or their agency, which nothing of the house can do."""

from collections.abc import Callable
from threading import Thread
from typing import Any

from django.db import connections

from tests.database import login, waiting

STAY = (
    "insert into people_unitheld(person_id, unit_id) select p.id, u.id from people_person p join people_unit u on u.agency_id = p.agency_id "
    "where p.username = %s and u.name = %s"
)


def moved(name: str, unit: str) -> None:
    """Let a person belong to another unit of his agency; one that is not there is made."""
    with login("owner") as owner:
        owner.execute(
            "insert into people_unit(agency_id, name) select agency_id, %s from people_person where username = %s on conflict do nothing",
            [unit, name],
        )
        assert owner.execute(STAY, [name, unit]).rowcount == 1


def while_moved(name: str, unit: str, act: Callable[[], object]) -> object:
    """Let somebody act while he is being moved and the move is not committed yet; return what came of the act, or what it raised."""
    came: list[object] = []

    def acts() -> None:
        try:
            came.append(act())
        except Exception as trouble:
            came.append(trouble)
        finally:
            connections.close_all()

    acting = Thread(target=acts)
    with login("owner") as watching, login("owner") as owner:
        with owner.transaction():
            owner.execute(STAY, [name, unit])
            acting.start()
            while not waiting(watching):
                assert acting.is_alive(), came
        acting.join()
    return came[0]


def employed(owner: Any, ori: str, unit: str, *names: str) -> None:
    """Let the owner, past the promises, write these persons into a unit of another agency; the unit is made."""
    owner.execute("insert into people_unit(agency_id, name) select id, %s from people_agency where ori = %s", [unit, ori])
    owner.execute("alter table people_person disable trigger a_person_is_where_he_stays")
    owner.execute(
        "update people_person set agency_id = u.agency_id, unit_id = u.id from people_unit u join people_agency a on a.id = u.agency_id "
        "where u.name = %s and a.ori = %s and username = any (%s)",
        [unit, ori, list(names)],
    )
    owner.execute(
        "insert into people_unitheld(person_id, unit_id) select id, unit_id from people_person where username = any (%s)", [list(names)]
    )
    owner.execute("alter table people_person enable always trigger a_person_is_where_he_stays")
