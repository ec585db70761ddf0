"""A throw-away database for each replay, cloned from a migrated template that this module makes and removes. Needs the owner's login."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connections

from cases import jobs
from cases.acts.enrol import enrol
from cases.acts.find_empty import find_empty
from cases.acts.link import link, link_near
from cases.acts.rescreen import rescreen
from cases.acts.screen import screen
from cases.acts.search import search
from cases.matching.reference import reference_engine
from cases.models import Job
from ledger.clock import house_now
from people.appoint import Appointment, appoint, move
from people.models import Agency, Person
from people.roles import Role
from review.replay.walk import Stage

GALLERY = "Demonstration booking photos"


def _ref(job: Job) -> str:
    if job.case is None:
        raise ValueError(f"job {job.pk} names no case")
    return job.case.ref


EFFECTS: Mapping[str, Callable[[Job], object]] = {
    "screen": lambda job: screen(case_ref=_ref(job), at=house_now()),
    "rescreen": lambda job: rescreen(policy=job.details["policy"], after=job.details.get("after", 0)),
    "link": lambda job: link(case_ref=_ref(job), at=house_now(), engine=reference_engine()),
    "link_near": lambda job: link_near(case_ref=_ref(job), engine=reference_engine()),
    "search": lambda job: search(case_ref=_ref(job), at=house_now(), engine=reference_engine()),
    "find_empty": lambda job: find_empty(case_ref=_ref(job), at=house_now()),
    "enrol": lambda job: enrol(
        run_id=job.details["run"],
        at=house_now(),
        engine=reference_engine(),
        after=job.details.get("after", ""),
        done=job.details.get("done", 0),
    ),
}


class ThrowAwayHouse:
    """Makes the template once; each ``clone()`` is a database of its own in which every alias of this process stands."""

    def __init__(self, scratch: Path, *, template: str = "") -> None:
        self.scratch = scratch
        self.name = connections["owner"].settings_dict["NAME"]
        self.given = bool(template)
        self.template = template or f"replay_{os.getpid()}_template"
        self.number = 0

    def open(self) -> None:
        """Make, migrate and furnish the template, unless one was given."""
        if self.given:
            return
        self._as_owner(f'create database "{self.template}"')
        environment = {**os.environ, "COUNTERSIGN_PROCESS": "owner", "OWNER_DATABASE_URL": self._url(self.template)}
        for step in (["migrate", "--verbosity", "0"], ["make_keystore"], ["demo_setup"]):
            subprocess.run(
                [sys.executable, "manage.py", *step], cwd=settings.ROOT, env=environment, check=True, stdout=subprocess.DEVNULL, timeout=300
            )
        self._stand_in(self.template)
        with self.as_machine():
            while due := jobs.due():
                for job_id in due:
                    jobs.run(job_id=job_id, effects=EFFECTS)
        self._stand_in(self.name)

    def close(self) -> None:
        """Leave nothing behind."""
        self._stand_in(self.name)
        if not self.given:
            self._as_owner(f'drop database if exists "{self.template}"')

    @contextmanager
    def clone(self) -> Iterator[Stage]:
        """Yield a stage in a fresh clone, and drop it."""
        self.number += 1
        name = f"replay_{os.getpid()}_{self.number}"
        self._close_all()
        self._as_owner(f'create database "{name}" template "{self.template}"')
        self._stand_in(name)
        try:
            yield self._stage()
        finally:
            self._stand_in(self.name)
            self._as_owner(f'drop database if exists "{name}"')

    def _stage(self) -> Stage:
        return Stage(
            faces=Path(settings.ROOT) / "demo" / "people",
            gallery=GALLERY,
            scratch=self.scratch,
            as_machine=self.as_machine,
            set_traits=self._set_traits,
            move_to_unit=self._move_to_unit,
            another_detective_of=self._another_detective_of,
            engine=reference_engine(),
            effects=EFFECTS,
        )

    def as_machine(self) -> AbstractContextManager[None]:
        """Let the default connection be the worker's, as in the worker's process."""
        return self._as("worker")

    @staticmethod
    @contextmanager
    def _as(login: str) -> Iterator[None]:
        pages, other = connections["default"], connections[login]
        connections["default"] = other
        other.alias = "default"
        try:
            yield
        finally:
            other.alias = login
            connections["default"] = pages

    def _set_traits(self, kind: str, traits: Iterable[str]) -> None:
        """In scenario files the field says what is a judgement, not the kind; only the owner of a throw-away database can do that."""
        with connections["owner"].cursor() as cursor:
            cursor.execute("alter table review_evidencekind disable trigger stays_as_it_is")
            cursor.execute("update review_evidencekind set traits = %s where kind = %s", [list(traits), kind])
            cursor.execute("alter table review_evidencekind enable always trigger stays_as_it_is")

    def _move_to_unit(self, username: str, unit: str) -> None:
        with self._as("owner"):
            move(person=Person.objects.get(username=username), unit=unit, new_unit=True)

    def _another_detective_of(self, unit: str, agency: Agency) -> Person:
        with self._as("owner"):
            wanted = Appointment("colleague", "Det. of the reviewers' unit", unit, (Role.DETECTIVE,), ("bias",))
            appoint(agency=agency, appointments=[wanted], passwords={}, on=house_now().date())
        return Person.objects.get(username=wanted.username)

    def _stand_in(self, name: str) -> None:
        self._close_all()
        for each in connections.all():
            each.settings_dict["NAME"] = name

    @staticmethod
    def _close_all() -> None:
        for each in connections.all():
            each.close()

    def _as_owner(self, sql: str) -> None:
        s = connections["owner"].settings_dict
        with psycopg.connect(
            host=s["HOST"], port=s["PORT"] or None, user=s["USER"], password=s["PASSWORD"], dbname="postgres", autocommit=True
        ) as owner:
            owner.execute(sql)

    def _url(self, name: str) -> str:
        base, _, query = os.environ["OWNER_DATABASE_URL"].partition("?")
        return base.rsplit("/", 1)[0] + f"/{name}" + (f"?{query}" if query else "")
