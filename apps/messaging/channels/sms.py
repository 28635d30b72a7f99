"""SMS by a generic HTTP gateway: POST of JSON, signed, with the send key in `Idempotency-Key`.

A gateway that honours keys answers a repeated key as it answered the first and sends nothing again. `body` maps the
gateway's own field names to texts in which {phone}, {text} and {key} are replaced.
"""

import http.client
import json
import time
from urllib.parse import urlsplit

from apps.messaging.choices import Outcome

from .base import Answer, Attempt
from .signing import SIGNATURE_HEADER, TIME_HEADER, signature

LONGEST_ANSWER = 64 * 1024
IDLE_S = 2.0  # a connection idle for longer may have been closed by the other side: a doubt not worth having
BUSY = frozenset({408, 425, 429, 503})


class SmsGateway:
    """One connection, kept while it works. `timeout` in seconds holds for connecting and for each wait."""

    def __init__(self, url: str, secret: str, timeout: int, body: dict[str, str]):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("短信网关地址应以 http:// 或 https:// 开头。")
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self.connection = kind(parts.hostname, parts.port, timeout=timeout)
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.secret = secret
        self.body = body
        self.last_used = 0.0

    def __enter__(self) -> "SmsGateway":
        return self

    def __exit__(self, *exception: object) -> None:
        self.connection.close()

    def send(self, payload: dict, key: str) -> Attempt:
        values = {"phone": payload["to"], "text": payload["text"], "key": key}
        body = json.dumps({name: _filled(text, values) for name, text in self.body.items()}, ensure_ascii=False)
        if time.monotonic() - self.last_used > IDLE_S:
            self.connection.close()
        try:
            if self.connection.sock is None:
                self.connection.connect()
        except OSError:
            self.connection.close()
            return Attempt(Answer.NOT_TAKEN, Outcome.UNREACHABLE)
        try:
            self.connection.request("POST", self.path, body.encode(), self._headers(body.encode(), key))
            response = self.connection.getresponse()
            answer = response.read(LONGEST_ANSWER)
        except (OSError, http.client.HTTPException):
            # Once the request may be on its way, nobody here knows whether it was taken.
            self.connection.close()
            return Attempt(Answer.AMBIGUOUS, Outcome.NO_ANSWER)
        self.last_used = time.monotonic()
        if not response.isclosed():
            self.connection.close()
        return _read(response.status, answer)

    def _headers(self, body: bytes, key: str) -> dict[str, str]:
        timestamp = str(int(time.time()))
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": key,
            TIME_HEADER: timestamp,
            SIGNATURE_HEADER: signature(self.secret, timestamp, body),
        }


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{" + name + "}", value)
    return text


def _read(status: int, answer: bytes) -> Attempt:
    if 200 <= status < 300:
        return Attempt(Answer.ACCEPTED, Outcome.ACCEPTED, _gateway_id(answer))
    if status in BUSY:
        return Attempt(Answer.NOT_TAKEN, Outcome.BUSY)
    if status >= 500:
        return Attempt(Answer.AMBIGUOUS, Outcome.BUSY)
    return Attempt(Answer.REFUSED, Outcome.REFUSED)


def _gateway_id(answer: bytes) -> str:
    try:
        found = json.loads(answer)
    except ValueError:
        return ""
    number = found.get("id", "") if isinstance(found, dict) else ""
    return str(number).replace("\x00", "")[:80] if isinstance(number, str | int) else ""
