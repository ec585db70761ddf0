"""A regional pool that lends its reviewers: Cleo and Remy are moved there, and every case, or none, draws the lot."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from django.test import Client
from psycopg.types.json import Jsonb

from cases.audit import details
from cases.models import Candidate, Case
from cases.rules.finding import Finding
from ledger.asking import ask_rows
from ledger.clock import house_now
from review import faces
from review.acts.conclude_reexamination import conclude_reexamination
from review.acts.sort_reexamination import sort_reexamination
from review.acts.take_next import take_next
from review.reexamining import PURPOSE, Reexamining
from review.replay.forms import scripted
from review.rules.feature_form import CLOSER_LOOK
from tests import world
from tests.database import login
from tests.stages import stage
from tests.units import employed

POOL = "XX0020000"


@stage
def a_pool_lends(*names: str, roles: str = "{reviewer}") -> None:
    """Move these persons to another agency, and have it lend reviewers."""
    with login("owner") as owner:
        owner.execute(f"insert into people_agency(ori, name, time_zone) values ('{POOL}', 'Regional examiners', 'UTC')")
        employed(owner, POOL, "Examiners", *(names or ("cleo", "remy")))
        owner.execute(
            "insert into people_agreement(lender_id, borrower_id, roles, from_on, until_on, terms) "
            "select l.id, b.id, %s, current_date - 9, current_date + 900, 'pool' from people_agency l, people_agency b "
            f"where l.ori = '{POOL}' and b.ori = 'XX0010000'",
            [roles],
        )


@stage
def one_in(number: int) -> None:
    """Put a pack in force that asks for one case in so many."""
    rows = ['id = "again"', 'title = "Again"', 'layer = "model"', 'status = "guidance"', 'source = "a test"', "effective_from = 2000-01-01"]
    rows += ["[[rule]]", 'id = "again"', 'type = "human_review"', 'gate = "review"', 'sentence = "As said."', 'citation = "Again, 1"']
    rows += ['source = "a test"', "verify = true", "[rule.parameters]", f"reexamined_one_in = {number}"]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "again.toml"
        path.write_text("\n".join(rows), encoding="utf-8")
        world.in_force("nlc-2021", path)


def taken_again(case: Case, name: str = "cleo") -> Reexamining:
    """Drawn for one of the pool, who takes the next."""
    assert take_next(by=world.person(name), at=house_now()) == case.ref
    return again_of(name)


def again_of(name: str) -> Reexamining:
    """What this person examines again, the newest."""
    with login("owner") as owner:
        (code,) = owner.execute(
            "select t.code from review_reexaminationturn t join people_person p on p.id = t.reviewer_id where p.username = %s order by t.id desc limit 1",
            [name],
        ).fetchone() or ("",)
    found = Reexamining.of(world.person(name), str(code))
    assert found
    return found


def looked(again: Reexamining) -> None:
    """Put on file that he looked at each face of his step; no picture is opened. Whose turn has ended looks at none."""
    if again.ended:
        return
    shown = [f.image for f in faces.of(again, kept=again.kept) if f.image and (f.one_to_one or not again.sorted)]
    told = [Jsonb(details(by=again.reviewer, said={"image": str(image.pk), "shows": image.shows, "purpose": PURPOSE})) for image in shown]
    ask_rows(
        "select record_look(i, %s, %s, said) from unnest(%s::uuid[], %s::jsonb[]) as looks(i, said)",
        again.reviewer_id,
        PURPOSE,
        [image.pk for image in shown],
        told,
    )


def sorted_again(name: str, *, keep: tuple[str, ...] = ("p012",)) -> Finding:
    again = again_of(name)
    kept = {str(c.token) for c in Candidate.objects.filter(case=again.case, subject_ref__in=keep)}
    answers = {f.token: (f.token in kept, CLOSER_LOOK if f.token in kept else "ears") for f in faces.of(again, kept=frozenset())}
    looked(again)
    return sort_reexamination(by=again.reviewer, at=house_now(), code=again.code, answers=answers)


def rated_again(name: str, ratings: Mapping[str, int], *, non_mate: int = -2) -> Finding:
    again = again_of(name)
    found = world.tokens(again.case)
    answers = {found[ref]: scripted(rating, "ear and brow") for ref, rating in ratings.items()}
    answers |= {each.token: scripted(non_mate, "ear and jaw") for each in again.non_mates if each.again}
    looked(again)
    return conclude_reexamination(by=again.reviewer, at=house_now(), code=again.code, answers=answers)


def examined_again(case: Case, rating: int, name: str = "cleo") -> None:
    """The whole way: taken, sorted, and p012 rated."""
    taken_again(case, name)
    world.must(sorted_again(name))
    world.must(rated_again(name, {"p012": rating}))


def page_of(client: Client, path: str) -> str:
    return client.get(path).content.decode()
