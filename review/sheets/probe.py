"""The probe as its checker sees it: what the engine measures on the target face, and what is known of the film. No candidate exists."""

from dataclasses import dataclass

from cases.images import for_the_engine
from cases.matching.interface import Engine, ProbeMeasures, ProbeRefused, select_target
from cases.models import Case, Probe
from cases.uploads import as_array


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


FLAGS = {
    "inter_eye_distance_below_30": "Fewer than 30 pixels between the eyes: little can be compared.",
    "inter_eye_distance_below_60": "Fewer than 60 pixels between the eyes: fine detail is lost.",
    "head_turned": "The head is turned far to one side.",
    "several_faces": "Other faces are in the image. They are not searched, and are masked for reviewers.",
    "low_dynamic_range": "The face is flat: hardly any difference between dark and light.",
}


def of(case: Case, *, engine: Engine) -> ProbeSheet:
    """Return the sheet of a case's newest probe; measuring compares nothing."""
    probe = Probe.objects.filter(case=case).select_related("image").order_by("-version").first()
    if probe is None:
        return ProbeSheet(False, 0, 0, (), (), "", ())
    picture = as_array(for_the_engine(probe.image))
    faces = engine.find_faces(picture)
    box = probe.target_box
    trouble = ""
    measures: tuple[Measure, ...] = ()
    flags: tuple[str, ...] = ()
    try:
        target = select_target(faces, (box[0], box[1], box[2], box[3]) if box else None, (probe.image.width, probe.image.height))
        found = engine.measure(picture, target, len(faces))
        measures, flags = _measures(found), tuple(FLAGS[flag] for flag in _worst(found.flags))
    except ProbeRefused as refused:
        trouble = str(refused)
    return ProbeSheet(True, probe.image.width, probe.image.height, measures, flags, trouble, _context(probe))


def _worst(flags: tuple[str, ...]) -> list[str]:
    """Under 30 pixels is under 60 too: it is said once."""
    return [flag for flag in flags if not (flag == "inter_eye_distance_below_60" and "inter_eye_distance_below_30" in flags)]


def _measures(found: ProbeMeasures) -> tuple[Measure, ...]:
    return (
        Measure("Inter-eye distance", f"{found.inter_eye_distance:g} px", "Between the eyes. Over 60 shows detail; under 30 shows little."),
        Measure("Head size", f"{found.head_size} px", "Width of the face in the image as received."),
        Measure("Sharpness", f"{found.sharpness:g}", "Low means blurred. It compares frames of one camera, not two cameras."),
        Measure("Dynamic range", f"{found.dynamic_range:g} of 255", "Between dark and light in the face. Under 40 is flat."),
        Measure("Luminance mean", f"{found.luminance_mean:g} of 255", "How bright the face is on the whole."),
        Measure("Under-exposure", f"{found.under_exposure:.0%}", "Share of the face that is black, where nothing can be seen."),
        Measure("Over-exposure", f"{found.over_exposure:.0%}", "Share of the face that is burnt out, where nothing can be seen."),
        Measure("Head pose, yaw", f"{found.head_pose_yaw_estimate:+.2f}", "An estimate from -1 to +1; 0 looks into the camera."),
        Measure("Faces found", f"{found.faces_found}", "In the whole image. Only the target face is measured and searched."),
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
