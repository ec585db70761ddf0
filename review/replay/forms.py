"""What whoever scripts a reviewer puts on file: his looks, and the form of one comparison with what a rating needs and no more."""

from psycopg.types.json import Jsonb

from cases.audit import details
from cases.models import Case
from ledger.asking import ask_rows
from people.models import Person
from review import faces, facts
from review.models import Drawn
from review.rules.feature_form import FEATURES, NOTHING_BECAUSE, Compared


def scripted(rating: int, grounds: str) -> Compared:
    """Return a whole form that carries ``rating``."""
    found = ("similar", "") if rating >= 1 else ("different", grounds) if rating <= -2 else ("not_comparable", "")
    features = dict.fromkeys(FEATURES, ("not_visible", "")) | dict.fromkeys(("eyebrows", "ears", "chin"), found)
    return Compared(rating, grounds, features, nothing_because=next(iter(NOTHING_BECAUSE)) if rating in (0, -1) else "")


def looked(person: Person, case: Case) -> None:
    """Put on file that a scripted reviewer looked at each face of his step; no picture is opened."""
    if not Drawn.objects.filter(case=case, reviewer=person).exists():
        return
    settled, kept = facts.sorting(case)
    shown = [face.image for face in faces.among(person, case, kept=kept) if face.image and (face.one_to_one or not settled)]
    told = [Jsonb(details(by=person, said={"image": str(image.pk), "shows": image.shows, "purpose": "scripted"})) for image in shown]
    ask_rows(
        "select record_look(i, %s, 'scripted', said) from unnest(%s::uuid[], %s::jsonb[]) as looks(i, said)",
        person.pk,
        [image.pk for image in shown],
        told,
    )
