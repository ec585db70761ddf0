"""What every process shares."""

import os
from pathlib import Path

from config.databases import databases

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = Path(os.environ.get("COUNTERSIGN_VAR") or ROOT / "var")
PROCESS = os.environ.get("COUNTERSIGN_PROCESS", "web")

DEBUG = False
ALLOWED_HOSTS: list[str] = os.environ.get("COUNTERSIGN_HOSTS", "127.0.0.1,localhost").split(",")
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "")
MASTER_KEY_FILE = os.environ.get("COUNTERSIGN_MASTER_KEY_FILE") or str(VAR / "master.key")
KEYSTORE_PATH = os.environ.get("COUNTERSIGN_KEYSTORE") or str(VAR / "keystore.sqlite")
DATABASES = databases(PROCESS) if PROCESS != "test" else {}

# The order shows the floors; the admin of Django is not installed, and nobody is a superuser.
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "config.apps.ConfigConfig",
    "ledger",
    "people",
    "cases",
    "review",
    "oversight",
    "workers",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [ROOT / "templates"], "OPTIONS": {}}]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "people.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]

REDIS_URL = os.environ.get("REDIS_URL", "")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "socket_connect_timeout": 2, "socket_timeout": 10}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
}
