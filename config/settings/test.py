"""Settings of the tests: real logins on a test server, a quick password hash, nothing eager."""

import os

# Each worker of the test run has a queue of its own. The number is always set anew: a worker inherits what its parent chose.
_server = os.environ["REDIS_URL"].partition("?")[0]
os.environ["REDIS_URL"] = f"{_server}?db={os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw')}"

from config.databases import URLS, database  # noqa: E402
from config.settings.base import *  # noqa: E402, F403

PROCESS = "test"
SECRET_KEY = "tests only: signs nothing that leaves this process"  # noqa: S105
DATABASES = {
    "default": database(os.environ["TESTER_DATABASE_URL"], options="-c role=app"),
    **{login: database(os.environ[name]) for login, name in URLS.items()},
}
NOTICES_COUNTED_EVERY = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
