"""The reference engine: YuNet finds, SFace compares. For demonstration and tests; it is not fit for casework.

A threshold belongs to one engine version, one gallery and one kind of probe; none is set here.
"""

import hashlib
import os
import threading
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from cases.matching.interface import EngineBuild, Face, Picture, ProbeMeasures, Template
from cases.matching.pins import DETECTOR_FILE, DETECTOR_SHA256, PINS, RECOGNISER_FILE, RECOGNISER_SHA256
from ledger.away import Away

ROOT = Path(__file__).resolve().parent.parent.parent
DETECTION_FROM = 0.6
LONGEST_SIDE = 1600
KNOWN_PAIR = ("p001_mugshot.jpg", "p001_cctv.jpg")
KNOWN_SCORE = 0.792  # of the known pair, within 0.01: another build of the library moves the third decimal


class EngineUnfit(Away):
    """The engine does not start: a model file is missing, is another one, or answers otherwise than it should."""


class NoTemplate(RuntimeError):
    """The recogniser answers nothing for this face, whoever asks again."""


def models_folder() -> Path:
    """Return where the model files are: ``COUNTERSIGN_MODELS``, else ``var/models`` beside the code."""
    return Path(os.environ.get("COUNTERSIGN_MODELS") or ROOT / "var" / "models")


class ReferenceEngine:
    """YuNet + SFace through OpenCV, one network at a time a process."""

    def __init__(self, models: Path) -> None:
        for name, expected in PINS.items():
            _must_be(models / name, expected)
        self._one_at_a_time = threading.Lock()
        self._detector = cv2.FaceDetectorYN.create(str(models / DETECTOR_FILE), "", (320, 320), DETECTION_FROM)
        self._recogniser = cv2.FaceRecognizerSF.create(str(models / RECOGNISER_FILE), "")
        build = f"{DETECTOR_SHA256[:8]}+{RECOGNISER_SHA256[:8]}/opencv-{cv2.__version__}"
        self._build = EngineBuild(
            name="YuNet + SFace (reference, not fit for casework)",
            version=build,
            template_version=f"sface-2021dec-{RECOGNISER_SHA256[:8]}",
            score_scale="cosine, -1 to 1, not a probability",
            fit_for_casework=False,
        )

    @property
    def build(self) -> EngineBuild:
        return self._build

    def find_faces(self, picture: Picture) -> tuple[Face, ...]:
        """Return every face, best detected first, in pixels of the picture as it is."""
        height, width = picture.shape[:2]
        scale = min(1.0, LONGEST_SIDE / max(height, width))
        looked_at = picture if scale == 1.0 else cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        with self._one_at_a_time:
            self._detector.setInputSize((looked_at.shape[1], looked_at.shape[0]))
            _, rows = self._detector.detect(looked_at)
        faces = []
        for row in rows if rows is not None else ():
            x, y, w, h = (value / scale for value in row[:4])
            left, top = max(0, round(x)), max(0, round(y))
            box = (left, top, min(width - left, round(w)), min(height - top, round(h)))
            points = tuple((float(row[i] / scale), float(row[i + 1] / scale)) for i in range(4, 14, 2))
            faces.append(Face(box, points, float(row[14])))
        return tuple(sorted(faces, key=lambda face: (-face.detection_score, face.box)))

    def measure(self, picture: Picture, face: Face, faces_found: int) -> ProbeMeasures:
        """Measure the target face; the limits behind the flags are starting points for local calibration."""
        x, y, w, h = face.box
        grey = cv2.cvtColor(picture[y : y + h, x : x + w], cv2.COLOR_BGR2GRAY)
        (right, left, nose) = (np.array(point) for point in face.landmarks[:3])
        between = float(np.linalg.norm(right - left))
        low, high = np.percentile(grey, (5, 95))
        yaw = float(np.clip(2 * (nose[0] - (right[0] + left[0]) / 2) / max(between, 1.0), -1, 1))
        flags = [
            name
            for name, raised in (
                ("inter_eye_distance_below_30", between < 30),
                ("inter_eye_distance_below_60", between < 60),
                ("head_turned", abs(yaw) > 0.7),
                ("several_faces", faces_found > 1),
                ("low_dynamic_range", high - low < 40),
            )
            if raised
        ]
        return ProbeMeasures(
            inter_eye_distance=round(between, 1),
            head_size=w,
            head_pose_yaw_estimate=round(yaw, 3),
            sharpness=round(float(cv2.Laplacian(grey, cv2.CV_64F).var()), 1),
            luminance_mean=round(float(grey.mean()), 1),
            dynamic_range=round(float(high - low), 1),
            under_exposure=round(float((grey < 16).mean()), 4),
            over_exposure=round(float((grey > 240).mean()), 4),
            illumination_uniformity=_uniformity(grey),
            faces_found=faces_found,
            flags=tuple(flags),
        )

    def template(self, picture: Picture, face: Face) -> Template:
        """Return the template of one face, 128 float32 values of unit length."""
        row = np.array([*face.box, *(value for point in face.landmarks for value in point), face.detection_score], dtype=np.float32)
        with self._one_at_a_time:
            vector = self._recogniser.feature(self._recogniser.alignCrop(picture, row))[0].astype(np.float32)
        length = float(np.linalg.norm(vector))
        if not np.isfinite(length) or length == 0:
            raise NoTemplate("the recogniser returned no template")
        return Template((vector / length).astype(np.float32))


def _uniformity(grey: npt.NDArray[Any]) -> float:
    middle = grey.shape[1] // 2
    halves = sorted((float(grey[:, :middle].mean()), float(grey[:, middle:].mean())))
    return round(halves[0] / halves[1], 3) if halves[1] else 1.0


@cache
def reference_engine() -> ReferenceEngine:
    """Return the engine of this process, checked once: pinned files, and a known pair that scores as it should."""
    engine = ReferenceEngine(models_folder())
    first, second = (_template_of(engine, ROOT / "demo" / "people" / name) for name in KNOWN_PAIR)
    score = float(first @ second)
    if abs(score - KNOWN_SCORE) > 0.01:
        raise EngineUnfit(f"a known pair scores {score:.3f} where {KNOWN_SCORE:.3f} is expected; check the model files and OpenCV")
    return engine


def _template_of(engine: ReferenceEngine, path: Path) -> np.ndarray:  # type: ignore[type-arg]
    picture = cv2.imread(str(path))
    if picture is None:
        raise EngineUnfit(f"the self-check needs {path.name}, which cannot be read")
    faces = engine.find_faces(np.asarray(picture, dtype=np.uint8))
    if len(faces) != 1:
        raise EngineUnfit(f"the self-check found {len(faces)} faces in {path.name} where there is one")
    return engine.template(np.asarray(picture, dtype=np.uint8), faces[0]).vector


def _must_be(path: Path, expected: str) -> None:
    if not path.is_file():
        raise EngineUnfit(f"the model file {path.name} is not in {path.parent}; run “make setup”")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != expected:
        raise EngineUnfit(f"the model file {path.name} has SHA-256 {found}, expected {expected}; run “make setup” again")
