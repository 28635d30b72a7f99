"""SMS by a generic HTTP gateway: POST of JSON, signed, with the send key in `Idempotency-Key`.

A gateway that honours keys answers a repeated key as it answered the first and sends nothing again. `body` maps the
gateway's own field names to texts in which {phone}, {text} and {key} are replaced.
"""

import json
import time

from apps.messaging.choices import Outcome

from .base import Answer, Attempt
from .posting import JsonPost
from .signing import SIGNATURE_HEADER, TIME_HEADER, signature

BUSY = frozenset({408, 425, 429, 503})


class SmsGateway:
    """One connection, kept while it works. `timeout` in seconds holds for connecting and for each wait."""

    def __init__(self, url: str, secret: str, timeout: int, body: dict[str, str]):
        self.line = JsonPost(url, timeout, "短信网关")
        self.secret = secret
        self.body = body

    def __enter__(self) -> "SmsGateway":
        return self

    def __exit__(self, *exception: object) -> None:
        self.line.close()

    def send(self, payload: dict, key: str) -> Attempt:
        values = {"phone": payload["to"], "text": payload["text"], "key": key}
        fields = {name: _filled(text, values) for name, text in self.body.items()}
        body = json.dumps(fields, ensure_ascii=False).encode()
        answer = self.line.post(body, self._headers(body, key))
        return answer if isinstance(answer, Attempt) else _read(*answer)

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
