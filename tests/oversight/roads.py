"""Roads for the re-check, each in an investigation of its own: one pixel makes a probe of its own, and it is not looked for others like it."""

from io import BytesIO

from PIL import Image

from cases.models import Job
from cases.uploads import clean_upload
from ledger.clock import house_now
from review.models import Lead
from review.rules.probe_fitness import Grade
from tests import world
from tests.stages import stage
from tests.world import must


@stage
def a_lead(number: int, grade: Grade = Grade.FIT, ratings: tuple[int, int] = (2, 1), **changes: object) -> Lead:
    """A lead on p012, from a probe that nobody else searched."""
    with Image.open(BytesIO(world.picture("p012_cctv.jpg"))) as picture:
        picture.putpixel((0, 0), (number % 256, number // 256, 7))
        made = BytesIO()
        picture.save(made, "PNG")
    case = world.requested(f"26-{number}", clean=clean_upload(made.getvalue()), **changes)
    with world.the_machine():  # nearly the same picture would be found and linked: here each road is to stand by itself
        Job.objects.filter(kind="link", case=case).update(done_at=house_now())
    case = world.examined(world.checked(world.screened(case), grade), ratings)
    assert case.state == "LEAD"
    return Lead.objects.select_related("case", "candidate").get(case=case)


@stage
def ready(number: int, action: str = "arrest") -> tuple[Lead, str]:
    """A lead with everything an arrest demands, and the request."""
    lead = a_lead(number)
    world.an_item(lead)
    world.cleared_tests(lead)
    world.papers_filed(lead, action)
    return lead, world.asked(lead, action)


@stage
def signed(number: int, action: str = "arrest") -> tuple[Lead, str]:
    lead, ref = ready(number, action)
    must(world.signed(ref))
    return lead, ref
