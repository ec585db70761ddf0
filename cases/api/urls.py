"""The addresses of the machine's door."""

from django.urls import path

from cases.api.batch import search_results_batch
from cases.api.openapi import openapi
from cases.api.views import search_results

urlpatterns = [
    path("search-results", search_results, name="search-results"),
    path("search-results/batch", search_results_batch, name="search-results-batch"),
    path("openapi.json", openapi, name="openapi"),
]
