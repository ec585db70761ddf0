"""Mail goes nowhere unless a server is named, and a name that is none is told."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from config.mail import MailServer, mail_server


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", MailServer()),
        ("smtp://house:p%40ss@mail.example", MailServer("mail.example", 587, "house", "p@ss", starttls=True)),
        ("smtps://mail.example", MailServer("mail.example", 465, tls=True)),
        ("smtp+plain://127.0.0.1:2525", MailServer("127.0.0.1", 2525)),
    ],
)
def test_an_address_names_the_server(url, server):
    assert mail_server(url) == server


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://"])
def test_what_is_no_address_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="smtp://user:password@host:port"):
        mail_server(url)


def said_by(process: str, **environment: str) -> str:
    """What a process of its own would do with mail."""
    urls = dict.fromkeys(("DATABASE_URL", "INTAKE_DATABASE_URL", "WORKER_DATABASE_URL"), "postgresql://a:b@h/n")
    done = subprocess.run(
        [sys.executable, "-c", "from config.settings import base; print(base.EMAIL_BACKEND, base.EMAIL_HOST)"],
        cwd=settings.ROOT, env={"PATH": os.environ["PATH"], "COUNTERSIGN_PROCESS": process, **urls, **environment}, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_only_the_worker_sends_and_only_with_all_three():
    url = {"COUNTERSIGN_MAIL_URL": "smtp://mail.example"}
    rest = {"COUNTERSIGN_MAIL_FROM": "house@mail.example", "COUNTERSIGN_ADDRESS": "https://countersign.example/"}
    assert said_by("worker").strip() == "django.core.mail.backends.dummy.EmailBackend"
    assert "COUNTERSIGN_ADDRESS" in said_by("worker", **url)
    assert said_by("worker", **url, **rest).strip() == "django.core.mail.backends.smtp.EmailBackend mail.example"
    assert said_by("web", **url, **rest).strip() == "django.core.mail.backends.dummy.EmailBackend"
