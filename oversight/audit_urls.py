"""The addresses of the auditors' pages."""

from django.urls import path

from oversight import audit_pages

urlpatterns = [
    path("", audit_pages.audit, name="audit"),
    path("download", audit_pages.download, name="audit_download"),
    path("disseminations", audit_pages.disseminations, name="disseminations"),
]
