"""Group robots of 企业微信, 政务微信, 浙政钉 and 粤政易: a POST of JSON to the robot's own address.

They know no send key: a doubt goes to a person, as with mail. The robot that a colleague hears is his unit's, or the
one for all; counts only, because a group reads it. Signed in the address as DingTalk's family asks, by headers as our
own gateway does, or not at all (企业微信 keeps its key in the address).
"""

import json
import time
from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings

from apps.messaging.choices import Outcome

from .base import Answer, Attempt
from .posting import JsonPost
from .signing import SIGNATURE_HEADER, TIME_HEADER, robot_sign, signature
from .sms import BUSY

EVERYWHERE = "*"
# "Too often": 企业微信 45009, 浙政钉 and DingTalk 130101 and 90018. Surely not posted.
TOO_OFTEN = frozenset({45009, 130101, 90018})
OF_THE_SYSTEM = -1


def robot_keys() -> set[str]:
    """Codes of the units with a robot of their own, and `*` when there is one for everybody."""
    return {*settings.WEBHOOK["units"], *([EVERYWHERE] if settings.WEBHOOK["url"] else [])}


class WebhookRobot:
    """One connection a robot. `body` is the JSON that the robots take, with {text}, {phone} and {key} anywhere in it;
    items of a list that stay empty are left out. `sign`: none, query or header."""

    def __init__(
        self, url: str, secret: str, units: Mapping[str, Mapping[str, str]], sign: str, body: dict, timeout: int
    ):
        robots = {code: (own["url"], own.get("secret", "")) for code, own in units.items()}
        self.robots = robots | ({EVERYWHERE: (url, secret)} if url else {})
        self.sign, self.body, self.timeout = sign, body, timeout
        self.lines: dict[str, JsonPost] = {}

    def __enter__(self) -> "WebhookRobot":
        return self

    def __exit__(self, *exception: object) -> None:
        for line in self.lines.values():
            line.close()

    def send(self, payload: dict, key: str) -> Attempt:
        """ValueError when the robot has been taken out of the settings."""
        if payload["to"] not in self.robots:
            raise ValueError("这个单位没有工作群机器人。")
        url, secret = self.robots[payload["to"]]
        if payload["to"] not in self.lines:
            self.lines[payload["to"]] = JsonPost(url, self.timeout, "工作群机器人")
        line = self.lines[payload["to"]]
        values = {"text": payload["text"], "phone": payload.get("phone", ""), "key": key}
        body = json.dumps(_filled(self.body, values), ensure_ascii=False).encode()
        headers, query = self._signed(secret, body)
        answer = line.post(body, headers, query=query)
        return answer if isinstance(answer, Attempt) else _read(*answer)

    def _signed(self, secret: str, body: bytes) -> tuple[dict[str, str], str]:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if self.sign == "query":
            moment = str(int(time.time() * 1000))
            return headers, urlencode({"timestamp": moment, "sign": robot_sign(secret, moment)})
        if self.sign == "header":
            moment = str(int(time.time()))
            headers |= {TIME_HEADER: moment, SIGNATURE_HEADER: signature(secret, moment, body)}
        return headers, ""


def _filled(value, values: Mapping[str, str]):
    if isinstance(value, dict):
        return {name: _filled(item, values) for name, item in value.items()}
    if isinstance(value, list):
        return [item for item in (_filled(item, values) for item in value) if item != ""]
    if isinstance(value, str):
        for name, text in values.items():
            value = value.replace("{" + name + "}", text)
    return value


def _read(status: int, answer: bytes) -> Attempt:
    """Robots answer 200 whatever happens and say the rest in `errcode` (some in `code`)."""
    if status in BUSY:
        return Attempt(Answer.NOT_TAKEN, Outcome.BUSY)
    if status >= 500:
        return Attempt(Answer.AMBIGUOUS, Outcome.BUSY)
    if not 200 <= status < 300:
        return Attempt(Answer.REFUSED, Outcome.REFUSED)
    code = _code(answer)
    if code == 0:
        return Attempt(Answer.ACCEPTED, Outcome.ACCEPTED)
    if code in TOO_OFTEN:
        return Attempt(Answer.NOT_TAKEN, Outcome.BUSY)
    return (
        Attempt(Answer.AMBIGUOUS, Outcome.BUSY) if code == OF_THE_SYSTEM else Attempt(Answer.REFUSED, Outcome.REFUSED)
    )


def _code(answer: bytes) -> int:
    """0 for a plain success; an answer that is no JSON object is taken as one too."""
    try:
        found = json.loads(answer)
    except ValueError:
        return 0
    code = found.get("errcode", found.get("code", 0)) if isinstance(found, dict) else 0
    return code if isinstance(code, int) else 0
