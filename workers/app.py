"""The Celery application and its timetable."""

import os
import warnings

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

# Root is allowed where nothing else can be had (a container, a demonstration); deploy/ runs the worker as a user of its own.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

app = Celery("countersign")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["workers"])
app.conf.beat_schedule = {
    "sweep": {"task": "workers.sweep", "schedule": 5.0},
    "mail notices": {"task": "workers.mail_notices", "schedule": 300.0},
}
