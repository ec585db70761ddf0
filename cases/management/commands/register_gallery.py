"""Register a gallery, so that thresholds can be set and faces be enrolled. Needs the owner's login."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from cases.law.words import LEFT_OUT, PERFORMERS
from cases.management.registering import registering
from cases.registering import OFFERED, register_gallery
from ledger.clock import house_now
from people.administering import agency_of, day

NOBODY = "nobody"


class Command(BaseCommand):
    """``manage.py register_gallery XX0010000 "Booking photos" --kind booking_photos --basis "..." --weighed "..." --leaves-out minors,sealed``."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ori", help="the agency whose detectives may ask for a search of it")
        parser.add_argument("name")
        parser.add_argument("--kind", required=True, help=f"one of {', '.join(OFFERED)}")
        parser.add_argument("--basis", required=True, help="the law or order under which these pictures may be searched")
        parser.add_argument("--weighed", default="", help="why this gallery is chosen, with what speaks against it; some law asks for it")
        parser.add_argument(
            "--leaves-out",
            type=_words,
            help=f"whose pictures are not in it, of {', '.join(LEFT_OUT)}, with commas; or {NOBODY}. Left away where nobody knows",
        )
        parser.add_argument("--scrubbed-on", type=day, help="when it was last cleaned, as 2026-01-02; left away where it never was")
        parser.add_argument("--performer", default="own_agency", help=f"which body runs a search of it: one of {', '.join(PERFORMERS)}")

    def handle(self, *, ori: str, name: str, **said: Any) -> None:
        told = {key: said[key] for key in ("kind", "basis", "weighed", "leaves_out", "scrubbed_on", "performer")}
        with registering("A gallery is registered"):
            register_gallery(agency=agency_of(ori), at=house_now(), name=name, **told)
        self.stdout.write(
            f"“{name}” is a gallery of {ori}. Nothing in it is searched before a threshold is set for the kind of probe: "
            "manage.py set_threshold; its faces come with manage.py enrol_folder."
        )


def _words(text: str) -> list[str]:
    return [] if text.strip() == NOBODY else [word.strip() for word in text.split(",")]
