"""Bundles on the pages: a legal adviser asks for one, sees what came of it, and takes the file along while it is kept."""

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cases.audit import record
from cases.images import key_of_case
from cases.keystore import KeyDestroyed, SealBroken, open_sealed
from cases.rules.finding import Refusal
from ledger.keyed import derived_key
from review import access
from review.acts.want_bundle import want_bundle
from review.models import BundleKept, BundleWanted
from review.rules.leaving import Leaving
from review.views.doors import form_page, refused, signed_in
from review.views.leaving_form import LeavingForm
from review.views.session import now_of, person_of


class BundleForm(LeavingForm):
    """Who gets it, and whether it is the copy for the court alone."""

    court_copy = forms.BooleanField(
        label="Sealed copy for the court: nothing is covered in it",
        required=False,
    )


@signed_in
def new(request: HttpRequest, ref: str) -> HttpResponse:
    """Ask for a bundle, after saying who gets it."""
    person, at = person_of(request), now_of(request)
    case = access.case_of_adviser(person, ref, on=at.date())
    form = BundleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        court_copy = said.pop("court_copy")
        finding, wanted = want_bundle(by=person, at=at, case_ref=case.ref, leaving=Leaving(**said), court_copy=court_copy)
        if wanted is not None:
            return redirect("bundle", number=wanted)
        if isinstance(finding, Refusal):
            refused(request, finding, form)
    return form_page(request, form=form, title=f"Bundle of {case.ref}: who gets it?", button="Put it on file and have it made", back=f"/cases/{case.ref}", lead="Everything on file about the case, with the proofs that it was not altered. It says what is new since the bundle before. A solid box covers the heads of candidates who are no lead, except in the sealed copy for a court that has asked: name that court as its request does.", final="It stays on file, and every later bundle of the case tells who got this one.")  # fmt: skip


@require_safe
@signed_in
def page(request: HttpRequest, number: int) -> HttpResponse:
    """What came of it."""
    wanted = access.bundle_wanted(person_of(request), number, on=now_of(request).date())
    made = getattr(wanted, "made", None)
    sheet = {
        "number": wanted.pk,
        "case": wanted.case.ref,
        "recipient": wanted.recipient,
        "court_copy": wanted.court_copy,
        "at": wanted.at,
        "made": made is not None and not made.why_not,
        "why_not": made.why_not if made else "",
        "sha256": made.sha256 if made else "",
        "kept": made is not None and BundleKept.objects.filter(made=made).exists(),
    }
    return render(request, "bundle/wanted.html", {"sheet": sheet})


@require_safe
@signed_in
def file(request: HttpRequest, number: int) -> HttpResponse:
    """The file. That it was taken is an entry before a byte of it is sent."""
    person = person_of(request)
    wanted = access.bundle_wanted(person, number, on=now_of(request).date())
    kept = BundleKept.objects.filter(made__wanted=wanted).select_related("made").first()
    if kept is None:
        raise access.NotVisible(str(number))
    with transaction.atomic(durable=True):
        record(act="fetch_bundle", subject=wanted.case.ref, by=person, said={"wanted": wanted.pk, "sha256": kept.made.sha256})
    raw = _opened(wanted, bytes(kept.sealed))
    answer = HttpResponse(raw, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{wanted.case.ref}-{wanted.pk}{"-court" if wanted.court_copy else ""}.zip"'
    return answer


def _opened(wanted: BundleWanted, sealed: bytes) -> bytes:
    """Open it with the key of its case, or with the house's where the case had no picture when it was made. With the pictures it goes."""
    for key in (key_of_case(wanted.case), derived_key("bundles")):
        try:
            if key is not None:
                return open_sealed(key, sealed, aad=str(wanted.pk).encode())
        except SealBroken:
            continue
    raise KeyDestroyed(f"bundle {wanted.pk} went with the pictures of {wanted.case.ref}")
