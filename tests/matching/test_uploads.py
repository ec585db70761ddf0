"""Hostile and broken pictures are refused with a code and a sentence; what is taken leaves re-encoded, with nothing but pixels."""

import io
import sqlite3
import zipfile

import numpy as np
import pytest
from PIL import Image

from cases.keystore import FileKeystore, KeyDestroyed, KeystoreAway, SealBroken, open_sealed, seal
from cases.uploads import UploadRefused, as_array, clean_upload, label_demo, mask_other_faces
from tests import world


def encoded(kind: str, size=(64, 48), **how) -> bytes:
    out = io.BytesIO()
    mode = how.pop("mode", "RGB")
    Image.new(mode, size, how.pop("colour", 90)).save(out, kind, **how)
    return out.getvalue()


def moving() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("RGB", (32, 32), (n, n, n)) for n in (0, 90)]
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:])
    return out.getvalue()


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("x", b"0" * 1_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"just text called .jpg", "no_picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "no_picture"),
        (b"%PDF-1.7 ...", "no_picture"),
        (b"\xff\xd8\xff" + b"\x00" * 40, "no_picture"),
        (b"\x89PNG\r\n\x1a\n", "no_picture"),
        (encoded("GIF", mode="P"), "no_picture"),
        (encoded("BMP"), "no_picture"),
        (encoded("TIFF"), "no_picture"),
        (zipped(), "no_picture"),
        (encoded("JPEG", (640, 480))[:900], "broken"),
        (encoded("PNG", (640, 480), colour=7)[:-40], "broken"),
        (encoded("PNG", (8, 200)), "too_small"),
        (encoded("PNG", (8000, 8000), mode="1", colour=0), "too_many_pixels"),
        (encoded("PNG", (6400, 6400), mode="L"), "too_many_pixels"),
        (b"\x00" * (20 * 1024 * 1024 + 1), "too_many_bytes"),
        (moving(), "moving"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_refused(content, code):
    with pytest.raises(UploadRefused) as refused:
        clean_upload(content)
    assert refused.value.code == code
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_taken(kind, mode):
    clean = clean_upload(encoded(kind, mode=mode))
    assert (clean.width, clean.height) == (64, 48)
    assert as_array(clean.png).shape == (48, 64, 3)


def test_transparency_and_sixteen_bits_are_taken():
    assert clean_upload(encoded("PNG", mode="RGBA", colour=(1, 2, 3, 4))).width == 64
    assert clean_upload(encoded("PNG", mode="I;16", colour=40000)).width == 64


def test_the_camera_turned_is_set_upright_and_nothing_else_survives():
    exif = Image.Exif()
    exif[0x0112] = 6  # rotated
    exif[0x010E] = "planted <script>alert(1)</script>"
    clean = clean_upload(encoded("JPEG", (64, 48), exif=exif, comment=b"planted"))
    assert (clean.width, clean.height) == (48, 64)
    assert b"planted" not in clean.png


def test_what_hides_behind_the_picture_is_gone():
    clean = clean_upload(encoded("PNG") + b"PK\x03\x04 planted payload")
    assert b"planted" not in clean.png


def test_other_faces_are_masked_and_the_target_is_kept():
    clean = clean_upload(world.picture("p001_mugshot.jpg"))
    masked = as_array(mask_other_faces(clean.png, keep=(100, 100, 50, 50), others=((90, 90, 100, 100),)))
    before = as_array(clean.png)
    assert np.array_equal(masked[100:150, 100:150], before[100:150, 100:150])
    assert (masked[160:180, 160:180] == 128).all()


def test_a_demonstration_picture_says_so_below_itself():
    clean = clean_upload(world.picture("p001_cctv.jpg"))
    labelled = as_array(label_demo(clean.png, "DEMONSTRATION - a rendered person who does not exist"))
    assert labelled.shape[0] > clean.height
    assert np.array_equal(labelled[: clean.height], as_array(clean.png))


@pytest.fixture
def keys(tmp_path):
    (tmp_path / "master").write_text("ab" * 32)
    keys = FileKeystore(tmp_path / "keys", tmp_path / "master")
    assert keys.make()
    return keys


def test_a_key_opens_what_it_sealed_and_nothing_altered(keys):
    key = keys.key(keys.create("case:1"))
    blob = seal(key, b"a face", aad=b"image 1")
    assert open_sealed(key, blob, aad=b"image 1") == b"a face"
    for place in range(len(blob)):
        altered = bytearray(blob)
        altered[place] ^= 1
        with pytest.raises(SealBroken):
            open_sealed(key, bytes(altered), aad=b"image 1")
    with pytest.raises(SealBroken):
        open_sealed(key, blob, aad=b"image 2")
    with pytest.raises(SealBroken):
        open_sealed(key, b"short", aad=b"image 1")


def test_a_destroyed_key_is_gone_from_the_file_too(keys):
    key_id = keys.create("case:1")
    wrapped_before = keys.path.read_bytes()
    keys.destroy(key_id)
    keys.destroy(key_id)
    assert not keys.exists(key_id)
    with pytest.raises(KeyDestroyed):
        keys.key(key_id)
    assert key_id.encode() in wrapped_before
    assert key_id.encode() not in keys.path.read_bytes()


def test_the_keystore_is_private_and_says_when_it_is_away(keys, tmp_path):
    keys.create("x")
    assert keys.path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(KeystoreAway):
        FileKeystore(tmp_path / "no" / "keys", tmp_path / "master").create("x")
    (tmp_path / "master").write_text("short")
    with pytest.raises(KeystoreAway):
        keys.create("x")


def test_a_key_that_was_altered_in_the_file_does_not_open(keys):
    key_id, other = keys.create("x"), keys.create("y")
    with sqlite3.connect(keys.path) as file:
        file.execute("update wrapped_key set wrapped = (select wrapped from wrapped_key where id = ?) where id = ?", (other, key_id))
    with pytest.raises(SealBroken):
        keys.key(key_id)
    assert len(keys.key(other)) == 32
