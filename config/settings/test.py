"""Settings of the tests: real logins on a test server, a quick password hash, nothing eager."""

import os

from config.databases import URLS, database
from config.settings.base import *  # noqa: F403

PROCESS = "test"
SECRET_KEY = "tests only: signs nothing that leaves this process"  # noqa: S105
DATABASES = {
    "default": database(os.environ["TESTER_DATABASE_URL"], options="-c role=app"),
    **{login: database(os.environ[name]) for login, name in URLS.items()},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
