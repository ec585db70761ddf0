"""A person says that he has read his notices. It moves nothing and shows nobody anything."""

from people.models import Person
from review.models import NoticesRead


def read_notices(*, by: Person) -> None:
    """Note the reading; the database gives it its time."""
    NoticesRead.objects.create(person=by)
