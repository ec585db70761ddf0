"""Set up the demonstration: an invented agency, its people, the default policy, and a gallery of rendered faces to enrol."""

import secrets
import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from cases.acts.enrol import files_of
from cases.images import keystore
from cases.jobs import enqueue
from cases.matching.reference import reference_engine
from cases.models import EnrolmentRun, Gallery, GalleryThreshold
from ledger.append import append
from ledger.clock import house_now
from people.appoint import Appointment, appoint
from people.measuring import Answer
from people.models import Agency
from people.roles import Role
from review.acts.adopt_policy import adopt_policy
from review.acts.propose_policy import propose_policy
from review.management.commands.register_practice import register

GALLERY = "Demonstration booking photos"
NOT_ENROLLED = ("p026", "p009")  # so that roads (b) and (d) search for people who are not there
PRACTICE = ("p038", "p039", "p040")
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


class Command(BaseCommand):
    """Run once, with the owner's login; running it again changes nothing."""

    help = __doc__

    def handle(self, **_: Any) -> None:
        if Agency.objects.exists():
            return
        passwords = {each.username: secrets.token_urlsafe(9) for each in CAST}
        with transaction.atomic():
            now = house_now()
            agency = Agency.objects.create(ori="XX0010000", name="Riverside Police (demonstration)", time_zone="America/New_York")
            cast = {person.username: person for person in appoint(agency=agency, appointments=CAST, passwords=passwords, on=now.date())}
            proposal = propose_policy(by=cast["petra"], at=now, path=Path(settings.ROOT) / "policies" / "nlc-2021.toml")
            adopt_policy(by=cast["paul"], at=now, proposal_id=proposal)
            self._gallery(agency)
            register(
                agency,
                sorted(path for name in PRACTICE for path in (Path(settings.ROOT) / "demo" / "people").glob(f"{name}_[cm]*.jpg")),
                demo=True,
            )
        self.stdout.write("People of the demonstration and their passwords, printed this once:")
        for each in CAST:
            self.stdout.write(f"  {each.username:<6} {passwords[each.username]:<14} {each.display_name}, {', '.join(each.roles)}")

    def _gallery(self, agency: Agency) -> None:
        folder = Path(settings.VAR) / "demo-gallery"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for picture in sorted((Path(settings.ROOT) / "demo" / "people").glob("*_mugshot.jpg")):
            if picture.name.split("_")[0] not in NOT_ENROLLED:
                shutil.copy(picture, folder)
        gallery = Gallery.objects.create(
            agency=agency,
            name=GALLERY,
            kind="demo",
            lawful_basis="Rendered people who do not exist (CC0 1.0)",
            key_id=keystore().create(f"gallery:{agency.ori}:{GALLERY}"),
            demo=True,
        )
        build = reference_engine().build
        GalleryThreshold.objects.create(
            gallery=gallery,
            template_version=build.template_version,
            probe_kind="cctv_still",
            threshold=0.60,
            because="Rendered faces resemble each other; this cut leaves the demonstration a short list. It says nothing of real faces.",
        )
        run = EnrolmentRun.objects.create(gallery=gallery, folder=str(folder), files=len(files_of(folder)))
        append(kind="register_gallery", subject=f"gallery:{gallery.pk}", details={"basis": gallery.lawful_basis, "by": "administrator"})
        enqueue(kind="enrol", key=f"enrol:{run.pk}:0", details={"run": run.pk})
