"""The addresses of the house: the machine's door, the log, the auditors' pages, the pages, and whether it is open."""

from django.urls import include, path

from config.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("api/v1/", include("cases.api.urls")),
    path("log/", include("oversight.urls")),
    path("audit/", include("oversight.audit_urls")),
    path("", include("review.urls")),
]
