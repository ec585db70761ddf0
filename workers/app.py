"""The Celery application and its timetable."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

# Root is allowed where nothing else can be had (a container, a demonstration); deploy/ runs the worker as a user of its own.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

app = Celery("countersign")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["workers"])
app.conf.beat_schedule = {
    "sweep": {"task": "workers.sweep", "schedule": 5.0},
    "retain": {"task": "workers.retain", "schedule": 3600.0},
    "lapse turns": {"task": "workers.lapse_turns", "schedule": 60.0},
    "plan seeds": {"task": "workers.plan_seeds", "schedule": 60.0},
    "mail notices": {"task": "workers.mail_notices", "schedule": 300.0},
}


@setup_logging.connect
def as_the_house_logs(**_: Any) -> None:
    """Leave logging as the settings have it: whoever listens here keeps Celery from setting up its own."""
