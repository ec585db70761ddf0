"""What every process shares."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from cases.api.body import LONGEST_SENT
from cases.law.schema import LONGEST_LIST, MOST_NON_MATES
from config.databases import databases
from config.mail import mail_server
from review.rules.draft import FIELDS_A_FACE, FIELDS_BESIDE

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = Path(os.environ.get("COUNTERSIGN_VAR") or ROOT / "var")
PROCESS = os.environ.get("COUNTERSIGN_PROCESS", "web")

DEBUG = False
ALLOWED_HOSTS: list[str] = os.environ.get("COUNTERSIGN_HOSTS", "127.0.0.1,localhost").split(",")
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "")
MASTER_KEY_FILE = os.environ.get("COUNTERSIGN_MASTER_KEY_FILE") or str(VAR / "master.key")
KEYSTORE_PATH = os.environ.get("COUNTERSIGN_KEYSTORE") or str(VAR / "keystore.sqlite")
LOG_ORIGIN = os.environ.get("COUNTERSIGN_LOG_ORIGIN") or "localhost/log"  # the name of the log: where outsiders find it, without https://
ASKER = (
    os.environ.get("COUNTERSIGN_ASKER") or "REMOTE_ADDR"
)  # where the address of a stranger stands; behind a proxy HTTP_X_REAL_IP, if the proxy sets it itself
DATABASES = databases(PROCESS) if PROCESS != "test" else {}

# The order shows the floors; the admin of Django is not installed, and nobody is a superuser.
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
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
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.logs.RequestLog",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "review.views.session.SessionLimits",
    "review.views.session.SecondFactor",
    "review.views.session.OwnPassword",
    "review.views.doors.KeysAreThere",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "review.views.session.on_every_page",
            ]
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = VAR / "static"
WHITENOISE_USE_FINDERS = True

# Nothing but our own files: no inline script, no inline style, no other host.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Signing in: name and password, then a second factor for everybody. Tries and used codes are counted in PostgreSQL.
AUTHENTICATION_BACKENDS = ["people.signing_in.Backend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in"
ACCOUNT_ADAPTER = "people.signing_in.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = False
ACCOUNT_FORMS = {"change_password": "people.signing_in.OwnPasswordForm"}
# NIST SP 800-63B-4, 3.1.1.2: long, not common, not the name; no rule of composition. Beside a second factor 8 characters would do.
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name")},
    },
]
MFA_ADAPTER = "people.signing_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "people.signing_in.AuthenticateForm",
    "reauthenticate": "people.signing_in.ReauthenticateForm",
    "add_webauthn": "people.signing_in.AddPasskeyForm",
    "authenticate_webauthn": "people.signing_in.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "people.signing_in.ReauthenticatePasskeyForm",
}
MFA_TOTP_ISSUER = "Countersign"
MFA_TOTP_TOLERANCE = 1  # half-minutes: a code is typed while the next begins, and a telephone's clock is a little off (RFC 6238, 5.2 and 6)
SESSION_ENGINE = "people.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_IDLE_SECONDS = 30 * 60
SESSION_LONGEST_SECONDS = 12 * 60 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DEMO = False  # settings.local alone may set it
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
NOTICES_COUNTED_EVERY = 30  # seconds: how old the number of new notices in the bar may be; the page of notices is always read anew
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "people.Person"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
# A reviewer's form is sent whole: the longest list that the house takes, and the known strangers beside it, may all be kept and rated.
DATA_UPLOAD_MAX_NUMBER_FIELDS = (max(LONGEST_LIST, LONGEST_SENT) + MOST_NON_MATES) * FIELDS_A_FACE + FIELDS_BESIDE
FILE_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]

# Mail says that something is new, by case numbers. Only the worker sends it, and only where a server is named.
_mail = mail_server(os.environ.get("COUNTERSIGN_MAIL_URL", "") if PROCESS == "worker" else "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _mail.host else 'dummy'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail.host, _mail.port, _mail.user, _mail.password
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.starttls, _mail.tls
EMAIL_TIMEOUT = 5  # seconds a step; a mail is sent within a transaction, and those may not idle for a minute
DEFAULT_FROM_EMAIL = os.environ.get("COUNTERSIGN_MAIL_FROM", "")
HOUSE_ADDRESS = os.environ.get("COUNTERSIGN_ADDRESS", "")
if _mail.host and not (DEFAULT_FROM_EMAIL and HOUSE_ADDRESS):
    raise ImproperlyConfigured(
        "COUNTERSIGN_MAIL_URL needs COUNTERSIGN_MAIL_FROM (the sender) and COUNTERSIGN_ADDRESS (where people sign in)"
    )

REDIS_URL = os.environ.get("REDIS_URL", "")
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
# a worker waits for what comes; whoever only tells of a job does not
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 1,
    "socket_timeout": 10 if PROCESS == "worker" else 1,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# One JSON object a line, by an allow-list: config/logs.py says what is written, and what never is.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "config.logs.JsonLines", "process": PROCESS}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # without the mail that carries whole requests
        "django.server": {"handlers": [], "level": "ERROR", "propagate": True},
        "django.request": {"level": "ERROR"},  # each request has its own line
        "fido2": {"level": "WARNING"},  # below that it names the passkey of whoever signs in
        "celery": {"level": "WARNING"},
        "kombu": {"level": "WARNING"},
        "weasyprint": {"level": "WARNING"},
    },
}
