"""Sends pictures: each is a recorded look first, and nothing about it may be kept or guessed."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from cases import images
from cases.matching.interface import Engine, ProbeRefused, select_target
from cases.matching.reference import reference_engine
from cases.models import Case, Probe
from cases.rules.act import Act
from cases.uploads import as_array, cover_heads, mask_other_faces
from people.models import Person
from review import access
from review.views.doors import signed_in
from review.views.session import now_of, person_of


@signed_in
@never_cache
def probe_picture(request: HttpRequest, ref: str) -> HttpResponse:
    """The probe, for those who may read the case; with ``?target`` every face but the target is greyed out."""
    person, on = person_of(request), now_of(request).date()
    case = access.case_for_reading(person, ref, on=on)
    found = Probe.objects.filter(case=case).order_by("-version").first()
    if found is None:
        raise access.NotVisible(ref)
    if "target" in request.GET:
        return masked_probe(case, by=person, engine=reference_engine(), purpose="case page")
    return _send(images.look(image_id=found.image_id, by=person, purpose="case page"))


@signed_in
@never_cache
def lead_picture(request: HttpRequest, ref: str) -> HttpResponse:
    """The candidate of a live lead, for detectives alone; it is an exposure and is recorded as one."""
    person, on = person_of(request), now_of(request).date()
    access.must_hold(person, Act.ADD_EVIDENCE, on=on)
    lead = access.lead_for_reading(person, ref, on=on)
    if hasattr(lead, "ended"):
        raise access.NotVisible(ref)
    if lead.candidate.image_id is None:
        raise access.NotVisible("no picture")
    return face_picture(lead.candidate.image_id, by=person, purpose="lead")


def face_picture(image_id: UUID, *, by: Person, purpose: str) -> HttpResponse:
    """Send one face of a list."""
    return _send(images.look(image_id=image_id, by=by, purpose=purpose))


def practice_picture(image_id: UUID, *, by: Person) -> HttpResponse:
    """Send a practice picture; it is a look like any other."""
    return _send(images.look(image_id=image_id, by=by, purpose="practice"))


def masked_probe(case: Case, *, by: Person, engine: Engine, purpose: str) -> HttpResponse:
    """Send the probe with every face but the target greyed out; all of them where nobody said which one is meant."""
    found = Probe.objects.filter(case=case).select_related("image__case").order_by("-version").first()
    if found is None:
        raise access.NotVisible("no probe")
    plain = images.for_the_engine(found.image)
    faces = engine.find_faces(as_array(plain))
    try:
        meant = select_target(faces, found.box, (found.image.width, found.image.height))
    except ProbeRefused:  # nobody said which face is meant, or it was not found: no other one is shown for it
        shown = images.look(image_id=found.image_id, by=by, purpose=purpose)
        return (
            _send(images.Picture(shown.media_type, cover_heads(shown.content, tuple(each.box for each in faces))))
            if faces
            else _send(shown)
        )
    others = tuple(face.box for face in faces if face is not meant)
    shown = images.look(image_id=found.image_id, by=by, purpose=purpose)
    if not others:
        return _send(shown)
    return _send(images.Picture(shown.media_type, mask_other_faces(shown.content, keep=meant.box, others=others)))


def _send(picture: images.Picture) -> HttpResponse:
    answer = HttpResponse(picture.content, content_type=picture.media_type)
    answer["Content-Disposition"] = 'inline; filename="picture.png"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
