"""The addresses of the auditors' pages."""

from django.urls import path

from oversight import audit_pages

urlpatterns = [
    path("disseminations", audit_pages.disseminations, name="disseminations"),
]
