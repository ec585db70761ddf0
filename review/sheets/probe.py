"""The probe as its checker sees it: what the engine measures on the target face, and what is known of the film. No candidate exists."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass

from cases.images import for_the_engine
from cases.law.in_force import policy_in_force
from cases.matching.interface import Engine, Face, ProbeMeasures, ProbeRefused, select_target
from cases.matching.ofiq import Ofiq, OfiqFailed, Reading
from cases.models import Case, Probe
from cases.uploads import as_array, mask_other_faces
from review.rules import probe_quality
from review.rules.probe_quality import Flag


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure by its name in ISO/IEC 29794-5, its value, and what it is in one sentence."""

    name: str
    value: str
    means: str


@dataclass(frozen=True, slots=True)
class ProbeSheet:
    """The picture's size, measures, flags and context. ``trouble``: why the engine could measure nothing."""

    has_probe: bool
    width: int
    height: int
    measures: tuple[Measure, ...]
    flags: tuple[str, ...]
    trouble: str
    context: tuple[tuple[str, object], ...]
    values: Mapping[str, float]
    tool: str
    reference: tuple[Measure, ...] = ()
    reference_tool: str = ""
    reference_trouble: str = ""


def of(case: Case, *, engine: Engine, ofiq: Ofiq | None = None) -> ProbeSheet:
    """Return the sheet of a case's newest probe; measuring compares nothing. ``ofiq`` measures too, where the house has it."""
    probe = Probe.objects.filter(case=case).select_related("image__case").order_by("-version").first()
    if probe is None:
        return ProbeSheet(False, 0, 0, (), (), "", (), {}, "")
    png = for_the_engine(probe.image)
    picture = as_array(png)
    faces = engine.find_faces(picture)
    trouble = reference_trouble = ""
    reading: Reading | None = None
    measures: tuple[Measure, ...] = ()
    raised: list[str] = []
    values: dict[str, float] = {}
    try:
        target = select_target(faces, probe.box, (probe.image.width, probe.image.height))
        found = engine.measure(picture, target, len(faces))
        values = {name: value for name, value in asdict(found).items() if name != "flags"}
        policy = policy_in_force()
        measures = _measures(found)
        raised = [_flag(flag) for flag in _worst(probe_quality.flags(values, dict(policy.numbers) if policy else {}))]
        if len(faces) > 1:
            raised.append("Other faces are in the image. They are not searched, and are masked for reviewers.")
        reading = ofiq.read(_alone(png, target, faces)) if ofiq else None
    except ProbeRefused as refused:
        trouble = str(refused)
    except OfiqFailed as failed:
        reference_trouble = str(failed)
    return ProbeSheet(
        True,
        probe.image.width,
        probe.image.height,
        measures,
        tuple(raised),
        trouble,
        _context(probe),
        {**values, **_by_name(reading)},
        "; ".join((f"{engine.build.name} {engine.build.version}", *((reading.tool,) if reading else ()))),
        _as_measures(reading),
        reading.tool if reading else "",
        reference_trouble,
    )


def _alone(png: bytes, target: Face, faces: tuple[Face, ...]) -> bytes:
    """Return the picture with the target's face alone: the reference measures the largest one."""
    others = tuple(face.box for face in faces if face != target)
    return mask_other_faces(png, keep=target.box, others=others) if others else png


def _by_name(reading: Reading | None) -> dict[str, float]:
    """Return the raw values as the record keeps them, beside our own; what could not be measured is not there."""
    return {f"ofiq.{each.name}": each.raw for each in (reading.components if reading else ()) if each.scalar is not None}


def _as_measures(reading: Reading | None) -> tuple[Measure, ...]:
    return tuple(
        Measure(_spaced(each.name), f"{each.raw:g}", "could not be measured" if each.scalar is None else f"{each.scalar:g} of 100")
        for each in (reading.components if reading else ())
    )


def _spaced(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).capitalize()


def _worst(raised: tuple[Flag, ...]) -> Iterator[Flag]:
    """One flag for a component: what the policy in force says of it, else the worst."""
    seen: set[str] = set()
    for flag in sorted(raised, key=lambda flag: not flag.binding):
        if flag.component not in seen:
            seen.add(flag.component)
            yield flag


def _flag(flag: Flag) -> str:
    law = "The policy in force allows no better grade than" if flag.binding else "House threshold; it forbids nothing, and would suggest"
    return f"{flag.sentence} {flag.component} is {flag.value:g}, the limit {flag.limit:g}. {law} “{flag.at_most.value}”."


def _measures(found: ProbeMeasures) -> tuple[Measure, ...]:
    return (
        Measure("Inter-eye distance", f"{found.inter_eye_distance:g} px", "Between the eyes. Over 60 shows detail; under 30 shows little."),
        Measure("Head size", f"{found.head_size} px", "Width of the face in the image as received."),
        Measure("Sharpness", f"{found.sharpness:g}", "Low means blurred. It compares frames of one camera, not two cameras."),
        Measure("Dynamic range", f"{found.dynamic_range:g} of 255", "Between dark and light in the face. Under 40 is flat."),
        Measure("Luminance mean", f"{found.luminance_mean:g} of 255", "How bright the face is on the whole."),
        Measure("Under-exposure prevention", f"{found.under_exposure:.0%}", "Share of the face that is black, where nothing can be seen."),
        Measure(
            "Over-exposure prevention", f"{found.over_exposure:.0%}", "Share of the face that is burnt out, where nothing can be seen."
        ),
        Measure("Head pose, yaw", f"{found.head_pose_yaw_estimate:+.2f}", "An estimate from -1 to +1; 0 looks into the camera."),
        Measure("Illumination uniformity", f"{found.illumination_uniformity:.2f}", "Darker half of the face by the brighter. 1 is even."),
        Measure("Single face present", f"{found.faces_found}", "Faces in the whole image. Only the target face is measured and searched."),
    )


def _context(probe: Probe) -> tuple[tuple[str, object], ...]:
    seconds = probe.clock_error_seconds
    clock = "not checked"
    if seconds is not None:
        clock = f"{abs(seconds)} seconds {'fast' if seconds > 0 else 'slow'}" if seconds else "none"
    return (
        ("Source", probe.source),
        ("Place", probe.place),
        ("Captured at", probe.captured_at),
        ("Clock error", clock),
        ("Frame", probe.frame),
        ("People who act in the film", probe.actors),
        ("Why this person, as the detective says", probe.target_because),
    )
