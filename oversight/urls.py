"""The addresses of the log."""

from django.urls import path

from oversight import log_pages

urlpatterns = [
    path("checkpoint", log_pages.checkpoint, name="log_checkpoint"),
    path("key", log_pages.key, name="log_key"),
    path("key/certificates", log_pages.certificate_key, name="log_certificate_key"),
    path("tile/entries/<path:path>", log_pages.entries, name="log_entries"),
    path("tile/<path:path>", log_pages.tile, name="log_tile"),
]
