"""The answer where a key cannot be reached: nothing was stored, come again. The next request that finds the key is answered as ever."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from ledger.keyed import KeysAway


def keys_away(request: HttpRequest) -> HttpResponse:
    """Return the page that says so."""
    return never_cache(render)(request, "503.html", status=503)


def or_keys_away(call: Callable[[Any, HttpRequest], HttpResponse]) -> Callable[[Any, HttpRequest], HttpResponse]:
    """For a middleware that writes into the record itself: what a middleware raises reaches no other one."""

    @wraps(call)
    def behind(self: Any, request: HttpRequest) -> HttpResponse:
        try:
            return call(self, request)
        except KeysAway:
            return keys_away(request)

    return behind
