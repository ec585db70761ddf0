"""The reference engine on the rendered people: the right one first, nobody when nobody is there, and clear refusals."""

from pathlib import Path

import numpy as np
import pytest
from django.conf import settings

from cases.matching.exact import rank
from cases.matching.interface import BoxOutsideImage, NoFaceFound, NoFaceInBox, SeveralFaces, select_target
from cases.matching.reference import EngineUnfit, ReferenceEngine, reference_engine
from cases.uploads import as_array, clean_upload

PEOPLE = Path(settings.ROOT) / "demo" / "people"
IDS = [f"p{n:03d}" for n in range(1, 41)]


def template(name: str) -> np.ndarray:
    engine = reference_engine()
    picture = as_array(clean_upload((PEOPLE / name).read_bytes()).png)
    faces = engine.find_faces(picture)
    return engine.template(picture, select_target(faces, None, (picture.shape[1], picture.shape[0]))).vector


@pytest.fixture(scope="module")
def gallery() -> np.ndarray:
    return np.stack([template(f"{name}_mugshot.jpg") for name in IDS])


def without(gallery: np.ndarray, *out: str) -> tuple[list[str], np.ndarray]:
    kept = [n for n in IDS if n not in out]
    return kept, gallery[[IDS.index(n) for n in kept]]


def test_the_right_person_comes_first_for_all_forty(gallery):
    for place, name in enumerate(IDS):
        assert rank(template(f"{name}_cctv.jpg"), gallery, threshold=-1, at_most=1)[0].position_in_gallery == place


def test_with_p026_left_out_the_look_alike_p014_leads(gallery):
    names, rows = without(gallery, "p026")
    first = rank(template("p026_cctv.jpg"), rows, threshold=0.6, at_most=20)[0]
    assert names[first.position_in_gallery] == "p014"
    assert first.score == pytest.approx(0.722, abs=0.003)


def test_with_p009_left_out_nobody_comes(gallery):
    _, rows = without(gallery, "p009")
    assert rank(template("p009_cctv.jpg"), rows, threshold=0.6, at_most=20) == ()


def test_the_search_is_complete_and_the_same_each_time(gallery):
    probe = template("p012_cctv.jpg")
    whole = rank(probe, gallery, threshold=-1, at_most=40)
    scores = gallery @ probe
    assert [c.position_in_gallery for c in whole] == sorted(range(40), key=lambda i: (-scores[i], i))
    assert rank(probe, gallery, threshold=-1, at_most=7) == whole[:7]


def test_equal_scores_come_in_the_order_of_the_rows():
    matrix = np.tile(np.eye(1, 128, dtype=np.float32), (5, 1))
    assert [c.position_in_gallery for c in rank(matrix[0], matrix, threshold=0, at_most=3)] == [0, 1, 2]


def test_a_value_that_is_no_number_is_refused(gallery):
    with pytest.raises(ValueError, match="probe"):
        rank(np.full(128, np.nan, dtype=np.float32), gallery, threshold=0, at_most=1)
    broken = gallery.copy()
    broken[3, 5] = np.nan
    with pytest.raises(ValueError, match="gallery"):
        rank(gallery[0], broken, threshold=0, at_most=1)


def test_the_target_is_chosen_by_its_box_and_never_guessed():
    engine = reference_engine()
    both = np.hstack([as_array(clean_upload((PEOPLE / f"{n}_mugshot.jpg").read_bytes()).png) for n in ("p001", "p002")])
    size = (both.shape[1], both.shape[0])
    faces = engine.find_faces(both)
    assert len(faces) == 2
    with pytest.raises(SeveralFaces) as refused:
        select_target(faces, None, size)
    assert set(refused.value.boxes) == {face.box for face in faces}
    right = select_target(faces, (360, 0, 360, 360), size)
    assert right.box[0] >= 360
    with pytest.raises(BoxOutsideImage):
        select_target(faces, (600, 0, 360, 360), size)
    with pytest.raises(NoFaceInBox):
        select_target(faces, (0, 0, 20, 20), size)
    with pytest.raises(NoFaceFound):
        select_target((), None, size)


def test_no_face_is_found_in_grey():
    assert reference_engine().find_faces(np.full((200, 200, 3), 127, dtype=np.uint8)) == ()


def test_measures_are_raw_values_with_flags_and_no_overall_score():
    engine = reference_engine()
    picture = as_array(clean_upload((PEOPLE / "p001_cctv.jpg").read_bytes()).png)
    (face,) = engine.find_faces(picture)
    measured = engine.measure(picture, face, 1)
    assert 25 < measured.inter_eye_distance < 31
    assert "inter_eye_distance_below_60" in measured.flags
    assert not [name for name in measured.__dataclass_fields__ if "overall" in name or "quality" in name]


def test_another_model_file_is_refused_by_name_and_both_hashes(tmp_path):
    (tmp_path / "face_detection_yunet_2023mar.onnx").write_bytes(b"another")
    with pytest.raises(EngineUnfit, match=r"face_detection_yunet_2023mar.onnx has SHA-256 [0-9a-f]{64}, expected 8f2383e4"):
        ReferenceEngine(tmp_path)
    with pytest.raises(EngineUnfit, match="make setup"):
        ReferenceEngine(tmp_path / "nowhere")


def test_the_engine_says_that_it_is_not_fit_for_casework():
    assert reference_engine().build.fit_for_casework is False
    assert "not fit for casework" in reference_engine().build.name
