"""Settings of the tests and, beside the house, the libraries it is compared with."""

from config.settings.test import *  # noqa: F403
from config.settings.test import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "pgtrigger", "pghistory", "simple_history", "django_fsm_log", "auditlog", "bench.peers"]
PGTRIGGER_MIGRATIONS = False
PGTRIGGER_INSTALL_ON_MIGRATE = True
SILENCED_SYSTEM_CHECKS = ["models.W042", "fields.W342"]
