"""The words of the notes on a case page: what a full-text search reads in their place."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from cases.models import Case


class NoteWords(models.Model):
    """The words of one note, as the case page shows it to everybody who reads the case. The database writes the row with the note; nobody else does."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    words = SearchVectorField()

    class Meta:
        indexes = [GinIndex(fields=["words"], name="notes_by_word")]
