"""By what a probe is found again: a hash that says whom to compare, and the engine's own template that decides."""

import numpy as np

from cases.images import for_the_engine, keystore
from cases.keystore import KeyDestroyed, open_sealed, seal
from cases.matching import likeness
from cases.matching.interface import Engine, ProbeRefused, Template, select_target
from cases.models import Case, Probe, ProbePrint, StoredImage
from cases.uploads import as_array
from ledger.asking import ask_database


def near_to(case: Case, *, engine: Engine) -> set[int]:
    """Keep the print of each probe of a case, and return the other investigations of its agency that hold nearly the same picture.

    One case of an agency after another: of two that come at once, the later sees the earlier.
    """
    ask_database("select pg_advisory_xact_lock(hashtext('near_probe'), %s)", case.agency_id)
    near: set[int] = set()
    for probe in Probe.objects.filter(case=case).select_related("image").order_by("version"):
        taken = _print(probe, engine=engine)
        if taken is None:
            continue
        hashed, template = taken
        version = engine.build.template_version
        ProbePrint.objects.get_or_create(
            probe=probe,
            defaults={
                "agency_id": case.agency_id,
                "hash": hashed,
                "sealed_template": seal(keystore().key(probe.image.key_id), template.vector.tobytes(), aad=_binding(probe.image)),
                "template_version": version,
            },
        )
        near |= {
            each.probe.case.investigation_id
            for each in _candidates(case, version=version, hashed=hashed)
            if (other := _opened(each)) is not None and float(other @ template.vector) >= likeness.NEAR_COSINE
        }
    return near


def _print(probe: Probe, *, engine: Engine) -> tuple[int, Template] | None:
    """Return hash and template of the target face alone; None where the engine finds none, or not which one is meant, or the picture is gone."""
    try:
        picture = as_array(for_the_engine(probe.image))
    except KeyDestroyed:  # a job that was given up may come after it: identical pictures are linked all the same
        return None
    try:
        target = select_target(engine.find_faces(picture), probe.box, (probe.image.width, probe.image.height))
    except ProbeRefused:
        return None
    return likeness.perceptual_hash(picture, target.box), engine.template(picture, target)


def _candidates(case: Case, *, version: str, hashed: int) -> list[ProbePrint]:
    asked = [case.agency_id, case.investigation_id, version, hashed, likeness.LOOK_AT_BITS, likeness.NEWEST, likeness.NEAREST]
    found = [each.pk for each in ProbePrint.objects.raw("select id from near_prints(%s, %s, %s, %s, %s, %s, %s)", asked)]
    return list(ProbePrint.objects.filter(pk__in=found).select_related("probe__image", "probe__case").defer("probe__image__sealed"))


def _opened(kept: ProbePrint) -> np.ndarray | None:
    """Return a kept template, or None where the key of its case is destroyed: what is gone is not found again."""
    image = kept.probe.image
    try:
        return np.frombuffer(open_sealed(keystore().key(image.key_id), bytes(kept.sealed_template), aad=_binding(image)), dtype=np.float32)
    except KeyDestroyed:
        return None


def _binding(image: StoredImage) -> bytes:
    return image.pk.bytes + b"print"
