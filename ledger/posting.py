"""One HTTP request on its way in a thread of its own, with an end: what has not answered by then has not answered."""

import contextlib
import http.client
import socket
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

LONGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``status`` 0 and the trouble where nothing did."""

    status: int
    body: bytes = b""
    trouble: str = ""


class Posting:
    """A POST that was sent. Redirects are not followed, and a longer answer than ``LONGEST`` is none."""

    def __init__(
        self, address: str, body: bytes, *, until: float, patience: float, content_type: str = "text/plain; charset=utf-8"
    ) -> None:
        self._until = until
        self._answers: list[Answer] = []
        parts = urlsplit(address)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._line = kind(parts.hostname or "", parts.port, timeout=patience)
        self._thread = threading.Thread(target=self._send, args=(parts.path or "/", body, content_type), daemon=True)
        self._thread.start()

    def answer(self, *, at: float) -> Answer | None:
        """Return what came, or None while there is time; after its end the line is cut."""
        if self._answers:
            return self._answers[0]
        if at < self._until:
            return None
        if self._line.sock:
            with contextlib.suppress(OSError):
                self._line.sock.shutdown(socket.SHUT_RDWR)
        return Answer(0, trouble="no answer in time")

    def _send(self, path: str, body: bytes, content_type: str) -> None:
        try:
            self._line.request("POST", path, body, {"Content-Type": content_type})
            came = self._line.getresponse()
            answer = Answer(came.status, came.read(LONGEST + 1))
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as trouble:
            answer = Answer(0, trouble=type(trouble).__name__)
        finally:
            self._line.close()
        self._answers.append(answer if len(answer.body) <= LONGEST else Answer(0, trouble="too long an answer"))
