"""One POST of JSON over a kept connection, and what surely or perhaps became of it."""

import http.client
import time
from urllib.parse import urlsplit

from apps.messaging.choices import Outcome

from .base import Answer, Attempt

LONGEST_ANSWER = 64 * 1024
IDLE_S = 2.0  # a connection idle for longer may have been closed by the other side: a doubt not worth having


class JsonPost:
    """A connection to one address, kept while it works. `timeout` in seconds holds for connecting and for each wait.
    Raises ValueError for an address that is none."""

    def __init__(self, url: str, timeout: int, what: str):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{what}地址应以 http:// 或 https:// 开头。")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.connection = kind(parts.hostname, parts.port, timeout=timeout)
        self.path, self.query = parts.path or "/", parts.query
        self.last_used = 0.0

    def close(self) -> None:
        self.connection.close()

    def post(self, body: bytes, headers: dict[str, str], *, query: str = "") -> tuple[int, bytes] | Attempt:
        """(status, body) of the answer, or what is known when none came. `query` is added to the address's own."""
        if time.monotonic() - self.last_used > IDLE_S:
            self.connection.close()
        try:
            if self.connection.sock is None:
                self.connection.connect()
        except OSError:
            self.connection.close()
            return Attempt(Answer.NOT_TAKEN, Outcome.UNREACHABLE)
        try:
            self.connection.request("POST", self._target(query), body, headers)
            response = self.connection.getresponse()
            answer = response.read(LONGEST_ANSWER)
        except (OSError, http.client.HTTPException):
            # Once the request may be on its way, nobody here knows whether it was taken.
            self.connection.close()
            return Attempt(Answer.AMBIGUOUS, Outcome.NO_ANSWER)
        self.last_used = time.monotonic()
        if not response.isclosed():
            self.connection.close()
        return response.status, answer

    def _target(self, query: str) -> str:
        whole = "&".join(filter(None, (self.query, query)))
        return f"{self.path}?{whole}" if whole else self.path
