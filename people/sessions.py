"""Sessions in PostgreSQL, as Django keeps them. Each request reads its own, so that is asked in words found once."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from ledger.worded import first, worded_once


class SessionStore(db.SessionStore):
    """Where ``SESSION_ENGINE`` finds sessions."""

    def load(self) -> dict[str, Any]:
        found = first(_session(self.session_key, timezone.now())) if self.session_key else None
        if found is None:
            self._session_key = None
            return {}
        return self.decode(found.session_data)


@worded_once
def _session(key: str, now: datetime) -> QuerySet[Session]:
    return Session.objects.filter(session_key=key, expire_date__gt=now)
