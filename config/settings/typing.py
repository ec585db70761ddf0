"""Settings for the type checker, which needs no server."""

import os

os.environ.setdefault("COUNTERSIGN_PROCESS", "test")
from config.settings.base import *  # noqa: E402, F403

DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "none"}}
