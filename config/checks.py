"""What is asked of the settings at the start."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

ONE_ASKER = Warning(
    "Everybody who checks a certificate through the proxy counts as one asker, so one stranger can turn every answer into “ask the agency”.",
    hint="Set COUNTERSIGN_ASKER to the header in which the proxy itself writes the address, for nginx HTTP_X_REAL_IP (docs/certificate.md).",
    id="countersign.W001",
)


def askers_are_told_apart(app_configs: Sequence[Any] | None, **_: Any) -> list[CheckMessage]:
    """Warn where TLS ends at a proxy, and nobody said where the proxy writes the address of whoever asks."""
    behind_a_proxy = getattr(settings, "SECURE_PROXY_SSL_HEADER", None) is not None
    return [ONE_ASKER] if behind_a_proxy and settings.ASKER == "REMOTE_ADDR" else []
