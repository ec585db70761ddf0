"""Settings of ``make run`` and ``make demo``: this machine only."""

from config.settings.base import *  # noqa: F403

if not SECRET_KEY:  # noqa: F405
    raise RuntimeError("start with “make run”: it makes the secrets that these settings need")

DEMO = True  # marked on every page; no other settings set it
