"""Set up the demonstration: an invented agency, its people, the default policy, and a gallery of rendered faces to enrol."""

import secrets
import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cases.acts.enrol import files_of
from cases.jobs import enqueue
from cases.law.adoption import AdoptionRecord
from cases.law.load import Pack, load_pack
from cases.law.shipped import POLICIES
from cases.law.words import ASSESSMENTS, LEFT_OUT
from cases.matching.reference import reference_engine
from cases.models import EnrolmentRun
from cases.registering import register_gallery, set_threshold
from ledger.clock import house_now
from people.appoint import Appointment, appoint, found_agency
from people.measuring import Answer
from people.models import Agency, Person
from people.roles import Role
from review.acts.adopt_policy import adopt_policy
from review.acts.propose_policy import propose_policy
from review.management.commands.register_non_mates import register
from review.management.commands.register_practice import register as register_practice

GALLERY = "Demonstration booking photos"
NOT_ENROLLED = ("p026", "p009")  # so that roads (b) and (d) search for people who are not there
NON_MATES = tuple(f"p{number:03}" for number in range(29, 41))  # met by reviewers among the candidates, never in the gallery
BOTH = ("face_comparison", "bias")
TESTED = (  # 62 strangers, one of them supported; 42 persons in the list
    *((False, answer) for answer, times in ((Answer.SUPPORTS, 1), (Answer.NO_CONCLUSION, 3), (Answer.EXCLUDES, 58)) for _ in range(times)),
    *((True, answer) for answer, times in ((Answer.SUPPORTS, 36), (Answer.NO_CONCLUSION, 4), (Answer.EXCLUDES, 2)) for _ in range(times)),
)
CAST = (
    Appointment("dana", "Det. Dana Ortiz", "Robbery", (Role.DETECTIVE,), ("bias",)),
    Appointment("aris", "Aris Whitfield", "Image analysis", (Role.ANALYST,), BOTH),
    Appointment("ada", "Ada Brandt", "Image analysis", (Role.REVIEWER,), BOTH, tested=TESTED),
    Appointment("ben", "Ben Okafor", "Image analysis", (Role.REVIEWER,), BOTH, tested=TESTED),
    Appointment("cleo", "Cleo Marsh", "Regional pool", (Role.REVIEWER,), BOTH, tested=TESTED),
    Appointment("remy", "Remy Laurent", "Regional pool", (Role.REVIEWER,), BOTH, tested=TESTED),
    Appointment("cora", "Cora Lindqvist", "Evidence", (Role.CORROBORATION_OFFICER,)),
    Appointment("cody", "Cody Hale", "Evidence", (Role.CORROBORATION_OFFICER,)),
    Appointment("sol", "Lt. Sol Haddad", "Major crimes", (Role.SUPERVISOR,)),
    Appointment("rex", "Sgt. Rex Doyle", "Robbery", (Role.SUPERVISOR,)),
    Appointment("lea", "Lea Novak", "Legal", (Role.LEGAL_ADVISER,)),
    Appointment("mia", "Mia Torres", "Records", (Role.MANAGER,)),
    Appointment("otto", "Otto Keane", "Inspection", (Role.AUDITOR,)),
    Appointment("pia", "Pia Renard", "District attorney", (Role.PROSECUTOR,)),
    Appointment("petra", "Petra Sand", "Council", (Role.POLICY_BOARD,)),
    Appointment("paul", "Paul Iver", "Council", (Role.POLICY_BOARD,)),
)


def put_in_force(packs: Sequence[Pack], *, first: Person, second: Person, at: datetime) -> int:
    """Propose packs and adopt them with an invented record, as two members of the board do in demonstrations and replays."""
    day = at.date()
    record = AdoptionRecord(
        governing_body="City council (demonstration)",
        voted_on=day,
        votes_for=7,
        votes_against=2,
        votes_abstained=0,
        published_at="https://council.example/face-search-policy",
        review_on=day + timedelta(days=365),
        noticed_on=day - timedelta(days=60),
        comments_from=day - timedelta(days=45),
        comments_until=day - timedelta(days=15),
        meetings_on=tuple(day - timedelta(days=days) for days in (40, 30, 20)),
        written_policy="Ordinance 1 (demonstration)",
        pilot_ends_on=day + timedelta(days=730),
        assessments=dict.fromkeys(ASSESSMENTS, "Assessment (demonstration)"),
    )
    finding, proposal = propose_policy(by=first, at=at, packs=packs)
    if proposal is None:
        raise CommandError(f"not proposed: {finding}")
    finding, policy = adopt_policy(by=second, at=at, proposal_id=proposal, record=record)
    if policy is None:
        raise CommandError(f"not adopted: {finding}")
    return policy


class Command(BaseCommand):
    """Run once, with the owner's login; running it again changes nothing."""

    help = __doc__

    def handle(self, **_: Any) -> None:
        if Agency.objects.exists():
            return
        passwords = {each.username: secrets.token_urlsafe(9) for each in CAST}
        with transaction.atomic():
            now = house_now()
            agency = found_agency(ori="XX0010000", name="Riverside Police (demonstration)", time_zone="America/New_York")
            cast = {person.username: person for person in appoint(agency=agency, appointments=CAST, passwords=passwords, on=now.date())}
            put_in_force([load_pack(POLICIES / "nlc-2021.toml")], first=cast["petra"], second=cast["paul"], at=now)
            self._gallery(agency)
            self._non_mates(agency)
            register_practice(agency, sorted((Path(settings.ROOT) / "demo" / "practice").glob("*_[cm]*.jpg")), demo=True)
        self.stdout.write("People of the demonstration and their passwords, printed this once:")
        for each in CAST:
            self.stdout.write(f"  {each.username:<6} {passwords[each.username]:<14} {each.display_name}, {', '.join(each.roles)}")

    def _non_mates(self, agency: Agency) -> None:
        paths = [Path(settings.ROOT) / "demo" / "people" / f"{name}_mugshot.jpg" for name in NON_MATES]
        register(
            agency=agency,
            paths=paths,
            source="synthetic",
            document="demo/LICENCE.md: rendered people who do not exist (CC0 1.0)",
            demo=True,
        )

    def _gallery(self, agency: Agency) -> None:
        folder = Path(settings.VAR) / "demo-gallery"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for picture in sorted((Path(settings.ROOT) / "demo" / "people").glob("*_mugshot.jpg")):
            if picture.name.split("_")[0] not in (*NOT_ENROLLED, *NON_MATES):
                shutil.copy(picture, folder)
        now = house_now()
        gallery = register_gallery(
            agency=agency,
            at=now,
            name=GALLERY,
            kind="demo",
            basis="Rendered people who do not exist (CC0 1.0)",
            weighed="Nobody in it lives: no driver and no person who was never charged can be returned.",
            leaves_out=LEFT_OUT,
            scrubbed_on=now.date(),
            performer="own_agency",
            demo=True,
        )
        set_threshold(
            gallery=gallery,
            template_version=reference_engine().build.template_version,
            probe_kind="cctv_still",
            threshold=0.60,
            because="Rendered faces resemble each other; this cut leaves the demonstration a short list. It says nothing of real faces.",
        )
        run = EnrolmentRun.objects.create(gallery=gallery, folder=str(folder), files=len(files_of(folder)))
        enqueue(kind="enrol", key=f"enrol:{run.pk}:0", details={"run": run.pk})
