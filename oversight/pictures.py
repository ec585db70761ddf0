"""The pictures of a bundle: the probe with every edit, and the candidates. A solid box covers the heads of everybody who is no lead."""

import logging
from dataclasses import dataclass

from cases import images
from cases.keystore import KeyDestroyed
from cases.matching.interface import Engine, ProbeRefused, select_target
from cases.matching.reference import EngineUnfit, reference_engine
from cases.models import Candidate, Probe, StoredImage
from cases.uploads import as_array, cover_heads, mask_other_faces
from oversight.disclosure import Section

log = logging.getLogger(__name__)
NOTE = "Other faces and heads are covered by solid boxes; nobody can take them away. The court is given a copy in which nothing is covered."
COURT_NOTE = "Nothing is covered. This copy is for the court alone."


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of a bundle; ``content`` is None where there is none to give, and ``covered`` says why or what of it is covered."""

    file: str
    shows: str
    covered: str
    content: bytes | None


def pictures_of(case_ref: str, *, court_copy: bool, using: str) -> list[Shown]:
    """Return the pictures of a case as a bundle may show them."""
    engine = None if court_copy else _engine()
    probes = Probe.objects.using(using).filter(case__ref=case_ref).select_related("image__case").order_by("version")
    faces = Candidate.objects.using(using).filter(case__ref=case_ref).select_related("image__case", "lead__ended").order_by("id")
    return [
        *(_probe(each, engine, court_copy=court_copy) for each in probes),
        *(_candidate(number, each, engine, court_copy=court_copy) for number, each in enumerate(faces, 1)),
    ]


def section_of(shown: list[Shown], *, court_copy: bool) -> Section:
    """Return the table that lists them."""
    rows = tuple((each.file if each.content is not None else "", each.shows, each.covered) for each in shown)
    return Section("Pictures", COURT_NOTE if court_copy else NOTE, ("file", "shows", "covered"), rows)


NOTHING = "nothing: copy for the court"


def _engine() -> Engine | None:
    try:
        return reference_engine()
    except EngineUnfit:
        log.warning("no engine finds faces here: whole pictures are covered")
        return None


def _probe(probe: Probe, engine: Engine | None, *, court_copy: bool) -> Shown:
    file, shows = f"pictures/probe-{probe.version}.png", f"probe, version {probe.version}"
    content = _opened(probe.image)
    if content is None:
        return Shown(file, shows, "destroyed", None)
    if court_copy:
        return Shown(file, shows, NOTHING, content)
    if engine is None:
        return Shown(file, shows, "all of it: faces could not be told apart", cover_heads(content, ()))
    found = engine.find_faces(as_array(content))
    try:
        meant = select_target(found, probe.box, (probe.image.width, probe.image.height))
    except ProbeRefused:
        boxes = tuple(each.box for each in found)
        return Shown(file, shows, "every face: none is told to be meant" if boxes else "nothing: no face was found", cover_heads(content, boxes) if boxes else content)  # fmt: skip
    others = tuple(each.box for each in found if each is not meant)
    if not others:
        return Shown(file, shows, "nothing: no other face was found", content)
    return Shown(file, shows, "every face but the one that was searched", mask_other_faces(content, keep=meant.box, others=others))


def _candidate(number: int, candidate: Candidate, engine: Engine | None, *, court_copy: bool) -> Shown:
    file, shows = f"pictures/candidate-{number}.png", f"gallery subject {candidate.subject_ref}"
    if candidate.image is None:
        return Shown(file, shows, "no picture was provided", None)
    content = _opened(candidate.image)
    if content is None:
        return Shown(file, shows, "destroyed", None)
    if court_copy:
        return Shown(file, shows, NOTHING, content)
    if hasattr(candidate, "lead") and not hasattr(candidate.lead, "ended"):
        return Shown(file, f"{shows}, lead {candidate.lead.ref}", "nothing: a lead", content)
    boxes = tuple(each.box for each in engine.find_faces(as_array(content))) if engine else ()
    return Shown(file, shows, "head" if boxes else "all of it", cover_heads(content, boxes))


def _opened(image: StoredImage) -> bytes | None:
    try:
        return images.for_a_bundle(image)
    except KeyDestroyed:
        return None
