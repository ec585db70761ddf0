"""A paper as PDF/UA, from the same words as its page."""

from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from review.pdf import accessible

NOTHING: Mapping[str, bytes] = {}


def as_pdf(request: HttpRequest, template: str, sheet: object, *, name: str, files: Mapping[str, bytes] = NOTHING) -> HttpResponse:
    """Return the paper, to be saved under that name. Where nothing on this machine draws it there is none, and no page offers it."""
    raw = accessible(render_to_string(template, {"sheet": sheet}, request), files=files, one_page=True)
    if raw is None:
        raise Http404("nothing on this machine draws a PDF")
    page = HttpResponse(raw, content_type="application/pdf")
    page["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return page
