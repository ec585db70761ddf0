"""The log over HTTP in the layout of C2SP tlog-tiles: hashes and checkpoints to anybody, the bytes of entries to auditors."""

from datetime import UTC
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from ledger.canonical import NotCanonical
from ledger.clock import house_now
from ledger.log import log_key, newest_checkpoint, read_entries, read_tile, served_checkpoint
from ledger.tiles import Tile, read_path
from people.models import Person
from people.roles import Role
from review import access
from review.views.doors import signed_in

A_YEAR = 365 * 24 * 60 * 60


@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint that enough witnesses cosigned, with their lines."""
    served = served_checkpoint()
    if served is None:
        raise Http404
    answer = HttpResponse(served, content_type="text/plain; charset=utf-8")
    patch_cache_control(answer, public=True, max_age=1)
    return answer


@require_safe
def key(request: HttpRequest) -> HttpResponse:
    """The public half of the key that signs the log, one line."""
    return _public_half("log")


@require_safe
def certificate_key(request: HttpRequest) -> HttpResponse:
    """The public half of the key that signs certificates, one line."""
    return _public_half("certificates")


def _public_half(what: str) -> HttpResponse:
    found = log_key(what)
    if found is None:
        raise Http404
    return HttpResponse(f"{found[1].vkey()}\n", content_type="text/plain; charset=utf-8")


@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile of hashes; it never changes. What no signed checkpoint covers does not exist yet."""
    found = _covered(path)
    if found.level is None:
        raise Http404
    return _unchanging(read_tile(found))


@require_safe
@signed_in
def entries(request: HttpRequest, path: str) -> HttpResponse:
    """A bundle of entries, for auditors alone."""
    if not access.holds(cast(Person, request.user), Role.AUDITOR, on=house_now().astimezone(UTC).date()):
        raise Http404
    return HttpResponse(read_entries(_covered(f"entries/{path}")), content_type="application/octet-stream")


def _covered(path: str) -> Tile:
    newest = newest_checkpoint()
    try:
        found = read_path(path)
    except NotCanonical:
        raise Http404 from None
    if newest is None or not found.covered_by(newest.size):
        raise Http404
    return found


def _unchanging(content: bytes) -> HttpResponse:
    answer = HttpResponse(content, content_type="application/octet-stream")
    patch_cache_control(answer, public=True, max_age=A_YEAR, immutable=True)
    return answer
