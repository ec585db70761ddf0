"""Set from which score a search of a gallery returns a face, for one kind of probe. Needs the owner's login."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cases.matching.exact import HIGHEST, LOWEST
from cases.matching.reference import EngineUnfit, reference_engine
from cases.models.probe import PROBE_KINDS
from cases.registering import gallery_of, set_threshold
from people.administering import as_administrator


class Command(BaseCommand):
    """``manage.py set_threshold XX0010000 "Booking photos" cctv_still 0.6 --because "Trial of 2 May, report p. 7"``. It is set once, and stays."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ori")
        parser.add_argument("gallery")
        parser.add_argument("probe_kind", help=f"one of {', '.join(PROBE_KINDS)}")
        parser.add_argument("threshold", type=_number, help=f"a score from {LOWEST:g} to {HIGHEST:g}")
        parser.add_argument("--because", required=True, help="on what it rests: the trial on your own pictures, with its document")
        parser.add_argument("--template-version", help="of which engine; left away: of the one in use")

    def handle(
        self, *, ori: str, gallery: str, probe_kind: str, threshold: float, because: str, template_version: str | None, **_: Any
    ) -> None:
        with as_administrator(what="A threshold is set", so_far="Nothing was set"):
            found = gallery_of(ori, gallery)
            try:
                version = reference_engine().build.template_version if template_version is None else template_version
            except EngineUnfit as trouble:
                raise CommandError(f"{trouble}. Nothing was set.") from None
            set_threshold(gallery=found, template_version=version, probe_kind=probe_kind, threshold=threshold, because=because)
        self.stdout.write(f"A search of “{gallery}” with a {probe_kind} returns faces from {threshold:g} ({version}).")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is no number: write it as 0.6") from None
