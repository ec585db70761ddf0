"""The house warns at its start of settings by which one stranger speaks for all."""

import pytest
from django.core.checks import run_checks

from config.checks import ONE_ASKER

PROXY = ("HTTP_X_FORWARDED_PROTO", "https")


@pytest.mark.parametrize(
    ("proxy", "asker", "warns"), [(PROXY, "REMOTE_ADDR", True), (PROXY, "HTTP_X_REAL_IP", False), (None, "REMOTE_ADDR", False)]
)
def test_behind_a_proxy_the_address_of_who_asks_is_named(settings, proxy, asker, warns):
    settings.SECURE_PROXY_SSL_HEADER, settings.ASKER = proxy, asker
    assert (ONE_ASKER in run_checks()) is warns
