"""Takes a picture from outside: bounded before it is decoded, re-encoded, and stripped of everything but its pixels."""

import hashlib
import io
import warnings
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 20 * 1024 * 1024
MOST_PIXELS = 40_000_000
LEAST_SIDE = 16

Image.MAX_IMAGE_PIXELS = MOST_PIXELS


class UploadRefused(ValueError):
    """A picture that is not taken: a code, and a sentence that says what to do."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class CleanImage:
    """A picture as it is stored: PNG, 8-bit RGB, no metadata; hashes are SHA-256 in hexadecimal."""

    png: bytes
    width: int
    height: int
    original_sha256: str
    stored_sha256: str
    media_type: str = "image/png"


def clean_upload(content: bytes) -> CleanImage:
    """Return the picture re-encoded. Raises UploadRefused before any pixel is decoded if it is too large or no picture."""
    if not content:
        raise UploadRefused("empty", "The file is empty; send the picture itself.")
    if len(content) > MOST_BYTES:
        raise UploadRefused("too_many_bytes", f"The file has {len(content)} bytes; at most {MOST_BYTES} are taken.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened: Any = Image.open(io.BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise UploadRefused("too_many_pixels", _too_many()) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise UploadRefused("no_picture", "This is no JPEG, PNG or WebP picture, whatever its name says.") from None
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise UploadRefused("too_many_pixels", _too_many(width, height))
    if min(width, height) < LEAST_SIDE:
        raise UploadRefused("too_small", f"The picture is {width} by {height} pixels; at least {LEAST_SIDE} on each side are needed.")
    if getattr(opened, "n_frames", 1) > 1:
        raise UploadRefused("moving", "The picture moves; send the one frame that is meant.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            opened.load()
            upright = ImageOps.exif_transpose(opened)
        rgb = upright.convert("RGB")
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise UploadRefused("too_many_pixels", _too_many()) from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as trouble:
        raise UploadRefused("broken", f"The picture is broken or cut off: {type(trouble).__name__}.") from None
    png = _png(Image.fromarray(np.asarray(rgb)))
    return CleanImage(png, rgb.width, rgb.height, hashlib.sha256(content).hexdigest(), hashlib.sha256(png).hexdigest())


def as_array(png: bytes) -> npt.NDArray[np.uint8]:
    """Return a stored picture as height x width x 3, 8-bit, blue-green-red."""
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise ValueError("a stored picture does not decode")
    return np.asarray(picture, dtype=np.uint8)


def mask_other_faces(png: bytes, *, keep: tuple[int, int, int, int], others: tuple[tuple[int, int, int, int], ...]) -> bytes:
    """Return the picture with other faces greyed out; boxes are x, y, width, height. The kept face is never covered."""
    picture = Image.open(io.BytesIO(png), formats=["PNG"]).convert("RGB")
    x, y, width, height = keep
    kept = picture.crop((x, y, x + width, y + height))
    draw = ImageDraw.Draw(picture)
    for ox, oy, owidth, oheight in others:
        draw.rectangle((ox, oy, ox + owidth, oy + oheight), fill=(128, 128, 128))
    picture.paste(kept, (x, y))
    return _png(picture)


def cover_heads(png: bytes, faces: tuple[tuple[int, int, int, int], ...]) -> bytes:
    """Return the picture with a solid box over each head; all of it where no face is known. What was there cannot be had back."""
    picture = Image.open(io.BytesIO(png), formats=["PNG"]).convert("RGB")
    draw = ImageDraw.Draw(picture)
    for x, y, width, height in faces or ((0, 0, picture.width, picture.height),):
        around = (width * 6 // 10, height * 6 // 10)  # hair, ears and chin go with the face
        draw.rectangle((x - around[0], y - around[1], x + width + around[0], y + height + around[1]), fill=(128, 128, 128))
    return _png(picture)


def label_demo(png: bytes, text: str) -> bytes:
    """Return the picture with a bar below it that says ``text``: for showing, never for searching."""
    picture = Image.open(io.BytesIO(png), formats=["PNG"]).convert("RGB")
    lines = _wrapped(text, picture.width)
    labelled = Image.new("RGB", (picture.width, picture.height + 14 * len(lines) + 4), (255, 230, 0))
    labelled.paste(picture, (0, 0))
    draw = ImageDraw.Draw(labelled)
    for number, line in enumerate(lines):
        draw.text((4, picture.height + 2 + 14 * number), line, fill=(0, 0, 0))
    return _png(labelled, thoroughly=False)  # made for one answer


def _wrapped(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) + 1 > max(8, width // 7):
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def _png(picture: Image.Image, *, thoroughly: bool = True) -> bytes:
    out = io.BytesIO()
    picture.save(out, format="PNG", compress_level=4 if thoroughly else 1)
    return out.getvalue()


def _too_many(width: int | None = None, height: int | None = None) -> str:
    found = f"{width} by {height} pixels" if width else "more pixels than are taken"
    return f"The picture has {found}; at most {MOST_PIXELS // 1_000_000} megapixels are taken."
