"""The addresses of the house: the machine's door, and whether it is open."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from config.health import healthz, readyz


def front(request: HttpRequest) -> HttpResponse:
    """Say what this is; the pages of the human floor come with the next issue."""
    said = (
        "Countersign makes sure that nobody is arrested because of a face search alone.\n\n"
        "POST /api/v1/search-results   results of searches made elsewhere\n"
        "GET  /api/v1/openapi.json     how to send one\n"
        "GET  /readyz                  whether this house may serve\n\n"
        "The road itself, walked on rendered people who do not exist: make demo\n"
    )
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


urlpatterns = [
    path("", front),
    path("healthz", healthz),
    path("readyz", readyz),
    path("api/v1/", include("cases.api.urls")),
]
