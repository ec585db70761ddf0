"""Where nobody said which of several faces is meant, no bystander is shown in the picture that masks them."""

from datetime import timedelta
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from cases.matching.reference import reference_engine
from cases.models import Case
from cases.uploads import as_array, clean_upload
from ledger.clock import house_now
from review.acts.file_outside_result import file_outside_result
from review.rules.wanted import OutsideFiled
from review.views.pictures import masked_probe
from tests import world

pytestmark = pytest.mark.django_db


def two_faces() -> bytes:
    """Two people side by side."""
    shown = [Image.open(BytesIO(world.picture(f"{name}_cctv.jpg"))).convert("RGB") for name in ("p012", "p013")]
    both = Image.new("RGB", (sum(each.width for each in shown), max(each.height for each in shown)))
    both.paste(shown[0], (0, 0))
    both.paste(shown[1], (shown[0].width, 0))
    made = BytesIO()
    both.save(made, "PNG")
    return made.getvalue()


def test_of_several_faces_none_is_shown_when_none_was_boxed():
    engine, picture = reference_engine(), clean_upload(two_faces())
    assert len(engine.find_faces(as_array(picture.png))) == 2
    filed = OutsideFiled(
        agency_case="25-9", track="suspect", sender="State bureau", sender_ori="XX0020000", their_number="R-1",
        they_sent_at=house_now() - timedelta(hours=1), not_reported=("engine",),
    )  # fmt: skip
    finding, ref = file_outside_result(by=world.person("dana"), at=house_now(), filed=filed, faces=(), probe=picture)
    world.must(finding)
    shown = as_array(masked_probe(Case.objects.get(ref=ref), by=world.person("dana"), engine=engine, purpose="case page").content)
    assert engine.find_faces(shown) == ()
    assert not np.array_equal(shown, as_array(picture.png))
