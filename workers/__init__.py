"""The clock: Celery, its timetable and the sweeper. It only does what is due, ends or takes away."""

from workers.app import app

__all__ = ["app"]
