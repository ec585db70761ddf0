"""Installs the promises of a floor: each file in ``<app>/sql`` is one, and a migration names them in order."""

from pathlib import Path

from django.db import migrations

ROOT = Path(__file__).resolve().parent.parent


def promise(app: str, name: str) -> migrations.RunSQL:
    """Return the migration step that installs ``<app>/sql/<name>.sql``; there is no way back (evidence is not undone)."""
    text = (ROOT / app / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    return migrations.RunSQL(text, elidable=False)
