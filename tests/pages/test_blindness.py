"""Blindness before the lock: nothing that a reviewer receives tells what the machine, the file or another reviewer thinks.

Every answer is kept whole (status, headers, cookies, body) and searched for what the case carries; then the same answers are
compared across what the other reviewer found, to the byte and to the statement.
"""

import io
import re
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver
from PIL import Image

from cases.models import Candidate, Case, SealedScore
from ledger.clock import house_now
from review import access, faces
from review.acts.check_probe import check_probe
from review.acts.confirm_offence import confirm_offence
from review.models import Drawn, NonMateShown
from review.replay.forms import scripted
from review.rules.probe_fitness import Grade
from review.sheets import examination
from tests import world
from tests.pages.signing import client_of

pytestmark = pytest.mark.django_db

CODE, OFFENCE = "90J", "Trespass of real property"
SAID = {
    "agency_case": "25-771144",
    "purpose": "Canary purpose Zephyr",
    "place": "Canary place Wharfside",
    "source": "Canary source Lens",
    "first_description": "Canary description Gaunt",
    "target_because": "Canary reason Drawer",
    "tried_before": "Canary canvass Doors",
    "persons_named": "Canary Person Quillfeather",
}
PAPERS = {"report": "Canary report 8841", "depicts": "Canary depicts Counter", "role": "Canary role Hand", "file": "canaryfile_upload.jpg"}
THE_OTHER = {"grounds": "Canary grounds Helix"}
CAPTURED = ("2024-02-29T13:37", "2024-02-29", "29 Feb 2024", "Feb. 29, 2024", "13:37", "1:37 p.m.", "20240229")


def photograph() -> SimpleUploadedFile:
    """Return a probe whose own file is full of what must not go on: name, camera data, comment."""
    picture = Image.open(io.BytesIO(world.picture("p012_cctv.jpg")))
    exif = Image.Exif()
    exif[0x010E] = SAID["place"]
    exif[0x9286] = SAID["purpose"]
    exif[0x0132] = "2024:02:29 13:37:00"
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=95, exif=exif, comment=SAID["source"].encode())
    return SimpleUploadedFile(PAPERS["file"], out.getvalue(), content_type="image/jpeg")


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """A case that was searched, all of whose words can be recognised."""
    pack = (Path(settings.ROOT) / "policies" / "nlc-2021.toml").read_text(encoding="utf-8").replace('"nlc-2021"', '"canary"')
    path = tmp_path / "canary.toml"
    path.write_text(pack.replace('codes = ["09A",', f'codes = ["09A", "{CODE}",', 1), encoding="utf-8")
    world.in_force(path)
    said = {
        **SAID,
        "offence_code": CODE,
        "track": "suspect",
        "named": "yes",
        "actors": "1",
        "searched": "no",
        "gallery": world.GALLERY,
        "probe_kind": "cctv_still",
    }
    answer = client_of("dana").post("/requests/new", {**said, "captured_at": CAPTURED[0], "picture": photograph()})
    assert answer.status_code == 302, [*answer.context["form"].errors.items()]
    found = Case.objects.get()
    aris = world.person("aris")
    world.must(confirm_offence(by=aris, at=house_now(), case_ref=found.ref, code=CODE, report_reference=PAPERS["report"]))
    world.run_jobs()
    world.must(
        check_probe(by=aris, at=house_now(), case_ref=found.ref, grade=Grade.FIT, depicts=PAPERS["depicts"], role_shown_by=PAPERS["role"])
    )
    world.run_jobs()
    assert Candidate.objects.filter(case=found).count() > 2
    return world.again(found)


@dataclass
class Received:
    """Everything that one reviewer's client got, in order."""

    name: str
    client: Client
    answers: list[tuple[str, HttpResponse, bytes, int]] = field(default_factory=list)

    def get(self, path: str) -> HttpResponse:
        return self._keep(f"GET {path}", lambda: self.client.get(path))

    def post(self, path: str, said: dict[str, str] | None = None) -> HttpResponse:
        return self._keep(f"POST {path}", lambda: self.client.post(path, said or {}))

    def _keep(self, what: str, ask: Callable[[], HttpResponse]) -> HttpResponse:
        with CaptureQueriesContext(connection) as counted:
            answer = ask()
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        renewed = sum('UPDATE "django_session"' in query["sql"] for query in counted.captured_queries)  # once a minute, whatever is asked
        self.answers.append((what, answer, body, len(counted) - 3 * renewed))
        return answer

    # -- one reviewer's way, as a browser would go it ----------------------------------------------------------------

    def take(self) -> str:
        """Take the next; return the examination's address."""
        self.get("/")
        found = self.post("/examinations/next")
        assert found.status_code == 302
        address = str(found["Location"]).removesuffix("/drawn")
        assert self.get(f"{address}/drawn").status_code == 200
        return address

    def look(self, address: str) -> list[str]:
        """Get the page with every picture on it; return the face codes in the page's order."""
        page = self.get(address).content.decode()
        self.get(f"{address}/target")
        codes = list(dict.fromkeys(re.findall(r'name="answer-([0-9a-f]+)"', page)))
        for code in codes:
            assert self.get(f"{address}/faces/{code}").status_code == 200
        return codes

    def check_and_lock(self, address: str, said: dict[str, str]) -> None:
        self.post(address)
        checked = self.post(address, said)
        assert checked.status_code == 200
        assert "Check before you lock" in checked.content.decode()
        sent = re.search(r'name="sent" value="([^"]+)"', checked.content.decode())
        assert sent
        assert self.post(f"{address}/lock", {"sent": sent[1]}).status_code == 302

    def sort(self, address: str, keep: set[str], why: str = "ears") -> None:
        codes = self.look(address)
        answers = {f"answer-{code}": "keep" if code in keep else "aside" for code in codes}
        self.check_and_lock(address, answers | {f"why-{code}": why for code in codes})
        self.get("/")

    def rate(self, address: str, rating: int, grounds: str = "ear and brow") -> None:
        codes = self.look(address)
        known = known_non_mates(self.name, address)
        self.check_and_lock(address, filled_in({code: -2 if code in known else rating for code in codes}, grounds))

    # -- what it amounts to -------------------------------------------------------------------------------------------

    def texts(self) -> Iterator[tuple[str, bytes, bytes]]:
        """Each answer as what a person could read (headers, cookies, page, what is signed or encoded decoded too) and as pixels."""
        for what, answer, body, _ in self.answers:
            head = "\n".join(f"{k}: {v}" for k, v in answer.items()) + answer.cookies.output()
            decoded = "".join(repr(opened(sent)) for sent in re.findall(rb'name="sent" value="([^"]+)"', body))
            picture = answer.headers.get("Content-Type", "").startswith("image/")
            page, pixels = (b"", body) if picture else (body, b"")
            yield what, b"\n".join((head.encode(), page, decoded.encode())).lower(), pixels.lower()

    def pictures(self) -> list[tuple[HttpResponse, bytes]]:
        return [(answer, body) for _, answer, body, _ in self.answers if answer.headers.get("Content-Type", "").startswith("image/")]

    def masked(self) -> list[tuple[str, int, tuple[tuple[str, str], ...], bytes, int]]:
        """The answers without what is random in each: CSRF tokens, the hour, and the seal on a reviewer's own answers."""
        found = []
        for what, answer, body, statements in self.answers:
            body = re.sub(rb'(csrfmiddlewaretoken" value=")[^"]+', rb"\1", body)
            body = re.sub(rb'(name="sent" value="[^":]+):[^"]+', rb"\1", body)
            head = tuple(sorted((k, v) for k, v in answer.items() if k != "Expires"))
            found.append((re.sub(r"(sent=).*", r"\1", what), answer.status_code, head, body, statements))
        return found


def filled_in(ratings: dict[str, int], grounds: str) -> dict[str, str]:
    """Return what a browser sends of the form of each face."""
    sent = {}
    for code, rating in ratings.items():
        form = scripted(rating, grounds)
        sent |= {f"answer-{code}": str(rating), f"why-{code}": grounds, f"nothing-{code}": form.nothing_because}
        sent |= {f"found-{code}-{feature}": found for feature, (found, _) in form.features.items()}
        sent |= {f"note-{code}-{feature}": note for feature, (_, note) in form.features.items()}
    return sent


def opened(sent: bytes) -> object:
    """Return what the check page carries, read as anybody can read it: without the key."""
    packed = sent.decode().split(":")[0]
    return signing.JSONSerializer().loads(signing.b64_decode(packed.encode()))


def known_non_mates(name: str, address: str) -> set[str]:
    """Return the codes of the known non-mates in one reviewer's set: the test knows what the page must not tell."""
    drawn = Drawn.objects.get(reviewer=world.person(name), code=address.rsplit("/", 1)[1])
    return {access.face_code(drawn, token) for token in faces.non_mates(drawn.reviewer, drawn.case)}


def code_for(name: str, case: Case, subject: str) -> str:
    drawn = Drawn.objects.get(case=case, reviewer=world.person(name))
    return access.face_code(drawn, Candidate.objects.get(case=case, subject_ref=subject).token)


def scores(case: Case, as_role: Callable[[str], None]) -> list[float]:
    as_role("auditor")
    found = list(SealedScore.objects.filter(candidate__case=case).values_list("score", flat=True))
    as_role("app")
    assert len(found) > 2
    return [float(score) for score in found if score is not None]


def formatted(score: float) -> set[str]:
    """Return a score as a page might print it."""
    rounded = {f"{score:.{places}f}" for places in (2, 3, 4, 6)} | {f"{score * 100:.{places}f}" for places in (1, 2)}
    percent = {f"{score * 100:.0f}%", f"{score * 100:.0f} %", f"{score * 1000:.0f}‰"}
    return rounded | {text.replace(".", ",") for text in rounded} | percent | {repr(score), f"{score:e}", score.hex()}


def everything_else(**refs: str) -> list[str]:
    """Return every address of the house that is no part of an examination, filled with what exists; the law in force is for everybody."""
    filled = {
        "cases": refs["case"],
        "leads": refs.get("lead", "none"),
        "items": refs.get("item", "none"),
        "evidence": refs.get("item", "none"),
    }
    found = []
    for route in (str(each.pattern) for each in get_resolver("review.urls").url_patterns):
        if not route.startswith("examinations/") and route not in ("", "sign-out", "policy"):
            ref = filled.get(route.split("/")[0], refs.get("asked", "none"))
            found.append(
                "/"
                + route.replace("<slug:ref>", ref)
                .replace("<int:job>", "1")
                .replace("<int:number>", "1")
                .replace("<int:pk>", "1")
                .replace("<slug:code>", "0123456789")
                .replace("<int:side>", "1")
            )
    assert not [path for path in found if "<" in path]
    return [*found, "/healthz", "/no/such/page", f"/examinations/{refs['case']}", "/examinations/AAAAAAAAAA"]


def test_nothing_of_the_case_reaches_a_reviewer_before_the_lock(case, as_role):
    ada, ben = Received("ada", client_of("ada")), Received("ben", client_of("ben"))
    for one in (ada, ben):
        one.get("/")
    at = {one.name: one.take() for one in (ada, ben)}
    subjects = sorted(Candidate.objects.filter(case=case).values_list("subject_ref", flat=True))
    ada.sort(at["ada"], {code_for("ada", case, "p012")})
    ada.get(at["ada"])  # waits for the other
    ben.sort(at["ben"], {code_for("ben", case, "p012"), code_for("ben", case, subjects[0])})
    ada.rate(at["ada"], 2, THE_OTHER["grounds"])
    ben.look(at["ben"])
    ben.post(at["ben"])
    for path in everything_else(case=case.ref):
        ben.get(path)
        ben.post(path)
    ben.get("/sign-out")
    ben.rate(at["ben"], -2)

    dana, other = world.person("dana"), world.person("ada")
    words = [
        *SAID.values(),
        *PAPERS.values(),
        f">{CODE}<",
        f" {CODE} ",
        f"={CODE}",
        OFFENCE,
        "Canary",
        case.ref,
        case.ref[3:],
        *CAPTURED,
        "771144",
    ]
    words += [
        *THE_OTHER.values(),
        dana.display_name,
        "Ortiz",
        dana.unit.name,
        world.person("aris").display_name,
        other.display_name,
        "Brandt",
    ]
    words += [f"{each}_mugshot" for each in subjects] + [str(c.token) for c in Candidate.objects.filter(case=case)]
    words += [str(c.image_id) for c in Candidate.objects.filter(case=case)] + [world.GALLERY, "canary"]
    sealed = [text for score in scores(case, as_role) for text in formatted(score)]
    hers = {*THE_OTHER.values(), "Canary", "canary", other.display_name, "Brandt"}  # she wrote it, and it comes back on her own check page
    for one, not_sought in ((ben, frozenset()), (ada, hers)):
        for what, text, pixels in one.texts():
            for word in {*words, *subjects, *sealed, dana.username} - not_sought:
                assert word.casefold().encode() not in text, f"{what} tells “{word}”"
            for word in {*words} - not_sought:  # short ones occur in pixels by chance
                assert word.casefold().encode() not in pixels, f"{what} tells “{word}”"


HIS_OWN = ("/figures/mine", "/practice", "/sign-in", "/second-factor", "/password", "/healthz", "/notices", "/demo/be")


@pytest.mark.parametrize("name", ["ben", "cleo"])
def test_all_other_addresses_do_not_exist_for_a_reviewer(name):
    lead, asked = world.ready_to_sign()
    item = lead.evidence.order_by("id")[0].ref
    reviewer = client_of(name)
    paths = everything_else(case=lead.case.ref, lead=lead.ref, item=item, asked=asked)
    answers = {path: reviewer.get(path) for path in paths if not path.startswith(HIS_OWN)}
    detective = client_of("dana")

    assert len(answers) > 20
    assert sum(detective.get(path).status_code == 200 for path in answers) > 10
    unlike = {
        path: answer.status_code
        for path, answer in answers.items()
        if answer.status_code not in (404, 405) or path.endswith("jobs/1/again")
    }
    assert unlike == {"/cases": 200, "/certificate": 200, "/house/jobs/1/again": 405}
    assert lead.case.ref.encode() not in answers["/cases"].content
    assert len({answer.content for answer in answers.values() if answer.status_code == 404}) == 1


def test_pictures_carry_no_name_and_no_data_but_their_pixels(case):
    ada, ben = Received("ada", client_of("ada")), Received("ben", client_of("ben"))
    for one in (ada, ben):
        one.look(one.take())

    found = ada.pictures() + ben.pictures()
    assert len(found) > 6
    heads = {tuple(sorted((k, v) for k, v in answer.items() if k not in ("Content-Length", "Expires"))) for answer, _ in found}
    assert len(heads) == 1
    (head,) = heads
    said = {name.lower() for name, _ in head}
    assert not said & {"etag", "last-modified", "server-timing"}
    assert "no-store" in dict(head)["Cache-Control"]
    for _, body in found:
        assert set(chunks(body)) == {b"IHDR", b"IDAT", b"IEND"}


def chunks(png: bytes) -> Iterator[bytes]:
    """Yield the kinds of a PNG's chunks; nothing may follow the last one."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at = 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8]
        at += 12 + length
    assert at == len(png)


def test_addresses_differ_between_reviewers_and_open_nothing_for_another(case):
    ada, ben = Received("ada", client_of("ada")), Received("ben", client_of("ben"))
    at = {one.name: one.take() for one in (ada, ben)}
    codes = {one.name: one.look(at[one.name]) for one in (ada, ben)}

    assert at["ada"] != at["ben"]
    assert not set(codes["ada"]) & set(codes["ben"])
    assert len(codes["ada"]) == len(codes["ben"])
    for path in (at["ada"], f"{at['ada']}/target", f"{at['ada']}/faces/{codes['ada'][0]}", f"{at['ben']}/faces/{codes['ada'][0]}"):
        assert ben.get(path).status_code == 404


def test_the_order_of_faces_is_each_reviewers_own_and_follows_no_rank(case, as_role):
    as_role("auditor")
    by_rank = list(SealedScore.objects.filter(candidate__case=case).order_by("rank").values_list("candidate__token", flat=True))
    as_role("app")
    places: dict[str, set[int]] = {str(token): set() for token in by_rank}
    for seed in range(60 * len(by_rank)):
        for place, (_, candidate) in enumerate(examination.shuffled(Drawn(case=case, seed=seed))):
            places[candidate.token].add(place)

    assert all(met == set(range(len(by_rank))) for met in places.values())


def test_one_face_differs_from_another_on_the_page_in_its_letter_and_code_only(case):
    ada, ben = Received("ada", client_of("ada")), Received("ben", client_of("ben"))
    at = {one.name: one.take() for one in (ada, ben)}
    page = ada.get(at["ada"]).content.decode()
    blocks = re.findall(r'<li class="cs-face" data-face>.*?</li>', page, re.DOTALL)
    assert len(blocks) == Candidate.objects.filter(case=case).count() + 4  # among known non-mates
    assert len({without_names(block) for block in blocks}) == 1
    ada.sort(at["ada"], {code_for("ada", case, "p012")})
    second = next(ref for ref in sorted(world.tokens(case)) if ref != "p012")
    ben.sort(at["ben"], {code_for("ben", case, second)})

    page = ada.get(at["ada"]).content.decode()
    blocks = re.findall(r'<section class="cs-card" aria-labelledby="f-.*?</section>', page, re.DOTALL)
    assert len(blocks) == 4
    assert len({without_names(block) for block in blocks}) == 1


def test_scripts_and_styles_are_the_house_files_alike_for_every_page(case):
    ben = Received("ben", client_of("ben"))
    pages = [ben.get("/"), ben.get(ben.take())]
    for page in pages:
        text = page.content.decode()
        linked = re.findall(r"<script[^>]*>[^<]*</script>|<link[^>]*>", text)
        assert all(re.search(r'(?:src|href)="/static/(?:countersign|vendor)/[\w./-]+"', each) for each in linked)
        assert text.count("<script") == sum(each.startswith("<script") and each.endswith("></script>") for each in linked)
        assert " style=" not in text
        assert " data-" not in re.sub(r' data-(?:pair|tools|do="\w+"|turn|steps|face|[a-z-]+(?=[ >]))', "", text)


def without_names(block: str) -> str:
    return re.sub(r"Face [A-Z]{1,2}|face [A-Z]{1,2}|\b[0-9a-f]{12}\b", "*", block)


def test_a_known_non_mate_is_a_face_like_any_other(case):
    ada = Received("ada", client_of("ada"))
    at = ada.take()
    codes = ada.look(at)
    known = known_non_mates("ada", at)
    assert len(known) == 4
    assert len(codes) == len(known) + Candidate.objects.filter(case=case).count()
    heads, sizes, statements = set(), set(), set()
    for what, answer, body, number in ada.answers:
        if "/faces/" in what:
            heads.add(tuple(sorted((k, v) for k, v in answer.items() if k not in ("Content-Length", "Expires"))))
            sizes.add(Image.open(io.BytesIO(body)).size)
            statements.add(number)
    assert len(heads) == len(sizes) == len(statements) == 1
    places = {
        place for seed in range(200) for place, (_, face) in enumerate(examination.shuffled(reseeded(at, seed))) if is_known(at, face)
    }
    assert places == set(range(len(codes)))
    assert "non_mate" not in b"".join(body for _, answer, body, _ in ada.answers if "html" in answer["Content-Type"]).decode()


def reseeded(address: str, seed: int) -> Drawn:
    drawn = Drawn.objects.get(code=address.rsplit("/", 1)[1])
    drawn.seed = seed
    return drawn


def is_known(address: str, face: faces.Face) -> bool:
    return NonMateShown.objects.filter(token=face.token).exists()


def test_whoever_supported_a_non_mate_is_told_nothing(case):
    ada = client_of("ada")
    at = Received("ada", ada).take()
    world.drawn(case, "ben")
    world.sorted_by(case, "ben", ("p012",))

    def locks(rating: int) -> Received:
        found = Received("ada", ada)
        found.sort(at, {code_for("ada", case, "p012")})
        codes = found.look(at)
        known = known_non_mates("ada", at)
        found.check_and_lock(at, filled_in({code: rating if code in known else 2 for code in codes}, "ear and brow"))
        found.answers.clear()
        found.get(at)
        found.get("/")
        found.post("/examinations/next")
        found.get(at)
        return found

    alike([undone(lambda r=r: locks(r)) for r in (-2, 1)])


def test_the_check_page_carries_the_reviewers_own_answers_and_nothing_else(case):
    ada = Received("ada", client_of("ada"))
    at = ada.take()
    codes = ada.look(at)
    said = {f"answer-{code}": "aside" for code in codes} | {f"why-{code}": "ears" for code in codes}
    page = ada.post(at, said).content.decode()

    sent = re.search(r'name="sent" value="([^"]+)"', page)
    assert sent
    assert opened(sent[1].encode()) == {code: {"answer": "aside", "why": "ears"} for code in codes}


def undone(walk: Callable[[], Received]) -> Received:
    """Return what a reviewer received on a walk, and undo the walk."""
    here = transaction.savepoint()
    found = walk()
    transaction.savepoint_rollback(here)
    return found


def alike(walks: list[Received]) -> None:
    """Each answer is the same in every walk: status, headers, bytes and number of statements."""
    first = walks[0].masked()
    assert len(first) > 3
    for other in walks[1:]:
        for one, two in zip(first, other.masked(), strict=True):
            assert one == two


def test_before_his_own_sorting_a_reviewer_cannot_tell_what_the_other_did(case):
    ben = client_of("ben")
    at = Received("ben", ben).take()
    world.drawn(case, "ada")
    subjects = tuple(sorted(world.tokens(case)))

    def looks(kept: tuple[str, ...] | None) -> Received:
        if kept is not None:
            world.sorted_by(case, "ada", kept)
        found = Received("ben", ben)
        found.get("/")
        codes = found.look(at)
        found.post(at)
        found.post(at, {f"answer-{code}": "aside" for code in codes} | {f"why-{code}": "ears" for code in codes})
        return found

    alike([undone(lambda kept=kept: looks(kept)) for kept in (None, (), subjects[:1], subjects)])


def test_rating_is_the_same_whatever_the_other_kept_and_concluded(case):
    ben = client_of("ben")
    at = Received("ben", ben).take()
    world.drawn(case, "ada")
    one, two, *_ = sorted(world.tokens(case))

    def rates(kept: tuple[str, ...], rating: int | None) -> Received:
        found = Received("ben", ben)
        world.sorted_by(case, "ada", kept)
        found.sort(at, {code_for("ben", case, one), code_for("ben", case, two)})
        if rating is not None:
            world.concluded(case, "ada", {one: rating, two: -rating})
        codes = found.look(at)
        assert len(codes) == 4  # two candidates among two non-mates
        found.post(at)
        found.post(at, filled_in(dict.fromkeys(codes, 1), "ears"))
        return found

    kept = [(), (one,), (two,), (one, two)]
    ratings = [None, 3, 0, -3]
    alike([undone(lambda k=k, r=r: rates(k, r)) for k, r in [*((k, None) for k in kept), *((kept[0], r) for r in ratings)]])


def test_the_order_of_kept_faces_is_independent_of_who_kept_them(case):
    ada, ben = Received("ada", client_of("ada")), Received("ben", client_of("ben"))
    at = {one.name: one.take() for one in (ada, ben)}
    order = ben.look(at["ben"])
    mine, other = code_for("ben", case, "p012"), next(ref for ref in sorted(world.tokens(case)) if ref != "p012")
    world.sorted_by(case, "ada", (other,))
    ben.sort(at["ben"], {mine})

    kept = ben.look(at["ben"])
    assert set(kept) - known_non_mates("ben", at["ben"]) == {mine, code_for("ben", case, other)}
    assert kept == [code for code in order if code in kept]


def test_a_third_reviewer_receives_the_same_whatever_the_dispute(case):
    cleo = client_of("cleo")
    world.drawn(case, "ada", "ben")

    def third(ratings: tuple[int, int]) -> Received:
        for name in ("ada", "ben"):
            world.sorted_by(case, name, ("p012",))
        for name, rating in zip(("ada", "ben"), ratings, strict=True):
            world.concluded(case, name, {"p012": rating})
        assert world.again(case).state == "DISPUTED"
        found = Received("cleo", cleo)
        found.look(found.take())
        return found

    walks = [undone(lambda r=r: third(r)).masked() for r in ((2, 0), (0, 2), (3, 1), (1, -1))]
    drawn_anew = rb"\b[0-9a-f]{12}\b|\b[0-9A-F]{10}\b|[Ff]ace [A-Z]\b"
    for walk in walks:  # faces and order are drawn anew each time, the known non-mates among them
        assert [(status, masked_page(body, drawn_anew), statements) for _, status, _, body, statements in walk] == [
            (status, masked_page(body, drawn_anew), statements) for _, status, _, body, statements in walks[0]
        ]


def masked_page(body: bytes, drawn_anew: bytes) -> bytes:
    return b"picture" if body.startswith(b"\x89PNG") else re.sub(drawn_anew, b"*", body)
