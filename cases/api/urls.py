"""The addresses of the machine's door."""

from django.urls import path

from cases.api.openapi import openapi
from cases.api.views import search_results

urlpatterns = [
    path("search-results", search_results, name="search-results"),
    path("openapi.json", openapi, name="openapi"),
]
