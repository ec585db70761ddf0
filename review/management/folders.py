"""What an administrator registers from a folder of faces, and how it is refused: every picture is looked at before a row is written."""

from pathlib import Path

from cases.acts.enrol import ENDINGS, files_of
from cases.matching.interface import ProbeRefused, select_target
from cases.matching.reference import reference_engine
from cases.uploads import CleanImage, UploadRefused, as_array, clean_upload
from people.administering import NotEntered


def pictures_in(folder: Path) -> list[Path]:
    """Return the pictures of a folder, in order. Raises NotEntered where there is no such folder, or none in it."""
    if not folder.is_dir():
        raise NotEntered(f"{folder} is no folder")
    names = files_of(folder)
    if not names:
        raise NotEntered(f"there is no picture in {folder}: files that end in {', '.join(sorted(ENDINGS))} are read")
    return [folder / name for name in names]


def opened(path: Path, *, one_face: bool = False) -> CleanImage:
    """Return a picture as it will be kept. Raises NotEntered, naming the file; with ``one_face`` also where not exactly one face is found in it."""
    try:
        clean = clean_upload(path.read_bytes())
        if one_face:
            select_target(reference_engine().find_faces(as_array(clean.png)), None, (clean.width, clean.height))
    except (OSError, UploadRefused, ProbeRefused) as refused:
        raise NotEntered(f"{path.name}: {refused}".removesuffix(".")) from None
    return clean
