"""Test workers that run at once do not read each other's messages."""

import os
import subprocess
import sys

from django.conf import settings


def test_each_worker_of_the_test_run_has_a_queue_of_its_own_though_it_inherits_its_parents():
    assert settings.REDIS_URL.endswith(f"?db={os.environ.get('PYTEST_XDIST_WORKER', 'gw0').removeprefix('gw')}")

    said = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings; print(settings.CELERY_BROKER_URL)"],
        cwd=settings.ROOT,
        env={**os.environ, "PYTEST_XDIST_WORKER": "gw3", "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert said.stdout.strip().endswith("?virtual_host=3")
