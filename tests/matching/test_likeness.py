"""The same picture again is near, and another person's from the same camera is not. The figures named in likeness.py are measured here."""

import io
from collections.abc import Callable
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest
from django.conf import settings
from PIL import Image, ImageEnhance

from cases.matching import likeness
from cases.matching.reference import reference_engine
from cases.uploads import as_array, clean_upload

AGAIN: dict[str, Callable[[Image.Image], Image.Image]] = {
    "recompressed": lambda i: Image.open(io.BytesIO(encoded(i, "JPEG", quality=40))),
    "half": lambda i: i.resize((i.width // 2, i.height // 2)),
    "double": lambda i: i.resize((i.width * 2, i.height * 2), Image.Resampling.BICUBIC),
    "cropped": lambda i: i.crop((i.width // 10, i.height // 10, i.width - i.width // 10, i.height - i.height // 10)),
    "brighter": lambda i: ImageEnhance.Brightness(i).enhance(1.3),
    "darker": lambda i: ImageEnhance.Brightness(i).enhance(0.7),
}


def encoded(picture: Image.Image, kind: str = "PNG", **how: int) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, kind, **how)
    return out.getvalue()


def printed(picture: Image.Image) -> tuple[int, npt.NDArray[np.float32]]:
    engine, pixels = reference_engine(), as_array(clean_upload(encoded(picture)).png)
    face = engine.find_faces(pixels)[0]
    return likeness.perceptual_hash(pixels, face.box), engine.template(pixels, face).vector


def near(one: tuple[int, npt.NDArray[np.float32]], other: tuple[int, npt.NDArray[np.float32]]) -> bool:
    return likeness.bits_apart(one[0], other[0]) <= likeness.LOOK_AT_BITS and float(one[1] @ other[1]) >= likeness.NEAR_COSINE


def probes() -> list[Image.Image]:
    return [Image.open(path).convert("RGB") for path in sorted((settings.ROOT / "demo" / "people").glob("*_cctv.jpg"))]


@pytest.mark.parametrize("how", AGAIN)
def test_the_same_picture_again_is_near(how: str):
    assert [near(printed(each), printed(AGAIN[how](each))) for each in probes()[:12]] == [True] * 12


def test_another_person_from_the_same_camera_is_not():
    prints = [printed(each) for each in probes()]
    assert len(prints) >= 30
    assert not any(near(one, other) for one, other in combinations(prints, 2))


def test_bits_are_counted_over_64_also_of_negative_numbers():
    assert likeness.bits_apart(-1, 0) == 64
    assert likeness.bits_apart(5, 5) == 0
