"""What any engine must offer: find faces, measure one, make a template of it. Scores have meaning within one engine only."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]  # height x width x 3, blue-green-red
Box = tuple[int, int, int, int]  # x, y, width, height in pixels


class ProbeRefused(ValueError):
    """The engine cannot use the probe; a reviewable event, with a code and a plain sentence."""

    reason_code = "refused"


class NoFaceFound(ProbeRefused):
    reason_code = "no_face"

    def __init__(self) -> None:
        super().__init__("No face was found in the picture.")


class SeveralFaces(ProbeRefused):
    reason_code = "several_faces"

    def __init__(self, boxes: tuple[Box, ...]) -> None:
        self.boxes = boxes
        where = "; ".join(",".join(map(str, box)) for box in boxes)
        super().__init__(f"The picture shows {len(boxes)} faces ({where}): box the one that is meant.")


class BoxOutsideImage(ProbeRefused):
    reason_code = "box_outside"

    def __init__(self, box: Box, size: tuple[int, int]) -> None:
        super().__init__(f"The box {box} lies outside the picture, which is {size[0]} by {size[1]} pixels.")


class NoFaceInBox(ProbeRefused):
    reason_code = "no_face_in_box"

    def __init__(self, box: Box) -> None:
        super().__init__(f"No face was found in the box {box}.")


@dataclass(frozen=True, slots=True)
class Face:
    """A face in a picture: its box, five landmarks (eyes, nose tip, mouth corners) and the detector's own score."""

    box: Box
    landmarks: tuple[tuple[float, float], ...]
    detection_score: float


@dataclass(frozen=True, slots=True)
class ProbeMeasures:
    """Raw measures named after components of ISO/IEC 29794-5, and flags by stated limits; no overall score is made."""

    inter_eye_distance: float  # pixels between the eye landmarks
    head_size: int  # width of the face box, pixels
    head_pose_yaw_estimate: float  # -1 .. +1, from the nose between the eyes; an estimate, no angle
    sharpness: float  # variance of the Laplacian over the face
    luminance_mean: float  # 0 .. 255 over the face
    dynamic_range: float  # 5th to 95th percentile of luminance, 0 .. 255
    under_exposure: float  # share of face pixels below 16
    over_exposure: float  # share of face pixels above 240
    illumination_uniformity: float  # mean of the darker half of the face, left or right, by that of the brighter: 1 is even
    faces_found: int
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """128 float32 values of unit length."""

    vector: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class EngineBuild:
    """Exactly which engine: name, version, what it was built from, and whether it is fit for casework."""

    name: str
    version: str
    template_version: str
    score_scale: str
    fit_for_casework: bool


@dataclass(frozen=True, slots=True)
class ScoredCandidate:
    """A row of the gallery matrix and its score."""

    position_in_gallery: int
    score: float


class Engine(Protocol):
    """A face engine."""

    @property
    def build(self) -> EngineBuild: ...
    def find_faces(self, picture: Picture) -> tuple[Face, ...]: ...
    def measure(self, picture: Picture, face: Face, faces_found: int) -> ProbeMeasures: ...
    def template(self, picture: Picture, face: Face) -> Template: ...


def select_target(faces: tuple[Face, ...], box: Box | None, size: tuple[int, int]) -> Face:
    """Return the one face that is meant. ``size`` is width, height. Other faces are never searched.

    Raises NoFaceFound, SeveralFaces (without a box), BoxOutsideImage or NoFaceInBox.
    """
    if box is not None:
        x, y, width, height = box
        if x < 0 or y < 0 or width <= 0 or height <= 0 or x + width > size[0] or y + height > size[1]:
            raise BoxOutsideImage(box, size)
    if not faces:
        raise NoFaceFound
    if box is None:
        if len(faces) > 1:
            raise SeveralFaces(tuple(face.box for face in faces))
        return faces[0]
    inside = [face for face in faces if _centre_in(face.box, box)]
    if not inside:
        raise NoFaceInBox(box)
    return max(inside, key=lambda face: _overlap(face.box, box))


def _centre_in(face: Box, box: Box) -> bool:
    x, y = face[0] + face[2] / 2, face[1] + face[3] / 2
    return box[0] <= x <= box[0] + box[2] and box[1] <= y <= box[1] + box[3]


def _overlap(a: Box, b: Box) -> float:
    width = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    height = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    shared = max(0, width) * max(0, height)
    return shared / (a[2] * a[3] + b[2] * b[3] - shared)
