"""Serve the figures of the house to Prometheus, at a door of its own."""

import ipaddress
import os
from argparse import ArgumentParser
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.core.management.base import BaseCommand, CommandError

from config.metrics import SHORTEST_TOKEN, Door

TOKEN = "COUNTERSIGN_METRICS_TOKEN"  # noqa: S105


class _Quiet(WSGIRequestHandler):
    """Says nothing of a scrape, and waits for nobody longer than ten seconds."""

    timeout = 10

    def log_message(self, format: str, *args: Any) -> None:
        """Each scrape would be a line."""


class Command(BaseCommand):
    """``manage.py metrics``, with the auditor's login: on this machine alone, or with a token elsewhere."""

    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="an address of this machine; any but a loopback one needs the token")
        parser.add_argument("--port", type=int, default=9464)

    def handle(self, *, host: str, port: int, **_: Any) -> None:
        token = os.environ.get(TOKEN, "")
        if token and len(token) < SHORTEST_TOKEN:
            raise CommandError(f"{TOKEN} has {len(token)} characters; set at least {SHORTEST_TOKEN}, at random.")
        if not token and not _is_loopback(host):
            raise CommandError(f"{host} is seen by other machines: set {TOKEN}, or serve on 127.0.0.1.")
        try:
            server = make_server(host, port, Door(token=token), handler_class=_Quiet)
        except OSError as trouble:
            raise CommandError(f"{host}:{port} cannot be used: {trouble.strerror}. Choose another with --host and --port.") from trouble
        self.stdout.write(f"The figures are at http://{host}:{server.server_port}/metrics")
        self.stdout.flush()
        server.serve_forever()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
